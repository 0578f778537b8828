"""The emulated service and its state: backends, injected faults and the call log."""

import random
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import Factory, define, evolve, field, frozen

from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.testing.backend import (
    NO_DELAYS,
    TOKEN_MISMATCH_DEFAULT,
    Durations,
    Overrides,
    RegionBackend,
    TokenMismatch,
    refresh,
)
from lattice_tg.testing.endpoints import partition_of
from lattice_tg.testing.faults import FaultDecision, Faults, TokenBucket, applicable_limits, throttling_error
from lattice_tg.testing.http_messages import (
    DroppedResponse,
    ParsedRequest,
    Request,
    Response,
    error_response,
    parse_request,
)
from lattice_tg.testing.operations import dispatch
from lattice_tg.testing.routing import Environment, Service
from lattice_tg.testing.target_group import TargetGroup

EnvironmentSource = Callable[[str, str], Environment]


@frozen
class RecordedCall:
    """A request that the emulator received."""

    operation: str
    """The name of the operation, such as ``"CreateTargetGroup"``."""
    params: Mapping[str, Any]
    """The parameters under their API names, including path and query parameters."""
    time: float
    """The reading of the emulator's clock, in seconds, when the request arrived."""
    status: int | None = None
    """The HTTP status of the response. None if the response was dropped or is not sent yet."""


@define
class LogEntry:
    """A call whose status is set when the response is ready."""

    call: RecordedCall

    def set_status(self, http_status: int) -> None:
        """Set the status of the call."""
        self.call = evolve(self.call, status=http_status)


@define
class CallLog:
    """A log of the calls in the order in which the requests arrived."""

    entries: list[LogEntry] = field(factory=list[LogEntry])
    lock: threading.Lock = field(factory=threading.Lock)

    def record(self, call: RecordedCall) -> LogEntry:
        """Append a call and return its entry."""
        entry = LogEntry(call)
        with self.lock:
            self.entries.append(entry)
        return entry

    def calls(self) -> tuple[RecordedCall, ...]:
        """Return a snapshot of the calls."""
        with self.lock:
            return tuple(entry.call for entry in self.entries)


def _no_environment(account: str, region: str) -> Environment:  # noqa: ARG001  (the signature of an EnvironmentSource)
    return Environment()


@frozen
class Settings:
    """The options of an emulator. ``reset()`` does not change the options."""

    durations: Durations = NO_DELAYS
    clock: Clock = field(factory=SystemClock)
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT
    environment: EnvironmentSource = _no_environment
    """A function that returns the services and stopped instances of an account and Region."""


