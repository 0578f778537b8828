"""Waiters for target groups and targets."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from attrs import define, field, frozen

from lattice_tg.errors import InvalidArgumentError, LatticeError
from lattice_tg.errors.workflows import TargetGroupFailedError, WaitFailedError, WaitTimeoutError
from lattice_tg.formatting import format_first, format_target
from lattice_tg.literals import FAILED_STATUSES, SERVING_TARGET_STATUSES
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import is_ipv6, target_key, unique_targets
from lattice_tg.models.targets import Target
from lattice_tg.operations import read
from lattice_tg.operations.interruption import note_on_interrupt
from lattice_tg.results import OnProgress, WaitProgress
from lattice_tg.runtime.base import Runtime
from lattice_tg.runtime.clocks import CLOCK_RESOLUTION_SECONDS
from lattice_tg.runtime.randomness import uniform
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.validation import target_problems
from lattice_tg.validation.arguments import raise_if_any, validate_optional_targets, validate_seconds
from lattice_tg.validation.identifiers import TargetGroupLike, resolve_id, resolve_identifier

T = TypeVar("T")

WaitGoal = Literal["active", "deleted", "drained", "empty", "healthy", "unused"]
"""A state of a target group or its targets for which a waiter can wait."""

STATUS_POLL_SECONDS = 2.0
"""Seconds between the first two polls of a group's status."""

DRAIN_POLL_SECONDS = 5.0
"""Seconds between the first two polls of targets that are draining."""

_DESCRIPTIONS: Mapping[WaitGoal, str] = {
    "active": "{} to become ACTIVE",
    "deleted": "{} to be deleted",
    "drained": "targets of {} to be drained",
    "empty": "{} to have no targets",
    "healthy": "targets of {} to become healthy",
    "unused": "{} to be used by no service",
}

_BACKOFF_FACTOR = 1.25
_MAX_DELAY_FACTOR = 5.0
_MAX_LISTED_TARGETS = 3

# The status that progress reports show for targets and groups that no longer exist.
_GONE = "GONE"


PendingTargets = tuple[TargetSummary | Target, ...]
"""Targets that have not reached the awaited state."""


def _no_targets(_: object) -> PendingTargets:
    return ()


@frozen(kw_only=True)
class Waiter:
    """A loop that polls until a condition is met or the timeout expires."""

    waiting_for: str
    """The condition, such as ``tg-0123456789abcdefg to become ACTIVE``."""
    target_group: str
    """Id of the target group."""
    runtime: Runtime
    poll_seconds: float
    """Seconds between the first two polls."""
    timeout_seconds: float
    on_progress: OnProgress | None = None
    jitter: Callable[[float, float], float] = uniform

    async def wait(
        self,
        read: Callable[[], Awaitable[T]],
        *,
        is_done: Callable[[T], bool],
        find_failure: Callable[[T], LatticeError | None],
        count_statuses: Callable[[T], Mapping[str, int]],
        describe_status: Callable[[T], str],
        find_pending: Callable[[T], Sequence[TargetSummary | Target]] = _no_targets,
    ) -> T:
        """Poll until ``is_done(state)`` is true, and then return the state.

        Args:
            read: Coroutine function that returns the current state.
            is_done: Function that returns whether a state ends the wait.
            find_failure: Function that returns the error that a state causes, or None if the wait can continue.
            count_statuses: Function that returns the number of objects in each status for progress reports.
            describe_status: Function that returns the description of a state for the timeout error.
            find_pending: Function that returns the targets that have not reached the awaited state. Default: no
                targets.

        Raises:
            WaitTimeoutError: If ``is_done(state)`` is still false at the deadline. The last poll happens at the
                deadline.
            LatticeError: If ``find_failure`` returns an error.

        """
        clock = self.runtime.clock
        started_at, delays = clock.monotonic(), self._delays()
        last_status = "unknown"
        pending: PendingTargets = ()
        with note_on_interrupt(lambda: self._interruption_note(last_status)):
            while True:
                state = await self._poll(read, started_at, last_status, pending)
                elapsed_seconds = clock.monotonic() - started_at
                await self._report_progress(count_statuses(state), elapsed_seconds)
                if is_done(state):
                    return state
                if error := find_failure(state):
                    raise error
                last_status, pending = describe_status(state), tuple(find_pending(state))
                remaining_seconds = self.timeout_seconds - elapsed_seconds
                if remaining_seconds <= CLOCK_RESOLUTION_SECONDS:
                    raise self._timeout_error(last_status, pending, elapsed_seconds)
                await self.runtime.sleep(min(next(delays), remaining_seconds))

    def _interruption_note(self, last_status: str) -> str:
        return f"The wait for {self.waiting_for} was interrupted (last status: {last_status}). Wait again."

    async def _poll(
        self, read: Callable[[], Awaitable[T]], started_at: float, last_status: str, pending: PendingTargets
    ) -> T:
        try:
            return await read()
        except WaitTimeoutError as error:  # The rate limiter had no permit before the deadline.
            status = f"{last_status}; the rate limiter delayed the next request: {error.last_status}"
            raise self._timeout_error(status, pending, self.runtime.clock.monotonic() - started_at) from error

    def _timeout_error(self, last_status: str, pending: PendingTargets, elapsed_seconds: float) -> WaitTimeoutError:
        return WaitTimeoutError(
            waiting_for=self.waiting_for,
            last_status=last_status,
            elapsed_seconds=elapsed_seconds,
            targets=pending,
            target_group=self.target_group,
        )

    def _delays(self) -> Iterator[float]:
        """Yield delays that increase to about 5 * ``poll_seconds``.

        Jitter prevents concurrent waiters from polling at the same time.
        """
        factor = 1.0
        while True:
            yield self.poll_seconds * factor * self.jitter(0.9, 1.1)
            factor = min(factor * _BACKOFF_FACTOR, _MAX_DELAY_FACTOR)

    async def _report_progress(self, counts: Mapping[str, int], elapsed_seconds: float) -> None:
        if self.on_progress is not None:
            progress = WaitProgress(waiting_for=self.waiting_for, counts=counts, elapsed_seconds=elapsed_seconds)
            await self.runtime.call_hook("on_progress", self.on_progress, progress)


