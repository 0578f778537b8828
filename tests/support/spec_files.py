"""Files of specs, and what reading them tells."""

from pathlib import Path
from textwrap import dedent

import pytest

from lattice_tg import read_specs
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.problem import Problem
from support.model_examples import VPC

MUST_BE_A_SPEC = "must be a mapping of name, type, config, tags"
GOOD_YAML = f"""\
# the shop
- name: orders
  type: IP
  config: {{protocol: HTTP, port: 8080, vpcIdentifier: {VPC}, healthCheck: {{enabled: yes, path: /ok}}}}
  tags: {{"cost": "80", ümlaut: 'no'}}

- {{name: resize, type: LAMBDA}}
"""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return path


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InvalidSpecError) as caught:
        read_specs(path)
    return caught.value.problems


def told(path: Path) -> list[str]:
    """Each problem as a user sees it, without the folder."""
    return [str(problem).replace(f"{path.parent}/", "") for problem in problems_of(path)]
