"""Taking a group apart in the right order, and saying what is in the way."""

from collections.abc import Sequence
from contextlib import suppress

from attrs import frozen

from lattice_tg.conversion import from_boto3
from lattice_tg.errors import ConflictError, ConflictKind, LatticeError, ResourceNotFoundError
from lattice_tg.literals import IN_PROGRESS_STATUSES
from lattice_tg.models.responses import TargetGroupDeletion, TargetSummary
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.operations import read
from lattice_tg.operations.targets import NOT_FOUND_CODES, TargetBatcher
from lattice_tg.operations.waiters import (
    DRAIN_POLL_SECONDS,
    STATUS_POLL_SECONDS,
    Waiter,
    WaitGoal,
    make_waiter,
    wait_until_deleted,
    wait_until_drained,
)
from lattice_tg.sending.request_sender import RequestFailure, RequestSender
from lattice_tg.sending.retry_policy import is_outcome_unknown
from lattice_tg.transport.api import DELETE_TARGET_GROUP
from lattice_tg.validation.identifiers import TargetGroupLike, resolve_identifier

_OPERATION = "DeleteTargetGroup"

DeleteResult = TargetGroupDeletion | ConflictError | None


def delete(
    sender: RequestSender,
    target_group: TargetGroupLike,
    *,
    missing_ok: bool,
    drain: bool,
    wait: bool,
    timeout_seconds: float,
) -> TargetGroupDeletion | None:
    """The service's answer to a delete; None where the group was gone already, which ``missing_ok`` has to allow.

    With ``drain`` all targets are deregistered first and waited for, with ``wait`` the group's end is: all of it
    within ``timeout_seconds``.
    """
    removal = _Deletion(sender, resolve_identifier(target_group), sender.clock.monotonic() + timeout_seconds)
    try:
        if drain:
            removal.drain()
        deletion = removal.delete_when_empty() if drain else removal.delete()
    except ResourceNotFoundError:
        if missing_ok:
            return None
        raise
    if wait and deletion is not None:
        wait_until_deleted(sender, target_group, removal.make_waiter("deleted"))
    return deletion


@frozen
class _Deletion:
    """Taking one group apart, within one deadline."""

    sender: RequestSender
    id: str
    deadline: float

    def make_waiter(self, goal: WaitGoal, *, poll_seconds: float = STATUS_POLL_SECONDS) -> Waiter:
        """Return a waiter for the time that remains until the deadline."""
        remaining_seconds = max(0.0, self.deadline - self.sender.clock.monotonic())
        return make_waiter(self.sender, self.id, goal, timeout_seconds=remaining_seconds, poll_seconds=poll_seconds)

    def drain(self) -> None:
        """Deregister every target and wait until all are gone, unless a service uses the group: then nothing."""
        group = read.get(self.sender, self.id, self.deadline)
        if group.service_arns:
            raise _in_use_error(group)
        rows = tuple(read.iter_targets(self.sender, self.id, deadline=self.deadline))
        self._deregister([_to_target(row) for row in rows if row.status != "DRAINING"])
        if rows:
            wait_until_drained(
                self.sender,
                group,
                [_to_target(row) for row in rows],
                self.make_waiter("drained", poll_seconds=DRAIN_POLL_SECONDS),
            )

    def _deregister(self, targets: Sequence[Target]) -> None:
        requests = TargetBatcher.for_deregister(
            self.sender, self.id, deadline=self.deadline, ignored_codes=NOT_FOUND_CODES
        )
        report = requests.run(targets)
        for chunk in report.failed_requests:
            if isinstance(chunk.error, ResourceNotFoundError):  # someone else has deleted the group meanwhile
                raise chunk.error
        report.raise_for_failures()

    def delete_when_empty(self) -> TargetGroupDeletion | None:
        """Delete; for a while after the last target is gone from the list, the service may still see it."""
        outcome = self.make_waiter("empty").wait(
            self._try_delete,
            is_done=_is_deleted,
            find_failure=_permanent_conflict,
            count_statuses=_no_counts,
            describe_status=str,
        )
        return None if isinstance(outcome, ConflictError) else outcome

    def _try_delete(self) -> DeleteResult:
        try:
            return self.delete()
        except ConflictError as conflict:
            return conflict

    def delete(self) -> TargetGroupDeletion | None:
        """The service's answer; None where the group is gone and the lost reply may have been to what did it."""
        failures: list[RequestFailure] = []
        request = {"targetGroupIdentifier": self.id}
        send = DELETE_TARGET_GROUP
        try:
            reply = self.sender.send(send, request, deadline=self.deadline, failures=failures)
        except ResourceNotFoundError:
            if any(map(is_outcome_unknown, failures)):
                return None
            raise
        except ConflictError as conflict:
            with suppress(LatticeError):  # whoever may delete may not be allowed to look
                _annotate_conflict(self.sender, self.id, conflict, self.deadline)
            raise
        return from_boto3(TargetGroupDeletion, reply)


def _is_deleted(outcome: DeleteResult) -> bool:
    return not isinstance(outcome, ConflictError)


def _permanent_conflict(outcome: DeleteResult) -> ConflictError | None:
    return outcome if isinstance(outcome, ConflictError) and outcome.kind != "has_targets" else None


def _no_counts(_: object) -> dict[str, int]:
    return {}


def _to_target(row: TargetSummary) -> Target:
    return Target(id=row.id, port=row.port)


def _in_use_error(group: TargetGroup) -> ConflictError:
    return ConflictError(
        operation=_OPERATION,
        code="ConflictException",
        message="a service uses the group",
        http_status=409,
        attempts=0,
        resource_id=group.id,
        kind="in_use",
        service_arns=group.service_arns,
    )


def _annotate_conflict(sender: RequestSender, target_group: str, conflict: ConflictError, deadline: float) -> None:
    """Add the conflict's kind, where the service's words did not tell it, and the services that use the group."""
    if conflict.kind in ("unknown", "in_use") and (group := read.get_or_none(sender, target_group, deadline)):
        conflict.service_arns = group.service_arns
        if conflict.kind == "unknown":
            conflict.kind = _infer_conflict_kind(sender, group, deadline)


def _infer_conflict_kind(sender: RequestSender, group: TargetGroup, deadline: float) -> ConflictKind:
    if group.service_arns:
        return "in_use"
    if group.status in IN_PROGRESS_STATUSES:
        return "wrong_status"
    return "has_targets" if any(True for _ in read.iter_targets(sender, group, deadline=deadline)) else "unknown"