def make_waiter(
    sender: RequestSender,
    target_group: TargetGroupLike,
    goal: WaitGoal,
    *,
    timeout_seconds: float,
    poll_seconds: float = STATUS_POLL_SECONDS,
    on_progress: OnProgress | None = None,
) -> Waiter:
    """Return a waiter that uses the runtime of ``sender``.

    Args:
        sender: The sender of the requests.
        target_group: The target group that the waiter names in errors and progress reports.
        goal: The state to wait for.
        timeout_seconds: Seconds to wait, at least 0.
        poll_seconds: Seconds between the first two polls, greater than 0. Default: 2.
        on_progress: Function that the waiter calls after each poll. Default: None.

    Raises:
        InvalidArgumentError: If a number of seconds is out of range, or if ``on_progress`` is invalid.
        InvalidIdentifierError: If ``target_group`` is not an id, an ARN or a model of a target group.

    """
    validate_seconds(timeout_seconds=timeout_seconds, poll_seconds=poll_seconds)
    raise_if_any(sender.runtime.find_hook_problems("on_progress", on_progress, "a WaitProgress"), InvalidArgumentError)
    return Waiter(
        waiting_for=_DESCRIPTIONS[goal].format(resolve_identifier(target_group)),
        target_group=resolve_id(target_group),
        runtime=sender.runtime,
        poll_seconds=poll_seconds,
        timeout_seconds=timeout_seconds,
        on_progress=on_progress,
    )


async def wait_until_active(sender: RequestSender, target_group: TargetGroupLike, waiter: Waiter) -> TargetGroup:
    """Wait until a target group is ACTIVE and return the group."""
    deadline = sender.clock.monotonic() + waiter.timeout_seconds
    return await waiter.wait(
        lambda: read.get(sender, target_group, deadline),
        is_done=lambda group: group.status == "ACTIVE",
        find_failure=lambda group: _failed_error(waiter, group) or _deleting_error(waiter, group),
        count_statuses=_count_group,
        describe_status=_status_of,
    )


async def wait_until_deleted(sender: RequestSender, target_group: TargetGroupLike, waiter: Waiter) -> None:
    """Wait until a target group no longer exists.

    DELETE_FAILED is the only status that ends the wait with an error.
    """
    deadline = sender.clock.monotonic() + waiter.timeout_seconds
    await waiter.wait(
        lambda: read.get_or_none(sender, target_group, deadline),
        is_done=lambda group: group is None,
        find_failure=lambda group: _failed_error(waiter, group) if group and group.status == "DELETE_FAILED" else None,
        count_statuses=_count_group,
        describe_status=_status_of,
    )


def _count_group(group: TargetGroup | None) -> Mapping[str, int]:
    return {_status_of(group): 1}


def _status_of(group: TargetGroup | None) -> str:
    return group.status if group else _GONE


def _failed_error(waiter: Waiter, group: TargetGroup) -> WaitFailedError | None:
    if group.status not in FAILED_STATUSES:
        return None
    causes = [cause for cause in (group.failure_code, group.failure_message) if cause]
    cause = ": ".join(causes) if causes else "VPC Lattice reports no reason"
    fix = "Delete it again" if group.status == "DELETE_FAILED" else "Delete it and create it again"
    reason = f"the target group is {group.status} ({cause}). {fix}"
    return TargetGroupFailedError(waiting_for=waiter.waiting_for, reason=reason, target_group=group)


