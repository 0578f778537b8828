"""Execution of plans."""

import logging
from collections.abc import Iterable, Sequence
from typing import cast

from attrs import define

from lattice_tg.conversion import to_boto3
from lattice_tg.errors import InvalidArgumentError, InvalidSpecError, LatticeError
from lattice_tg.errors.workflows import ApplyError, ReplacementRequiredError, StalePlanError
from lattice_tg.formatting import format_seconds
from lattice_tg.literals import DELETING_STATUSES
from lattice_tg.logs import log
from lattice_tg.models.change import Change
from lattice_tg.models.plan_steps import (
    CreateStep,
    DeleteStep,
    PlanStep,
    RegisterStep,
    TagStep,
    UpdateHealthCheckStep,
    WaitHealthyStep,
)
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.models.target_keys import target_key, to_target
from lattice_tg.models.targets import Target
from lattice_tg.operations import delete, read
from lattice_tg.operations.create import create_with_token
from lattice_tg.operations.interruption import note_on_interrupt
from lattice_tg.operations.plan import make_desired_state, plan_by_name, refresh_plan, validate_order
from lattice_tg.operations.tags import send_tags
from lattice_tg.operations.targets import NOT_FOUND_CODES, TargetBatcher
from lattice_tg.operations.update import send_update
from lattice_tg.operations.waiters import (
    DRAIN_POLL_SECONDS,
    make_waiter,
    wait_until_active,
    wait_until_deleted,
    wait_until_healthy,
    wait_until_unlisted,
)
from lattice_tg.planning.plan import ApplyOrder, ObservedGroup, Plan, validate_plan
from lattice_tg.planning.stale_plan import changes_behind, find_unplanned_changes
from lattice_tg.sending.client_tokens import client_token_for, new_client_token
from lattice_tg.sending.pagination import collect
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.transport.api import DEREGISTER_TARGETS, REGISTER_TARGETS
from lattice_tg.validation.arguments import validate_seconds
from lattice_tg.validation.identifiers import TargetGroupLike, group_port
from lattice_tg.validation.targets import SINGLE_TARGET_TYPES

_STATUS_TIMEOUT_SECONDS = 300.0
_DRAIN_TIMEOUT_SECONDS = 600.0


async def apply(
    sender: RequestSender, plan: Plan, *, health_timeout_seconds: float, allow_unknown: bool
) -> TargetGroup:
    """Apply a plan if the state on which the plan is based has not changed.

    Raises:
        InvalidArgumentError: If ``plan`` is not a plan or ``health_timeout_seconds`` is invalid.
        StalePlanError: If the group has changed since the plan was made and now requires different steps.

    """
    validate_plan(plan, allow_unknown=allow_unknown)
    validate_seconds(health_timeout_seconds=health_timeout_seconds)
    note = (
        f"Applying the plan for target group {plan.desired.spec.name!r} was interrupted. To resume, make and apply a "
        "new plan."
    )
    with note_on_interrupt(lambda: note):
        current_plan = await verify_plan(sender, plan)
        return await execute_plan(sender, current_plan, health_timeout_seconds)


async def verify_plan(sender: RequestSender, plan: Plan) -> Plan:
    """Return a new plan for the desired state of ``plan`` if the new plan contains no other steps.

    Raises:
        StalePlanError: If the group has changed since the plan was made and now requires different steps.

    """
    try:
        current_plan = await refresh_plan(sender, plan)
    except ReplacementRequiredError as error:
        raise StalePlanError(changes_behind(plan, error), plan.desired.spec.name) from error
    except InvalidSpecError as error:
        # The desired state was valid when the plan was made, so the group has changed.
        changes = tuple(Change(problem.field, None, problem.value) for problem in error.problems)
        raise StalePlanError(changes, plan.desired.spec.name) from error
    if changes := find_unplanned_changes(plan, current_plan):
        raise StalePlanError(changes, plan.desired.spec.name)
    return current_plan


