"""Faults: what goes wrong, for which calls, how often."""

import contextlib
import random
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import code_and_message, refusal


def outcomes(client: Any, lattice: VpcLatticeEmulator, count: int) -> list[int | None]:
    """The statuses of so many ListTargetGroups."""
    for _ in range(count):
        with contextlib.suppress(client.exceptions.ClientError, ConnectionClosedError):
            client.list_target_groups()
    return [call.status for call in lattice.calls]


def test_throttle(lattice: VpcLatticeEmulator, client: Any) -> None:
    """As many calls as asked are answered 429, with the seconds to wait where boto3 looks for them."""
    lattice.throttle("ListTargetGroups", times=2, retry_after_seconds=7)

    error = refusal(client.list_target_groups)

    assert (error["Error"]["Code"], error["retryAfterSeconds"]) == ("ThrottlingException", 7)
    assert outcomes(client, lattice, 2) == [429, 429, 200]


def test_once_is_the_rule(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault strikes one call unless more are asked for."""
    lattice.throttle("ListTargetGroups")

    assert outcomes(client, lattice, 2) == [429, 200]


def test_fail(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A call fails with the code that was asked for, and nothing is done."""
    lattice.fail("CreateTargetGroup", "InternalServerException", retry_after_seconds=3)

    error = refusal(client.create_target_group, name="orders", type="LAMBDA")

    assert error["Error"]["Code"] == "InternalServerException"
    assert error["retryAfterSeconds"] == 3
    assert client.list_target_groups()["items"] == []


def test_a_code_that_is_not_modelled(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Any other code can be had too, with the HTTP status that goes with it."""
    lattice.fail("ListTargetGroups", "ExpiredTokenException", http_status=403, message="expired")

    error = refusal(client.list_target_groups)

    assert error["Error"] == {"Code": "ExpiredTokenException", "Message": "expired"}
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_lose_reply(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The service does what it is asked to; the caller's connection is closed, and the call has no status."""
    lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")

    assert [row["name"] for row in client.list_target_groups()["items"]] == ["orders"]
    assert [call.status for call in lattice.calls] == [None, 200]


def test_a_lost_refusal(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A refusal is lost just as a success is."""
    lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="IP")

    assert client.list_target_groups()["items"] == []


def test_delay(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """The service takes its time on the emulator's clock, and then does what it is asked to."""
    slow.delay("CreateTargetGroup", seconds=2)

    client.create_target_group(name="orders", type="LAMBDA")

    assert clock.monotonic() == 2


def test_before_any_other_check(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault is spent before parameters are looked at."""
    lattice.throttle("CreateTargetGroup")

    refused = [code_and_message(client.create_target_group, name="orders", type="NOPE")[0] for _ in range(2)]

    assert refused == ["ThrottlingException", "ValidationException"]


def test_of_its_own_operation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault waits for its operation and leaves the others alone."""
    lattice.throttle("CreateTargetGroup")

    assert outcomes(client, lattice, 1) == [200]


def test_any_operation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault for ``*`` strikes whatever comes."""
    lattice.throttle("*")

    assert outcomes(client, lattice, 2) == [429, 200]


def test_faults_in_a_row(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Faults of one operation strike one after the other, in the order in which they were asked for."""
    lattice.drop_response("ListTargetGroups")
    lattice.throttle("ListTargetGroups", times=2)
    lattice.fail("ListTargetGroups", "InternalServerException")

    assert outcomes(client, lattice, 5) == [None, 429, 429, 500, 200]


def test_a_delay_comes_on_top(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A call can be late and refused; delays add up."""
    slow.throttle("ListTargetGroups")
    slow.delay("ListTargetGroups", seconds=2)
    slow.delay("*", seconds=3, times=2)

    assert outcomes(client, slow, 2) == [429, 200]
    assert clock.monotonic() == 8


def test_by_probability(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A share of the calls is struck, without end, the same ones for the same seed."""
    drawn = random.Random(7)
    expected = [429 if drawn.random() < 0.5 else 200 for _ in range(20)]
    lattice.throttle("ListTargetGroups", probability=0.5, seed=7)

    assert outcomes(client, lattice, 20) == expected
    assert set(expected) == {200, 429}


def test_by_probability_and_count(lattice: VpcLatticeEmulator, client: Any) -> None:
    """With both, so many calls are struck by chance, and no more."""
    lattice.throttle("ListTargetGroups", probability=0.5, times=3, seed=7)

    assert outcomes(client, lattice, 20).count(429) == 3


def test_unknown_operations(lattice: VpcLatticeEmulator) -> None:
    """An operation that is not emulated is an error that names those that are."""
    with pytest.raises(ValueError, match="operation='CreateService': not emulated; write one of CreateTargetGroup, "):
        lattice.throttle("CreateService")


def test_unknown_codes(lattice: VpcLatticeEmulator) -> None:
    """A code that the model does not have is an error that names those it has."""
    with pytest.raises(ValueError, match="code='Teapot': not an error of VPC Lattice; write one of AccessDeniedEx"):
        lattice.fail("CreateTargetGroup", "Teapot")


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_no_probability(lattice: VpcLatticeEmulator, probability: float) -> None:
    """A probability is between 0 and 1."""
    with pytest.raises(ValueError, match=f"probability={probability}: not between 0 and 1"):
        lattice.throttle("CreateTargetGroup", probability=probability)


def test_no_times(lattice: VpcLatticeEmulator) -> None:
    """A fault that never strikes is a mistake."""
    with pytest.raises(ValueError, match="times=0: a fault strikes once at least"):
        lattice.throttle("CreateTargetGroup", times=0)


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("delay", {"operation": "*", "seconds": -1}, "seconds=-1: less than no time"),
        ("set_quota", {"quota": "target_groups", "limit": -1}, "limit=-1: fewer than none"),
        ("throttle", {"operation": "*", "retry_after_seconds": 1.5}, "retry_after_seconds=1.5: not whole seconds"),
        ("rate_limit", {"per_second": 1, "burst": 1, "retry_after_seconds": -1}, "retry_after_seconds=-1: not whole"),
    ],
)
def test_no_such_number(lattice: VpcLatticeEmulator, method: str, arguments: dict[str, Any], message: str) -> None:
    """What could not be answered is a mistake where it is asked for, not in the call that meets it."""
    with pytest.raises(ValueError, match=message):
        getattr(lattice, method)(**arguments)


def test_reset(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A reset forgets groups, faults, wishes and calls."""
    client.create_target_group(name="orders", type="LAMBDA")
    lattice.throttle("*", times=100)
    lattice.fail_next_create("orders", code="InternalFailure")
    lattice.set_quota("target_groups", 1)
    lattice.rate_limit(per_second=1, burst=1)

    lattice.reset()

    assert lattice.calls == ()
    assert client.list_target_groups()["items"] == []
    created = client.create_target_group(name="orders", type="LAMBDA")
    assert client.get_target_group(targetGroupIdentifier=created["id"])["status"] == "ACTIVE"


def test_faults_that_are_cleared(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Faults and the rate limit can be taken away; groups, quotas and calls stay."""
    client.create_target_group(name="orders", type="LAMBDA")
    lattice.set_quota("target_groups", 1)
    lattice.rate_limit(per_second=0.001, burst=1)
    lattice.throttle("*", probability=1)
    refusal(client.list_target_groups)

    lattice.clear_faults()

    assert [row["name"] for row in client.list_target_groups()["items"]] == ["orders"]
    assert refusal(client.create_target_group, name="second", type="LAMBDA")["resourceType"] == "TARGET_GROUP"
    assert [call.status for call in lattice.calls] == [201, 429, 200, 402]
