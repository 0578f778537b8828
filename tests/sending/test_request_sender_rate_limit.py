"""Request sender: permits, deadlines, threads and log records."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import frozen

from lattice_tg import (
    ConfigurationError,
    InternalServerError,
    ServiceError,
    TargetGroupClient,
    TargetGroupSpec,
    ThrottlingError,
    WaitTimeoutError,
)
from lattice_tg.runtime.blocking import BlockingRuntime, run
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.transport import Request, Response
from lattice_tg.transport.api import GET_TARGET_GROUP, Operation
from support.clients import MakeClient
from support.clocks import acquire_permit
from support.sample_groups import FUNCTION, ID, SPEC, tokens_of, wire_group

GET = {"targetGroupIdentifier": ID}


@frozen
class FunctionApi:
    """An API that calls a function to create each response."""

    respond: Callable[[Request], Response]

    def call(self, _: Operation, request: Request) -> Response:
        return self.respond(request)

    async def call_without_blocking(self, *_: object) -> Response | None:
        return None


def make_sender(
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
        runtime=BlockingRuntime(clock),
    )


def succeed(_: Request) -> Response:
    return wire_group()


def throttle(_: Request) -> Response:
    raise ThrottlingError(operation="GetTargetGroup", code="T", message="", http_status=429, retryable=True)


@pytest.mark.parametrize("delay", [0.0, 0.5, 1.0])
def test_first_request_at_its_deadline_is_sent(delay: float, clock: VirtualClock) -> None:
    """A first request may be sent up to one second after its deadline, because sleeps can overrun."""
    clock.advance(10 + delay)

    assert run(make_sender(succeed, clock).send, GET_TARGET_GROUP, GET, deadline=10.0) == wire_group()


def test_first_request_after_its_deadline_raises(clock: VirtualClock) -> None:
    """A first request that is due more than one second after its deadline raises WaitTimeoutError."""
    clock.advance(11.5)

    with pytest.raises(WaitTimeoutError) as caught:
        run(make_sender(succeed, clock).send, GET_TARGET_GROUP, GET, deadline=10.0)

    assert str(caught.value) == (
        "Timed out after 0 s waiting for the rate limiter (last status: too many requests in flight). "
        "Wait again or increase timeout_seconds."
    )


def test_rate_limit_beyond_the_deadline_raises(clock: VirtualClock) -> None:
    """A call fails immediately if the rate limiter cannot admit it before the deadline."""
    sender = make_sender(succeed, clock, per_second=0.1)
    run(sender.send, GET_TARGET_GROUP, GET)

    with pytest.raises(WaitTimeoutError) as caught:
        run(sender.send, GET_TARGET_GROUP, GET, deadline=5.0)

    assert str(caught.value) == (
        "Timed out after 0 s waiting for the rate limiter (last status: limited to 0.1 requests/s). "
        "Wait again or increase timeout_seconds."
    )
    assert clock.monotonic() == 0


@pytest.mark.parametrize(("deadline", "sent_at"), [(3.5, [0, 1, 2, 3]), (1000.0, [0, 1, 2, 3, 4, 5])])
def test_earlier_deadline_applies(deadline: float, sent_at: list[float], clock: VirtualClock) -> None:
    """Retries end at the deadline of the caller or at the deadline of the policy, whichever is earlier."""
    sent: list[float] = []

    def fail(_: Request) -> Response:
        sent.append(clock.monotonic())
        raise InternalServerError(operation="GetTargetGroup", code="I", message="", http_status=500, retryable=True)

    with pytest.raises(InternalServerError):
        run(make_sender(fail, clock, seconds=5.5).send, GET_TARGET_GROUP, GET, deadline=deadline)

    assert sent == sent_at


def test_retry_without_a_permit_raises_the_last_failure(clock: VirtualClock) -> None:
    """If the rate limiter cannot admit a retry, the last failure is raised with a note."""
    sender = make_sender(throttle, clock, per_second=0.25)

    with pytest.raises(ThrottlingError) as caught:
        run(sender.send, GET_TARGET_GROUP, GET, deadline=2.0)

    assert caught.value.__notes__ == ["Not retried: the rate limiter cannot admit the request before the deadline."]
    assert caught.value.attempts == 1


def test_failures_are_recorded(clock: VirtualClock) -> None:
    """The failure of each attempt is appended to the caller's list."""
    failures: list[Any] = []
    responses = [throttle, throttle, succeed]

    def respond_in_order(request: Request) -> Response:
        return responses.pop(0)(request)

    run(make_sender(respond_in_order, clock).send, GET_TARGET_GROUP, GET, failures=failures)

    assert [(type(failure), failure.attempts) for failure in failures] == [(ThrottlingError, 1), (ThrottlingError, 2)]


