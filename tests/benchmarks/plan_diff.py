"""Time to plan changes for 100,000 targets, relative to hand-written code with sets of tuples (1.00).

One percent of the targets must be registered and one percent must be deregistered. The time to read the targets is not
included. The hand-written code compares dicts from responses with desired targets that are tuples.

Run the benchmark with ``python tests/benchmarks/plan_diff.py``. With ``--quick``, the benchmark compares 10,000
targets.
"""

from collections.abc import Callable, Iterator
from typing import Any

from alternatives.lattice import addresses, make_spec
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_timer, medians, ratios
from lattice_tg import DesiredState, Target, TargetGroup, TargetSummary, from_boto3
from lattice_tg.planning.plan import make_plan
from service.responses import CREATED

BASELINE = "sets of tuples"

Counts = tuple[int, int]
"""The number of targets to register, and the number of targets to deregister."""


def make_alternatives(count: int) -> dict[str, Callable[[], Counts]]:
    registered, targets = tuple(addresses(count)), tuple(addresses(count + count // 100))[count // 100 :]
    items: list[dict[str, Any]] = [{"id": target.id, "port": target.port, "status": "HEALTHY"} for target in registered]
    summaries = [TargetSummary(id=target.id, port=target.port, status="HEALTHY") for target in registered]
    tuples = [(target.id, target.port) for target in targets]
    group = from_boto3(TargetGroup, CREATED)
    desired = DesiredState(make_spec(), targets=targets, prune=True)

    def diff_tuples() -> Counts:
        current = {(item["id"], item["port"]) for item in items if item["status"] != "DRAINING"}
        return len([pair for pair in tuples if pair not in current]), len(current.difference(tuples))

    def diff_with_plan() -> Counts:
        register, _wait, deregister = make_plan(desired, group, targets=summaries).steps
        return count_targets(register), count_targets(deregister)

    def diff_models() -> Counts:
        current = {Target(id=item.id, port=item.port) for item in summaries if item.status != "DRAINING"}
        return len([target for target in targets if target not in current]), len(current.difference(targets))

    return {
        BASELINE: diff_tuples,
        "again": diff_tuples,
        "lattice_tg": diff_with_plan,
        "sets of models": diff_models,
    }


def count_targets(step: Any) -> int:
    return len(step.targets)


def measure(effort: Effort) -> Iterator[Table]:
    count = effort.choose(100_000, 10_000)
    diffs = make_alternatives(count)
    assert {diff() for diff in diffs.values()} == {(count // 100, count // 100)}
    seconds = medians({name: make_timer(diff) for name, diff in diffs.items()}, effort.rounds(21, 5), warmup=1)
    row = Row(label=f"{count:,} targets", figures=ratios(BASELINE, seconds), goal=1.6)
    yield Table(name="plan_diff", title=f"Time of a diff, {BASELINE} = 1.00", columns=tuple(diffs), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measure)
