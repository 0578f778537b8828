"""Rate limits of the emulator."""

import math
from contextlib import suppress
from typing import Any

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import error_response
from testing.test_faults import list_statuses


def test_a_burst_is_followed_by_the_rate(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A full bucket admits a burst of requests, and then one request per refilled token."""
    slow.rate_limit(per_second=2, burst=3)

    burst = list_statuses(client, slow, 5)
    clock.advance(1)

    assert burst == [200, 200, 200, 429, 429]
    assert list_statuses(client, slow, 3)[5:] == [200, 200, 429]


def test_the_bucket_refills_up_to_the_burst(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """After a long pause, the burst is not larger than the bucket."""
    slow.rate_limit(per_second=20, burst=2)
    clock.advance(1000)

    assert list_statuses(client, slow, 4) == [200, 200, 429, 429]


def test_throttled_requests_have_retry_after(slow: VpcLatticeEmulator, client: Any) -> None:
    """Requests above the rate are throttled with the given Retry-After value."""
    slow.rate_limit(per_second=1, burst=1, retry_after_seconds=4)
    client.list_target_groups()

    error = error_response(client.list_target_groups)

    assert (error["Error"]["Code"], error["retryAfterSeconds"]) == ("ThrottlingException", 4)


@pytest.mark.parametrize(
    ("per_second", "burst"), [(0, 1), (1, 0.5), (math.nan, 1), (1, math.nan), (math.inf, 1), (1, math.inf)]
)
def test_a_limit_out_of_range_is_rejected(slow: VpcLatticeEmulator, per_second: float, burst: float) -> None:
    """A limit that would reject every request, or that is not finite, is not accepted."""
    with pytest.raises(ValueError, match=f"per_second={per_second}, burst={burst}: per_second must be greater than 0"):
        slow.rate_limit(per_second=per_second, burst=burst)


def test_a_limit_may_apply_to_one_operation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A request is subject to the limit for its operation and the limit for all operations."""
    lattice.rate_limit("CreateTargetGroup", per_second=0.001, burst=2)
    lattice.rate_limit(per_second=0.001, burst=4)

    for number in range(3):
        with suppress(client.exceptions.ThrottlingException):
            client.create_target_group(name=f"orders-{number}", type="LAMBDA")
    for _ in range(3):
        with suppress(client.exceptions.ThrottlingException):
            client.list_target_groups()

    assert [call.status for call in lattice.calls] == [201, 201, 429, 200, 200, 429]
