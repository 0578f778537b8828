"""Every error of this library, in one tree.

::

    LatticeError
    ├── InvalidSpecError(ValueError)        mistakes in what was written, all of them
    ├── InvalidIdentifierError(ValueError)  a name, or nothing, where an id or ARN belongs
    ├── ConfigurationError                  no region, no credentials, an old boto3, …
    ├── ServiceError                        the service answered with an error
    │   ├── ValidationError                 400
    │   ├── AccessDeniedError               403
    │   ├── ResourceNotFoundError           404
    │   ├── ConflictError                   409; `kind` says which of its meanings
    │   ├── ServiceQuotaExceededError       402
    │   ├── ThrottlingError                 429
    │   └── InternalServerError             500
    ├── TransportError                      no answer came
    ├── PartialFailureError            some targets were refused, or not answered for
    ├── WaitTimeoutError(TimeoutError)      what was waited for did not come in time
    │   └── DrainTimeoutError               targets were deregistered, and some are still there
    ├── WaitFailedError                     it can never come
    │   └── TargetGroupFailedError          CREATE_FAILED, DELETE_FAILED
    ├── ReplacementRequiredError            what is wanted differs where a group cannot change
    ├── StalePlanError                      things have moved since the plan was made
    ├── ApplyError                          a step of a plan failed; says which are done
    └── IncompleteError                     a group of a fleet was left; says how to go on

(The answers of the service and the lack of one are in `service_errors`, the two of targets in `reports`.)

Every error can be pickled and copied with all its facts, which are fields. The botocore exception behind it is
its ``__cause__`` in the process where it was raised.
"""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define

from lattice_tg.durations import format_seconds
from lattice_tg.models.answers import TargetSummary
from lattice_tg.models.changes import Change
from lattice_tg.models.problems import Problem
from lattice_tg.models.steps import PlanStep
from lattice_tg.models.target_group import TargetGroup


class LatticeError(Exception):
    """The root of the tree: ``except LatticeError`` catches all that this library raises on purpose."""

    def __reduce__(self) -> tuple[Callable[..., "LatticeError"], tuple[Any, ...]]:
        return _rebuild_error, (type(self), self.args, self.__dict__.copy())


def _rebuild_error(cls: type[LatticeError], args: tuple[Any, ...], facts: dict[str, Any]) -> LatticeError:
    error = cls.__new__(cls, *args)
    error.args = args  # some built-in parents drop them when they are made without __init__
    error.__dict__.update(facts)
    return error


