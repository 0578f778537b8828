"""What conversion alone costs, without any request: constructors and dicts written by hand = 1.00.

Read is what boto3 returns, with its times parsed; written is what boto3 takes. Pages go the way that our client's go.

Run it as ``python tests/benchmarks/conversion.py``; ``--quick`` makes 100 rounds instead of 2,000.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from attrs import frozen

from alternatives import hand_written as by_hand
from alternatives import plain_cattrs
from alternatives import pydantic_port as pydantic_twin
from alternatives.lattice import TARGET_MODELS
from alternatives.pydantic_models import GroupTwin, SpecTwin
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, over, timed_in_batches
from lattice_tg import Target, TargetGroup, TargetGroupSpec, TargetGroupSummary, TargetSummary, from_boto3, to_boto3
from lattice_tg.conversion import structure_fn, unstructure_fn
from service.responses import CHECK, GROUP, ROW, TARGET_ROWS, TIMES, WANTED

PARSED = {name: datetime.fromisoformat(time) for name, time in TIMES.items()}
REPLY: dict[str, Any] = {**GROUP, **PARSED, "ResponseMetadata": {}}
GROUP_ROWS: list[dict[str, Any]] = [{**ROW, **PARSED} for _ in range(100)]
FULL: dict[str, Any] = {**WANTED, "config": {**WANTED["config"], "healthCheck": CHECK}, "tags": {"team": "shop"}}
SPEC = from_boto3(TargetGroupSpec, FULL)
SPEC_TWIN = SpecTwin.model_validate(FULL)
PLAIN = plain_cattrs.converter()

Convert = Callable[[], object]


@frozen(kw_only=True)
class Task:
    """One thing to convert, and how each contender does it."""

    label: str
    goal: float
    by_hand: Convert
    ours: Convert
    plain: Convert
    pydantic: Convert

    def contenders(self) -> dict[str, Convert]:
        return {
            "by hand": self.by_hand,
            "by hand again": self.by_hand,
            "lattice_tg": self.ours,
            "cattrs as it comes": self.plain,
            "pydantic": self.pydantic,
        }


READING = (
    Task(
        label="read: get",
        goal=1.3,
        by_hand=lambda: by_hand.target_group(REPLY),
        ours=lambda: from_boto3(TargetGroup, REPLY),
        plain=lambda: PLAIN.structure(REPLY, TargetGroup),
        pydantic=lambda: GroupTwin.model_validate(REPLY),
    ),
    Task(
        label="read: page of 100 groups",
        goal=1.3,
        by_hand=lambda: [by_hand.group_summary(row) for row in GROUP_ROWS],
        ours=lambda: list(map(structure_fn(TargetGroupSummary), GROUP_ROWS)),
        plain=lambda: PLAIN.structure(GROUP_ROWS, list[TargetGroupSummary]),
        pydantic=lambda: pydantic_twin.GROUP_ROWS.validate_python(GROUP_ROWS),
    ),
    Task(
        label="read: page of 100 targets",
        goal=1.3,
        by_hand=lambda: [by_hand.target_summary(row) for row in TARGET_ROWS],
        ours=lambda: list(map(structure_fn(TargetSummary), TARGET_ROWS)),
        plain=lambda: PLAIN.structure(TARGET_ROWS, list[TargetSummary]),
        pydantic=lambda: pydantic_twin.TARGET_ROWS.validate_python(TARGET_ROWS),
    ),
)
WRITING = (
    Task(
        label="write: spec",
        goal=1.0,
        by_hand=lambda: by_hand.spec_data(SPEC),
        ours=lambda: to_boto3(SPEC),
        plain=lambda: PLAIN.unstructure(SPEC),
        pydantic=lambda: pydantic_twin.spec_data(SPEC_TWIN),
    ),
    Task(
        label="write: 100 targets",
        goal=1.0,
        by_hand=lambda: [by_hand.target_data(target) for target in TARGET_MODELS],
        ours=lambda: list(map(unstructure_fn(Target), TARGET_MODELS)),
        plain=lambda: PLAIN.unstructure(TARGET_MODELS, list[Target]),
        pydantic=pydantic_twin.targets_data,
    ),
)


def measured(effort: Effort) -> Iterator[Table]:
    tasks = (*READING, *WRITING)
    for task in tasks:
        check(task)
    yield Table(
        name="conversion",
        title="Time of conversion alone, written by hand = 1.00",
        columns=tuple(tasks[0].contenders()),
        rows=tuple(row(task, effort.rounds(2000, 100)) for task in tasks),
    )


def check(task: Task) -> None:
    """Fail where what we do is not the same."""
    assert task.by_hand() == task.ours() == task.plain(), task.label


def row(task: Task, rounds: int) -> Row:
    batches = {name: timed_in_batches(convert) for name, convert in task.contenders().items()}
    return Row(label=task.label, figures=over("by hand", medians(batches, rounds)), goal=task.goal)


if __name__ == "__main__":
    run(__doc__, measured)
