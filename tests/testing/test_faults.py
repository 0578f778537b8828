"""Injected faults and their operations, counts and probabilities."""

import contextlib
import math
import random
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.emulator_requests import code_and_message, error_response


def list_statuses(client: Any, lattice: VpcLatticeEmulator, count: int) -> list[int | None]:
    """Send ``count`` ListTargetGroups requests and return the statuses of all calls."""
    for _ in range(count):
        with contextlib.suppress(client.exceptions.ClientError, ConnectionClosedError):
            client.list_target_groups()
    return [call.status for call in lattice.calls]


def test_throttle_responds_429(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The given number of requests is throttled, and boto3 receives Retry-After."""
    lattice.throttle("ListTargetGroups", times=2, retry_after_seconds=7)

    error = error_response(client.list_target_groups)

    assert (error["Error"]["Code"], error["retryAfterSeconds"]) == ("ThrottlingException", 7)
    assert list_statuses(client, lattice, 2) == [429, 429, 200]


def test_a_fault_applies_once_by_default(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault applies to one request unless ``times`` is given."""
    lattice.throttle("ListTargetGroups")

    assert list_statuses(client, lattice, 2) == [429, 200]


def test_fail_responds_with_the_code(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A request fails with the given code, and the operation is not executed."""
    lattice.fail("CreateTargetGroup", "InternalServerException", retry_after_seconds=3)

    error = error_response(client.create_target_group, name="orders", type="LAMBDA")

    assert error["Error"]["Code"] == "InternalServerException"
    assert error["retryAfterSeconds"] == 3
    assert client.list_target_groups()["items"] == []


def test_fail_accepts_an_unmodeled_code_with_a_status(lattice: VpcLatticeEmulator, client: Any) -> None:
    """fail() accepts a code that is not in the service model if an HTTP status is given."""
    lattice.fail("ListTargetGroups", "ExpiredTokenException", http_status=403, message="expired")

    error = error_response(client.list_target_groups)

    assert error["Error"] == {"Code": "ExpiredTokenException", "Message": "expired"}
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_drop_response_executes_the_operation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The operation is executed, the connection is closed, and the recorded call has no status."""
    lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="LAMBDA")

    assert [item["name"] for item in client.list_target_groups()["items"]] == ["orders"]
    assert [call.status for call in lattice.calls] == [None, 200]


def test_drop_response_drops_errors(lattice: VpcLatticeEmulator, client: Any) -> None:
    """An error response is dropped in the same way as a success response."""
    lattice.drop_response("CreateTargetGroup")

    with pytest.raises(ConnectionClosedError):
        client.create_target_group(name="orders", type="IP")

    assert client.list_target_groups()["items"] == []


def test_delay_uses_the_emulator_clock(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A delayed request waits on the clock of the emulator and then succeeds."""
    slow.delay("CreateTargetGroup", seconds=2)

    client.create_target_group(name="orders", type="LAMBDA")

    assert clock.monotonic() == 2


def test_faults_precede_validation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault is consumed before the parameters are validated."""
    lattice.throttle("CreateTargetGroup")

    rejected = [code_and_message(client.create_target_group, name="orders", type="NOPE")[0] for _ in range(2)]

    assert rejected == ["ThrottlingException", "ValidationException"]


def test_a_fault_applies_to_its_operation_only(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault does not affect requests for other operations."""
    lattice.throttle("CreateTargetGroup")

    assert list_statuses(client, lattice, 1) == [200]


def test_a_wildcard_fault_applies_to_any_operation(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault for ``*`` applies to any operation."""
    lattice.throttle("*")

    assert list_statuses(client, lattice, 2) == [429, 200]


def test_faults_apply_in_order(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Faults of one operation apply in the order in which they were injected."""
    lattice.drop_response("ListTargetGroups")
    lattice.throttle("ListTargetGroups", times=2)
    lattice.fail("ListTargetGroups", "InternalServerException")

    assert list_statuses(client, lattice, 5) == [None, 429, 429, 500, 200]


def test_a_delay_combines_with_other_faults(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A request can be delayed and fail, and delays add up."""
    slow.throttle("ListTargetGroups")
    slow.delay("ListTargetGroups", seconds=2)
    slow.delay("*", seconds=3, times=2)

    assert list_statuses(client, slow, 2) == [429, 200]
    assert clock.monotonic() == 8


def test_a_probability_is_deterministic_per_seed(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A fault with a probability has no limit and affects the same requests for the same seed."""
    randomness = random.Random(7)
    expected = [429 if randomness.random() < 0.5 else 200 for _ in range(20)]
    lattice.throttle("ListTargetGroups", probability=0.5, seed=7)

    assert list_statuses(client, lattice, 20) == expected
    assert set(expected) == {200, 429}


def test_a_probability_with_times_is_limited(lattice: VpcLatticeEmulator, client: Any) -> None:
    """``times`` limits the number of requests that a fault with a probability affects."""
    lattice.throttle("ListTargetGroups", probability=0.5, times=3, seed=7)

    assert list_statuses(client, lattice, 20).count(429) == 3


def test_an_unknown_operation_is_rejected(lattice: VpcLatticeEmulator) -> None:
    """The error lists the emulated operations."""
    with pytest.raises(
        ValueError, match=r"operation='CreateService': must be an emulated operation\. Use one of CreateTargetGroup, "
    ):
        lattice.throttle("CreateService")


def test_an_unknown_code_is_rejected(lattice: VpcLatticeEmulator) -> None:
    """The error lists the error codes of the service model."""
    with pytest.raises(
        ValueError,
        match=r"code='Teapot': must be a VPC Lattice error code unless http_status is passed\. Use one of AccessDeniedEx",
    ):
        lattice.fail("CreateTargetGroup", "Teapot")


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_an_invalid_probability_is_rejected(lattice: VpcLatticeEmulator, probability: float) -> None:
    """A probability must be between 0 and 1."""
    with pytest.raises(ValueError, match=f"probability={probability}: must be between 0 and 1"):
        lattice.throttle("CreateTargetGroup", probability=probability)


def test_zero_times_is_rejected(lattice: VpcLatticeEmulator) -> None:
    """A fault that never applies is rejected."""
    with pytest.raises(ValueError, match="times=0: must be at least 1"):
        lattice.throttle("CreateTargetGroup", times=0)


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("delay", {"operation": "*", "seconds": -1}, "seconds=-1: must be finite and not negative"),
        ("delay", {"operation": "*", "seconds": math.nan}, "seconds=nan: must be finite and not negative"),
        ("delay", {"operation": "*", "seconds": math.inf}, "seconds=inf: must be finite and not negative"),
        ("fail", {"operation": "*", "code": "A B", "http_status": 400}, "code='A B': must consist of visible ASCII"),
        ("fail", {"operation": "*", "code": "Any", "http_status": 199}, "http_status=199: must be between 200 and 599"),
        ("fail", {"operation": "*", "code": "Any", "http_status": 600}, "http_status=600: must be between 200 and 599"),
        ("set_quota", {"quota": "target_groups", "limit": -1}, "limit=-1: must not be negative"),
        (
            "throttle",
            {"operation": "*", "retry_after_seconds": 1.5},
            "retry_after_seconds=1.5: must be a non-negative integer",
        ),
        (
            "rate_limit",
            {"per_second": 1, "burst": 1, "retry_after_seconds": -1},
            "retry_after_seconds=-1: must be a non-negative integer",
        ),
    ],
)
def test_invalid_numbers_are_rejected_immediately(
    lattice: VpcLatticeEmulator, method: str, arguments: dict[str, Any], message: str
) -> None:
    """An invalid number is rejected when the fault is injected, not when a request arrives."""
    with pytest.raises(ValueError, match=message):
        getattr(lattice, method)(**arguments)


def test_reset_removes_everything(lattice: VpcLatticeEmulator, client: Any) -> None:
    """reset() removes groups, faults, quotas, rate limits and recorded calls."""
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


def test_clear_faults_keeps_state(lattice: VpcLatticeEmulator, client: Any) -> None:
    """clear_faults() removes faults and rate limits, and keeps groups, quotas and calls."""
    client.create_target_group(name="orders", type="LAMBDA")
    lattice.set_quota("target_groups", 1)
    lattice.rate_limit(per_second=0.001, burst=1)
    lattice.throttle("*", probability=1)
    error_response(client.list_target_groups)

    lattice.clear_faults()

    assert [item["name"] for item in client.list_target_groups()["items"]] == ["orders"]
    assert error_response(client.create_target_group, name="second", type="LAMBDA")["resourceType"] == "TARGET_GROUP"
    assert [call.status for call in lattice.calls] == [201, 429, 200, 402]
