"""Sending a request until it is answered: paced, repeated where that helps, within one deadline."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from attrs import define, frozen

from lattice_tg.errors import LatticeError, ServiceError, TransportError, WaitTimeoutError
from lattice_tg.formatting import format_seconds
from lattice_tg.results import RetryEvent
from lattice_tg.runtime.clocks import Clock
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.retry_policy import RetryPolicy, counts_as_attempt, is_retryable, is_throttling
from lattice_tg.transport import Request, Response
from lattice_tg.transport.api import Operation

if TYPE_CHECKING:
    from tenacity import RetryCallState


_log = logging.getLogger("lattice_tg")

_WAKE_UP_TOLERANCE_SECONDS = 1.0
"""How late a sleep that ends at a deadline may have woken up, at most."""

_MIN_QUEUE_SECONDS = 1e-3
"""For how long a request that is due at its deadline may stand in the queue of the client's pacing."""

RequestFailure = ServiceError | TransportError
"""What a request that was sent can come to, other than a reply."""


class Api(Protocol):
    """A client that sends single requests, such as :class:`~lattice_tg.transport.api.VpcLatticeApi`."""

    def call(self, operation: Operation, request: Request, /) -> Response:
        """Send ``request`` once and return the response."""
        ...


@frozen(kw_only=True)
class RequestSender:
    """How requests are sent: every operation of a client goes through here."""

    api: Api
    limiter: RateLimiter
    policy: RetryPolicy
    clock: Clock
    max_workers: int = 16
    on_retry: Callable[[RetryEvent], object] | None = None

    def send(
        self,
        operation: Operation,
        request: Request,
        *,
        deadline: float | None = None,
        failures: list[RequestFailure] | None = None,
    ) -> Response:
        """The service's reply to ``request``, sent as often as the policy allows.

        ``deadline`` is a reading of the clock, for a caller that has one of its own; each failure on the way is
        added to ``failures``.
        """
        noted: list[RequestFailure] = [] if failures is None else failures
        call = _RetryingRequest(self, operation, request, deadline, noted, queued_at=self.clock.monotonic())
        try:
            return call.send_once()
        except (ServiceError, TransportError) as error:
            if not is_retryable(error):
                raise
            return call.retry()


@define
class _RetryingRequest:
    """One logical call and how its attempts went."""

    sender: RequestSender
    operation: Operation
    request: Request
    deadline: float | None
    failures: list[RequestFailure]
    queued_at: float
    first_sent_at: float | None = None
    deadline_exceeded: bool = False

    def send_once(self) -> Response:
        """One attempt, when its turn has come."""
        limiter = self.sender.limiter
        permit = limiter.acquire(deadline=self._permit_deadline(), clock=self.sender.clock)
        if permit is None:
            raise self._rate_limit_timeout()
        if self.first_sent_at is None:
            self.first_sent_at = permit.sent_at
        throttled = succeeded = False
        try:
            reply = self.sender.api.call(self.operation, self.request)
            succeeded = True
        except (ServiceError, TransportError) as error:
            throttled = is_throttling(error)
            self._record_failure(error)
            raise
        finally:
            limiter.release(permit, throttled=throttled, succeeded=succeeded)
        return reply

    def _permit_deadline(self) -> float | None:
        """The deadline; for a first request that is due at the deadline itself, as a wait's last look is, just now."""
        if self.deadline is None or self.failures:
            return self.deadline
        now = self.sender.clock.monotonic()
        is_due_now = self.deadline <= now <= self.deadline + _WAKE_UP_TOLERANCE_SECONDS
        return now + _MIN_QUEUE_SECONDS if is_due_now else self.deadline

    def retry(self) -> Response:
        """The attempts after a first one that failed, which tenacity is shown as its own first."""
        last_send_at = self._started_at() + self.sender.policy.max_elapsed_seconds
        self.deadline = last_send_at if self.deadline is None else min(last_send_at, self.deadline)
        untold = [self.failures[-1]]
        from tenacity import Retrying, retry_if_exception  # noqa: PLC0415 - it takes its time, and most calls need none

        def attempt() -> Response:
            if untold:
                raise untold.pop()
            return self.send_once()

        return Retrying(
            retry=retry_if_exception(is_retryable),
            wait=self._wait_seconds,
            stop=self._should_stop,
            sleep=self.sender.clock.sleep,
            before_sleep=self._notify_retry,
            reraise=True,
        )(attempt)

    def _record_failure(self, error: RequestFailure) -> None:
        self.failures.append(error)
        error.attempts = len(self.failures)
        error.client_token = self.request.get("clientToken")

    def _rate_limit_timeout(self) -> LatticeError:
        self.deadline_exceeded = True
        if self.failures:
            self.failures[-1].add_note("given up: the client's pacing has no turn before the deadline")
            return self.failures[-1]
        rate = self.sender.limiter.rate
        last_status = "as many requests under way as may be" if rate is None else f"pacing at {rate:.3g} requests/s"
        return WaitTimeoutError(
            waiting_for="a turn to send",
            last_status=last_status,
            elapsed_seconds=self.sender.clock.monotonic() - self.queued_at,
        )

    def _wait_seconds(self, state: "RetryCallState") -> float:
        """What the policy says, or longer where the service asks for it; on the client's clock."""
        state.start_time, state.outcome_timestamp = self._started_at(), self.sender.clock.monotonic()
        asked = getattr(self.failures[-1], "retry_after_seconds", None) or 0.0
        return max(asked, self.sender.policy.wait(state))

    def _should_stop(self, state: "RetryCallState") -> bool:
        policy, error = self.sender.policy, self.failures[-1]
        counted = sum(map(counts_as_attempt, self.failures))
        if self.deadline_exceeded or counted >= policy.max_attempts:
            return True
        if policy.stop is not None and policy.stop(state):
            return True
        left_seconds = (self.deadline or 0.0) - self.sender.clock.monotonic()
        if state.upcoming_sleep < left_seconds:
            return False
        to_wait, left = format_seconds(state.upcoming_sleep), format_seconds(max(left_seconds, 0.0))
        error.add_note(f"given up: {to_wait} to wait, {left} left to do it in")
        return True

    def _notify_retry(self, state: "RetryCallState") -> None:
        error = self.failures[-1]
        event = RetryEvent(
            operation=error.operation,
            attempts=error.attempts,
            wait_seconds=state.upcoming_sleep,
            elapsed_seconds=self.sender.clock.monotonic() - self._started_at(),
            error=error,
        )
        _log.info(
            "%s: %s; sent again in %s",
            event.operation,
            _describe_failure(error),
            format_seconds(event.wait_seconds),
            extra=_log_extra(event),
        )
        if self.sender.on_retry is not None:
            self.sender.on_retry(event)

    def _started_at(self) -> float:
        return 0.0 if self.first_sent_at is None else self.first_sent_at


def _describe_failure(error: RequestFailure) -> str:
    return f"{error.code} ({error.http_status})" if isinstance(error, ServiceError) else "no answer"


def _log_extra(event: RetryEvent) -> dict[str, object]:
    """What a log line carries for machines; never a token or a tag."""
    return {
        "operation": event.operation,
        "attempts": event.attempts,
        "wait_seconds": event.wait_seconds,
        "elapsed_seconds": event.elapsed_seconds,
        "error_code": getattr(event.error, "code", None),
        "request_id": getattr(event.error, "request_id", None),
    }
