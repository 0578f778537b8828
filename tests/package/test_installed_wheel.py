"""Tests of the installed wheel, run outside the source tree in environments with only the wheel."""

import os
import subprocess
from pathlib import Path

import pytest

from package.tracked_files import ROOT

RUN_EXAMPLES = ROOT / "tests" / "support" / "docs_examples.py"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def run(python: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in ``folder`` without the environment variables of the test process."""
    environment = {"PATH": os.defpath, "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [str(python), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_installed_package_is_imported(full: Path, tmp_path: Path) -> None:
    """Python imports the package from the environment, not from the source tree."""
    process = run(full, "-c", "import lattice_tg; print(lattice_tg.__file__)", folder=tmp_path)

    assert Path(process.stdout).is_relative_to(full.parent.parent)


def test_public_names_need_no_extras(bare: Path, tmp_path: Path) -> None:
    """All public names can be imported without extras and without warnings."""
    process = run(bare, "-W", "error", "-c", "from lattice_tg import *; print(TargetGroupClient)", folder=tmp_path)

    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(
    "options",
    [("-W", "error"), ("-O", "-W", "error"), ("-X", "dev", "-W", "error")],
    ids=" ".join,
)
def test_examples_pass(options: tuple[str, ...], full: Path, tmp_path: Path) -> None:
    """Every example in the README and docs passes with warnings as errors, with -O, and in development mode."""
    process = run(full, *options, str(RUN_EXAMPLES), *map(str, PAGES), folder=tmp_path)

    assert (process.returncode, process.stderr) == (0, "")
    assert len(process.stdout.splitlines()) == len(PAGES)
