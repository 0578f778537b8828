"""The state of an emulator: its backends, injected faults and the log of calls."""

import random
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import Factory, define, evolve, field, frozen

from lattice_tg.runtime.clocks import Clock
from lattice_tg.testing.backend import (
    Durations,
    Forward,
    Overrides,
    RegionBackend,
    TokenMismatch,
    refresh_service_usage,
)
from lattice_tg.testing.faults import FaultDecision, Faults, TokenBucket, applicable_limits, throttling_error
from lattice_tg.testing.http_messages import ParsedRequest, Request, Response, error_response
from lattice_tg.testing.operations import dispatch
from lattice_tg.testing.target_group import TargetGroup


@frozen
class RecordedCall:
    """One request that reached the emulator."""

    operation: str
    """The operation's name, such as ``"CreateTargetGroup"``."""
    params: Mapping[str, Any]
    """The parameters under their wire names, those that travel in the path or query among them."""
    time: float
    """The reading of the emulator's clock when the request came in."""
    status: int | None = None
    """The HTTP status of the reply; None where the reply was lost or is not out yet."""


@define
class LogEntry:
    """A call in the log, whose status is filled in when the reply goes out."""

    call: RecordedCall

    def mark_answered(self, http_status: int) -> None:
        """Note that the reply went out."""
        self.call = evolve(self.call, status=http_status)


@define
class CallLog:
    """All calls, in the order in which they came in."""

    entries: list[LogEntry] = field(factory=list[LogEntry])
    lock: threading.Lock = field(factory=threading.Lock)

    def record(self, call: RecordedCall) -> LogEntry:
        """A new entry."""
        entry = LogEntry(call)
        with self.lock:
            self.entries.append(entry)
        return entry

    def calls(self) -> tuple[RecordedCall, ...]:
        """The calls as they stand now."""
        with self.lock:
            return tuple(entry.call for entry in self.entries)


Forwards = Callable[[str, str], Iterable[Forward]]
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}


@frozen
class Settings:
    """What an emulator is made with; ``forwards`` says what uses which group in an account and Region."""

    durations: Durations
    clock: Clock
    token_mismatch_error: TokenMismatch
    forwards: Forwards


@define
class EmulatorState:
    """The state behind an emulator; forgetting everything is making a new one."""

    settings: Settings
    realms: dict[tuple[str, str], RegionBackend] = field(factory=dict[tuple[str, str], RegionBackend])
    wishes: Overrides = field(factory=Overrides)
    faults: Faults = field(factory=Faults)
    log: CallLog = field(factory=CallLog)
    limits: dict[str, TokenBucket] = field(factory=dict[str, TokenBucket])
    lock: threading.RLock = field(factory=threading.RLock)
    randomness: random.Random = field(factory=random.Random)
    zero: datetime = Factory(lambda self: _epoch(self.settings.clock), takes_self=True)

    def handle(self, request: Request, wanted: ParsedRequest) -> Response | None:
        """The reply to a request; None where it is lost. A fault is spent before anything else is looked at."""
        entry = self.log.record(RecordedCall(wanted.operation, wanted.params, self.settings.clock.monotonic()))
        with self.lock:
            strike = self.faults.evaluate(wanted.operation)
        if strike.delay_seconds:
            self.settings.clock.sleep(strike.delay_seconds)
        reply = self._reply(request, wanted, strike)
        if strike.lost:
            return None
        entry.mark_answered(reply.http_status)
        return reply

    def refreshed_backend(self, account: str, region: str, now: float) -> RegionBackend:
        """The realm of an account and Region, up to date with the services that use its groups."""
        key = (account, region)
        if key not in self.realms:
            self.realms[key] = self._new_realm(account, region)
        refresh_service_usage(self.realms[key], self.settings.forwards(account, region), now)
        return self.realms[key]

    def find_group(self, identifier: str, now: float) -> tuple[RegionBackend, TargetGroup]:
        """The group with this id or ARN, and its realm."""
        for realm in self.realms.values():
            for group in realm.existing_groups(now):
                if identifier in (group.id, group.arn):
                    return realm, group
        problem = f"target_group={identifier!r}: no such target group here; give the id or ARN of one that was created"
        raise ValueError(problem)

    def _reply(self, request: Request, wanted: ParsedRequest, strike: FaultDecision) -> Response:
        if strike.refusal is not None:
            return error_response(strike.refusal)
        with self.lock:
            now = self.settings.clock.monotonic()
            for limit in applicable_limits(self.limits, wanted.operation):
                if not limit.try_acquire(now):
                    return error_response(throttling_error(limit.retry_after_seconds))
            return dispatch(self.refreshed_backend(request.account, request.region, now), wanted, now)

    def _new_realm(self, account: str, region: str) -> RegionBackend:
        partition = next((name for prefix, name in _PARTITIONS.items() if region.startswith(f"{prefix}-")), "aws")
        return RegionBackend(
            account=account,
            region=region,
            partition=partition,
            durations=self.settings.durations,
            wishes=self.wishes,
            token_mismatch_error=self.settings.token_mismatch_error,
            epoch=self.zero,
            randomness=self.randomness,
        )


def _epoch(clock: Clock) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=clock.monotonic())
