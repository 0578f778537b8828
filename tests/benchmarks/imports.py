"""Time to import a package and to create the first client, each in a new process (boto3 = 1.00).

"Import the types" imports the types that a user needs to create a spec and to annotate code. boto3 has no such types.

Run the benchmark with ``python tests/benchmarks/imports.py``. With ``--quick``, the benchmark starts 5 processes per
figure instead of 45.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from harness.cli import Effort, run
from harness.processes import TIME, new_processes
from harness.table import Row, Table
from harness.timing import medians, ratios

BOTO3 = "import boto3"
COLUMNS = ("boto3", "boto3 again", "lattice_tg", "mypy_boto3", "capo", "boto3, pydantic")
PACKAGES = (
    BOTO3,
    BOTO3,
    "import lattice_tg",
    "import mypy_boto3_vpc_lattice",
    "import capo_vpc_lattice",
    "import boto3, alternatives.pydantic_models",
)
TYPES = (
    BOTO3,
    BOTO3,
    "from lattice_tg import HealthCheck, Target, TargetGroup, TargetGroupConfig, TargetGroupSpec",
    "from mypy_boto3_vpc_lattice.type_defs import CreateTargetGroupRequestTypeDef, GetTargetGroupResponseTypeDef",
    "from capo_vpc_lattice.types import create_target_group_request, get_target_group_response",
    "import alternatives.pydantic_models",
)
RAW_CLIENT = "import boto3; boto3.client('vpc-lattice')"
CLIENTS = (
    RAW_CLIENT,
    RAW_CLIENT,
    "import lattice_tg; lattice_tg.TargetGroupClient()",
    "import mypy_boto3_vpc_lattice, boto3; boto3.client('vpc-lattice')",
    "import capo_vpc_lattice; capo_vpc_lattice.VPCLatticeClient(region='us-east-1')",
    f"import alternatives.pydantic_models; {RAW_CLIENT}",
)
ROWS: tuple[tuple[str, tuple[str, ...], float | None], ...] = (
    ("import the package", PACKAGES, 0.25),
    ("import the types", TYPES, 0.25),
    ("import and make a client", CLIENTS, None),
)


def measure(effort: Effort) -> Iterator[Table]:
    with new_processes(TIME) as measure_seconds:
        rows = tuple(measure_row(*arguments, measure_seconds, effort.rounds(45, 5)) for arguments in ROWS)
    yield Table(name="imports", title="Time in a new process, boto3 = 1.00", columns=COLUMNS, rows=rows)


def measure_row(
    label: str, statements: tuple[str, ...], goal: float | None, measure_seconds: Callable[[str], float], rounds: int
) -> Row:
    by_name: Mapping[str, str] = dict(zip(COLUMNS, statements, strict=True))
    timers = {name: partial(measure_seconds, code) for name, code in by_name.items()}
    seconds = medians(timers, rounds, warmup=1)
    return Row(label=label, figures=ratios("boto3", seconds), goal=goal)


if __name__ == "__main__":
    run(__doc__, measure)