def _deleting_error(waiter: Waiter, group: TargetGroup) -> WaitFailedError | None:
    if group.status != "DELETE_IN_PROGRESS":
        return None
    reason = "the target group is being deleted. Call wait_until_deleted() and create it again"
    return WaitFailedError(waiting_for=waiter.waiting_for, reason=reason, target_group=group)


@frozen
class TargetSnapshot:
    """The statuses of the watched targets at the time of one poll."""

    registered: tuple[TargetSummary, ...]
    missing: tuple[Target, ...] = ()

    def count_statuses(self) -> Mapping[str, int]:
        """Return the number of targets in each status."""
        counts = Counter(summary.status for summary in self.registered)
        return {**counts, _GONE: len(self.missing)} if self.missing else counts

    def all_in(self, statuses: Sequence[str]) -> bool:
        """Return whether all targets are registered and in one of ``statuses``."""
        return not self.missing and all(summary.status in statuses for summary in self.registered)

    def not_in(self, statuses: Sequence[str]) -> PendingTargets:
        """Return the targets that are not registered or whose status is not in ``statuses``."""
        return (*(summary for summary in self.registered if summary.status not in statuses), *self.missing)

    def describe(self, done_statuses: Sequence[str]) -> str:
        """Describe the first few targets whose status is not in ``done_statuses``."""
        pending = format_first(self.not_in(done_statuses), _MAX_LISTED_TARGETS, _describe_status)
        return ", ".join(pending) or "no targets"


def _describe_status(target: TargetSummary | Target) -> str:
    name = format_target(target.id, target.port)
    if isinstance(target, Target):
        return f"{name} is not registered"
    return f"{name} is {target.status} ({target.reason_code})" if target.reason_code else f"{name} is {target.status}"


@frozen
class _TargetPoller:
    """A poller for the statuses of some or all targets of a group."""

    sender: RequestSender
    target_group: TargetGroupLike
    targets: tuple[Target, ...] | None
    """The targets to watch, or None to watch all targets of the group."""
    port: int | None
    """The group's default target port, or None if the port is unknown."""
    deadline: float

    async def poll(self) -> TargetSnapshot:
        """Return the current statuses of the watched targets."""
        if self.targets is None:
            return TargetSnapshot(await self._read_summaries(()))
        watched = {target_key(target, self.port): target for target in self.targets}
        registered = {
            key: summary
            for summary in (await self._read_summaries(self._make_filters(self.targets)) if self.targets else ())
            if (key := target_key(summary, self.port)) in watched
        }
        missing = tuple(target for key, target in watched.items() if key not in registered)
        return TargetSnapshot(tuple(registered.values()), missing)

    async def poll_filtered(self, is_watched: Callable[[TargetSummary], bool]) -> TargetSnapshot:
        """Return the current statuses of the watched targets.

        If the poller watches all targets of the group, keep only the targets for which ``is_watched`` returns True.
        """
        snapshot = await self.poll()
        return snapshot if self.targets is not None else TargetSnapshot(tuple(filter(is_watched, snapshot.registered)))

    async def _read_summaries(self, filters: Sequence[Target]) -> tuple[TargetSummary, ...]:
        return await collect(read.target_pages(self.sender, self.target_group, filters, self.deadline))

    def _make_filters(self, targets: tuple[Target, ...]) -> Sequence[Target]:
        """Return the targets by which the request filters, or an empty sequence for all targets of the group.

        A request can filter by at most 20 targets, and the same IPv6 address can be written in several ways. Therefore,
        the request does not filter if there are more targets or if a target has an IPv6 address.
        """
        if len(targets) > read.MAX_TARGET_FILTERS or any(map(is_ipv6, targets)):
            return ()
        filters = [Target(id=target.id, port=self.port if target.port is None else target.port) for target in targets]
        return () if target_problems(filters) else filters  # The group's port may be invalid for a target.


async def _make_poller(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, waiter: Waiter
) -> _TargetPoller:
    """Return a poller for ``targets``, or for all targets of the group if ``targets`` is None.

    If a target has no port and the group's port is unknown, the function reads the group to get the group's port.
    """
    deadline = sender.clock.monotonic() + waiter.timeout_seconds
    items = None if targets is None else tuple(targets)
    port = await read.resolve_port(sender, target_group, items or (), deadline)
    return _TargetPoller(sender, target_group, items if items is None else unique_targets(items, port), port, deadline)


