"""Functions that write spec files and read the problems in spec files."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from lattice_tg import read_specs
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.problem import Problem
from support.model_examples import VPC

MUST_BE_SPEC = "must be a mapping (known keys: name, type, config, tags)"
GOOD_YAML = f"""\
# the shop
- name: orders
  type: IP
  config: {{protocol: HTTP, port: 8080, vpcIdentifier: {VPC}, healthCheck: {{enabled: yes, path: /ok}}}}
  tags: {{"cost": "80", ümlaut: 'no'}}

- {{name: resize, type: LAMBDA}}
"""


on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files, limits and signals.")


def run_python(code: str, *arguments: object) -> str:
    """Run Python code in a subprocess and return the output."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120).stdout


def write_file(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return the path. If the content is a string, dedent the content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return path


def read_problems(path: Path) -> tuple[Problem, ...]:
    """Return the problems that ``read_specs`` reports."""
    with pytest.raises(InvalidSpecError) as caught:
        read_specs(path)
    return caught.value.problems


def format_problems(path: Path) -> list[str]:
    """Return the problems in a file as strings with the file's name instead of the path."""
    return [str(problem).replace(f"{path.parent}/", "") for problem in read_problems(path)]
