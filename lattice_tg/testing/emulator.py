"""The emulated service: one object that answers requests, and that a test tells what is to go wrong."""

from collections.abc import Iterable
from typing import get_args

from attrs import evolve

from lattice_tg.clock import Clock, SystemClock
from lattice_tg.testing.calls import Call
from lattice_tg.testing.faults import Delay, LoseReply, Refuse, checked_operation, checked_seconds
from lattice_tg.testing.groups import Failure, TargetGroup
from lattice_tg.testing.http_values import LostReply, Reply, Request
from lattice_tg.testing.made_refusals import checked_retry_after, made_refusal, throttled
from lattice_tg.testing.model import service_model
from lattice_tg.testing.rate_limit import rate_limit
from lattice_tg.testing.realm import INSTANT, TOKEN_REUSED, Durations, Forward, QuotaName, Realm, TokenMismatch
from lattice_tg.testing.routes import asked
from lattice_tg.testing.services import displace, place
from lattice_tg.testing.targets import Condition
from lattice_tg.testing.world import Forwards, Settings, World


class VpcLattice:
    """The emulated service, as ``mock_vpc_lattice()`` hands it over: faults to ask for, and the calls it got.

    An operation is named as in the API (``"CreateTargetGroup"``), or ``"*"`` for any. A fault strikes ``times``
    calls: one unless said, or no end of them where a ``probability`` (0 to 1, drawn from ``seed``) is given. One call
    meets every delay that is due and the first other fault that is, in the order in which they were asked for.
    """

    def __init__(
        self,
        durations: Durations = INSTANT,
        clock: Clock | None = None,
        token_mismatch: TokenMismatch = TOKEN_REUSED,
        forwards: Forwards | None = None,
    ) -> None:
        self.clock: Clock = SystemClock() if clock is None else clock
        """The clock that statuses, delays and rate limits run on."""
        settings = Settings(durations, self.clock, token_mismatch, forwards or _no_forwards)
        self._world = World(settings)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Each request that came in, in order."""
        return self._world.log.calls()

    def reset(self) -> None:
        """Forget target groups, faults, wishes, quotas, the rate limit and the calls."""
        self._world = World(self._world.settings)

    def clear_faults(self) -> None:
        """Forget the faults and the rate limit; everything else stays."""
        self._world.faults.clear()
        self._world.limits = {}

    def throttle(
        self,
        operation: str,
        *,
        times: int | None = None,
        retry_after_seconds: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Answer 429 ``ThrottlingException``, with a ``Retry-After`` header where that is given."""
        self._world.faults.add(operation, Refuse(throttled(retry_after_seconds)), times, probability, seed)

    def fail(
        self,
        operation: str,
        code: str,
        *,
        times: int | None = None,
        message: str | None = None,
        http_status: int | None = None,
        retry_after_seconds: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Answer with the error ``code``; one that the service's model does not have needs ``http_status``."""
        refusal = made_refusal(code, message, http_status, retry_after_seconds)
        self._world.faults.add(operation, Refuse(refusal), times, probability, seed)

    def lose_reply(
        self, operation: str, *, times: int | None = None, probability: float | None = None, seed: int | None = None
    ) -> None:
        """Do what is asked, whatever comes of it, and let the caller hear nothing: its connection is closed."""
        self._world.faults.add(operation, LoseReply(), times, probability, seed)

    def delay(
        self,
        operation: str,
        *,
        seconds: float,
        times: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Wait on the emulator's clock before the request is looked at."""
        self._world.faults.add(operation, Delay(checked_seconds(seconds)), times, probability, seed)

    def rate_limit(
        self, operation: str = "*", *, per_second: float, burst: float, retry_after_seconds: int | None = None
    ) -> None:
        """Answer 429 from now on to what comes faster than this: one bucket for the operation, or one for all."""
        retry_after = checked_retry_after(retry_after_seconds)
        limit = rate_limit(per_second, burst, retry_after, self.clock.monotonic())
        self._world.limits[checked_operation(operation)] = limit

    def set_quota(self, quota: QuotaName, limit: int) -> None:
        """Answer 402 ``ServiceQuotaExceededException`` beyond this; there is no quota unless one is set."""
        if quota not in get_args(QuotaName):
            message = f"quota={quota!r}: no such quota; write one of {', '.join(get_args(QuotaName))}"
            raise ValueError(message)
        if limit < 0:
            message = f"limit={limit!r}: fewer than none; write 0 or more"
            raise ValueError(message)
        self._world.wishes.quotas[quota] = limit

    def refuse_target(self, target_id: str, *, code: str, message: str = "The test asked for this refusal") -> None:
        """Put this target into ``unsuccessful`` whenever it is registered."""
        self._world.wishes.refused_targets[target_id] = Failure(code, message)

    def fail_creation(self, name: str, *, code: str, message: str = "The test asked for this failure") -> None:
        """Let the next creation under this name end in CREATE_FAILED, once ``create_seconds`` are over."""
        self._world.wishes.failing_creations[name] = Failure(code, message)

    def fail_deletion(self, target_group: str, *, code: str, message: str = "The test asked for this failure") -> None:
        """Let the next deletion of this group end in DELETE_FAILED, once ``delete_seconds`` are over."""
        with self._world.lock:
            _, group = self._found(target_group)
            self._world.wishes.failing_deletions[group.id] = Failure(code, message)

    def put_in_service(self, target_group: str, service_arn: str | None = None) -> None:
        """Count the group (id or ARN) as used by this service, or by one that is made up."""
        with self._world.lock:
            realm, group = self._found(target_group)
            place(realm, group, service_arn)
            self._settled(realm)

    def take_out_of_service(self, target_group: str) -> None:
        """Count the group (id or ARN) as used by nothing, not even by the listeners and rules there are now."""
        with self._world.lock:
            realm, group = self._found(target_group)
            displace(realm, group, self._world.settings.forwards(realm.account, realm.region))
            self._settled(realm)

    def set_target_status(
        self,
        target_group: str,
        target_id: str,
        status: str,
        *,
        port: int | None = None,
        reason_code: str | None = None,
    ) -> None:
        """Let a target have this status until it is deregistered; without ``port``, wherever its id is registered."""
        _check_status(status)
        with self._world.lock:
            realm, group = self._found(target_group)
            present = group.present(self.clock.monotonic())
            chosen = [key for key in present if key[0] == target_id and port in (None, key[1])]
            if not chosen:
                problem = f"target_id={target_id!r}: not registered with {group.id}; registered are {sorted(present)}"
                raise ValueError(problem)
            forced = Condition(status, reason_code)
            realm.keep(evolve(group, targets=present | {key: evolve(present[key], forced=forced) for key in chosen}))

    def answer(self, request: Request) -> Reply | LostReply | None:
        """The reply to a request that came in through a door; None where it is not for this emulator."""
        wanted = asked(request)
        return None if wanted is None else self._world.answer(request, wanted) or LostReply()

    def notice_services(self, account: str, region: str) -> None:
        """Take notice of listeners and rules now, not only when the next request comes in."""
        with self._world.lock:
            self._world.settled(account, region, self.clock.monotonic())

    def _found(self, target_group: str) -> tuple[Realm, TargetGroup]:
        return self._world.holding(target_group, self.clock.monotonic())

    def _settled(self, realm: Realm) -> None:
        self._world.settled(realm.account, realm.region, self.clock.monotonic())


def _no_forwards(account: str, region: str) -> Iterable[Forward]:  # noqa: ARG001  (the signature of a source)
    return ()


def _check_status(status: str) -> None:
    words = service_model().shape_for("TargetStatus").enum
    if status not in words:
        message = f"status={status!r}: not a target status; write one of {', '.join(words)}"
        raise ValueError(message)
