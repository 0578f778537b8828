"""Each step of a plan, done: what it waits for, and what it sends."""

from collections.abc import Sequence
from typing import cast

from attrs import define

from lattice_tg.calls import Calls
from lattice_tg.identifiers import TargetGroupLike, identifier
from lattice_tg.models.steps import Create, Register, Replace, Step, Tag, UpdateHealthCheck
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.targets import Target
from lattice_tg.plan import Seen
from lattice_tg.rules.targets import ONE_TARGET
from lattice_tg.target_keys import group_port, key_of
from lattice_tg.tokens import new_client_token
from lattice_tg.verbs import creation, deletion, reads
from lattice_tg.verbs.group_waits import until_active, until_deleted
from lattice_tg.verbs.registration import GONE, TargetRequests
from lattice_tg.verbs.target_waits import until_drained
from lattice_tg.waiting import Wait
from lattice_tg.wire import from_boto3, to_boto3

_LIFE_SECONDS = 300.0  # for a group to be there, or gone
_DRAIN_SECONDS = 600.0
_GOING = ("DELETE_IN_PROGRESS", "DELETE_FAILED")


@define
class Work:
    """One plan being carried out: the group as it is known by now."""

    calls: Calls
    group: Seen | None
    client_token: str | None = None
    """A token for a creation that an earlier run may have begun."""

    def wait_for_a_creation_under_way(self) -> None:
        """The group that the plan found, once it is ACTIVE; every change to it would be refused before."""
        if self.group is not None and self.group.status == "CREATE_IN_PROGRESS":
            self._wait_until_active()

    def described(self) -> TargetGroup:
        """The group as it is known after the last step."""
        group = self._known()
        return group if isinstance(group, TargetGroup) else reads.get(self.calls, group)

    def do(self, step: Step) -> None:
        """Do one step, and wait for what it needs first."""
        match step:
            case Create():
                self._create(step)
            case Replace():
                self._delete(step)
            case UpdateHealthCheck():
                self._update(step)
            case Tag():
                self._tag(step)
            case Register():
                self._register(step.targets)
            case _:
                requests = TargetRequests.deregistering(self.calls, self._known(), forgiven=GONE)
                requests.all_at_once(step.targets).raise_for_unsuccessful()

    def _create(self, step: Create) -> None:
        if step.after is not None:
            until_deleted(self.calls, step.after, self._wait(step.after, "gone"))
        token = self.client_token
        group = creation.create(self.calls, step.spec, token or new_client_token())
        self.group = group if token is None else self._believed(step, group)

    def _believed(self, step: Create, told: TargetGroup) -> TargetGroup:
        """The group that is there: the reply to a token of an earlier run may tell of one that is there no more."""
        group = reads.get_if_there(self.calls, told)
        if group is not None and group.status not in _GOING:
            return group
        if group is not None:
            until_deleted(self.calls, group, self._wait(group, "gone"))
        return creation.create(self.calls, step.spec, new_client_token())

    def _delete(self, step: Replace) -> None:
        deletion.delete(
            self.calls, step.target_group_id, missing_ok=True, drain=True, wait=True, timeout_seconds=_DRAIN_SECONDS
        )
        self.group = None

    def _update(self, step: UpdateHealthCheck) -> None:
        request = {"targetGroupIdentifier": identifier(self._known()), "healthCheck": to_boto3(step.health_check)}
        self.group = from_boto3(TargetGroup, self.calls.answer(self.calls.gateway.update_target_group, request))

    def _tag(self, step: Tag) -> None:
        request = {"resourceArn": reads.arn_of(self.calls, self._known()), "tags": dict(step.tags)}
        self.calls.answer(self.calls.gateway.tag_resource, request)

    def _register(self, targets: Sequence[Target]) -> None:
        if self._known().status != "ACTIVE":
            self._wait_until_active()
        if self._known().type in ONE_TARGET:
            self._make_room(targets)
        TargetRequests.registering(self.calls, self._known()).all_at_once(targets).raise_for_unsuccessful()

    def _make_room(self, targets: Sequence[Target]) -> None:
        """Where there may be one target only, wait until the others that are leaving have left."""
        group = self._known()
        port = group_port(group)
        wanted = {key_of(target, port) for target in targets}
        rows = [row for row in reads.target_rows(self.calls, group) if row.status == "DRAINING"]
        if leaving := [Target(id=row.id, port=row.port) for row in rows if key_of(row, port) not in wanted]:
            until_drained(self.calls, group, leaving, self._wait(group, "drained", _DRAIN_SECONDS, poll_seconds=5.0))

    def _known(self) -> Seen:
        """The group; a plan creates it before it does anything else to it."""
        return cast("Seen", self.group)

    def _wait_until_active(self) -> None:
        group = self._known()
        self.group = until_active(self.calls, group, self._wait(group, "ACTIVE"))

    def _wait(
        self, group: TargetGroupLike, state: str, timeout_seconds: float = _LIFE_SECONDS, poll_seconds: float = 2.0
    ) -> Wait:
        return Wait(
            waited_for=f"{identifier(group)} to be {state}",
            clock=self.calls.clock,
            poll_seconds=poll_seconds,
            timeout_seconds=timeout_seconds,
        )
