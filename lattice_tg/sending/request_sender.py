"""Request sender with rate limiting, retries and deadlines."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, Self

from attrs import define, evolve, field, frozen

from lattice_tg.errors import InternalServerError, LatticeError, ServiceError, TransportError
from lattice_tg.events import CallEvent, RetryEvent
from lattice_tg.formatting import format_request, format_seconds
from lattice_tg.logs import log
from lattice_tg.runtime.base import Runtime, WaitReadable
from lattice_tg.runtime.blocking import HookStopIteration
from lattice_tg.runtime.clocks import Clock
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.sending.retry_policy import RetryPolicy, counts_as_attempt, is_retryable, is_throttling
from lattice_tg.transport import Request, Response
from lattice_tg.transport.api import Operation, target_group_of

if TYPE_CHECKING:
    from tenacity import RetryCallState


_WAKE_UP_TOLERANCE_SECONDS = 1.0
"""Maximum number of seconds by which a sleep until the deadline may overrun."""

_FINAL_POLL_WAIT_SECONDS = 1e-3
"""Maximum wait for the rate limiter, in seconds, if the first attempt of a request is due exactly at the deadline,
such as the final poll of a waiter."""

RequestFailure = ServiceError | TransportError
"""Error raised by a request that was sent."""


NextRequest = Callable[[Response], Request | None]
"""Function that returns the request for the part of a response that failed, or None if no part can be retried."""


def is_partial_failure(error: BaseException) -> bool:
    """Return whether the request succeeded, but VPC Lattice could not process some of its targets."""
    return isinstance(error, InternalServerError) and error.http_status == HTTPStatus.OK


class Api(Protocol):
    """A client that sends single requests, such as ``VpcLatticeApi``."""

    def call(self, operation: Operation, request: Request, /) -> Response:
        """Send ``request`` once and return the response."""
        ...

    async def call_without_blocking(
        self, operation: Operation, request: Request, wait_readable: WaitReadable, /
    ) -> Response | None:
        """Send ``request`` once and return the response, or return None if the request would block the thread."""
        ...


@frozen(kw_only=True, eq=False, repr=False)
class RequestSender:
    """Sender for all requests of a client."""

    api: Api
    limiter: RateLimiter
    policy: RetryPolicy
    runtime: Runtime
    max_workers: int = 16
    on_retry: Callable[[RetryEvent], object] | None = None
    on_call: Callable[[CallEvent], object] | None = None
    method: str = ""
    """Method of the client that the user called, such as ``create``."""

    _by_method: dict[str, Self] = field(init=False, factory=dict[str, Self])
    """The senders that ``for_method()`` returned, by method."""

    @property
    def clock(self) -> Clock:
        """Clock of the client."""
        return self.runtime.clock

    def for_method(self, method: str) -> Self:
        """Return the sender of the requests of a client's method, whose name ``on_call`` receives."""
        sender = self._by_method.get(method)
        if sender is None:
            sender = self._by_method[method] = evolve(self, method=method)
        return sender

    async def send(
        self,
        operation: Operation,
        request: Request,
        *,
        deadline: float | None = None,
        failures: list[RequestFailure] | None = None,
        next_request: NextRequest | None = None,
    ) -> Response:
        """Send ``request``, retry it as the policy allows, and return the response.

        Args:
            operation: API operation.
            request: Parameters of the operation.
            deadline: Clock time after which no request is sent. Default: only the limits of the retry policy apply.
            failures: List to which the error of each failed attempt is appended.
            next_request: Function that receives each response and returns the request for the part of the response that
                failed and may succeed on a retry, or None. Default: no response is retried.

        Raises:
            ServiceError: If VPC Lattice rejects the request and no retry succeeds.
            TransportError: If no valid response arrives and no retry succeeds.
            WaitTimeoutError: If the rate limiter cannot admit the first attempt before ``deadline``.

        """
        recorded: list[RequestFailure] = [] if failures is None else failures
        retrying = RetryingRequest(
            self, operation, request, deadline, recorded, queued_at=self.clock.monotonic(), next_request=next_request
        )
        try:
            response = await retrying.send()
        except Exception as error:
            await retrying.notify_call({}, error)
            raise
        await retrying.notify_call(response, None)
        return response


