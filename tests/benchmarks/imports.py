"""What an import costs, and a first client, in a fresh process each time: boto3 = 1.00.

Types at hand are what one needs to write a spec and to annotate: of boto3 there are none.

Run it as ``python tests/benchmarks/imports.py``; ``--quick`` takes 5 processes for each instead of 15.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, over
from service.canned_server import CREDENTIALS

MEASURE = "from time import perf_counter as now; began = now(); {}; print(now() - began)"
BOTO3 = "import boto3"
COLUMNS = ("boto3", "boto3 again", "lattice_tg", "mypy_boto3", "capo", "boto3, pydantic")
PACKAGES = (
    BOTO3,
    BOTO3,
    "import lattice_tg",
    "import mypy_boto3_vpc_lattice",
    "import capo_vpc_lattice",
    "import boto3, contenders.pydantic_models",
)
TYPES = (
    BOTO3,
    BOTO3,
    "from lattice_tg import HealthCheck, Target, TargetGroup, TargetGroupConfig, TargetGroupSpec",
    "from mypy_boto3_vpc_lattice.type_defs import CreateTargetGroupRequestTypeDef, GetTargetGroupResponseTypeDef",
    "from capo_vpc_lattice.types import create_target_group_request, get_target_group_response",
    "import contenders.pydantic_models",
)
RAW_CLIENT = "import boto3; boto3.client('vpc-lattice')"
CLIENTS = (
    RAW_CLIENT,
    RAW_CLIENT,
    "import lattice_tg; lattice_tg.TargetGroupClient()",
    "import mypy_boto3_vpc_lattice, boto3; boto3.client('vpc-lattice')",
    "import capo_vpc_lattice; capo_vpc_lattice.VPCLatticeClient(region='us-east-1')",
    f"import contenders.pydantic_models; {RAW_CLIENT}",
)
ROWS: tuple[tuple[str, tuple[str, ...], float | None], ...] = (
    ("import the package", PACKAGES, 0.25),
    ("import the types", TYPES, 0.25),
    ("import and make a client", CLIENTS, None),
)


def seconds_of(statements: str, bytecode: str) -> float:
    """What a fresh process says these took; Python's own start is not counted."""
    command = [sys.executable, "-c", MEASURE.format(statements)]
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}  # in the first round, all alike
    environment = {**os.environ, **CREDENTIALS, **compiled}
    home = Path(__file__).parent
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=home, env=environment)
    return float(done.stdout)


def measured(effort: Effort) -> Iterator[Table]:
    with TemporaryDirectory() as bytecode:
        rows = tuple(row(*which, bytecode=bytecode, rounds=effort.rounds(15, 5)) for which in ROWS)
    yield Table(name="imports", title="Time in a fresh process, boto3 = 1.00", columns=COLUMNS, rows=rows)


def row(label: str, statements: tuple[str, ...], goal: float | None, *, bytecode: str, rounds: int) -> Row:
    named: Mapping[str, str] = dict(zip(COLUMNS, statements, strict=True))
    seconds = medians({name: partial(seconds_of, text, bytecode) for name, text in named.items()}, rounds, warm=1)
    return Row(label=label, figures=over("boto3", seconds), goal=goal)


if __name__ == "__main__":
    run(__doc__, measured)
