"""Waiting for a group to be there, or to be gone."""

from collections.abc import Mapping

from lattice_tg.calls import Calls
from lattice_tg.errors import TargetGroupFailedError, WaitFailedError
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.verbs import reads
from lattice_tg.waiting import Wait

_WAYS_OUT: Mapping[str, str] = {"CREATE_FAILED": "delete it and create it again", "DELETE_FAILED": "delete it again"}
_IS_GOING = "it is being deleted; once it is gone (wait_until_deleted), create it again"


def until_active(calls: Calls, target_group: TargetGroupLike, wait: Wait) -> TargetGroup:
    """The group, once it is ACTIVE."""
    deadline = calls.clock.monotonic() + wait.timeout_seconds
    return wait.until(
        lambda: reads.get(calls, target_group, deadline),
        done=lambda group: group.status == "ACTIVE",
        failed=lambda group: _failure(wait, group) or _going(wait, group),
        counts=_counts,
        last_seen=_status,
    )


def until_deleted(calls: Calls, target_group: TargetGroupLike, wait: Wait) -> None:
    """Returns once the group is gone; until the service says so, every status but a failure is pending."""
    deadline = calls.clock.monotonic() + wait.timeout_seconds
    wait.until(
        lambda: reads.get_if_there(calls, target_group, deadline),
        done=lambda group: group is None,
        failed=lambda group: _failure(wait, group) if group and group.status == "DELETE_FAILED" else None,
        counts=_counts,
        last_seen=_status,
    )


def _counts(group: TargetGroup | None) -> Mapping[str, int]:
    return {group.status if group else "GONE": 1}


def _status(group: TargetGroup | None) -> str:
    return group.status if group else "GONE"


def _failure(wait: Wait, group: TargetGroup) -> WaitFailedError | None:
    if group.status not in _WAYS_OUT:
        return None
    why = [part for part in (group.failure_code, group.failure_message) if part] or ["the service gives no reason"]
    reason = f"it is {group.status}: {': '.join(why)}; {_WAYS_OUT[group.status]}"
    return TargetGroupFailedError(waited_for=wait.waited_for, reason=reason, target_group=group)


def _going(wait: Wait, group: TargetGroup) -> WaitFailedError | None:
    if group.status != "DELETE_IN_PROGRESS":
        return None
    return WaitFailedError(waited_for=wait.waited_for, reason=_IS_GOING, target_group=group)
