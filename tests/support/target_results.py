"""Groups to fill, and what reports say."""

from collections.abc import Callable

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.targets import Target
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock

A = "10.0.0.1"
on_a_virtual_clock = pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10, drain_seconds=300)


def silent(report: TargetsResult) -> list[Target]:
    return [target for chunk in report.failed_requests for target in chunk.targets]


def problems_of(call: Callable[[], object]) -> list[tuple[str, object]]:
    with pytest.raises(InvalidSpecError) as caught:
        call()
    return [(problem.field, problem.value) for problem in caught.value.problems]
