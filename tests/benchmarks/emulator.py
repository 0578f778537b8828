"""Time of a test that starts the emulator, creates a client and creates a group (moto with a new session = 1.00).

The goal is 10 ms, expressed as a ratio to the time that moto takes in the same run.

Run the benchmark with ``python tests/benchmarks/emulator.py``. With ``--quick``, the benchmark runs 10 rounds instead
of 100.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any, cast

import boto3
from moto import mock_aws

from alternatives.lattice import make_spec
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import make_timer, medians, ratios
from lattice_tg import TargetGroupClient
from lattice_tg.testing import mock_vpc_lattice
from service.canned_server import CREDENTIALS
from service.responses import CREATE_REQUEST

MOTO = "moto, new session"
GOAL_SECONDS = 0.010
SPEC = make_spec()
SHARED: Any = boto3.Session()
"""A session that all tests share, so that botocore loads the service models only once."""


def create_raw(boto3_client: Any) -> str:
    return str(boto3_client.create_target_group(**CREATE_REQUEST)["id"])


def create_with_moto() -> str:
    with cast("Any", mock_aws)():
        return create_raw(cast("Any", boto3).Session().client("vpc-lattice"))


def create_with_moto_and_shared_session() -> str:
    with cast("Any", mock_aws)():
        return create_raw(SHARED.client("vpc-lattice"))


def create_with_emulator() -> str:
    with mock_vpc_lattice():
        return TargetGroupClient().create(SPEC).id


def create_with_emulator_and_shared_session() -> str:
    with mock_vpc_lattice():
        return create_raw(SHARED.client("vpc-lattice"))


ALTERNATIVES: dict[str, Callable[[], str]] = {
    MOTO: create_with_moto,
    "moto again": create_with_moto,
    "moto, one session": create_with_moto_and_shared_session,
    "lattice_tg": create_with_emulator,
    "lattice_tg emulator, boto3, one session": create_with_emulator_and_shared_session,
}


def measure(effort: Effort) -> Iterator[Table]:
    os.environ.update(CREDENTIALS)
    seconds = medians({name: make_timer(test) for name, test in ALTERNATIVES.items()}, effort.rounds(100, 10))
    row = Row(label="one test", figures=ratios(MOTO, seconds), goal=float(f"{GOAL_SECONDS / seconds[MOTO]:.2g}"))
    yield Table(name="emulator", title=f"Time of a test, {MOTO} = 1.00", columns=tuple(ALTERNATIVES), rows=(row,))


if __name__ == "__main__":
    run(__doc__, measure)