async def wait_until_healthy(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, waiter: Waiter
) -> tuple[TargetSummary, ...]:
    """Wait until targets are healthy, and return their summaries.

    If ``targets`` is None, wait until all targets that are not draining, and at least one target, are healthy.
    """
    poller = await _make_poller(sender, target_group, validate_optional_targets(targets), waiter)
    health = _HealthPoller(poller, waiter)
    snapshot = await waiter.wait(
        health.poll,
        is_done=lambda snapshot: (
            snapshot.all_in(SERVING_TARGET_STATUSES) and (bool(snapshot.registered) or poller.targets is not None)
        ),
        find_failure=health.find_failure,
        count_statuses=TargetSnapshot.count_statuses,
        describe_status=health.describe_status,
        find_pending=lambda snapshot: snapshot.not_in(SERVING_TARGET_STATUSES),
    )
    return snapshot.registered


_FAILURE_EXPLANATIONS: Mapping[str, str] = {
    "UNUSED": (
        "No listener uses the target group, so VPC Lattice does not check its targets. Add the group to a listener or "
        "rule"
    ),
    "DRAINING": "The targets are being deregistered. Register them again",
}
"""Statuses in which a target never becomes healthy, and what to do."""

_CONFIRMATION_SECONDS = 5.0
"""Seconds for which a status must persist until it ends the wait.

VPC Lattice shows UNUSED for some time after a listener has started to use the group, and DRAINING for some time after a
draining target has been registered again.
"""

_UNUSED_HINT = (
    ". A service uses the target group: check that the service is associated with a service network, and that the "
    "instances are running"
)


@define
class _HealthPoller:
    """A poller that decides whether targets can become healthy."""

    poller: _TargetPoller
    waiter: Waiter
    is_in_use: bool = False
    """Whether a service used the group when a target was last UNUSED."""
    first_seen: dict[str, float] = field(factory=dict[str, float])
    """For each status that may end the wait, the time since which the status has persisted."""

    async def poll(self) -> TargetSnapshot:
        """Return the current statuses of the targets."""
        snapshot = await self.poller.poll_filtered(lambda summary: summary.status != "DRAINING")
        statuses = {summary.status for summary in snapshot.registered}
        if "UNUSED" in statuses:
            group = await read.get(self.poller.sender, self.poller.target_group, self.poller.deadline)
            self.is_in_use = bool(group.service_arns)
            if self.is_in_use:
                statuses.remove("UNUSED")
        now = self.waiter.runtime.clock.monotonic()
        persistent = statuses.intersection(_FAILURE_EXPLANATIONS)
        self.first_seen = {status: self.first_seen.get(status, now) for status in persistent}
        return snapshot

    def find_failure(self, snapshot: TargetSnapshot) -> WaitFailedError | None:
        """Return an error if targets have stayed in a status in which they cannot become healthy."""
        now = self.waiter.runtime.clock.monotonic()
        for status, since in self.first_seen.items():
            if now - since >= _CONFIRMATION_SECONDS:
                targets = tuple(summary for summary in snapshot.registered if summary.status == status)
                reason = f"{TargetSnapshot(targets).describe(())}. {_FAILURE_EXPLANATIONS[status]}"
                return WaitFailedError(waiting_for=self.waiter.waiting_for, reason=reason, targets=targets)
        return None

    def describe_status(self, snapshot: TargetSnapshot) -> str:
        """Describe the targets that are not healthy."""
        description = snapshot.describe(SERVING_TARGET_STATUSES)
        is_unused = any(summary.status == "UNUSED" for summary in snapshot.registered)
        return description + _UNUSED_HINT if is_unused and self.is_in_use else description


async def wait_until_drained(
    sender: RequestSender, target_group: TargetGroupLike, targets: Iterable[Target] | None, waiter: Waiter
) -> None:
    """Wait until targets are drained.

    If ``targets`` is None, wait for all targets that are draining.

    Raises:
        InvalidSpecError: If some targets are invalid.

    """
    await wait_until_unlisted(sender, target_group, validate_optional_targets(targets), waiter)


async def wait_until_unlisted(
    sender: RequestSender, target_group: TargetGroupLike, targets: Sequence[Target] | None, waiter: Waiter
) -> None:
    """Wait until VPC Lattice no longer lists the targets.

    The function does not validate ``targets``. The wait continues whatever the status of a listed target, because a
    target is drained only when VPC Lattice no longer lists the target.
    """
    poller = await _make_poller(sender, target_group, targets, waiter)
    await waiter.wait(
        lambda: poller.poll_filtered(lambda summary: summary.status == "DRAINING"),
        is_done=lambda snapshot: not snapshot.registered,
        find_failure=lambda _: None,
        count_statuses=TargetSnapshot.count_statuses,
        describe_status=lambda snapshot: TargetSnapshot(snapshot.registered).describe(()),
        find_pending=lambda snapshot: snapshot.registered,
    )