@define
class EmulatorState:
    """The state of an emulator. ``reset()`` discards the whole state."""

    settings: Settings
    backends: dict[tuple[str, str], RegionBackend] = field(factory=dict[tuple[str, str], RegionBackend])
    overrides: Overrides = field(factory=Overrides)
    faults: Faults = field(factory=Faults)
    log: CallLog = field(factory=CallLog)
    limits: dict[str, TokenBucket] = field(factory=dict[str, TokenBucket])
    lock: threading.RLock = field(factory=threading.RLock)
    randomness: random.Random = field(factory=random.Random)
    epoch: datetime = Factory(lambda self: _find_epoch(self.settings.clock), takes_self=True)
    """The time when the emulator's clock read 0."""

    def handle(self, request: Request, parsed: ParsedRequest) -> Response | DroppedResponse:
        """Process a request and return the response.

        Injected faults are evaluated before everything else.
        """
        entry = self.log.record(RecordedCall(parsed.operation, parsed.params, self.settings.clock.monotonic()))
        with self.lock:
            decision = self.faults.evaluate(parsed.operation)
        if decision.delay_seconds:
            self.settings.clock.sleep(decision.delay_seconds)
        response = self._respond(request, parsed, decision)
        if decision.drops_response:
            return DroppedResponse()
        entry.set_status(response.http_status)
        return response

    def refresh_backend(self, account: str, region: str, now: float) -> RegionBackend:
        """Return the backend of an account and Region.

        The method first adopts the changes that are due at ``now``.
        """
        key = (account, region)
        if key not in self.backends:
            self.backends[key] = self._make_backend(account, region)
        environment = self.settings.environment(account, region)
        stopped = environment.stopped_instances | self.overrides.stopped_instances
        refresh(self.backends[key], evolve(environment, stopped_instances=stopped), now)
        return self.backends[key]

    def find_group(self, identifier: str, now: float) -> tuple[RegionBackend, TargetGroup]:
        """Return the group with this id or ARN, together with its backend.

        Raises:
            ValueError: If no such group exists in any account and Region.

        """
        for backend in self.backends.values():
            for group in backend.existing_groups(now):
                if identifier in (group.id, group.arn):
                    return backend, group
        message = (
            f"target_group={identifier!r}: must be an existing target group. "
            "Pass the id or ARN of a group that was created in this emulator."
        )
        raise ValueError(message)

    def find_service(self, identifier: str) -> tuple[RegionBackend, str]:
        """Return the backend and the ARN of the service with this id or ARN.

        Raises:
            ValueError: If no such service exists in any account and Region.

        """
        for backend in self.backends.values():
            if (arn := backend.find_service_arn(identifier)) is not None:
                return backend, arn
        message = (
            f"service={identifier!r}: must be an existing service. "
            "Pass the id or ARN of a service that was created or attached while this emulator was active."
        )
        raise ValueError(message)

    def _respond(self, request: Request, parsed: ParsedRequest, decision: FaultDecision) -> Response:
        if decision.error_response is not None:
            return error_response(decision.error_response)
        with self.lock:
            now = self.settings.clock.monotonic()
            for limit in applicable_limits(self.limits, parsed.operation):
                if not limit.try_acquire(now):
                    return error_response(throttling_error(limit.retry_after_seconds))
            response = dispatch(self.refresh_backend(request.account, request.region, now), parsed, now)
            self.refresh_backend(request.account, request.region, now)
            return response

    def _make_backend(self, account: str, region: str) -> RegionBackend:
        return RegionBackend(
            account=account,
            region=region,
            partition=partition_of(region),
            durations=self.settings.durations,
            overrides=self.overrides,
            token_mismatch_error=self.settings.token_mismatch_error,
            epoch=self.epoch,
            randomness=self.randomness,
        )


def _find_epoch(clock: Clock) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=clock.monotonic())


@define(eq=False)
class EmulatedService:
    """The emulated VPC Lattice service, which a ``VpcLatticeEmulator`` controls."""

    settings: Settings = field(factory=Settings)
    state: EmulatorState = Factory(lambda self: EmulatorState(self.settings), takes_self=True)

    def reset(self) -> None:
        """Replace the state with an empty one. Requests in flight finish with the previous state."""
        self.state = EmulatorState(self.settings)

    def handle(self, request: Request) -> Response | DroppedResponse | None:
        """Return the response to a request, or None if the operation is not emulated."""
        parsed = parse_request(request)
        return None if parsed is None else self.state.handle(request, parsed)

    @contextmanager
    def use_backend(self, account: str, region: str) -> Generator[tuple[RegionBackend, float]]:
        """Yield the refreshed backend of an account and Region and the clock's reading, and block other requests."""
        state = self.state
        with state.lock:
            now = self.settings.clock.monotonic()
            yield state.refresh_backend(account, region, now), now

    def refresh(self, account: str, region: str) -> None:
        """Adopt the current services and instances of an account and Region.

        Without a call to this method, the emulator would notice changes only at the time of the next request.
        """
        with self.use_backend(account, region):
            pass

    def new_service(self, account: str, region: str) -> Service:
        """Return a service with a new id, without storing the service."""
        with self.use_backend(account, region) as (backend, _):
            service_id = backend.new_id("svc-")
            return Service(service_id, backend.arn(f"service/{service_id}"))

    def refresh_all(self) -> None:
        """Adopt the current services and instances of all accounts and Regions."""
        state = self.state
        with state.lock:
            for account, region in state.backends:
                state.refresh_backend(account, region, self.settings.clock.monotonic())