async def ensure(
    sender: RequestSender,
    spec: TargetGroupSpec,
    *,
    targets: Iterable[Target] | None,
    prune: bool,
    replace: bool,
    order: ApplyOrder,
    health_timeout_seconds: float,
    run_id: str | None,
    allow_unknown: bool,
) -> TargetGroup:
    """Make a plan for the desired state and execute the plan.

    To resume the creation that an earlier run started, pass that run's ``run_id``.
    """
    validate_run_id(run_id)
    validate_order(order)
    validate_seconds(health_timeout_seconds=health_timeout_seconds)
    desired = make_desired_state(spec, targets=targets, prune=prune, replace=replace, allow_unknown=allow_unknown)
    is_resumed = run_id is not None
    run_id = new_client_token() if run_id is None else run_id
    log(
        logging.INFO,
        "Ensuring the state of target group %r. To resume this run, pass run_id=%r.",
        spec.name,
        run_id,
        target_group=spec.name,
        run_id=run_id,
    )
    note = (
        f"Ensuring the state of target group {spec.name!r} was interrupted. To resume, call ensure() with the same "
        f"arguments and run_id={run_id!r}."
    )
    token = client_token_for(spec, run_id)
    with note_on_interrupt(lambda: note):
        plan = await plan_by_name(sender, desired, order, read_details=True)
        return await execute_plan(sender, plan, health_timeout_seconds, client_token=token, verifies_create=is_resumed)


def validate_run_id(run_id: str | None) -> None:
    """Raise an error unless ``run_id`` is a string or None.

    Values of other types are rejected because their string representation can differ between runs.

    Raises:
        InvalidArgumentError: If ``run_id`` is neither a string nor None.

    """
    if not (run_id is None or isinstance(run_id, str)):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may not use type checking
        problem = Problem("run_id", run_id, "must be a string", "Omit run_id to use a random string")
        raise InvalidArgumentError((problem,))


async def execute_plan(
    sender: RequestSender,
    plan: Plan,
    health_timeout_seconds: float,
    *,
    client_token: str | None = None,
    verifies_create: bool = False,
) -> TargetGroup:
    """Execute the steps of a plan and return the target group.

    Args:
        sender: The sender of the requests.
        plan: The plan.
        health_timeout_seconds: Seconds to wait until the targets are healthy.
        client_token: Client token for the create request. To resume an earlier run, pass the token of that run.
            Default: a random token.
        verifies_create: Whether an earlier run may have used the client token, so that the response to the create
            request may describe a group that has since been deleted. Default: False.

    Raises:
        ApplyError: If a step failed.

    """
    executor = PlanExecutor(sender, plan.target_group, health_timeout_seconds, client_token, verifies_create)
    await executor.wait_for_pending_creation()
    steps = plan.steps
    for index, step in enumerate(steps):
        try:
            await executor.execute(step)
        except LatticeError as error:
            raise ApplyError(
                name=plan.desired.spec.name,
                completed=steps[:index],
                failed=step,
                error=error,
                pending=steps[index + 1 :],
                target_group=executor.group,
            ) from error
        except BaseException as error:
            error.add_note(
                f"{index} of {len(steps)} steps for target group {plan.desired.spec.name!r} were completed before this "
                "error. To continue, make and apply a new plan."
            )
            raise
    return await executor.final_group()