@define(slots=False, eq=False)
class InvalidSpecError(LatticeError, ValueError):
    """What was written breaks rules; nothing was sent."""

    problems: tuple[Problem, ...]
    """Every mistake found, one a field."""

    def __str__(self) -> str:
        count = len(self.problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        return f"{count} problem{'s' * (count != 1)}, nothing was sent:{lines}"


@define(slots=False, eq=False)
class InvalidIdentifierError(LatticeError, ValueError):
    """Something that is no id or ARN of a target group stands where one belongs; nothing was sent."""

    value: object
    """What was given."""

    def __str__(self) -> str:
        if self.value is None:  # most often what find() said
            return (
                "None is no target group; where client.find(name) gave it, no group of the client's account and Region "
                "has that name: check these three, or create the group"
            )
        return (
            f"{self.value!r} is not a target group's id (tg- and 17 of 0-9, a-z) or ARN; the service takes no "
            "names here: look one up with client.find(name) and pass what it returns"
        )


@define(slots=False, eq=False)
class ConfigurationError(LatticeError):
    """The client cannot be made, or cannot reach the service as it is set up."""

    message: str
    """What is missing or wrong, and the way out."""

    def __str__(self) -> str:
        return self.message


@define(slots=False, eq=False, kw_only=True)
class WaitTimeoutError(LatticeError, TimeoutError):
    """What was waited for did not come in time."""

    waiting_for: str
    """What was waited for, in words."""

    last_status: str
    """The last state seen of what is still missing."""

    elapsed_seconds: float
    """How long was waited."""

    def __str__(self) -> str:
        return f"{self.describe()}; nothing was undone: wait again, or longer"

    def describe(self) -> str:
        """What was waited for, how long, and what was seen: the error's text without the way out."""
        return (
            f"{self.waiting_for} did not come in {format_seconds(self.elapsed_seconds)}; last seen: {self.last_status}"
        )


@define(slots=False, eq=False, kw_only=True)
class WaitFailedError(LatticeError):
    """What was waited for can never come by waiting."""

    waiting_for: str
    """What was waited for, in words."""

    reason: str
    """Why it cannot come, and the way out."""

    target_group: TargetGroup | None = None
    """The group, where its state is the reason."""

    targets: tuple[TargetSummary, ...] = ()
    """The targets whose state is the reason."""

    def __str__(self) -> str:
        return f"{self.waiting_for} can never come: {self.reason}"


@define(slots=False, eq=False, kw_only=True)
class TargetGroupFailedError(WaitFailedError):
    """The group is in CREATE_FAILED or DELETE_FAILED; ``target_group`` has the service's code and message."""


@define(slots=False, eq=False)
class ReplacementRequiredError(LatticeError):
    """The group that is there cannot be changed into what is wanted; nothing was changed."""

    changes: tuple[Change, ...]
    """Each field that differs and cannot change, old and new."""

    name: str
    """The group's name."""

    service_arns: tuple[str, ...] = ()
    """The services that use the group, and so keep it from being replaced."""

    def __str__(self) -> str:
        return "\n  ".join([f"{self.name} cannot be changed{self._hint()}", *map(str, self.changes)])

    def _hint(self) -> str:
        if not self.service_arns:
            return "; replace=True drains and deletes it, and makes it again"
        return (
            f", nor be replaced, as services use it: {', '.join(self.service_arns)}; make a group of another name, and "
            "let their listeners and rules forward to that one"
        )


@define(slots=False, eq=False)
class StalePlanError(LatticeError):
    """What a plan was made against does not hold any more; nothing was changed."""

    changes: tuple[Change, ...]
    """What moved: as it was or was planned to be, and as it is."""

    name: str
    """The group's name."""

    def __str__(self) -> str:
        head = f"{self.name} has changed since the plan was made; nothing was done, plan again"
        return "\n  ".join([head, *map(str, self.changes)])


@define(slots=False, eq=False, kw_only=True)
class ApplyError(LatticeError):
    """A step of a plan failed. Planning and applying again goes on from there."""

    name: str
    """The group's name."""

    completed: tuple[PlanStep, ...]
    """The steps that are done, in order."""

    failed: PlanStep
    """The step that failed; where it is about several targets, ``error`` says which of them are done."""

    error: LatticeError
    """Why it failed."""

    pending: tuple[PlanStep, ...]
    """The steps that were not begun."""

    def __str__(self) -> str:
        told: tuple[tuple[str, Sequence[PlanStep]], ...] = (
            ("done", self.completed),
            ("failed", [self.failed]),
            ("not begun", self.pending),
        )
        return "\n".join(
            [
                f"{self.name}: a step failed: {self.error}",
                *(f"{word}:\n{_format_steps(steps)}" for word, steps in told if steps),
                "plan and apply again to go on from there",
            ]
        )


@define(slots=False, eq=False, kw_only=True)
class IncompleteError(LatticeError):
    """A group of a fleet was left before it was as it should be; how much of it is done is not known."""

    name: str
    """The group's name."""

    reason: str
    """Why it was left: it was stopped, or what ran it was lost."""

    run_id: str
    """The run_id of the run: another run with it goes on, and makes no second group."""

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}; a run with run_id={self.run_id!r} goes on from there"


def _format_steps(steps: Sequence[PlanStep]) -> str:
    return "\n".join(f"  {line}" for step in steps for line in str(step).splitlines())