def test_permit_is_always_released(clock: VirtualClock) -> None:
    """The permit is released even if the request raises an exception."""

    def raise_configuration_error(_: Request) -> Response:
        raise ConfigurationError("no credentials")

    def raise_interrupt(_: Request) -> Response:
        raise KeyboardInterrupt

    for respond, error in ((raise_configuration_error, ConfigurationError), (raise_interrupt, KeyboardInterrupt)):
        sender = make_sender(respond, clock)
        with pytest.raises(error):
            run(sender.send, GET_TARGET_GROUP, GET)

        assert sender.limiter.in_flight == 0


def test_threads_share_a_throttled_client(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """If sixteen threads share a throttled client, each target group is created exactly once."""
    lattice.rate_limit(per_second=20, burst=5)
    client = make_client()
    specs = [TargetGroupSpec(name=f"resize-{number}", type="LAMBDA") for number in range(64)]

    with ThreadPoolExecutor(16) as pool:
        groups = list(pool.map(client.create, specs))

    assert [group.name for group in groups] == [spec.name for spec in specs]
    assert sorted(summary.id for summary in client.list()) == sorted(group.id for group in groups)
    assert len(set(tokens_of(lattice))) == 64
    assert any(call.status == 429 for call in lattice.calls)


def test_infinite_deadline_can_wait_in_the_queue(clock: VirtualClock) -> None:
    """A request with an infinite deadline can wait for a permit."""
    sender = make_sender(succeed, clock, seconds=float("inf"))
    permits = [acquire_permit(sender.limiter) for _ in range(8)]  # the initial limit of requests in flight
    thread = threading.Thread(target=run, args=(sender.send, GET_TARGET_GROUP, GET), kwargs={"deadline": float("inf")})

    thread.start()
    while thread.is_alive() and sender.limiter.waiting == 0:
        thread.join(0.001)
    for permit in permits:
        permit.release(succeeded=True)
    thread.join()

    assert (sender.limiter.waiting, sender.limiter.in_flight) == (0, 0)


def test_retry_is_logged(
    client: TargetGroupClient, lattice: VpcLatticeEmulator, info_log: pytest.LogCaptureFixture
) -> None:
    """A retry is logged as one line at INFO with structured fields."""
    lattice.fail("CreateTargetGroup", "InternalServerException")
    client = client.with_options(retry=RetryPolicy(wait=lambda _: 1.5))

    client.create(FUNCTION)

    (record,) = info_log.records
    facts = {name: value for name, value in record.__dict__.items() if name.startswith("lattice_")}
    assert (record.name, record.levelno, record.getMessage()) == (
        "lattice_tg",
        logging.INFO,
        "CreateTargetGroup for resize failed: InternalServerException (500). Retrying in 1.5 s.",
    )
    assert facts.pop("lattice_request_id")
    assert facts == {
        "lattice_operation": "CreateTargetGroup",
        "lattice_target_group": "resize",
        "lattice_attempts": 1,
        "lattice_wait_seconds": 1.5,
        "lattice_elapsed_seconds": 0.0,
        "lattice_error_code": "InternalServerException",
    }


def test_secrets_are_not_logged(
    client: TargetGroupClient, lattice: VpcLatticeEmulator, info_log: pytest.LogCaptureFixture
) -> None:
    """Log records at INFO and above contain no client tokens, tags or credentials."""
    lattice.drop_response("CreateTargetGroup")
    lattice.throttle("CreateTargetGroup")
    lattice.fail("CreateTargetGroup", "ConflictException", message="orders already exists, token run-7, tag shop")

    client.create(SPEC, client_token="run-7")

    lines = [f"{record.getMessage()} {record.__dict__}" for record in info_log.records if record.name == "lattice_tg"]
    assert len(lines) == 3
    assert not [line for line in lines for secret in ("run-7", "shop", "testing'") if secret in line]


def test_error_has_botocores_exception_as_cause(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A raised error has botocore's exception as its cause."""
    lattice.fail("ListTargetGroups", "AccessDeniedException")

    with pytest.raises(ServiceError) as caught:
        list(client.list())

    assert type(caught.value.__cause__).__name__ == "AccessDeniedException"