@define
class PlanExecutor:
    """An executor for one plan. ``group`` is the last known state of the target group."""

    sender: RequestSender
    group: ObservedGroup | None
    health_timeout_seconds: float
    client_token: str | None = None
    """Client token for the create request. The token of an earlier run resumes that run. If None, a random token is
    used."""
    verifies_create: bool = False
    """Whether an earlier run may have used the client token."""

    async def wait_for_pending_creation(self) -> None:
        """Wait until the group is ACTIVE if the group is being created.

        VPC Lattice rejects changes to a group that is not ACTIVE.
        """
        if self.group is not None and self.group.status == "CREATE_IN_PROGRESS":
            await self._wait_until_active()

    async def final_group(self) -> TargetGroup:
        """Return the group after the last step."""
        group = self._current_group()
        return group if isinstance(group, TargetGroup) else await read.get(self.sender, group)

    async def execute(self, step: PlanStep) -> None:
        """Wait for the preconditions of a step, and then execute the step."""
        match step:
            case CreateStep():
                await self._create(step)
            case DeleteStep():
                await self._delete(step)
            case UpdateHealthCheckStep():
                self.group = await send_update(self.sender, self._current_group(), to_boto3(step.health_check))
            case TagStep():
                await send_tags(self.sender, self._current_group(), step.tags)
            case RegisterStep():
                await self._register(step.targets)
            case WaitHealthyStep():
                await self._wait_until_healthy(step)
            case _:
                batcher = TargetBatcher(
                    self.sender, DEREGISTER_TARGETS, self._current_group(), ignored_codes=NOT_FOUND_CODES
                )
                result = await batcher.run(step.targets)
                result.raise_for_failures()

    async def _create(self, step: CreateStep) -> None:
        if step.after is not None:
            await self._wait_until_deleted(step.after)
        group = await create_with_token(self.sender, step.spec, self.client_token or new_client_token())
        self.group = await self._verify_created(step, group) if self.verifies_create else group

    async def _verify_created(self, step: CreateStep, created: TargetGroup) -> TargetGroup:
        """Return the created group if the group still exists, and otherwise create a new group.

        If an earlier run used the same token, the response may describe a group that has since been deleted.
        """
        group = await read.get_or_none(self.sender, created)
        if group is not None and group.status not in DELETING_STATUSES:
            return group
        if group is not None:
            await self._wait_until_deleted(group)
        return await create_with_token(self.sender, step.spec, new_client_token())

    async def _delete(self, step: DeleteStep) -> None:
        await delete.delete(
            self.sender,
            step.target_group_id,
            missing_ok=True,
            drain=True,
            wait=True,
            timeout_seconds=_DRAIN_TIMEOUT_SECONDS,
        )
        self.group = None

    async def _register(self, targets: Sequence[Target]) -> None:
        if self._current_group().status != "ACTIVE":
            await self._wait_until_active()
        if self._current_group().type in SINGLE_TARGET_TYPES:
            await self._wait_for_draining_target(targets)
        result = await TargetBatcher(self.sender, REGISTER_TARGETS, self._current_group()).run(targets)
        result.raise_for_failures()

    async def _wait_until_healthy(self, step: WaitHealthyStep) -> None:
        group = self._current_group()
        log(
            logging.INFO,
            "Waiting up to %s until %d targets of target group %r are healthy.",
            format_seconds(self.health_timeout_seconds),
            len(step.targets),
            group.name,
            target_group=group.id,
        )
        waiter = make_waiter(self.sender, group, "healthy", timeout_seconds=self.health_timeout_seconds)
        await wait_until_healthy(self.sender, group, step.targets, waiter)

    async def _wait_for_draining_target(self, targets: Sequence[Target]) -> None:
        """Wait until no target other than ``targets`` is draining.

        The wait is necessary because the group can have only one target.
        """
        group = self._current_group()
        port = group_port(group)
        keys = {target_key(target, port) for target in targets}
        draining = [
            to_target(summary)
            for summary in await collect(read.target_pages(self.sender, group))
            if summary.status == "DRAINING" and target_key(summary, port) not in keys
        ]
        if draining:
            waiter = make_waiter(
                self.sender,
                group,
                "drained",
                timeout_seconds=_DRAIN_TIMEOUT_SECONDS,
                poll_seconds=DRAIN_POLL_SECONDS,
            )
            await wait_until_unlisted(self.sender, group, draining, waiter)

    def _current_group(self) -> ObservedGroup:
        """Return the group, which is never None here.

        If the plan creates the group, no earlier step needs the group.
        """
        return cast("ObservedGroup", self.group)

    async def _wait_until_active(self) -> None:
        group = self._current_group()
        waiter = make_waiter(self.sender, group, "active", timeout_seconds=_STATUS_TIMEOUT_SECONDS)
        self.group = await wait_until_active(self.sender, group, waiter)

    async def _wait_until_deleted(self, target_group: TargetGroupLike) -> None:
        waiter = make_waiter(self.sender, target_group, "deleted", timeout_seconds=_STATUS_TIMEOUT_SECONDS)
        await wait_until_deleted(self.sender, target_group, waiter)
