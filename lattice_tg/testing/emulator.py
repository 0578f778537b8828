"""The emulated service: one object that answers requests, and that a test tells what is to go wrong."""

from collections.abc import Iterable
from typing import get_args

from attrs import evolve

from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.testing.backend import (
    NO_DELAYS,
    TOKEN_MISMATCH_DEFAULT,
    Durations,
    Forward,
    QuotaName,
    RegionBackend,
    TokenMismatch,
    attach_service,
    detach_services,
)
from lattice_tg.testing.faults import (
    Delay,
    DropResponse,
    RespondWithError,
    make_error,
    make_token_bucket,
    throttling_error,
    validate_operation,
    validate_retry_after,
    validate_seconds,
)
from lattice_tg.testing.http_messages import DroppedResponse, Request, Response, parse_request
from lattice_tg.testing.service_model import service_model
from lattice_tg.testing.state import EmulatorState, Forwards, RecordedCall, Settings
from lattice_tg.testing.target_group import Failure, TargetGroup, TargetHealth


class VpcLatticeEmulator:
    """The emulated service, as ``mock_vpc_lattice()`` hands it over: faults to ask for, and the calls it got.

    An operation is named as in the API (``"CreateTargetGroup"``), or ``"*"`` for any. A fault strikes ``times``
    calls: one unless said, or no end of them where a ``probability`` (0 to 1, drawn from ``seed``) is given. One call
    meets every delay that is due and the first other fault that is, in the order in which they were asked for.
    """

    def __init__(
        self,
        durations: Durations = NO_DELAYS,
        clock: Clock | None = None,
        token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
        forwards: Forwards | None = None,
    ) -> None:
        self.clock: Clock = SystemClock() if clock is None else clock
        """The clock that statuses, delays and rate limits run on."""
        settings = Settings(durations, self.clock, token_mismatch_error, forwards or _no_forwards)
        self._world = EmulatorState(settings)

    @property
    def calls(self) -> tuple[RecordedCall, ...]:
        """Each request that came in, in order."""
        return self._world.log.calls()

    def reset(self) -> None:
        """Forget target groups, faults, wishes, quotas, the rate limit and the calls."""
        self._world = EmulatorState(self._world.settings)

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
        self._world.faults.add(
            operation, RespondWithError(throttling_error(retry_after_seconds)), times, probability, seed
        )

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
        refusal = make_error(code, message, http_status, retry_after_seconds)
        self._world.faults.add(operation, RespondWithError(refusal), times, probability, seed)

    def drop_response(
        self, operation: str, *, times: int | None = None, probability: float | None = None, seed: int | None = None
    ) -> None:
        """Do what is asked, whatever comes of it, and let the caller hear nothing: its connection is closed."""
        self._world.faults.add(operation, DropResponse(), times, probability, seed)

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
        self._world.faults.add(operation, Delay(validate_seconds(seconds)), times, probability, seed)

    def rate_limit(
        self, operation: str = "*", *, per_second: float, burst: float, retry_after_seconds: int | None = None
    ) -> None:
        """Answer 429 from now on to what comes faster than this: one bucket for the operation, or one for all."""
        retry_after = validate_retry_after(retry_after_seconds)
        limit = make_token_bucket(per_second, burst, retry_after, self.clock.monotonic())
        self._world.limits[validate_operation(operation)] = limit

    def set_quota(self, quota: QuotaName, limit: int) -> None:
        """Answer 402 ``ServiceQuotaExceededException`` beyond this; there is no quota unless one is set."""
        if quota not in get_args(QuotaName):
            message = f"quota={quota!r}: no such quota; write one of {', '.join(get_args(QuotaName))}"
            raise ValueError(message)
        if limit < 0:
            message = f"limit={limit!r}: fewer than none; write 0 or more"
            raise ValueError(message)
        self._world.wishes.quotas[quota] = limit

    def reject_target(self, target_id: str, *, code: str, message: str = "The test asked for this refusal") -> None:
        """Put this target into ``unsuccessful`` whenever it is registered."""
        self._world.wishes.refused_targets[target_id] = Failure(code, message)

    def fail_next_create(self, name: str, *, code: str, message: str = "The test asked for this failure") -> None:
        """Let the next creation under this name end in CREATE_FAILED, once ``create_seconds`` are over."""
        self._world.wishes.failing_creations[name] = Failure(code, message)

    def fail_next_delete(
        self, target_group: str, *, code: str, message: str = "The test asked for this failure"
    ) -> None:
        """Let the next deletion of this group end in DELETE_FAILED, once ``delete_seconds`` are over."""
        with self._world.lock:
            _, group = self._find_group(target_group)
            self._world.wishes.failing_deletions[group.id] = Failure(code, message)

    def attach_to_service(self, target_group: str, service_arn: str | None = None) -> None:
        """Count the group (id or ARN) as used by this service, or by one that is made up."""
        with self._world.lock:
            realm, group = self._find_group(target_group)
            attach_service(realm, group, service_arn)
            self._refresh(realm)

    def detach_from_services(self, target_group: str) -> None:
        """Count the group (id or ARN) as used by nothing, not even by the listeners and rules there are now."""
        with self._world.lock:
            realm, group = self._find_group(target_group)
            detach_services(realm, group, self._world.settings.forwards(realm.account, realm.region))
            self._refresh(realm)

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
            realm, group = self._find_group(target_group)
            present = group.existing_targets(self.clock.monotonic())
            chosen = [key for key in present if key[0] == target_id and port in (None, key[1])]
            if not chosen:
                problem = f"target_id={target_id!r}: not registered with {group.id}; registered are {sorted(present)}"
                raise ValueError(problem)
            forced = TargetHealth(status, reason_code)
            realm.save(evolve(group, targets=present | {key: evolve(present[key], forced=forced) for key in chosen}))

    def handle_request(self, request: Request) -> Response | DroppedResponse | None:
        """The reply to a request that came in through a door; None where it is not for this emulator."""
        wanted = parse_request(request)
        return None if wanted is None else self._world.handle(request, wanted) or DroppedResponse()

    def refresh_service_usage(self, account: str, region: str) -> None:
        """Take notice of listeners and rules now, not only when the next request comes in."""
        with self._world.lock:
            self._world.refreshed_backend(account, region, self.clock.monotonic())

    def _find_group(self, target_group: str) -> tuple[RegionBackend, TargetGroup]:
        return self._world.find_group(target_group, self.clock.monotonic())

    def _refresh(self, realm: RegionBackend) -> None:
        self._world.refreshed_backend(realm.account, realm.region, self.clock.monotonic())


def _no_forwards(account: str, region: str) -> Iterable[Forward]:  # noqa: ARG001  (the signature of a source)
    return ()


def _check_status(status: str) -> None:
    words = service_model().shape_for("TargetStatus").enum
    if status not in words:
        message = f"status={status!r}: not a target status; write one of {', '.join(words)}"
        raise ValueError(message)
