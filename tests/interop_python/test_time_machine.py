"""time-machine, which replaces the date in C."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from lattice_tg import AsyncTargetGroupClient, TargetGroup, TargetGroupClient, TargetGroupSpec, WaitTimeoutError
from lattice_tg.testing import mock_vpc_lattice

TIME_MACHINE: Any = import_module("time_machine")
SPEC = TargetGroupSpec(name="resize", type="LAMBDA")


def test_blocking_client() -> None:
    """Throttled requests are retried, waits end, and times have the frozen date."""
    with TIME_MACHINE.travel("2030-01-01", tick=False), mock_vpc_lattice(create_seconds=0.2) as lattice:
        lattice.throttle("CreateTargetGroup", times=2)
        client = TargetGroupClient(region_name="eu-west-1")
        group = client.create(SPEC, wait=True)
        with pytest.raises(WaitTimeoutError):
            client.wait_until_deleted(group, timeout_seconds=0.1)

    assert (group.status, str(group.created_at)[:10]) == ("ACTIVE", "2030-01-01")


def test_asyncio_client() -> None:
    """The asyncio client needs no option of time-machine."""

    async def main() -> TargetGroup:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            return await client.create(SPEC, wait=True)

    with TIME_MACHINE.travel("2030-01-01", tick=False), mock_vpc_lattice(create_seconds=0.2) as lattice:
        lattice.throttle("CreateTargetGroup", times=2)
        group = asyncio.run(main())

    assert (group.status, str(group.created_at)[:10]) == ("ACTIVE", "2030-01-01")
