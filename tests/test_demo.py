"""Tests that run the demo in the same way as a user."""

import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from attrs import evolve

from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroup, TargetGroupSpec
from lattice_tg.testing import RecordedCall

pytestmark = pytest.mark.xdist_group("demo")

DEMO = Path(__file__).parent.parent / "docs" / "demo"

GROUPS = """\
  name           type      protocol     port  health check                  status  attempts  tokens
  orders         IP        HTTP HTTP2   8080  HTTP /healthz every 15 s      ACTIVE  2         1
  sessions       INSTANCE  TCP          8443  HTTPS :9443/ready every 30 s  ACTIVE  2         1
  storefront     ALB       HTTPS HTTP1  443   -                             ACTIVE  1         1
  resize-images  LAMBDA    -            -     -                             ACTIVE  1         1
"""

CHECKS = [
    "the throttled create and the create with a lost response were retried",
    "each name has exactly one group",
    "each group is ACTIVE",
    "each group has one client token, and no two groups share one",
    "the second run returned the same groups",
    "the second run changed nothing",
    "every problem of the invalid file has its line",
]

RESPONSES = """\
  orders         429 throttled, retry after 1 s, then 201 created
  sessions       response lost, then 201 created
  storefront     201 created
  resize-images  201 created
"""

PROBLEMS = [
    ("invalid.yaml:3", "[0].name='Orders_HTTP'"),
    ("invalid.yaml:7", "[0].config.port='8080'"),
    ("invalid.yaml:8", "[0].config.vpcIdentifer='vpc-0a1b2c3d4e5f60718'"),
    ("invalid.yaml:10", "[0].config.healthCheck.path='healthz'"),
    ("invalid.yaml:11", "[0].config.healthCheck.healthCheckIntervalSeconds=3"),
    ("invalid.yaml:17", "[1].config.protocolVersion='HTTP1'"),
    ("invalid.yaml:19", "[1].config.port=9443"),
    ("invalid.yaml:22", "[2].name='sessions'"),
    ("invalid.yaml:25", "[2].config.port=80"),
    ("invalid.yaml:28", "[2].tags['cost-center']=4711"),
    ("invalid.yaml:29", "[2].tags['on-call']=True"),
]


Demo = subprocess.Popen[str]


def start(demo: Path, folder: Path) -> Demo:
    """Start the demo in ``folder``, with settings that would make requests to AWS fail."""
    environment = {"AWS_PROFILE": "missing", "AWS_REGION": "xx-nowhere-1", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, "-W", "error", str(demo / "demo.py")]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Demo, Demo]]:
    """Yield the running demo and a running copy of the demo in which ``invalid.yaml`` has no problems.

    Both run concurrently to save time.
    """
    modified = Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("modified") / "demo"))
    shutil.copy(modified / "target_groups.yaml", modified / "invalid.yaml")
    with (
        start(DEMO, tmp_path_factory.mktemp("cwd")) as demo,
        start(modified, tmp_path_factory.mktemp("cwd")) as modified_demo,
    ):
        try:
            yield demo, modified_demo
        finally:
            demo.kill()
            modified_demo.kill()


@pytest.fixture(scope="module")
def output(demos: tuple[Demo, Demo]) -> str:
    """Return the output of the demo."""
    stdout, stderr = demos[0].communicate(timeout=60)
    assert (demos[0].returncode, stderr) == (0, "")
    return stdout


def test_all_checks_pass(output: str) -> None:
    """The demo succeeds from any directory, and all its checks pass."""
    checks = re.findall(r"^  (ok    |FAILED)  (.+)$", output, re.MULTILINE)

    assert checks == [("ok    ", statement) for statement in CHECKS]


def test_table_lists_existing_groups(output: str) -> None:
    """The table lists one group of each type with one client token. Groups whose creates failed have two attempts."""
    assert f"\n\n{GROUPS}\n" in output


def test_responses_include_the_faults(output: str) -> None:
    """The printed responses show that one create was throttled and that one response was lost."""
    assert f"\n\n{RESPONSES}\n" in output


def test_second_run_changes_nothing(output: str) -> None:
    """The creates of the second run return the same four groups."""
    names = re.findall(r"^  (\S+) +tg-[0-9a-z]{17}  same group$", output, re.MULTILINE)

    assert names == ["orders", "sessions", "storefront", "resize-images"]
    assert "4 groups before, 4 groups after" in output


def test_all_problems_are_printed_with_their_lines(output: str) -> None:
    """The demo prints all problems in ``invalid.yaml`` with the line of each problem."""
    problems = re.findall(r"^  (invalid\.yaml:\d+): (.+?): ", output, re.MULTILINE)

    assert problems == PROBLEMS


def test_output_fits_a_terminal(output: str) -> None:
    """The output is ASCII, and no line is longer than 100 characters."""
    lines = output.splitlines()

    assert max(map(len, lines)) <= 100
    assert output.isascii()


def test_failed_check_sets_the_exit_code(demos: tuple[Demo, Demo]) -> None:
    """If a check fails, the demo prints the check as failed and exits with status 1."""
    stdout, _ = demos[1].communicate(timeout=60)

    assert (demos[1].returncode, re.findall(r"^  FAILED  (.+)$", stdout, re.MULTILINE)) == (1, [CHECKS[6]])


ORDERS = TargetGroupSpec(name="orders", type="LAMBDA")
GROUP = TargetGroup(id="tg-1", arn="arn", name="orders", type="LAMBDA", status="ACTIVE")
RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")
SECOND_GROUP = evolve(GROUP, id="tg-2")


def create(token: str, name: str = "orders") -> RecordedCall:
    """Return a create request as the emulator records it."""
    return RecordedCall("CreateTargetGroup", {"name": name, "clientToken": token}, 0.0, 201)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, []),
        ({"creates": [create("a")]}, [0]),
        ({"creates": [create("a"), create("a"), create("b")]}, [3]),
        ({"existing": (GROUP, SECOND_GROUP)}, [1, 5]),
        ({"existing": (evolve(GROUP, status="CREATE_FAILED"),)}, [2, 5]),
        ({"created": (SECOND_GROUP,)}, [4]),
        ({"specs": (ORDERS, RESIZE), "creates": [create("a")] * 3 + [create("a", "resize")]}, [1, 3]),
    ],
)
def test_checks_detect_failures(changes: dict[str, Any], failed: list[int]) -> None:
    """Each check fails for runs that violate the checked statement."""
    demo = run_path(str(DEMO / "demo.py"), run_name="demo")
    valid = {"specs": (ORDERS,), "created": (GROUP,), "creates": [create("a")] * 3, "existing": (GROUP,)}

    checks = demo["check_runs"](
        demo["Run"](**valid | changes), demo["Run"](**valid), [Problem("name", "x", "wrong", location="file:1")]
    )

    assert [statement for statement, passed in checks if not passed] == [CHECKS[index] for index in failed]
