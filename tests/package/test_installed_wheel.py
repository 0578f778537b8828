"""The wheel, used where nothing but it is installed, and from another folder."""

import os
import subprocess
from pathlib import Path

import pytest

from package.tracked_files import HERE

RUN_EXAMPLES = HERE / "tests" / "page_examples.py"
PAGES = [HERE / "README.md", *sorted((HERE / "docs").glob("*.md"))]


def run(python: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A program that ended, in a folder of its own, with nothing of this environment."""
    environment = {"PATH": os.defpath, "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [str(python), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_it_is_the_installed_one(full: Path, tmp_path: Path) -> None:
    """What is imported is the wheel's."""
    ended = run(full, "-c", "import lattice_tg; print(lattice_tg.__file__)", folder=tmp_path)

    assert Path(ended.stdout).is_relative_to(full.parent.parent)


def test_every_name_is_there_without_extras(bare: Path, tmp_path: Path) -> None:
    """No exported name needs more than the wheel requires."""
    ended = run(bare, "-W", "error", "-c", "from lattice_tg import *; print(TargetGroupClient)", folder=tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    "options",
    [("-W", "error"), ("-O", "-W", "error"), ("-X", "dev", "-W", "error")],
    ids=" ".join,
)
def test_the_examples_run(options: tuple[str, ...], full: Path, tmp_path: Path) -> None:
    """Every example of README and docs: no warning, nothing left open, and nothing that rests on an assert."""
    ended = run(full, *options, str(RUN_EXAMPLES), *map(str, PAGES), folder=tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(ended.stdout.splitlines()) == len(PAGES)
