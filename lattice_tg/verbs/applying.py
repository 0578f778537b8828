"""Carrying out a plan: if what it was made against still holds, step after step, and saying how far it went."""

import logging
from typing import get_args

from lattice_tg.calls import RequestSender
from lattice_tg.errors import ApplyError, InvalidSpecError, LatticeError, ReplacementRequiredError, StalePlanError
from lattice_tg.models.changes import Change
from lattice_tg.models.desired import DesiredState
from lattice_tg.models.problems import make_problem
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.plan import ApplyOrder, Plan
from lattice_tg.staleness import changes_behind, find_unplanned_changes
from lattice_tg.tokens import client_token_for, new_client_token
from lattice_tg.verbs import planning
from lattice_tg.verbs.doing import PlanExecutor

_log = logging.getLogger("lattice_tg")


def apply(sender: RequestSender, plan: Plan, order: ApplyOrder) -> TargetGroup:
    """The group as ``plan`` has it, if what it was made against still holds."""
    _validate_order(order)
    try:
        today = planning.refresh_plan(sender, plan)
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
        planning.plan_by_name(sender, desired, closely=True),
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
        raise InvalidSpecError((make_problem("order", order, rule),))
