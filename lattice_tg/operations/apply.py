"""Applying plans."""

import logging
from collections.abc import Sequence
from typing import cast, get_args

from attrs import define

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.errors import (
    ApplyError,
    InvalidArgumentError,
    InvalidSpecError,
    LatticeError,
    ReplacementRequiredError,
    StalePlanError,
)
from lattice_tg.literals import DELETING_STATUSES
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.plan_steps import (
    Change,
    CreateStep,
    DeleteStep,
    PlanStep,
    RegisterStep,
    TagStep,
    UpdateHealthCheckStep,
)
from lattice_tg.models.problem import make_problem
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.models.target_keys import target_key
from lattice_tg.models.targets import Target
from lattice_tg.operations import create, delete, read
from lattice_tg.operations.plan import plan_by_name, refresh_plan
from lattice_tg.operations.targets import NOT_FOUND_CODES, TargetBatcher
from lattice_tg.operations.waiters import (
    DRAIN_POLL_SECONDS,
    make_waiter,
    wait_until_active,
    wait_until_deleted,
    wait_until_drained,
)
from lattice_tg.planning.plan import ApplyOrder, ObservedGroup, Plan
from lattice_tg.planning.stale_plan import changes_behind, find_unplanned_changes
from lattice_tg.sending.client_tokens import client_token_for, new_client_token
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import TAG_RESOURCE, UPDATE_TARGET_GROUP
from lattice_tg.validation.identifiers import group_port, resolve_identifier
from lattice_tg.validation.targets import SINGLE_TARGET_TYPES

_STATUS_TIMEOUT_SECONDS = 300.0  # for a group to be there, or gone
_DRAIN_TIMEOUT_SECONDS = 600.0


@define
class PlanExecutor:
    """One plan being carried out: the group as it is known by now."""

    sender: RequestSender
    group: ObservedGroup | None
    client_token: str | None = None
    """A token for a creation that an earlier run may have begun."""

    def wait_for_pending_creation(self) -> None:
        """The group that the plan found, once it is ACTIVE; every change to it would be refused before."""
        if self.group is not None and self.group.status == "CREATE_IN_PROGRESS":
            self._wait_until_active()

    def final_group(self) -> TargetGroup:
        """The group as it is known after the last step."""
        group = self._current_group()
        return group if isinstance(group, TargetGroup) else read.get(self.sender, group)

    def execute(self, step: PlanStep) -> None:
        """Do one step, and wait for what it needs first."""
        match step:
            case CreateStep():
                self._create(step)
            case DeleteStep():
                self._delete(step)
            case UpdateHealthCheckStep():
                self._update(step)
            case TagStep():
                self._tag(step)
            case RegisterStep():
                self._register(step.targets)
            case _:
                requests = TargetBatcher.for_deregister(
                    self.sender, self._current_group(), ignored_codes=NOT_FOUND_CODES
                )
                requests.run(step.targets).raise_for_failures()

    def _create(self, step: CreateStep) -> None:
        if step.after is not None:
            wait_until_deleted(
                self.sender,
                step.after,
                make_waiter(self.sender, step.after, "deleted", timeout_seconds=_STATUS_TIMEOUT_SECONDS),
            )
        token = self.client_token
        group = create.create(self.sender, step.spec, token or new_client_token())
        self.group = group if token is None else self._verify_created(step, group)

    def _verify_created(self, step: CreateStep, told: TargetGroup) -> TargetGroup:
        """The group that is there: the reply to a token of an earlier run may tell of one that is there no more."""
        group = read.get_or_none(self.sender, told)
        if group is not None and group.status not in DELETING_STATUSES:
            return group
        if group is not None:
            wait_until_deleted(
                self.sender, group, make_waiter(self.sender, group, "deleted", timeout_seconds=_STATUS_TIMEOUT_SECONDS)
            )
        return create.create(self.sender, step.spec, new_client_token())

    def _delete(self, step: DeleteStep) -> None:
        delete.delete(
            self.sender,
            step.target_group_id,
            missing_ok=True,
            drain=True,
            wait=True,
            timeout_seconds=_DRAIN_TIMEOUT_SECONDS,
        )
        self.group = None

    def _update(self, step: UpdateHealthCheckStep) -> None:
        request = {
            "targetGroupIdentifier": resolve_identifier(self._current_group()),
            "healthCheck": to_boto3(step.health_check),
        }
        self.group = from_boto3(TargetGroup, self.sender.send(UPDATE_TARGET_GROUP, request))

    def _tag(self, step: TagStep) -> None:
        request = {"resourceArn": read.resolve_arn(self.sender, self._current_group()), "tags": dict(step.tags)}
        self.sender.send(TAG_RESOURCE, request)

    def _register(self, targets: Sequence[Target]) -> None:
        if self._current_group().status != "ACTIVE":
            self._wait_until_active()
        if self._current_group().type in SINGLE_TARGET_TYPES:
            self._wait_for_draining_target(targets)
        TargetBatcher.for_register(self.sender, self._current_group()).run(targets).raise_for_failures()

    def _wait_for_draining_target(self, targets: Sequence[Target]) -> None:
        """Where there may be one target only, wait until the others that are leaving have left."""
        group = self._current_group()
        port = group_port(group)
        wanted = {target_key(target, port) for target in targets}
        rows = [row for row in read.iter_targets(self.sender, group) if row.status == "DRAINING"]
        if leaving := [Target(id=row.id, port=row.port) for row in rows if target_key(row, port) not in wanted]:
            wait_until_drained(
                self.sender,
                group,
                leaving,
                make_waiter(
                    self.sender,
                    group,
                    "drained",
                    timeout_seconds=_DRAIN_TIMEOUT_SECONDS,
                    poll_seconds=DRAIN_POLL_SECONDS,
                ),
            )

    def _current_group(self) -> ObservedGroup:
        """The group; a plan creates it before it does anything else to it."""
        return cast("ObservedGroup", self.group)

    def _wait_until_active(self) -> None:
        group = self._current_group()
        self.group = wait_until_active(
            self.sender, group, make_waiter(self.sender, group, "active", timeout_seconds=_STATUS_TIMEOUT_SECONDS)
        )


