"""Everything that one emulator knows: its realms, what a test asked for, and the log of calls."""

import random
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from attrs import Factory, define, field, frozen

from lattice_tg.clock import Clock
from lattice_tg.testing.calls import Call, CallLog
from lattice_tg.testing.dispatch import perform
from lattice_tg.testing.faults import Faults, Strike
from lattice_tg.testing.groups import TargetGroup
from lattice_tg.testing.http_values import Reply, Request, error
from lattice_tg.testing.made_refusals import throttled
from lattice_tg.testing.rate_limit import RateLimit, limits_of
from lattice_tg.testing.realm import Durations, Forward, Realm, TokenMismatch, Wishes
from lattice_tg.testing.routes import Asked
from lattice_tg.testing.services import settle

Forwards = Callable[[str, str], Iterable[Forward]]
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}


@frozen
class Settings:
    """What an emulator is made with; ``forwards`` says what uses which group in an account and Region."""

    durations: Durations
    clock: Clock
    token_mismatch: TokenMismatch
    forwards: Forwards


@define
class World:
    """The state behind an emulator; forgetting everything is making a new one."""

    settings: Settings
    realms: dict[tuple[str, str], Realm] = field(factory=dict[tuple[str, str], Realm])
    wishes: Wishes = field(factory=Wishes)
    faults: Faults = field(factory=Faults)
    log: CallLog = field(factory=CallLog)
    limits: dict[str, RateLimit] = field(factory=dict[str, RateLimit])
    lock: threading.RLock = field(factory=threading.RLock)
    randomness: random.Random = field(factory=random.Random)
    zero: datetime = Factory(lambda self: _zero(self.settings.clock), takes_self=True)

    def answer(self, request: Request, wanted: Asked) -> Reply | None:
        """The reply to a request; None where it is lost. A fault is spent before anything else is looked at."""
        entry = self.log.begin(Call(wanted.operation, wanted.params, self.settings.clock.monotonic()))
        with self.lock:
            strike = self.faults.strike(wanted.operation)
        if strike.delay_seconds:
            self.settings.clock.sleep(strike.delay_seconds)
        reply = self._reply(request, wanted, strike)
        if strike.lost:
            return None
        entry.answered(reply.http_status)
        return reply

    def settled(self, account: str, region: str, now: float) -> Realm:
        """The realm of an account and Region, up to date with the services that use its groups."""
        key = (account, region)
        if key not in self.realms:
            self.realms[key] = self._new_realm(account, region)
        settle(self.realms[key], self.settings.forwards(account, region), now)
        return self.realms[key]

    def holding(self, identifier: str, now: float) -> tuple[Realm, TargetGroup]:
        """The group with this id or ARN, and its realm."""
        for realm in self.realms.values():
            for group in realm.present(now):
                if identifier in (group.id, group.arn):
                    return realm, group
        problem = f"target_group={identifier!r}: no such target group here; give the id or ARN of one that was created"
        raise ValueError(problem)

    def _reply(self, request: Request, wanted: Asked, strike: Strike) -> Reply:
        if strike.refusal is not None:
            return error(strike.refusal)
        with self.lock:
            now = self.settings.clock.monotonic()
            for limit in limits_of(self.limits, wanted.operation):
                if not limit.admits(now):
                    return error(throttled(limit.retry_after_seconds))
            return perform(self.settled(request.account, request.region, now), wanted, now)

    def _new_realm(self, account: str, region: str) -> Realm:
        partition = next((name for prefix, name in _PARTITIONS.items() if region.startswith(f"{prefix}-")), "aws")
        return Realm(
            account=account,
            region=region,
            partition=partition,
            durations=self.settings.durations,
            wishes=self.wishes,
            token_mismatch=self.settings.token_mismatch,
            zero=self.zero,
            randomness=self.randomness,
        )


def _zero(clock: Clock) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=clock.monotonic())
