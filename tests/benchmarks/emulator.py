"""What a test costs that opens the emulator, makes a client and creates a group: moto with a new session = 1.00.

The goal, 10 ms, is put as a ratio of this run.

Run it as ``python tests/benchmarks/emulator.py``; ``--quick`` makes 10 rounds instead of 100.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any, cast

import boto3
from moto import mock_aws

from alternatives.lattice import spec
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians, over, timed
from lattice_tg import TargetGroupClient
from lattice_tg.testing import mock_vpc_lattice
from service.canned_server import CREDENTIALS
from service.responses import WANTED

MOTO = "moto, new session"
GOAL_SECONDS = 0.010
SPEC = spec()
SHARED: Any = boto3.Session()
"""The careful user's: making it reads botocore's models once for all tests."""


def create_raw(boto3_client: Any) -> str:
    return str(boto3_client.create_target_group(**WANTED)["id"])


def of_moto() -> str:
    with cast("Any", mock_aws)():
        return create_raw(cast("Any", boto3).Session().client("vpc-lattice"))


def of_moto_shared() -> str:
    with cast("Any", mock_aws)():
        return create_raw(SHARED.client("vpc-lattice"))


def of_ours() -> str:
    with mock_vpc_lattice():
        return TargetGroupClient().create(SPEC).id


def of_ours_raw() -> str:
    with mock_vpc_lattice():
        return create_raw(SHARED.client("vpc-lattice"))


CONTENDERS: dict[str, Callable[[], str]] = {
    MOTO: of_moto,
    "moto again": of_moto,
    "moto, one session": of_moto_shared,
    "lattice_tg": of_ours,
    "its emulator, boto3, one session": of_ours_raw,
}


def measured(effort: Effort) -> Iterator[Table]:
    os.environ.update(CREDENTIALS)
    seconds = medians({name: timed(test) for name, test in CONTENDERS.items()}, effort.rounds(100, 10))
    row = Row(label="one test", figures=over(MOTO, seconds), goal=float(f"{GOAL_SECONDS / seconds[MOTO]:.2g}"))
    yield Table(name="emulator", title=f"Time of a test, {MOTO} = 1.00", columns=tuple(CONTENDERS), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measured)
