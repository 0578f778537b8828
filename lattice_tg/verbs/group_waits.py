"""Waiting for a group to be there, or to be gone."""

from collections.abc import Mapping

from lattice_tg.calls import RequestSender
from lattice_tg.errors import TargetGroupFailedError, WaitFailedError
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.verbs import reads
from lattice_tg.waiting import Waiter

_HINTS: Mapping[str, str] = {"CREATE_FAILED": "delete it and create it again", "DELETE_FAILED": "delete it again"}
_DELETING_HINT = "it is being deleted; once it is gone (wait_until_deleted), create it again"


def wait_until_active(sender: RequestSender, target_group: TargetGroupLike, wait: Waiter) -> TargetGroup:
    """The group, once it is ACTIVE."""
    deadline = sender.clock.monotonic() + wait.timeout_seconds
    return wait.wait(
        lambda: reads.get(sender, target_group, deadline),
        is_done=lambda group: group.status == "ACTIVE",
        find_failure=lambda group: _failure(wait, group) or _deleting_error(wait, group),
        count_statuses=_counts,
        describe_status=_status,
    )


def wait_until_deleted(sender: RequestSender, target_group: TargetGroupLike, wait: Waiter) -> None:
    """Returns once the group is gone; until the service says so, every status but a failure is pending."""
    deadline = sender.clock.monotonic() + wait.timeout_seconds
    wait.wait(
        lambda: reads.get_or_none(sender, target_group, deadline),
        is_done=lambda group: group is None,
        find_failure=lambda group: _failure(wait, group) if group and group.status == "DELETE_FAILED" else None,
        count_statuses=_counts,
        describe_status=_status,
    )


def _counts(group: TargetGroup | None) -> Mapping[str, int]:
    return {group.status if group else "GONE": 1}


def _status(group: TargetGroup | None) -> str:
    return group.status if group else "GONE"


def _failure(wait: Waiter, group: TargetGroup) -> WaitFailedError | None:
    if group.status not in _HINTS:
        return None
    why = [part for part in (group.failure_code, group.failure_message) if part] or ["the service gives no reason"]
    reason = f"it is {group.status}: {': '.join(why)}; {_HINTS[group.status]}"
    return TargetGroupFailedError(waiting_for=wait.waiting_for, reason=reason, target_group=group)


def _deleting_error(wait: Waiter, group: TargetGroup) -> WaitFailedError | None:
    if group.status != "DELETE_IN_PROGRESS":
        return None
    return WaitFailedError(waiting_for=wait.waiting_for, reason=_DELETING_HINT, target_group=group)
