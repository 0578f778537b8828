"""The rate limit."""

from contextlib import suppress
from typing import Any

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import refusal
from testing.test_faults import outcomes


def test_a_burst_and_then_a_rate(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A full bucket lets a burst through at once, and then as many calls as it fills up for."""
    slow.rate_limit(per_second=2, burst=3)

    burst = outcomes(client, slow, 5)
    clock.advance(1)

    assert burst == [200, 200, 200, 429, 429]
    assert outcomes(client, slow, 3)[5:] == [200, 200, 429]


def test_a_rest_fills_the_bucket_and_no_more(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """However long the rest, the burst after it is as big as the bucket."""
    slow.rate_limit(per_second=20, burst=2)
    clock.advance(1000)

    assert outcomes(client, slow, 4) == [200, 200, 429, 429]


def test_what_it_answers(slow: VpcLatticeEmulator, client: Any) -> None:
    """What comes too fast is throttled, with the seconds to wait where the test wants them."""
    slow.rate_limit(per_second=1, burst=1, retry_after_seconds=4)
    client.list_target_groups()

    error = refusal(client.list_target_groups)

    assert (error["Error"]["Code"], error["retryAfterSeconds"]) == ("ThrottlingException", 4)


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (1, 0.5)])
def test_limits_that_nothing_passes(slow: VpcLatticeEmulator, per_second: float, burst: float) -> None:
    """A limit that no call could pass is a mistake."""
    with pytest.raises(ValueError, match=f"per_second={per_second}, burst={burst}: no call would pass"):
        slow.rate_limit(per_second=per_second, burst=burst)


def test_a_limit_of_one_operation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A limit can be one operation's; its calls have to pass that of all operations too."""
    lattice.rate_limit("CreateTargetGroup", per_second=0.001, burst=2)
    lattice.rate_limit(per_second=0.001, burst=4)

    for number in range(3):
        with suppress(client.exceptions.ThrottlingException):
            client.create_target_group(name=f"orders-{number}", type="LAMBDA")
    for _ in range(3):
        with suppress(client.exceptions.ThrottlingException):
            client.list_target_groups()

    assert [call.status for call in lattice.calls] == [201, 201, 429, 200, 200, 429]
