"""Deletion of target groups."""

from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from attrs import define

from lattice_tg.conversion import from_boto3
from lattice_tg.errors import ConflictError, ConflictKind, LatticeError, ResourceNotFoundError
from lattice_tg.literals import IN_PROGRESS_STATUSES
from lattice_tg.models.responses import TargetGroupDeletion
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import to_target
from lattice_tg.models.targets import Target
from lattice_tg.operations import read
from lattice_tg.operations.interruption import note_on_interrupt
from lattice_tg.operations.targets import NOT_FOUND_CODES, TargetBatcher
from lattice_tg.operations.waiters import (
    DRAIN_POLL_SECONDS,
    STATUS_POLL_SECONDS,
    Waiter,
    WaitGoal,
    make_waiter,
    wait_until_deleted,
    wait_until_unlisted,
)
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestFailure, RequestSender
from lattice_tg.sending.retry_policy import is_outcome_unknown
from lattice_tg.transport.api import DELETE_TARGET_GROUP, DEREGISTER_TARGETS
from lattice_tg.validation.arguments import validate_seconds
from lattice_tg.validation.identifiers import TargetGroupLike, resolve_identifier

DeleteResult = TargetGroupDeletion | ConflictError | None
"""The result of one attempt to delete a group, or None if the group no longer exists."""


async def delete(
    sender: RequestSender,
    target_group: TargetGroupLike,
    *,
    missing_ok: bool,
    drain: bool,
    wait_for_services: bool = False,
    wait: bool,
    timeout_seconds: float,
) -> TargetGroupDeletion | None:
    """Delete a target group.

    Args:
        sender: The sender of the requests.
        target_group: The group.
        missing_ok: Whether to return None instead of raising an error if the group does not exist.
        drain: Whether to deregister all targets first and to wait until they are drained.
        wait_for_services: Whether to wait until no service uses the group.
        wait: Whether to wait until the group is deleted.
        timeout_seconds: Seconds for the whole operation, at least 0.

    Returns:
        The response from VPC Lattice, or None if the group had already been deleted.

    """
    validate_seconds(timeout_seconds=timeout_seconds)
    deletion = _Deletion(
        sender,
        resolve_identifier(target_group),
        sender.clock.monotonic() + timeout_seconds,
        is_drained=drain,
        waits_for_services=wait_for_services,
    )
    with note_on_interrupt(deletion.interruption_note):
        try:
            if drain:
                await deletion.drain()
            retries_conflicts = drain or wait or wait_for_services
            response = await deletion.delete_when_unused() if retries_conflicts else await deletion.delete()
        except ResourceNotFoundError:
            if missing_ok:
                return None
            raise
        if wait and response is not None:
            deletion.progress = "VPC Lattice is deleting the group."
            await wait_until_deleted(sender, target_group, deletion.make_waiter("deleted"))
        return response


