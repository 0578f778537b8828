"""What a plan for 100,000 targets costs, once they are read, over what one writes by hand: sets of bare tuples.

A hundredth has to go in and a hundredth out. By hand, the replies are dicts, and what is wanted are tuples.

Run it as ``python tests/benchmarks/diffing.py``; ``--quick`` takes 10,000 targets.
"""

from collections.abc import Callable, Iterator
from typing import Any

from alternatives.lattice import addresses, spec
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, over, timed
from lattice_tg import DesiredState, Target, TargetGroup, TargetSummary, from_boto3
from lattice_tg.planning.plan import make_plan
from service.responses import CREATED

Moves = tuple[int, int]
"""How many go in and how many out."""


def contenders(count: int) -> dict[str, Callable[[], Moves]]:
    present, wanted = tuple(addresses(count)), tuple(addresses(count + count // 100))[count // 100 :]
    replies: list[dict[str, Any]] = [{"id": one.id, "port": one.port, "status": "HEALTHY"} for one in present]
    rows = [TargetSummary(id=one.id, port=one.port, status="HEALTHY") for one in present]
    tuples = [(one.id, one.port) for one in wanted]
    group = from_boto3(TargetGroup, CREATED)
    desired = DesiredState(spec(), targets=wanted, prune=True)

    def by_hand() -> Moves:
        current = {(row["id"], row["port"]) for row in replies if row["status"] != "DRAINING"}
        return len([one for one in tuples if one not in current]), len(current.difference(tuples))

    def ours() -> Moves:
        register, deregister = make_plan(desired, group, targets=rows).steps
        return moved(register), moved(deregister)

    def of_models() -> Moves:
        current = {Target(id=row.id, port=row.port) for row in rows if row.status != "DRAINING"}
        return len([one for one in wanted if one not in current]), len(current.difference(wanted))

    return {"bare tuples": by_hand, "again": by_hand, "lattice_tg": ours, "sets of models": of_models}


def moved(step: Any) -> int:
    return len(step.targets)


def measured(effort: Effort) -> Iterator[Table]:
    count = effort.of(100_000, 10_000)
    diffs = contenders(count)
    assert {diff() for diff in diffs.values()} == {(count // 100, count // 100)}
    seconds = medians({name: timed(diff) for name, diff in diffs.items()}, effort.rounds(21, 5), warm=1)
    row = Row(label=f"{count:,} targets", figures=over("bare tuples", seconds), goal=1.6)
    yield Table(name="diffing", title="Time of a diff, bare tuples = 1.00", columns=tuple(diffs), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measured)
