"""Failures of tests in bulk work: the result does not hide them."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import StubAssertionError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.testing import VpcLatticeEmulator
from support.batch import specs
from support.targets import create_client, create_ip_group, make_targets

FAILURES: list[Any] = [
    AssertionError("unexpected request"),
    StubAssertionError(operation_name="RegisterTargets", reason="unexpected request"),
]
BULK: dict[str, Callable[[Any, Any], object]] = {
    "register_targets": lambda client, group: client.register_targets(group, make_targets(250)),
    "one request": lambda client, group: client.register_targets(group, make_targets(1)),
    "stream": lambda client, group: list(client.iter_register_targets(group, make_targets(250))),
    "ensure_all": lambda client, _: list(client.ensure_all([DesiredState(specs(1)[0], [Target.ip("10.0.0.1")])])),
}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("name", BULK)
def test_bulk_work_raises_the_failure_of_a_test(vpc_lattice: VpcLatticeEmulator, name: str, failure: Exception) -> None:
    """A failed assertion in a handler of botocore ends bulk work, instead of being part of a result."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)

    def fail(**_: object) -> None:
        raise failure

    client.boto3_client.meta.events.register("before-call.vpc-lattice.RegisterTargets", fail)
    try:
        with pytest.raises(type(failure), match="unexpected request"):
            BULK[name](client, group)
    finally:
        client.boto3_client.meta.events.unregister("before-call.vpc-lattice.RegisterTargets", fail)
