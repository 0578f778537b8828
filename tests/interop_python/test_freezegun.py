"""freezegun, which replaces the clocks of Python."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from lattice_tg import (
    AsyncTargetGroupClient,
    RetryPolicy,
    TargetGroup,
    TargetGroupClient,
    TargetGroupSpec,
    ThrottlingError,
    WaitTimeoutError,
)
from lattice_tg.testing import mock_vpc_lattice

FREEZEGUN: Any = import_module("freezegun")
SPEC = TargetGroupSpec(name="resize", type="LAMBDA")


def test_blocking_client() -> None:
    """Throttled requests are retried, deadlines and timeouts end, and times have the frozen date."""
    with FREEZEGUN.freeze_time("2030-01-01"), mock_vpc_lattice(create_seconds=0.2) as lattice:
        lattice.throttle("CreateTargetGroup", times=2)
        client = TargetGroupClient(region_name="eu-west-1", retry=RetryPolicy(max_elapsed_seconds=0.5))
        group = client.create(SPEC, wait=True)
        with pytest.raises(WaitTimeoutError):
            client.wait_until_deleted(group, timeout_seconds=0.1)
        lattice.throttle("ListTargetGroups", times=10_000)
        with pytest.raises(ThrottlingError):
            next(client.list())

    assert (group.status, str(group.created_at)[:10]) == ("ACTIVE", "2030-01-01")


def test_batch() -> None:
    """A batch in worker threads ends."""
    specs = [TargetGroupSpec(name=f"resize-{number}", type="LAMBDA") for number in range(20)]

    with FREEZEGUN.freeze_time("2030-01-01"), mock_vpc_lattice() as lattice:
        lattice.throttle("CreateTargetGroup", times=5)
        results = list(TargetGroupClient(region_name="eu-west-1").ensure_all(specs))

    assert [result.error for result in results] == [None] * 20


def test_asyncio_client() -> None:
    """With ``real_asyncio=True``, the asyncio client retries and waits."""

    async def main() -> TargetGroup:
        async with AsyncTargetGroupClient(region_name="eu-west-1") as client:
            return await client.create(SPEC, wait=True)

    with (
        FREEZEGUN.freeze_time("2030-01-01", real_asyncio=True),
        mock_vpc_lattice(create_seconds=0.2) as lattice,
    ):
        lattice.throttle("CreateTargetGroup", times=2)
        group = asyncio.run(main())

    assert (group.status, str(group.created_at)[:10]) == ("ACTIVE", "2030-01-01")
