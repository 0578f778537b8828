"""Retry policies that use tenacity's wait and stop functions."""

from collections.abc import Callable
from typing import Any

import pytest
from tenacity import (
    stop_after_attempt,
    stop_after_delay,
    stop_before_delay,
    wait_chain,
    wait_exponential,
    wait_fixed,
    wait_none,
    wait_random,
)

from lattice_tg import RetryPolicy, ServiceError
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.clients import MakeClient

LIST = "ListTargetGroups"


def get_failing_request_times(make_client: MakeClient, lattice: VpcLatticeEmulator, policy: RetryPolicy) -> list[float]:
    """Return the times at which a list call that fails after all retries sends requests."""
    lattice.fail(LIST, "InternalServerException", times=100)
    with pytest.raises(ServiceError) as caught:
        list(make_client(retry=policy).list())
    assert caught.value.attempts == len(lattice.calls)
    return [call.time for call in lattice.calls]


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (wait_none(), [0, 0, 0, 0, 0]),
        (wait_fixed(2), [0, 2, 4, 6, 8]),
        (wait_exponential(multiplier=1), [0, 1, 3, 7, 15]),
        (wait_chain(wait_fixed(1), wait_fixed(5)), [0, 1, 6, 11, 16]),
        (wait_fixed(1) + wait_fixed(2), [0, 3, 6, 9, 12]),
    ],
)
def test_tenacity_wait_determines_the_time_between_requests(
    wait: Callable[[Any], float], expected: list[float], make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """The tenacity wait function determines the time between requests."""
    assert get_failing_request_times(make_client, lattice, RetryPolicy(max_attempts=5, wait=wait)) == expected


def test_random_wait_stays_within_its_limits(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """With tenacity's ``wait_random()``, the delay between attempts stays within its limits."""
    first, second = get_failing_request_times(make_client, lattice, RetryPolicy(max_attempts=2, wait=wait_random(3, 4)))

    assert 3 <= second - first <= 4


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (stop_after_attempt(3), [0, 2, 4]),
        (stop_after_delay(5), [0, 2, 4, 6]),
        (stop_before_delay(5), [0, 2, 4]),
        (stop_after_attempt(2) | stop_after_delay(60), [0, 2]),
        (stop_after_attempt(2) & stop_after_delay(5), [0, 2, 4, 6]),
        (stop_after_attempt(100), [0, 2, 4, 6, 8, 10, 12, 14]),
    ],
)
def test_tenacity_stop_ends_retries(
    stop: Callable[[Any], bool],
    expected: list[float],
    make_client: MakeClient,
    lattice: VpcLatticeEmulator,
    clock: VirtualClock,
) -> None:
    """A tenacity stop function ends retries after a number of attempts or after a time on the client's clock."""
    clock.advance(500)

    times = get_failing_request_times(make_client, lattice, RetryPolicy(wait=wait_fixed(2), stop=stop))

    assert [time - 500 for time in times] == expected


def test_stop_counts_throttled_requests(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """A tenacity stop function counts every request, including requests that max_attempts does not count."""
    lattice.throttle(LIST, times=100)

    with pytest.raises(ServiceError) as caught:
        list(make_client(retry=RetryPolicy(stop=stop_after_attempt(4))).list())

    assert caught.value.attempts == 4


@pytest.mark.parametrize("seconds", [-5.0, float("nan")])
def test_invalid_wait_is_ignored(seconds: float, make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """If a wait function returns NaN or a negative number, the client does not wait."""
    assert get_failing_request_times(make_client, lattice, RetryPolicy(max_attempts=3, wait=lambda _: seconds)) == [
        0,
        0,
        0,
    ]