@define(eq=False, repr=False)
class RetryingRequest:
    """A request and the state of its attempts."""

    sender: RequestSender
    operation: Operation
    request: Request
    deadline: float | None
    failures: list[RequestFailure]
    queued_at: float
    next_request: NextRequest | None = None
    first_sent_at: float | None = None
    deadline_exceeded: bool = False

    async def send(self) -> Response:
        """Send the request, and retry the request if its error is retryable and the policy allows retries."""
        try:
            return await self.send_once()
        except (ServiceError, TransportError) as error:
            if not is_retryable(error) or self.sender.policy.max_elapsed_seconds == 0:
                raise
            return await self.retry()

    async def send_once(self) -> Response:
        """Send the request once, as soon as a connection is free and the rate limiter admits the request."""
        runtime = self.sender.runtime
        slot, permit = runtime.make_slot(self.sender.max_workers), self.sender.limiter.make_permit()
        throttled = succeeded = False
        try:
            await slot.acquire()  # Before the permit, so that requests are sent as soon as they are admitted.
            if not await permit.acquire(runtime, deadline=self._permit_deadline()):
                raise self._rate_limit_timeout()
            runtime.raise_if_stopped()
            if self.first_sent_at is None:
                self.first_sent_at = permit.sent_at
            try:
                response = await slot.run(self.call_api, self.call_api_without_blocking)
            except (ServiceError, TransportError) as error:
                throttled = is_throttling(error)
                self._record_failure(error)
                raise
            succeeded = True
            self._raise_for_partial_failure(response)
            return response
        finally:
            permit.release(throttled=throttled, succeeded=succeeded)
            slot.release()

    def _raise_for_partial_failure(self, response: Response) -> None:
        """Raise a retryable error if a part of the response failed and may succeed on a retry."""
        if self.next_request is None or (request := self.next_request(response)) is None:
            return
        self.request = request
        error = InternalServerError(
            operation=self.operation.name,
            code="InternalFailure",
            message="VPC Lattice could not process some targets",
            http_status=HTTPStatus.OK,
            request_id=response.get("ResponseMetadata", {}).get("RequestId"),
            retryable=True,
        )
        self._record_failure(error)
        raise error

    def call_api(self) -> Response:
        """Send the request once, in the thread in which the request blocks."""
        return self.sender.api.call(self.operation, self.request)

    async def call_api_without_blocking(self, wait_readable: WaitReadable) -> Response | None:
        """Send the request once in the event loop, or return None if the request would block."""
        return await self.sender.api.call_without_blocking(self.operation, self.request, wait_readable)

    def _permit_deadline(self) -> float | None:
        """Return the time until which the next attempt may wait for a permit.

        Usually, an attempt may wait until the deadline. However, a first attempt that is due exactly at the deadline,
        such as the final poll of a waiter, may still be sent.
        """
        if self.deadline is None or self.failures:
            return self.deadline
        now = self.sender.clock.monotonic()
        is_due_now = self.deadline <= now <= self.deadline + _WAKE_UP_TOLERANCE_SECONDS
        return now + _FINAL_POLL_WAIT_SECONDS if is_due_now else self.deadline

    async def retry(self) -> Response:
        """Retry the request.

        For tenacity, the attempt that has already failed is the first attempt.
        """
        last_send_at = self._started_at() + self.sender.policy.max_elapsed_seconds
        self.deadline = last_send_at if self.deadline is None else min(last_send_at, self.deadline)
        first_failure = [self.failures[-1]]
        from tenacity import AsyncRetrying, retry_if_exception  # noqa: PLC0415 - slow to import, and rarely needed

        async def attempt() -> Response:
            if first_failure:
                raise first_failure.pop()
            return await self.send_once()

        strategies: Any = {"wait": self._wait_seconds, "stop": self._should_stop}  # tenacity's types forbid coroutines.
        return await AsyncRetrying(
            **strategies,
            retry=retry_if_exception(is_retryable),
            sleep=self.sender.runtime.sleep,
            before_sleep=self._notify_retry,
            reraise=True,
        )(attempt)

    def _record_failure(self, error: RequestFailure) -> None:
        self.failures.append(error)
        error.attempts = len(self.failures)
        error.client_token = self.request.get("clientToken")
        error.target_group = target_group_of(self.request)

    def _rate_limit_timeout(self) -> LatticeError:
        self.deadline_exceeded = True
        if self.failures:
            self.failures[-1].add_note("Not retried: the rate limiter cannot admit the request before the deadline.")
            return self.failures[-1]
        from lattice_tg.errors.workflows import WaitTimeoutError  # noqa: PLC0415 - only calls that wait have a deadline

        rate = self.sender.limiter.rate
        last_status = "too many requests in flight" if rate is None else f"limited to {rate:.3g} requests/s"
        return WaitTimeoutError(
            waiting_for="the rate limiter",
            last_status=last_status,
            elapsed_seconds=self.sender.clock.monotonic() - self.queued_at,
            target_group=target_group_of(self.request),
        )

    async def _wait_seconds(self, state: "RetryCallState") -> float:
        """Return the longer of the policy's wait and the response's ``Retry-After``."""
        # tenacity measures time with the system clock, but `wait` and `stop` must use the client's clock.
        state.start_time, state.outcome_timestamp = self._started_at(), self.sender.clock.monotonic()
        retry_after_seconds = getattr(self.failures[-1], "retry_after_seconds", None) or 0.0
        wait_seconds: float = await self.sender.runtime.call_hook("retry.wait", self.sender.policy.wait, state)
        return max(retry_after_seconds, wait_seconds)

    async def _should_stop(self, state: "RetryCallState") -> bool:
        policy, error = self.sender.policy, self.failures[-1]
        attempts = sum(map(counts_as_attempt, self.failures))
        if self.deadline_exceeded or attempts >= policy.max_attempts:
            return True
        if policy.stop is not None and await self.sender.runtime.call_hook("retry.stop", policy.stop, state):
            return True
        remaining_seconds = (self.deadline or 0.0) - self.sender.clock.monotonic()
        if state.upcoming_sleep < remaining_seconds:
            return False
        wait, remaining = format_seconds(state.upcoming_sleep), format_seconds(max(remaining_seconds, 0.0))
        error.add_note(f"Not retried: the next attempt would start in {wait}, but only {remaining} remain.")
        return True

    async def _notify_retry(self, state: "RetryCallState") -> None:
        error = self.failures[-1]
        event = RetryEvent(
            operation=error.operation,
            target_group=error.target_group,
            attempts=error.attempts,
            wait_seconds=state.upcoming_sleep,
            elapsed_seconds=self.sender.clock.monotonic() - self._started_at(),
            error=error,
        )
        log(
            logging.INFO,
            "%s failed: %s. Retrying in %s.",
            format_request(event.operation, event.target_group),
            _describe_failure(error),
            format_seconds(event.wait_seconds),
            **_log_facts(event),
        )
        if self.sender.on_retry is not None:
            await self.sender.runtime.call_hook("on_retry", self.sender.on_retry, event)

    async def notify_call(self, response: Response, error: Exception | None) -> None:
        """Pass a ``CallEvent`` to ``on_call``, and log the errors that ``on_call`` raises.

        Args:
            response: The response. Empty if the request failed.
            error: The error that the call raises. None after success.

        """
        sender = self.sender
        if sender.on_call is None:
            return
        request_ids = [getattr(failure, "request_id", None) for failure in self.failures]
        request_ids.append(response.get("ResponseMetadata", {}).get("RequestId"))
        event = CallEvent(
            operation=self.operation.name,
            method=sender.method,
            target_group=target_group_of(self.request),
            attempts=len(self.failures) + (error is None),
            throttle_count=sum(map(is_throttling, self.failures)),
            elapsed_seconds=sender.clock.monotonic() - self.queued_at,
            request_ids=tuple(filter(None, request_ids)),
            error=error,
        )
        try:
            await sender.runtime.call_hook("on_call", sender.on_call, event)
        except (Exception, HookStopIteration) as hook_error:  # noqa: BLE001 - the result of the call must not be lost
            log(
                logging.ERROR,
                "on_call raised %s: %s. Fix the function.",
                type(hook_error).__name__,
                hook_error,
                operation=event.operation,
                target_group=event.target_group,
            )

    def _started_at(self) -> float:
        return 0.0 if self.first_sent_at is None else self.first_sent_at


def _describe_failure(error: RequestFailure) -> str:
    return f"{error.code} ({error.http_status})" if isinstance(error, ServiceError) else "no response"


def _log_facts(event: RetryEvent) -> dict[str, object]:
    """Return the facts of a log record, which never contain client tokens or tags."""
    return {
        "operation": event.operation,
        "target_group": event.target_group,
        "attempts": event.attempts,
        "wait_seconds": event.wait_seconds,
        "elapsed_seconds": event.elapsed_seconds,
        "error_code": getattr(event.error, "code", None),
        "request_id": getattr(event.error, "request_id", None),
    }
