"""Request sender: retried failures, and limits on the number and the duration of attempts."""

from typing import Any

import pytest

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
from support.clients import MakeClient
from support.sample_groups import FUNCTION, SPEC, operations_and_statuses

LIST = "ListTargetGroups"


def make_fixed_policy(seconds: float, **options: Any) -> RetryPolicy:
    """Return a policy with a fixed wait."""
    return RetryPolicy(wait=lambda _: seconds, **options)


def get_list_error(client: TargetGroupClient) -> ServiceError | TransportError:
    """Return the error that a list request raises after all retries."""
    with pytest.raises(LatticeError) as caught:
        list(client.list())
    assert isinstance(caught.value, ServiceError | TransportError)
    return caught.value


def test_server_errors_and_lost_responses_count_as_attempts(
    client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """A call ends after max_attempts requests that receive a server error or no response."""
    lattice.fail(LIST, "InternalServerException", times=4)
    lattice.drop_response(LIST, times=100)

    error = get_list_error(client)

    assert (type(error), error.attempts, len(lattice.calls)) == (TransportError, 8, 8)


def test_last_failure_is_raised(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """The last error is raised, and ``attempts`` is the number of all requests."""
    lattice.drop_response(LIST, times=2)
    lattice.fail(LIST, "InternalServerException", message="still down")

    error = get_list_error(make_client(retry=RetryPolicy(max_attempts=3)))

    assert isinstance(error, InternalServerError)
    assert (error.message, error.attempts) == ("still down", 3)


def test_throttled_requests_do_not_count_toward_max_attempts(
    make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """Throttled requests do not count toward max_attempts, but ``attempts`` of the error includes them."""
    lattice.throttle(LIST, times=20)
    lattice.fail(LIST, "InternalServerException", times=2)

    error = get_list_error(make_client(retry=RetryPolicy(max_attempts=2)))

    assert (type(error), error.attempts, len(lattice.calls)) == (InternalServerError, 22, 22)


def test_throttling_is_limited_by_time(
    make_client: MakeClient, lattice: VpcLatticeEmulator, clock: VirtualClock
) -> None:
    """A call whose requests are always throttled ends within max_elapsed_seconds."""
    lattice.throttle(LIST, probability=1.0)

    error = get_list_error(make_client(retry=make_fixed_policy(1.0, max_elapsed_seconds=10, max_attempts=1)))

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
    """Elapsed time is measured from the first request and includes the time that responses take."""
    clock.advance(1000)
    lattice.delay(LIST, seconds=3, times=100)
    lattice.fail(LIST, "InternalServerException", times=100)

    error = get_list_error(make_client(retry=make_fixed_policy(2.0, max_elapsed_seconds=10)))

    assert [call.time for call in lattice.calls] == [1000, 1005]
    assert error.__notes__ == ["Not retried: the next attempt would start in 2 s, but only 2 s remain."]


def test_zero_elapsed_seconds_disables_retries(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """With max_elapsed_seconds=0, every request is sent once, even if the policy would not wait before a retry."""
    lattice.throttle(LIST, times=2)
    client = make_client(retry=make_fixed_policy(0.0, max_elapsed_seconds=0))

    errors = [get_list_error(client), get_list_error(client)]

    assert [error.attempts for error in errors] == [1, 1]
    assert list(client.list()) == []


@pytest.mark.parametrize(
    "code",
    ["ValidationException", "ServiceQuotaExceededException", "AccessDeniedException", "ResourceNotFoundException"],
)
def test_permanent_errors_are_not_retried(code: str, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A response with status 400, 402, 403 or 404 raises an error without a retry."""
    lattice.fail("CreateTargetGroup", code)

    with pytest.raises(ServiceError) as caught:
        client.create(FUNCTION)

    assert (caught.value.code, caught.value.attempts, caught.value.retryable) == (code, 1, False)
    assert len(lattice.calls) == 1


def test_permanent_error_ends_retries(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A permanent error that follows a server error is raised, and ``attempts`` includes both requests."""
    lattice.fail("GetTargetGroup", "InternalServerException")

    with pytest.raises(ResourceNotFoundError) as caught:
        client.get("tg-00000000000000000")

    assert caught.value.attempts == 2


def test_update_waits_while_the_group_is_being_created(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """If an update conflicts because the group is being created, it is retried regardless of max_attempts."""
    group = client.create(SPEC)
    client = client.with_options(retry=make_fixed_policy(1.0, max_attempts=2))

    updated = client.update_health_check(group, HealthCheck(interval_seconds=20))

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


def test_conflict_of_a_slow_creation_is_raised_at_the_deadline(client: TargetGroupClient) -> None:
    """An update raises ConflictError if the creation of the group outlasts the retries."""
    group = client.create(SPEC)
    client = client.with_options(retry=make_fixed_policy(1.0, max_elapsed_seconds=4.5))

    with pytest.raises(ConflictError) as caught:
        client.update_health_check(group, HealthCheck(interval_seconds=20))

    assert (caught.value.kind, caught.value.attempts) == ("wrong_status", 5)
    assert caught.value.__notes__ == ["Not retried: the next attempt would start in 1 s, but only 0.5 s remain."]


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "CREATE_FAILED"])
def test_permanent_conflicts_are_not_retried(
    status: str, client: TargetGroupClient, lattice: VpcLatticeEmulator, clock: VirtualClock
) -> None:
    """If the group is being deleted or its creation failed, the conflict is raised immediately."""
    if status == "CREATE_FAILED":
        lattice.fail_next_create("orders", code="VpcNotFound")
    group = client.create(SPEC)
    clock.advance(10)
    if status == "DELETE_IN_PROGRESS":
        client.delete(group)

    with pytest.raises(ConflictError, match=status) as caught:
        client.update_health_check(group, HealthCheck(interval_seconds=20))

    assert (caught.value.kind, caught.value.attempts, caught.value.retryable) == ("wrong_status", 1, False)


def test_on_retry_is_called_before_each_wait(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """on_retry is called before each wait with the current state of the call."""
    lattice.delay(LIST, seconds=0.5, times=100)
    lattice.fail(LIST, "InternalServerException")
    lattice.drop_response(LIST)
    events: list[RetryEvent] = []

    list(make_client(retry=make_fixed_policy(2.0), on_retry=events.append).list())

    assert [
        (event.operation, event.attempts, event.wait_seconds, event.elapsed_seconds, type(event.error))
        for event in events
    ] == [
        (LIST, 1, 2.0, 0.5, InternalServerError),
        (LIST, 2, 2.0, 3.0, TransportError),
    ]


def test_exception_from_on_retry_ends_the_call(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """An exception that on_retry raises ends the call. The client can still be used."""
    lattice.fail(LIST, "InternalServerException")

    def raise_error(_: RetryEvent) -> None:
        raise LatticeError("stop")

    client = make_client(on_retry=raise_error)
    with pytest.raises(LatticeError, match="stop"):
        list(client.list())

    assert list(client.list()) == []
