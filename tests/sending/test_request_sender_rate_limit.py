"""Turns to send, deadlines, threads and the log: what every call of a client goes through."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import frozen

from conftest import MakeClient
from lattice_tg import (
    ConfigurationError,
    InternalServerError,
    ServiceError,
    TargetGroupClient,
    TargetGroupSpec,
    ThrottlingError,
    WaitTimeoutError,
)
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.transport import Request, Response
from lattice_tg.transport.api import GET_TARGET_GROUP, Operation
from support.sample_groups import FUNCTION, ID, SPEC, tokens_of, wire_group

GET = {"targetGroupIdentifier": ID}


@frozen
class FunctionApi:
    """An API that answers every request with what a function returns."""

    respond: Callable[[Request], Response]

    def call(self, _: Operation, request: Request) -> Response:
        return self.respond(request)


def sender_of(
    respond: Callable[[Request], Response],
    clock: VirtualClock,
    *,
    per_second: float | None = None,
    seconds: float = 120.0,
) -> RequestSender:
    return RequestSender(
        api=FunctionApi(respond),
        limiter=RateLimiter(clock=clock, max_requests_per_second=per_second),
        policy=RetryPolicy(wait=lambda _: 1.0, max_elapsed_seconds=seconds),
        clock=clock,
    )


def served(_: Request) -> Response:
    return wire_group()


def throttled(_: Request) -> Response:
    raise ThrottlingError(operation="GetTargetGroup", code="T", message="", http_status=429, retryable=True)


@pytest.mark.parametrize("late", [0.0, 0.5, 1.0])
def test_a_look_at_the_deadline_is_sent(late: float, clock: VirtualClock) -> None:
    """A first request whose turn is now is sent at its deadline, and a little later, as sleeps end late."""
    clock.advance(10 + late)

    assert sender_of(served, clock).send(GET_TARGET_GROUP, GET, deadline=10.0) == wire_group()


def test_nothing_is_sent_long_after_the_deadline(clock: VirtualClock) -> None:
    """Whoever comes later than that is too late, and is told what for."""
    clock.advance(11.5)

    with pytest.raises(WaitTimeoutError) as caught:
        sender_of(served, clock).send(GET_TARGET_GROUP, GET, deadline=10.0)

    assert str(caught.value) == (
        "the rate limiter did not come in 0 s; last seen: too many requests in flight; "
        "nothing was undone: wait again, or longer"
    )


def test_no_turn_before_the_deadline(clock: VirtualClock) -> None:
    """Pacing that has no turn in time ends the call at once."""
    sender = sender_of(served, clock, per_second=0.1)
    sender.send(GET_TARGET_GROUP, GET)

    with pytest.raises(WaitTimeoutError) as caught:
        sender.send(GET_TARGET_GROUP, GET, deadline=5.0)

    assert str(caught.value) == (
        "the rate limiter did not come in 0 s; last seen: limited to 0.1 requests/s; "
        "nothing was undone: wait again, or longer"
    )
    assert clock.monotonic() == 0


@pytest.mark.parametrize(("deadline", "sent_at"), [(3.5, [0, 1, 2, 3]), (1000.0, [0, 1, 2, 3, 4, 5])])
def test_the_earlier_deadline_counts(deadline: float, sent_at: list[float], clock: VirtualClock) -> None:
    """A caller's deadline and the policy's time both end the repeating."""
    sent: list[float] = []

    def failing(_: Request) -> Response:
        sent.append(clock.monotonic())
        raise InternalServerError(operation="GetTargetGroup", code="I", message="", http_status=500, retryable=True)

    with pytest.raises(InternalServerError):
        sender_of(failing, clock, seconds=5.5).send(GET_TARGET_GROUP, GET, deadline=deadline)

    assert sent == sent_at


def test_the_turns_of_a_repeat(clock: VirtualClock) -> None:
    """A repeat that gets no turn in time ends with the last failure, which says so."""
    sender = sender_of(throttled, clock, per_second=0.25)

    with pytest.raises(ThrottlingError) as caught:
        sender.send(GET_TARGET_GROUP, GET, deadline=2.0)

    assert caught.value.__notes__ == ["Not retried: the rate limiter cannot admit the request before the deadline."]
    assert caught.value.attempts == 1


def test_each_failure_is_noted(clock: VirtualClock) -> None:
    """A caller may ask for the failures on the way."""
    failures: list[Any] = []
    answers = [throttled, throttled, served]

    def in_turn(request: Request) -> Response:
        return answers.pop(0)(request)

    sender_of(in_turn, clock).send(GET_TARGET_GROUP, GET, failures=failures)

    assert [(type(failure), failure.attempts) for failure in failures] == [(ThrottlingError, 1), (ThrottlingError, 2)]


def test_a_turn_is_handed_back(clock: VirtualClock) -> None:
    """However a request ends, its turn is free again."""

    def misconfigured(_: Request) -> Response:
        raise ConfigurationError("no credentials")

    def interrupted(_: Request) -> Response:
        raise KeyboardInterrupt

    for respond, error in ((misconfigured, ConfigurationError), (interrupted, KeyboardInterrupt)):
        sender = sender_of(respond, clock)
        with pytest.raises(error):
            sender.send(GET_TARGET_GROUP, GET)

        assert sender.limiter.in_flight == 0


def test_sixteen_threads(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """One client serves many threads while the service throttles: each create is answered, and made once."""
    lattice.rate_limit(per_second=20, burst=5)
    client = make_client()
    specs = [TargetGroupSpec(name=f"resize-{number}", type="LAMBDA") for number in range(64)]

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(client.create, specs))

    assert [group.name for group in made] == [spec.name for spec in specs]
    assert sorted(row.id for row in client.list()) == sorted(group.id for group in made)
    assert len(set(tokens_of(lattice))) == 64
    assert any(call.status == 429 for call in lattice.calls)


def test_a_deadline_without_end_in_a_queue(clock: VirtualClock) -> None:
    """Calls that queue for a turn may have no end of time."""
    sender = sender_of(served, clock, seconds=float("inf"))
    permits = [sender.limiter.acquire() for _ in range(8)]  # as many as may be under way
    thread = threading.Thread(target=sender.send, args=(GET_TARGET_GROUP, GET), kwargs={"deadline": float("inf")})

    thread.start()
    while thread.is_alive() and sender.limiter.waiting == 0:
        thread.join(0.001)
    for permit in permits:
        assert permit is not None
        sender.limiter.release(permit, throttled=False, succeeded=True)
    thread.join()

    assert (sender.limiter.waiting, sender.limiter.in_flight) == (0, 0)


def test_the_log(client: TargetGroupClient, lattice: VpcLatticeEmulator, info_log: pytest.LogCaptureFixture) -> None:
    """A repeated request is one line at INFO, with its facts beside for machines."""
    lattice.fail("CreateTargetGroup", "InternalServerException")
    patient = client.with_options(retry=RetryPolicy(wait=lambda _: 1.5))

    patient.create(FUNCTION)

    (record,) = info_log.records
    facts = ("operation", "attempts", "wait_seconds", "elapsed_seconds", "error_code", "request_id")
    assert (record.name, record.levelno, record.getMessage()) == (
        "lattice_tg",
        logging.INFO,
        "CreateTargetGroup failed: InternalServerException (500). Retrying in 1.5 s.",
    )
    assert [record.__dict__[fact] for fact in facts[:5]] == [
        "CreateTargetGroup",
        1,
        1.5,
        0.0,
        "InternalServerException",
    ]
    assert record.__dict__["request_id"]


def test_what_is_never_logged(
    client: TargetGroupClient, lattice: VpcLatticeEmulator, info_log: pytest.LogCaptureFixture
) -> None:
    """Tokens, tags and credentials stand in no line above DEBUG, nor beside one."""
    lattice.drop_response("CreateTargetGroup")
    lattice.throttle("CreateTargetGroup")
    lattice.fail("CreateTargetGroup", "ConflictException", message="orders already exists, token run-7, tag shop")

    client.create(SPEC, client_token="run-7")

    logged = [f"{record.getMessage()} {record.__dict__}" for record in info_log.records if record.name == "lattice_tg"]
    assert len(logged) == 3
    assert not [line for line in logged for secret in ("run-7", "shop", "testing'") if secret in line]


def test_a_failure_without_a_way_out(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """An error raised in the end has botocore's exception as its cause."""
    lattice.fail("ListTargetGroups", "AccessDeniedException")

    with pytest.raises(ServiceError) as caught:
        list(client.list())

    assert type(caught.value.__cause__).__name__ == "AccessDeniedException"
