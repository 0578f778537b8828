"""Which requests are sent again, how often and how long, against the emulator."""

from typing import Any

import pytest

from conftest import MakeClient
from lattice_tg import (
    ConflictError,
    HealthCheck,
    InternalServerError,
    LatticeError,
    ResourceNotFoundError,
    RetryEvent,
    RetryPolicy,
    ServiceError,
    TargetGroupClient,
    ThrottlingError,
    TransportError,
)
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.sample_groups import FUNCTION, SPEC, operations_and_statuses

LIST = "ListTargetGroups"


def every(seconds: float, **options: Any) -> RetryPolicy:
    """A policy that always waits so long."""
    return RetryPolicy(wait=lambda _: seconds, **options)


def failure(client: TargetGroupClient) -> ServiceError | TransportError:
    """What a list comes to that gets no answer in the end."""
    with pytest.raises(LatticeError) as caught:
        list(client.list())
    assert isinstance(caught.value, ServiceError | TransportError)
    return caught.value


def test_faults_are_counted(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Faults of the service and lost answers end a call after max_attempts requests."""
    lattice.fail(LIST, "InternalServerException", times=4)
    lattice.drop_response(LIST, times=100)

    error = failure(client)

    assert (type(error), error.attempts, len(lattice.calls)) == (TransportError, 8, 8)


def test_the_last_fault_is_the_one_that_is_raised(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """The error is the last one, with the number of all requests."""
    lattice.drop_response(LIST, times=2)
    lattice.fail(LIST, "InternalServerException", message="still down")

    error = failure(make_client(retry=RetryPolicy(max_attempts=3)))

    assert isinstance(error, InternalServerError)
    assert (error.message, error.attempts) == ("still down", 3)


def test_throttling_does_not_count(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """Throttling uses up no attempts, though the error counts each request that was sent."""
    lattice.throttle(LIST, times=20)
    lattice.fail(LIST, "InternalServerException", times=2)

    error = failure(make_client(retry=RetryPolicy(max_attempts=2)))

    assert (type(error), error.attempts, len(lattice.calls)) == (InternalServerError, 22, 22)


def test_throttling_is_bounded_by_time(
    make_client: MakeClient, lattice: VpcLatticeEmulator, clock: VirtualClock
) -> None:
    """Throttling ends a call once its time is over, and not a moment later."""
    lattice.throttle(LIST, probability=1.0)

    error = failure(make_client(retry=every(1.0, max_elapsed_seconds=10, max_attempts=1)))

    assert isinstance(error, ThrottlingError)
    assert clock.monotonic() <= 10
    assert error.attempts == len(lattice.calls) > 3
    assert error.__notes__ in (
        ["Not retried: the rate limiter cannot admit the request before the deadline."],
        [f"Not retried: the next attempt would start in 1 s, but only {10 - lattice.calls[-1].time:g} s remain."],
    )


def test_time_counts_from_the_first_request(
    make_client: MakeClient, lattice: VpcLatticeEmulator, clock: VirtualClock
) -> None:
    """What the clock read before the call is not counted; what answers take is."""
    clock.advance(1000)
    lattice.delay(LIST, seconds=3, times=100)
    lattice.fail(LIST, "InternalServerException", times=100)

    error = failure(make_client(retry=every(2.0, max_elapsed_seconds=10)))

    assert [call.time for call in lattice.calls] == [1000, 1005]
    assert error.__notes__ == ["Not retried: the next attempt would start in 2 s, but only 2 s remain."]


def test_no_time_at_all(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """max_elapsed_seconds=0 sends everything once, even where there is nothing to wait for."""
    lattice.throttle(LIST, times=2)
    client = make_client(retry=every(0.0, max_elapsed_seconds=0))

    errors = [failure(client), failure(client)]

    assert [error.attempts for error in errors] == [1, 1]
    assert list(client.list()) == []


@pytest.mark.parametrize(
    "code",
    ["ValidationException", "ServiceQuotaExceededException", "AccessDeniedException", "ResourceNotFoundException"],
)
def test_what_is_never_repeated(code: str, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """400, 402, 403 and 404 are raised at once."""
    lattice.fail("CreateTargetGroup", code)

    with pytest.raises(ServiceError) as caught:
        client.create(FUNCTION)

    assert (caught.value.code, caught.value.attempts, caught.value.retryable) == (code, 1, False)
    assert len(lattice.calls) == 1


def test_a_fault_on_the_way_to_a_refusal(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A refusal after a fault is raised as it is, and counts the requests."""
    lattice.fail("GetTargetGroup", "InternalServerException")

    with pytest.raises(ResourceNotFoundError) as caught:
        client.get("tg-00000000000000000")

    assert caught.value.attempts == 2


def test_update_while_being_created(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The conflict of a group that is being created is waited out, however many requests that takes."""
    group = client.create(SPEC)
    patient = client.with_options(retry=every(1.0, max_attempts=2))

    updated = patient.update_health_check(group, HealthCheck(interval_seconds=20))

    statuses = [status for operation, status in operations_and_statuses(lattice) if operation == "UpdateTargetGroup"]
    assert statuses == [409] * 10 + [200]
    assert updated.config.health_check == HealthCheck.http(
        "/ready",
        port=None,
        interval_seconds=20,
        timeout_seconds=5,
        healthy_threshold_count=5,
        unhealthy_threshold_count=2,
        success_codes="200",
    )


def test_a_creation_that_takes_too_long(client: TargetGroupClient) -> None:
    """That conflict is raised once the time is over."""
    group = client.create(SPEC)
    hurried = client.with_options(retry=every(1.0, max_elapsed_seconds=4.5))

    with pytest.raises(ConflictError) as caught:
        hurried.update_health_check(group, HealthCheck(interval_seconds=20))

    assert (caught.value.kind, caught.value.attempts) == ("wrong_status", 5)
    assert caught.value.__notes__ == ["Not retried: the next attempt would start in 1 s, but only 0.5 s remain."]


@pytest.mark.parametrize("ending", ["DELETE_IN_PROGRESS", "CREATE_FAILED"])
def test_conflicts_that_stay(
    ending: str, client: TargetGroupClient, lattice: VpcLatticeEmulator, clock: VirtualClock
) -> None:
    """The conflict of a group that is going, or that failed, is raised at once."""
    if ending == "CREATE_FAILED":
        lattice.fail_next_create("orders", code="VpcNotFound")
    group = client.create(SPEC)
    clock.advance(10)
    if ending == "DELETE_IN_PROGRESS":
        client.delete(group)

    with pytest.raises(ConflictError, match=ending) as caught:
        client.update_health_check(group, HealthCheck(interval_seconds=20))

    assert (caught.value.kind, caught.value.attempts, caught.value.retryable) == ("wrong_status", 1, False)


def test_each_repeat_is_told(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """on_retry is called before each wait, with what is known then."""
    lattice.delay(LIST, seconds=0.5, times=100)
    lattice.fail(LIST, "InternalServerException")
    lattice.drop_response(LIST)
    events: list[RetryEvent] = []

    list(make_client(retry=every(2.0), on_retry=events.append).list())

    assert [(e.operation, e.attempts, e.wait_seconds, e.elapsed_seconds, type(e.error)) for e in events] == [
        (LIST, 1, 2.0, 0.5, InternalServerError),
        (LIST, 2, 2.0, 3.0, TransportError),
    ]


def test_a_listener_that_objects(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """What on_retry raises ends the call, and leaves the client as it was."""
    lattice.fail(LIST, "InternalServerException")

    def object_to(_: RetryEvent) -> None:
        raise LatticeError("no more")

    client = make_client(on_retry=object_to)
    with pytest.raises(LatticeError, match="no more"):
        list(client.list())

    assert list(client.list()) == []
