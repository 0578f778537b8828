"""The demo that people look at: run as they run it, and read line by line."""

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

CLAIMS = [
    "the throttled create and the one without a reply were sent again",
    "each name has one group",
    "each group is ACTIVE",
    "each group has one token, and no two have the same",
    "the second run got the same groups",
    "the second run changed nothing",
    "every mistake of the wrong file has its line",
]

ANSWERS = """\
  orders         429 throttled, retry after 1 s, then 201 created
  sessions       no reply, then 201 created
  storefront     201 created
  resize-images  201 created
"""

MISTAKES = [
    ("invalid.yaml:3", "[0].name='Orders_HTTP'"),
    ("invalid.yaml:5", "[0].config.vpcIdentifier=None"),
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
    """The demo, run in a folder by somebody whose own settings lead elsewhere."""
    elsewhere = {"AWS_PROFILE": "nobody", "AWS_REGION": "xx-nowhere-1", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, "-W", "error", str(demo / "demo.py")]
    return subprocess.Popen(
        command, cwd=folder, env=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Demo, Demo]]:
    """The demo, and one whose wrong file is right; both at once, as each waits for seconds that the service asks for."""
    spoiled = Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("spoiled") / "demo"))
    shutil.copy(spoiled / "target_groups.yaml", spoiled / "invalid.yaml")
    with (
        start(DEMO, tmp_path_factory.mktemp("elsewhere")) as demo,
        start(spoiled, tmp_path_factory.mktemp("elsewhere")) as other,
    ):
        try:
            yield demo, other
        finally:
            demo.kill()
            other.kill()


@pytest.fixture(scope="module")
def shown(demos: tuple[Demo, Demo]) -> str:
    printed, errors = demos[0].communicate(timeout=60)
    assert (demos[0].returncode, errors) == (0, "")
    return printed


def test_all_is_as_it_should_be(shown: str) -> None:
    """The demo ends well, from any folder, with nothing that is not so."""
    said = re.findall(r"^  (yes|NO )  (.+)$", shown, re.MULTILINE)

    assert said == [("yes", claim) for claim in CLAIMS]


def test_the_table_of_what_there_is(shown: str) -> None:
    """Four groups, one of each type, those that met trouble in two attempts, each with one token."""
    assert f"\n\n{GROUPS}\n" in shown


def test_the_trouble_on_the_way(shown: str) -> None:
    """One create is throttled, and the reply to another is lost."""
    assert f"\n\n{ANSWERS}\n" in shown


def test_a_second_run_changes_nothing(shown: str) -> None:
    """The same creates return the same four groups."""
    same = re.findall(r"^  (\S+) +tg-[0-9a-z]{17}  the same group$", shown, re.MULTILINE)

    assert same == ["orders", "sessions", "storefront", "resize-images"]
    assert "4 groups before, 4 after" in shown


def test_every_mistake_of_the_wrong_file(shown: str) -> None:
    """All mistakes are shown with their places, which are where the file has them."""
    told = re.findall(r"^  (invalid\.yaml:\d+): (.+?): ", shown, re.MULTILINE)

    assert told == MISTAKES


def test_it_fits_a_terminal(shown: str) -> None:
    """No line is longer than 100 characters, and all are plain ASCII."""
    lines = shown.splitlines()

    assert max(map(len, lines)) <= 100
    assert shown.isascii()


def test_it_fails_when_something_is_not_as_it_should_be(demos: tuple[Demo, Demo]) -> None:
    """What is not so is said to be not so, and the exit code is 1."""
    printed, _ = demos[1].communicate(timeout=60)

    assert (demos[1].returncode, re.findall(r"^  NO   (.+)$", printed, re.MULTILINE)) == (1, [CLAIMS[6]])


ORDERS = TargetGroupSpec(name="orders", type="LAMBDA")
GROUP = TargetGroup(id="tg-1", arn="arn", name="orders", type="LAMBDA", status="ACTIVE")
RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")
SECOND_GROUP = evolve(GROUP, id="tg-2")


def create(token: str, name: str = "orders") -> RecordedCall:
    return RecordedCall("CreateTargetGroup", {"name": name, "clientToken": token}, 0.0, 201)


@pytest.mark.parametrize(
    ("spoiled", "false"),
    [
        ({}, []),
        ({"creates": [create("a")]}, [0]),
        ({"creates": [create("a"), create("a"), create("b")]}, [3]),
        ({"there": (GROUP, SECOND_GROUP)}, [1, 5]),
        ({"there": (evolve(GROUP, status="CREATE_FAILED"),)}, [2, 5]),
        ({"made": (SECOND_GROUP,)}, [4]),
        ({"specs": (ORDERS, RESIZE), "creates": [create("a")] * 3 + [create("a", "resize")]}, [1, 3]),
    ],
)
def test_each_thing_that_is_not_so_is_seen(spoiled: dict[str, Any], false: list[int]) -> None:
    """Two groups of a name, two tokens of a create, one token of two groups, and whatever else should not be."""
    demo = run_path(str(DEMO / "demo.py"), run_name="demo")
    right = {"specs": (ORDERS,), "made": (GROUP,), "creates": [create("a")] * 3, "there": (GROUP,)}

    claims = demo["claims_of"](
        demo["Run"](**right | spoiled), demo["Run"](**right), [Problem("name", "x", "wrong", location="file:1")]
    )

    assert [claim for claim, holds in claims if not holds] == [CLAIMS[index] for index in false]
