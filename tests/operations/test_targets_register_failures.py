"""Requests about targets that fail as a whole: refused, ended by a hook, or followed by a wait that is too short."""

import pickle

import pytest

from lattice_tg.errors import AccessDeniedError, ConfigurationError, DrainTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.results import FailedRequest, RetryEvent, TargetsResult
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.targets import client_of, ip_group, ips

slow_drains = pytest.mark.vpc_lattice(clock=VirtualClock(), drain_seconds=300)


def chunk_of(report: TargetsResult) -> FailedRequest:
    (chunk,) = report.failed_requests
    return chunk


@pytest.mark.parametrize(
    ("code", "http_status"), [("PaymentRequired", 402), ("ServiceQuotaExceededException", None), ("Teapot", 418)]
)
def test_a_refusal_is_an_answer(vpc_lattice: VpcLatticeEmulator, code: str, http_status: int | None) -> None:
    """A 4xx, whatever its code, is told as refused: nothing was done, and there is no silence."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    vpc_lattice.fail("RegisterTargets", code, http_status=http_status)

    report = client.register_targets(group, ips(2))

    assert (chunk_of(report).sent, chunk_of(report).rejected) == (True, True)
    assert str(report).startswith(
        "0 successful, 0 unsuccessful, 0 unanswered, 2 refused\n  2 from 10.0.0.0 on: refused:"
    )


def test_a_refusal_after_silence_settles_nothing(vpc_lattice: VpcLatticeEmulator) -> None:
    """Where an earlier attempt got no answer, that one may have been done, whatever the later one came to."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.drop_response("RegisterTargets")
    vpc_lattice.fail("RegisterTargets", "AccessDeniedException")

    chunk = chunk_of(client.register_targets(group, ips(2)))

    assert (type(chunk.error), chunk.sent, chunk.rejected) == (AccessDeniedError, True, False)


@pytest.mark.parametrize("http_status", [500, 503])
def test_a_fault_is_no_refusal(vpc_lattice: VpcLatticeEmulator, http_status: int) -> None:
    """After a 5xx it is not known what was done."""
    client = client_of(vpc_lattice, retry=RetryPolicy(max_elapsed_seconds=0))
    group = ip_group(client)
    vpc_lattice.fail("RegisterTargets", "Oh", http_status=http_status)

    assert not chunk_of(client.register_targets(group, ips(2))).rejected


def test_a_hook_that_raises_costs_its_own_request(vpc_lattice: VpcLatticeEmulator) -> None:
    """The others are sent and reported; the targets of that one are in the report, with what was raised."""
    broken = ValueError("the log is full")

    def raise_it(_: RetryEvent) -> None:
        raise broken

    client = client_of(vpc_lattice, on_retry=raise_it, max_connections=1)
    group = ip_group(client)
    vpc_lattice.throttle("RegisterTargets")

    report = client.register_targets(group, ips(250))

    chunk = chunk_of(report)
    assert (chunk.targets, list(report.successful)) == (tuple(ips(250)[:100]), ips(250)[100:])
    assert (chunk.sent, chunk.rejected) == (True, False)
    assert isinstance(chunk.error, ConfigurationError)
    assert chunk.error.__cause__ is broken
    assert str(chunk.error) == (
        "RegisterTargets: on_retry, or the wait or stop of the RetryPolicy, raised ValueError: the log is full; "
        "mend it and send these again"
    )


@slow_drains
def test_a_drain_that_takes_too_long_keeps_the_report(vpc_lattice: VpcLatticeEmulator) -> None:
    """The error of the wait has what the service said before it, also after a pickle."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(2))
    vpc_lattice.attach_to_service(group.id)

    with pytest.raises(DrainTimeoutError) as caught:
        client.deregister_targets(group, [*ips(2), Target.ip("10.9.9.9")], wait=True, timeout_seconds=60)

    report = pickle.loads(pickle.dumps(caught.value)).result
    assert report == caught.value.result
    assert ([*report.successful], [failure.id for failure in report.unsuccessful]) == (ips(2), ["10.9.9.9"])
    assert "deregistered: 2 successful, 1 unsuccessful, 0 unanswered" in str(caught.value)


@slow_drains
def test_whatever_ends_a_drain_tells_what_was_done(vpc_lattice: VpcLatticeEmulator) -> None:
    """An error of another kind, or an interrupt, has a note of what was deregistered before."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(2))
    vpc_lattice.attach_to_service(group.id)
    vpc_lattice.fail("ListTargets", "AccessDeniedException")

    with pytest.raises(AccessDeniedError) as caught:
        client.deregister_targets(group, ips(2), wait=True)

    assert caught.value.__notes__ == ["deregistered before the wait: 2 successful, 0 unsuccessful, 0 unanswered"]
