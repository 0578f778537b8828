"""Target requests that fail as a whole, and waits that fail after a deregistration."""

import pickle

import pytest

from lattice_tg.errors import AccessDeniedError, ConfigurationError, DrainTimeoutError
from lattice_tg.events import RetryEvent
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, TargetsResult
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.targets import create_client, create_ip_group, make_targets

with_slow_draining = pytest.mark.vpc_lattice(clock=VirtualClock(), drain_seconds=300)


def get_failed_request(result: TargetsResult) -> FailedRequest:
    """Return the only failed request of the result."""
    (failed_request,) = result.failed_requests
    return failed_request


@pytest.mark.parametrize(
    ("code", "http_status"), [("PaymentRequired", 402), ("ServiceQuotaExceededException", None), ("Teapot", 418)]
)
def test_client_error_is_reported_as_rejected(
    vpc_lattice: VpcLatticeEmulator, code: str, http_status: int | None
) -> None:
    """A request with a 4xx response is reported as rejected, regardless of the error code."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    vpc_lattice.fail("RegisterTargets", code, http_status=http_status)

    result = client.register_targets(group, make_targets(2))

    assert (get_failed_request(result).sent, get_failed_request(result).rejected) == (True, True)
    assert str(result).startswith(
        "0 successful, 0 unsuccessful, 0 unconfirmed, 2 rejected\n  2 targets starting with 10.0.0.0 (rejected):"
    )


def test_error_after_lost_response_is_not_reported_as_rejected(vpc_lattice: VpcLatticeEmulator) -> None:
    """If an earlier response was lost, a rejected retry is not reported as rejected."""
    client = create_client(vpc_lattice, clock=VirtualClock())
    group = create_ip_group(client)
    vpc_lattice.drop_response("RegisterTargets")
    vpc_lattice.fail("RegisterTargets", "AccessDeniedException")

    failed_request = get_failed_request(client.register_targets(group, make_targets(2)))

    assert (type(failed_request.error), failed_request.sent, failed_request.rejected) == (
        AccessDeniedError,
        True,
        False,
    )


@pytest.mark.parametrize("http_status", [500, 503])
def test_server_error_is_not_reported_as_rejected(vpc_lattice: VpcLatticeEmulator, http_status: int) -> None:
    """After a 5xx response, the result of the request is unknown."""
    client = create_client(vpc_lattice, retry=RetryPolicy(max_elapsed_seconds=0))
    group = create_ip_group(client)
    vpc_lattice.fail("RegisterTargets", "Oh", http_status=http_status)

    assert not get_failed_request(client.register_targets(group, make_targets(2))).rejected


def test_exception_in_on_retry_fails_only_its_request(vpc_lattice: VpcLatticeEmulator) -> None:
    """An exception in on_retry fails only its own request. All other requests succeed."""
    error = ValueError("the log is full")

    def raise_error(_: RetryEvent) -> None:
        raise error

    client = create_client(vpc_lattice, on_retry=raise_error, max_connections=1)
    group = create_ip_group(client)
    vpc_lattice.throttle("RegisterTargets")

    result = client.register_targets(group, make_targets(250))

    failed_request = get_failed_request(result)
    assert (failed_request.targets, list(result.successful)) == (
        tuple(make_targets(250)[:100]),
        make_targets(250)[100:],
    )
    assert (failed_request.sent, failed_request.rejected) == (True, False)
    assert isinstance(failed_request.error, ConfigurationError)
    assert failed_request.error.__cause__ is error
    assert str(failed_request.error) == (
        "RegisterTargets failed because on_retry, or the wait or stop of the RetryPolicy, raised ValueError: the log is "
        "full. Fix the function and send these targets again."
    )


@with_slow_draining
def test_drain_timeout_error_keeps_the_result(vpc_lattice: VpcLatticeEmulator) -> None:
    """DrainTimeoutError contains the result of the deregistration, even after pickling."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(2))
    vpc_lattice.attach_to_service(group.id)

    with pytest.raises(DrainTimeoutError) as caught:
        client.deregister_targets(group, [*make_targets(2), Target.ip("10.9.9.9")], wait=True, timeout_seconds=60)

    result = pickle.loads(pickle.dumps(caught.value)).result
    assert result == caught.value.result
    assert ([*result.successful], [failure.id for failure in result.unsuccessful]) == (make_targets(2), ["10.9.9.9"])
    assert "Result of the deregistration: 2 successful, 1 unsuccessful, 0 unconfirmed." in str(caught.value)


@with_slow_draining
def test_error_while_draining_has_a_note_with_the_result(vpc_lattice: VpcLatticeEmulator) -> None:
    """An error during the wait has a note with the result of the deregistration."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(2))
    vpc_lattice.attach_to_service(group.id)
    vpc_lattice.fail("ListTargets", "AccessDeniedException")

    with pytest.raises(AccessDeniedError) as caught:
        client.deregister_targets(group, make_targets(2), wait=True)

    assert caught.value.__notes__ == [
        "The result of the deregistration before the wait: 2 successful, 0 unsuccessful, 0 unconfirmed"
    ]
