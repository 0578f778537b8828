"""Sending a request until it is answered: paced, repeated where that helps, within one deadline."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import define, frozen

from lattice_tg.clock import Clock
from lattice_tg.durations import in_seconds
from lattice_tg.errors import LatticeError, WaitTimeoutError
from lattice_tg.gateway import Gateway, Reply, Request
from lattice_tg.pacing import Gate
from lattice_tg.retry import RetryEvent, RetryPolicy, counts_as_attempt, is_retryable, is_throttling
from lattice_tg.service_errors import ServiceError, TransportError

if TYPE_CHECKING:
    from tenacity import RetryCallState

_log = logging.getLogger("lattice_tg")

_LATE_SECONDS = 1.0
"""How late a sleep that ends at a deadline may have woken up, at most."""

_MOMENT_SECONDS = 1e-3
"""For how long a request that is due at its deadline may stand in the queue of the client's pacing."""

Send = Callable[[Request], Reply]
"""A method of the gateway."""

Failure = ServiceError | TransportError
"""What a request that was sent can come to, other than a reply."""


@frozen(kw_only=True)
class Calls:
    """How requests are sent: every operation of a client goes through here."""

    gateway: Gateway
    gate: Gate
    policy: RetryPolicy
    clock: Clock
    max_workers: int = 16
    on_retry: Callable[[RetryEvent], object] | None = None

    def answer(
        self, send: Send, request: Request, *, deadline: float | None = None, failures: list[Failure] | None = None
    ) -> Reply:
        """The service's reply to ``request``, sent as often as the policy allows.

        ``deadline`` is a reading of the clock, for a caller that has one of its own; each failure on the way is
        added to ``failures``.
        """
        noted: list[Failure] = [] if failures is None else failures
        call = _Call(self, send, request, deadline, noted, asked_at=self.clock.monotonic())
        try:
            return call.once()
        except (ServiceError, TransportError) as error:
            if not is_retryable(error):
                raise
            return call.again()


@define
class _Call:
    """One logical call and how its attempts went."""

    calls: Calls
    send: Send
    request: Request
    deadline: float | None
    failures: list[Failure]
    asked_at: float
    first_sent_at: float | None = None
    is_out_of_time: bool = False

    def once(self) -> Reply:
        """One attempt, when its turn has come."""
        gate = self.calls.gate
        permit = gate.enter(deadline=self._turn_before(), clock=self.calls.clock)
        if permit is None:
            raise self._no_turn()
        if self.first_sent_at is None:
            self.first_sent_at = permit.sent_at
        throttled = succeeded = False
        try:
            reply = self.send(self.request)
            succeeded = True
        except (ServiceError, TransportError) as error:
            throttled = is_throttling(error)
            self._note(error)
            raise
        finally:
            gate.leave(permit, throttled=throttled, succeeded=succeeded)
        return reply

    def _turn_before(self) -> float | None:
        """The deadline; for a first request that is due at the deadline itself, as a wait's last look is, just now."""
        if self.deadline is None or self.failures:
            return self.deadline
        now = self.calls.clock.monotonic()
        is_due_now = self.deadline <= now <= self.deadline + _LATE_SECONDS
        return now + _MOMENT_SECONDS if is_due_now else self.deadline

    def again(self) -> Reply:
        """The attempts after a first one that failed, which tenacity is shown as its own first."""
        last_send_at = self._elapsed_from() + self.calls.policy.max_elapsed_seconds
        self.deadline = last_send_at if self.deadline is None else min(last_send_at, self.deadline)
        untold = [self.failures[-1]]
        from tenacity import Retrying, retry_if_exception  # noqa: PLC0415 - it takes its time, and most calls need none

        def attempt() -> Reply:
            if untold:
                raise untold.pop()
            return self.once()

        return Retrying(
            retry=retry_if_exception(is_retryable),
            wait=self._wait_seconds,
            stop=self._must_stop,
            sleep=self.calls.clock.sleep,
            before_sleep=self._tell,
            reraise=True,
        )(attempt)

    def _note(self, error: Failure) -> None:
        self.failures.append(error)
        error.attempts = len(self.failures)
        error.client_token = self.request.get("clientToken")

    def _no_turn(self) -> LatticeError:
        self.is_out_of_time = True
        if self.failures:
            self.failures[-1].add_note("given up: the client's pacing has no turn before the deadline")
            return self.failures[-1]
        rate = self.calls.gate.rate
        last_seen = "as many requests under way as may be" if rate is None else f"pacing at {rate:.3g} requests/s"
        return WaitTimeoutError(
            waited_for="a turn to send",
            last_seen=last_seen,
            waited_seconds=self.calls.clock.monotonic() - self.asked_at,
        )

    def _wait_seconds(self, state: "RetryCallState") -> float:
        """What the policy says, or longer where the service asks for it; on the client's clock."""
        state.start_time, state.outcome_timestamp = self._elapsed_from(), self.calls.clock.monotonic()
        asked = getattr(self.failures[-1], "retry_after_seconds", None) or 0.0
        return max(asked, self.calls.policy.wait(state))

    def _must_stop(self, state: "RetryCallState") -> bool:
        policy, error = self.calls.policy, self.failures[-1]
        counted = sum(map(counts_as_attempt, self.failures))
        if self.is_out_of_time or counted >= policy.max_attempts:
            return True
        if policy.stop is not None and policy.stop(state):
            return True
        left_seconds = (self.deadline or 0.0) - self.calls.clock.monotonic()
        if state.upcoming_sleep < left_seconds:
            return False
        to_wait, left = in_seconds(state.upcoming_sleep), in_seconds(max(left_seconds, 0.0))
        error.add_note(f"given up: {to_wait} to wait, {left} left to do it in")
        return True

    def _tell(self, state: "RetryCallState") -> None:
        error = self.failures[-1]
        event = RetryEvent(
            operation=error.operation,
            attempts=error.attempts,
            wait_seconds=state.upcoming_sleep,
            elapsed_seconds=self.calls.clock.monotonic() - self._elapsed_from(),
            error=error,
        )
        _log.info(
            "%s: %s; sent again in %s",
            event.operation,
            _kind(error),
            in_seconds(event.wait_seconds),
            extra=_facts(event),
        )
        if self.calls.on_retry is not None:
            self.calls.on_retry(event)

    def _elapsed_from(self) -> float:
        return 0.0 if self.first_sent_at is None else self.first_sent_at


def _kind(error: Failure) -> str:
    return f"{error.code} ({error.http_status})" if isinstance(error, ServiceError) else "no answer"


def _facts(event: RetryEvent) -> dict[str, object]:
    """What a log line carries for machines; never a token or a tag."""
    return {
        "operation": event.operation,
        "attempts": event.attempts,
        "wait_seconds": event.wait_seconds,
        "elapsed_seconds": event.elapsed_seconds,
        "error_code": getattr(event.error, "code", None),
        "request_id": getattr(event.error, "request_id", None),
    }