_log = logging.getLogger("lattice_tg")


def apply(sender: RequestSender, plan: Plan, order: ApplyOrder) -> TargetGroup:
    """The group as ``plan`` has it, if what it was made against still holds."""
    _validate_order(order)
    try:
        today = refresh_plan(sender, plan)
    except ReplacementRequiredError as error:
        raise StalePlanError(changes_behind(plan, error), plan.desired.spec.name) from error
    except InvalidSpecError as error:  # the wish was in order when it was planned for
        moved = tuple(Change(problem.field, None, problem.value) for problem in error.problems)
        raise StalePlanError(moved, plan.desired.spec.name) from error
    if moved := find_unplanned_changes(plan, today):
        raise StalePlanError(moved, plan.desired.spec.name)
    return execute_plan(sender, today, order)


def ensure(sender: RequestSender, desired: DesiredState, run_id: str | None) -> TargetGroup:
    """The group as it is wanted; a ``run_id`` of an earlier run resumes that run's creation."""
    name = desired.spec.name
    run_id = new_client_token() if run_id is None else run_id
    _log.info(
        "ensuring %s; run_id=%r would resume this run",
        name,
        run_id,
        extra={"target_group_name": name, "run_id": run_id},
    )
    return execute_plan(
        sender,
        plan_by_name(sender, desired, closely=True),
        client_token=client_token_for(desired.spec, run_id),
    )


def execute_plan(
    sender: RequestSender, plan: Plan, order: ApplyOrder = "register_first", *, client_token: str | None = None
) -> TargetGroup:
    """The group once each step is done, in order; ``client_token`` is one that may have been used before."""
    work = PlanExecutor(sender, plan.target_group, client_token)
    work.wait_for_pending_creation()
    steps = plan.steps_for(order)
    for index, step in enumerate(steps):
        try:
            work.execute(step)
        except LatticeError as error:
            raise ApplyError(
                name=plan.desired.spec.name,
                completed=steps[:index],
                failed=step,
                error=error,
                pending=steps[index + 1 :],
            ) from error
        except BaseException as error:
            error.add_note(_interruption_note(plan, index, len(steps)))
            raise
    return work.final_group()


def _interruption_note(plan: Plan, done: int, steps: int) -> str:
    told = f"{plan.desired.spec.name}: {done} of {steps} steps were done when this came"
    return f"{told}; planning and applying again goes on from there"


def _validate_order(order: str) -> None:
    if order not in get_args(ApplyOrder):
        rule = f"must be one of {', '.join(get_args(ApplyOrder))}"
        raise InvalidArgumentError((make_problem("order", order, rule),))