@define
class _Deletion:
    """The deletion of a target group, with one deadline for all requests."""

    sender: RequestSender
    id: str
    deadline: float
    is_drained: bool
    """Whether the targets of the group have been deregistered."""
    waits_for_services: bool
    """Whether to wait until no service uses the group."""
    progress: str = "No request that changes the group was sent."
    """State of the group if an interrupt arrives at this time."""

    def interruption_note(self) -> str:
        """Return the note for an interrupt."""
        return (
            f"The deletion of target group {self.id} was interrupted. {self.progress} To resume, call delete() again "
            "with the same arguments and missing_ok=True."
        )

    def make_waiter(self, goal: WaitGoal, *, poll_seconds: float = STATUS_POLL_SECONDS) -> Waiter:
        """Return a waiter whose timeout is the time that remains until the deadline."""
        remaining_seconds = max(0.0, self.deadline - self.sender.clock.monotonic())
        return make_waiter(self.sender, self.id, goal, timeout_seconds=remaining_seconds, poll_seconds=poll_seconds)

    async def drain(self) -> None:
        """Deregister all targets and wait until they are drained.

        Raises:
            ConflictError: If a service uses the group, unless the deletion waits for services. No target is
                deregistered.

        """
        group = await self._read_unused_group()
        summaries = await collect(read.target_pages(self.sender, self.id, deadline=self.deadline))
        self.progress = "Some targets may be deregistered. The group was not deleted."
        await self._deregister([to_target(summary) for summary in summaries if summary.status != "DRAINING"])
        if summaries:
            self.progress = f"All targets ({len(summaries)}) are deregistered or draining. The group was not deleted."
            waiter = self.make_waiter("drained", poll_seconds=DRAIN_POLL_SECONDS)
            await wait_until_unlisted(self.sender, group, [to_target(summary) for summary in summaries], waiter)

    async def _read_unused_group(self) -> TargetGroup:
        """Return the group if no service uses the group.

        If the deletion waits for services, wait until no service uses the group.
        """
        if not self.waits_for_services:
            group = await read.get(self.sender, self.id, self.deadline)
            if group.service_arns:
                raise _in_use_error(group)
            return group
        return await self.make_waiter("unused").wait(
            lambda: read.get(self.sender, self.id, self.deadline),
            is_done=lambda group: not group.service_arns,
            find_failure=lambda _: None,
            count_statuses=lambda group: {group.status: 1},
            describe_status=_describe_usage,
        )

    async def _deregister(self, targets: Sequence[Target]) -> None:
        batcher = TargetBatcher(
            self.sender, DEREGISTER_TARGETS, self.id, deadline=self.deadline, ignored_codes=NOT_FOUND_CODES
        )
        result = await batcher.run(targets)
        for request in result.failed_requests:
            if isinstance(request.error, ResourceNotFoundError):  # Another caller has deleted the group.
                raise request.error
        result.raise_for_failures()

    async def delete_when_unused(self) -> TargetGroupDeletion | None:
        """Delete the group, retrying while VPC Lattice reports a temporary conflict.

        VPC Lattice may reject the request for some time after the last target has disappeared from the list, and after
        the last service has stopped using the group.
        """
        result = await self.make_waiter("unused" if self.waits_for_services else "empty").wait(
            self._try_delete,
            is_done=_is_deleted,
            find_failure=self._permanent_conflict,
            count_statuses=_no_counts,
            describe_status=str,
        )
        return None if isinstance(result, ConflictError) else result

    def _permanent_conflict(self, result: DeleteResult) -> ConflictError | None:
        """Return the conflict if waiting does not help. The waiter calls this method only for conflicts."""
        conflict = cast("ConflictError", result)
        is_temporary = {
            "has_targets": self.is_drained,
            "in_use": self.waits_for_services or not conflict.service_arns,
        }
        return None if is_temporary.get(conflict.kind, False) else conflict

    async def _try_delete(self) -> DeleteResult:
        try:
            return await self.delete()
        except ConflictError as conflict:
            return conflict

    async def delete(self) -> TargetGroupDeletion | None:
        """Delete the group.

        Returns:
            The response from VPC Lattice, or None if the group does not exist and an earlier attempt without a response
            may have deleted the group.

        """
        failures: list[RequestFailure] = []
        request = {"targetGroupIdentifier": self.id}
        self.progress = "VPC Lattice may have deleted the group."
        try:
            response = await self.sender.send(DELETE_TARGET_GROUP, request, deadline=self.deadline, failures=failures)
        except ResourceNotFoundError:
            if any(map(is_outcome_unknown, failures)):
                return None
            raise
        except ConflictError as conflict:
            with suppress(LatticeError):  # The caller may lack permission to read target groups.
                await _annotate_conflict(self.sender, self.id, conflict, self.deadline)
            raise
        return from_boto3(TargetGroupDeletion, response)


def _is_deleted(result: DeleteResult) -> bool:
    return not isinstance(result, ConflictError)


def _describe_usage(group: TargetGroup) -> str:
    return f"used by {', '.join(group.service_arns)}"


def _no_counts(_: object) -> dict[str, int]:
    return {}


def _in_use_error(group: TargetGroup) -> ConflictError:
    return ConflictError(
        operation=DELETE_TARGET_GROUP.name,
        target_group=group.id,
        code="ConflictException",
        message="a service uses the group",
        http_status=409,
        attempts=0,
        resource_id=group.id,
        kind="in_use",
        service_arns=group.service_arns,
    )


async def _annotate_conflict(
    sender: RequestSender, target_group: str, conflict: ConflictError, deadline: float
) -> None:
    """Add the group's service ARNs to ``conflict``, and infer the kind if it is ``unknown``."""
    if conflict.kind in ("unknown", "in_use") and (group := await read.get_or_none(sender, target_group, deadline)):
        conflict.service_arns = group.service_arns
        if conflict.kind == "unknown":
            conflict.kind = await _infer_conflict_kind(sender, group, deadline)


async def _infer_conflict_kind(sender: RequestSender, group: TargetGroup, deadline: float) -> ConflictKind:
    if group.service_arns:
        return "in_use"
    if group.status in IN_PROGRESS_STATUSES:
        return "wrong_status"
    return "has_targets" if await collect(read.target_pages(sender, group, deadline=deadline)) else "unknown"
