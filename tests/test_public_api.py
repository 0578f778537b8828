"""The root package: its names, and what importing it costs."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import lattice_tg

HOMES: dict[str, str] = vars(lattice_tg)["_LAZY_IMPORTS"]
HEAVY = ("boto3", "botocore", "moto", "cattrs", "tenacity", "urllib3", "yaml")


def loaded_after(program: str) -> list[str]:
    """Which of the heavy libraries a program loads."""
    told = f"{program}\nimport sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return done.stdout.split()


def typed_homes() -> dict[str, str]:
    """Each name that type checkers are shown, and the module that they are shown it in."""
    source = Path(lattice_tg.__file__).read_text(encoding="utf-8")
    (guarded,) = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    imports = [node for node in guarded.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module).removeprefix("lattice_tg.") for node in imports for alias in node.names}


@pytest.mark.parametrize(
    "program",
    [
        "import lattice_tg",
        "import lattice_tg; dir(lattice_tg)",
        "from lattice_tg import TargetGroupSpec, HealthCheck, InvalidSpecError, ServiceError, Plan, RetryPolicy",
        "from lattice_tg import TargetGroupBuilder; TargetGroupBuilder.lambda_('resize').build()",
    ],
)
def test_what_an_import_loads(program: str) -> None:
    """The package and its models load no other library than attrs."""
    assert loaded_after(program) == []


def test_what_the_client_loads() -> None:
    """boto3 comes in with the client, and the emulator's moto does not."""
    assert "moto" not in loaded_after("from lattice_tg import TargetGroupClient")


def test_what_a_call_loads_that_succeeds_at_once() -> None:
    """What repeats calls comes in with the first one that has to be repeated."""
    program = (
        "from lattice_tg import TargetGroupClient\nfrom lattice_tg.testing import mock_vpc_lattice\n"
        "with mock_vpc_lattice() as lattice:\n"
        "    client = TargetGroupClient(region_name='us-east-1')\n    list(client.list())\n"
    )
    assert "tenacity" not in loaded_after(program)
    assert "tenacity" in loaded_after(f"{program}    lattice.throttle('ListTargetGroups')\n    list(client.list())")


def test_one_list_of_names() -> None:
    """What is exported, where it is found at run time and where type checkers find it agree."""
    assert (sorted(lattice_tg.__all__), HOMES) == (sorted(typed_homes()), typed_homes())
    assert lattice_tg.__all__ == sorted(lattice_tg.__all__)


@pytest.mark.parametrize("name", lattice_tg.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each exported name is the one of its home."""
    home = import_module(f"lattice_tg.{HOMES[name]}")

    assert getattr(lattice_tg, name) is getattr(home, name)
    assert name in dir(lattice_tg)


def test_all_names_at_once() -> None:
    """A star import gives every name."""
    names: dict[str, Any] = {}

    exec("from lattice_tg import *", names)

    assert set(lattice_tg.__all__) <= set(names)


def test_no_such_name() -> None:
    """What is not there is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="module 'lattice_tg' has no attribute 'TargetGroups'"):
        _ = lattice_tg.TargetGroups  # pyright: ignore[reportAttributeAccessIssue]
