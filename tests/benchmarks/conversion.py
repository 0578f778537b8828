"""Time of conversion without requests, relative to hand-written conversion (1.00).

"read" converts dicts as boto3 returns them, with parsed timestamps. "write" converts models to dicts that boto3
accepts. Pages are converted with the functions that the client uses.

Run the benchmark with ``python tests/benchmarks/conversion.py``. With ``--quick``, the benchmark runs 100 rounds
instead of 2,000.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from attrs import frozen

from alternatives import hand_written, plain_cattrs, pydantic_port
from alternatives.lattice import TARGET_MODELS
from alternatives.pydantic_models import GroupModel, SpecModel
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_batch_timer, medians, ratios
from lattice_tg import Target, TargetGroup, TargetGroupSpec, TargetGroupSummary, TargetSummary, from_boto3, to_boto3
from lattice_tg.conversion import structure_list_fn, unstructure_fn
from service.responses import CHECK, CREATE_REQUEST, GROUP, GROUP_ITEM, TARGET_ITEMS, TIMES

PARSED = {name: datetime.fromisoformat(time) for name, time in TIMES.items()}
RESPONSE: dict[str, Any] = {**GROUP, **PARSED, "ResponseMetadata": {}}
GROUP_ITEMS: list[dict[str, Any]] = [{**GROUP_ITEM, **PARSED} for _ in range(100)]
SPEC_DATA: dict[str, Any] = {
    **CREATE_REQUEST,
    "config": {**CREATE_REQUEST["config"], "healthCheck": CHECK},
    "tags": {"team": "shop"},
}
SPEC = from_boto3(TargetGroupSpec, SPEC_DATA)
SPEC_MODEL = SpecModel.model_validate(SPEC_DATA)
PLAIN_CONVERTER = plain_cattrs.make_converter()

Convert = Callable[[], object]


@frozen(kw_only=True)
class Task:
    """A conversion task and its implementation in each alternative."""

    label: str
    goal: float
    hand_written: Convert
    lattice_tg: Convert
    plain_cattrs: Convert
    pydantic: Convert

    def alternatives(self) -> dict[str, Convert]:
        return {
            "hand-written": self.hand_written,
            "hand-written again": self.hand_written,
            "lattice_tg": self.lattice_tg,
            "plain cattrs": self.plain_cattrs,
            "pydantic": self.pydantic,
        }


READING = (
    Task(
        label="read: get",
        goal=1.3,
        hand_written=lambda: hand_written.parse_target_group(RESPONSE),
        lattice_tg=lambda: from_boto3(TargetGroup, RESPONSE),
        plain_cattrs=lambda: PLAIN_CONVERTER.structure(RESPONSE, TargetGroup),
        pydantic=lambda: GroupModel.model_validate(RESPONSE),
    ),
    Task(
        label="read: page of 100 groups",
        goal=1.3,
        hand_written=lambda: [hand_written.parse_group_summary(item) for item in GROUP_ITEMS],
        lattice_tg=lambda: structure_list_fn(TargetGroupSummary)(GROUP_ITEMS),
        plain_cattrs=lambda: PLAIN_CONVERTER.structure(GROUP_ITEMS, list[TargetGroupSummary]),
        pydantic=lambda: pydantic_port.GROUP_LIST.validate_python(GROUP_ITEMS),
    ),
    Task(
        label="read: page of 100 targets",
        goal=1.3,
        hand_written=lambda: [hand_written.parse_target_summary(item) for item in TARGET_ITEMS],
        lattice_tg=lambda: structure_list_fn(TargetSummary)(TARGET_ITEMS),
        plain_cattrs=lambda: PLAIN_CONVERTER.structure(TARGET_ITEMS, list[TargetSummary]),
        pydantic=lambda: pydantic_port.TARGET_SUMMARY_LIST.validate_python(TARGET_ITEMS),
    ),
)
WRITING = (
    Task(
        label="write: spec",
        goal=1.0,
        hand_written=lambda: hand_written.format_spec(SPEC),
        lattice_tg=lambda: to_boto3(SPEC),
        plain_cattrs=lambda: PLAIN_CONVERTER.unstructure(SPEC),
        pydantic=lambda: pydantic_port.format_spec(SPEC_MODEL),
    ),
    Task(
        label="write: 100 targets",
        goal=1.0,
        hand_written=lambda: [hand_written.format_target(target) for target in TARGET_MODELS],
        lattice_tg=lambda: list(map(unstructure_fn(Target), TARGET_MODELS)),
        plain_cattrs=lambda: PLAIN_CONVERTER.unstructure(TARGET_MODELS, list[Target]),
        pydantic=pydantic_port.format_targets,
    ),
)


def measure(effort: Effort) -> Iterator[Table]:
    tasks = (*READING, *WRITING)
    for task in tasks:
        check(task)
    yield Table(
        name="conversion",
        title="Time of conversion, hand-written = 1.00",
        columns=tuple(tasks[0].alternatives()),
        rows=tuple(make_row(task, effort.rounds(2000, 100)) for task in tasks),
    )


def check(task: Task) -> None:
    """Fail if alternatives that use the models of lattice_tg return different results."""
    assert task.hand_written() == task.lattice_tg() == task.plain_cattrs(), task.label


def make_row(task: Task, rounds: int) -> Row:
    batches = {name: make_batch_timer(convert) for name, convert in task.alternatives().items()}
    return Row(label=task.label, figures=ratios("hand-written", medians(batches, rounds)), goal=task.goal)


if __name__ == "__main__":
    run(__doc__, measure)
