"""Carrying out a plan: if what it was made against still holds, step after step, and saying how far it went."""

import logging
from typing import get_args

from lattice_tg.calls import Calls
from lattice_tg.errors import ApplyError, InvalidSpecError, LatticeError, ReplacementRequiredError, StalePlanError
from lattice_tg.models.changes import Change
from lattice_tg.models.desired import Desired
from lattice_tg.models.problems import problem
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.plan import Order, Plan
from lattice_tg.staleness import moves, moves_behind
from lattice_tg.tokens import client_token_for, new_client_token
from lattice_tg.verbs import planning
from lattice_tg.verbs.doing import Work

_log = logging.getLogger("lattice_tg")


def apply(calls: Calls, plan: Plan, order: Order) -> TargetGroup:
    """The group as ``plan`` has it, if what it was made against still holds."""
    _check_order(order)
    try:
        today = planning.plan_again(calls, plan)
    except ReplacementRequiredError as error:
        raise StalePlanError(moves_behind(plan, error), plan.desired.spec.name) from error
    except InvalidSpecError as error:  # the wish was in order when it was planned for
        moved = tuple(Change(problem.field, None, problem.value) for problem in error.problems)
        raise StalePlanError(moved, plan.desired.spec.name) from error
    if moved := moves(plan, today):
        raise StalePlanError(moved, plan.desired.spec.name)
    return carry_out(calls, today, order)


def ensure(calls: Calls, desired: Desired, salt: str | None) -> TargetGroup:
    """The group as it is wanted; a ``salt`` of an earlier run resumes that run's creation."""
    name = desired.spec.name
    salt = new_client_token() if salt is None else salt
    _log.info("ensuring %s; salt=%r would resume this run", name, salt, extra={"target_group_name": name, "salt": salt})
    return carry_out(
        calls, planning.plan_for(calls, desired, closely=True), client_token=client_token_for(desired.spec, salt)
    )


def carry_out(
    calls: Calls, plan: Plan, order: Order = "register_first", *, client_token: str | None = None
) -> TargetGroup:
    """The group once each step is done, in order; ``client_token`` is one that may have been used before."""
    work = Work(calls, plan.target_group, client_token)
    work.wait_for_a_creation_under_way()
    steps = plan.ordered(order)
    for index, step in enumerate(steps):
        try:
            work.do(step)
        except LatticeError as error:
            raise ApplyError(
                name=plan.desired.spec.name,
                done=steps[:index],
                failed=step,
                error=error,
                pending=steps[index + 1 :],
            ) from error
        except BaseException as error:
            error.add_note(_account(plan, index, len(steps)))
            raise
    return work.described()


def _account(plan: Plan, done: int, steps: int) -> str:
    told = f"{plan.desired.spec.name}: {done} of {steps} steps were done when this came"
    return f"{told}; planning and applying again goes on from there"


def _check_order(order: str) -> None:
    if order not in get_args(Order):
        rule = f"must be one of {', '.join(get_args(Order))}"
        raise InvalidSpecError((problem("order", order, rule),))
