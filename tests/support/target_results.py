"""Failed targets of results, and problems of invalid target requests."""

from collections.abc import Callable

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.targets import Target
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock

A = "10.0.0.1"
with_virtual_clock = pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10, drain_seconds=300)


def failed_targets(result: TargetsResult) -> list[Target]:
    """Return the targets of all failed requests."""
    return [target for request in result.failed_requests for target in request.targets]


def get_problems(call: Callable[[], object]) -> list[tuple[str, object]]:
    """Return the field and the value of each problem in the InvalidSpecError of ``call``."""
    with pytest.raises(InvalidSpecError) as caught:
        call()
    return [(problem.field, problem.value) for problem in caught.value.problems]
