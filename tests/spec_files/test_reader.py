"""Specs read from files: what is legal, in each form and each way to write a text."""

import json
from pathlib import Path

import pytest
import yaml

from lattice_tg import read_specs
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from support.model_examples import VPC
from support.spec_cases import LEGAL
from support.spec_files import GOOD_YAML, MUST_BE_A_SPEC, problems_of, told, written

RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")
GOOD = (
    TargetGroupSpec(
        name="orders",
        type="IP",
        config=TargetGroupConfig(
            protocol="HTTP", port=8080, vpc_identifier=VPC, health_check=HealthCheck(enabled=True, path="/ok")
        ),
        tags={"cost": "80", "ümlaut": "no"},
    ),
    RESIZE,
)


@pytest.mark.parametrize("name", ["specs.yaml", "specs.yml", "SPECS.YAML"])
def test_a_list_of_specs_in_yaml(name: str, tmp_path: Path) -> None:
    """A YAML file has a list of specs, in the names of the service."""
    assert read_specs(written(tmp_path, name, GOOD_YAML)) == GOOD


def test_a_list_of_specs_in_json(tmp_path: Path) -> None:
    """A JSON file has the same; its path may be text, and its lines may end as on Windows."""
    path = written(tmp_path, "specs.json", json.dumps(yaml.safe_load(GOOD_YAML), indent=1).replace("\n", "\r\n"))

    assert read_specs(str(path)) == GOOD


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("one.yaml", "--- # here\nname: resize\ntype: LAMBDA\n", (RESIZE,)),
        ("one.json", '{"name": "resize", "type": "LAMBDA"}', (RESIZE,)),
        ("none.yaml", "[]", ()),
        ("none.json", " [ ] ", ()),
    ],
)
def test_one_spec_or_none(name: str, content: str, expected: tuple[TargetGroupSpec, ...], tmp_path: Path) -> None:
    """A file may hold one spec without a list around it, or an empty list."""
    assert read_specs(written(tmp_path, name, content)) == expected


@pytest.mark.parametrize("claim", LEGAL)
def test_what_is_legal_is_read(claim: str, tmp_path: Path) -> None:
    """A file of what create_target_group takes is read."""
    request = LEGAL[claim]

    (spec,) = read_specs(written(tmp_path, "specs.json", json.dumps(request)))

    assert (spec.name, spec.type, spec.tags) == (request["name"], request["type"], request.get("tags", {}))


def test_values_are_kept(tmp_path: Path) -> None:
    """A problem has its place and value as fields, for programs."""
    path = written(tmp_path, "s.json", '{"name": "resize",\n "type": "LAMBDA",\n "config": {"port": 80}}')

    assert problems_of(path) == (
        Problem("config.port", 80, "is not supported for LAMBDA target groups", "Remove it", f"{path}:3"),
    )


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
def test_a_byte_order_mark(name: str, tmp_path: Path) -> None:
    """A byte order mark is a mistake, told with all the others; nothing is read."""
    told_once = told(written(tmp_path, name, b"\xef\xbb\xbf[]"))
    told_twice = told(written(tmp_path, name, b"\xef\xbb\xbf[1]"))
    told_broken = told(written(tmp_path, name, b"\xef\xbb\xbf["))

    mark = f"{name}:1: data='\\ufeff': is a byte order mark. Save the file as UTF-8 without one."
    assert (told_once, told_twice) == ([mark], [mark, f"{name}:1: [0]=1: {MUST_BE_A_SPEC}"])
    assert (told_broken[0], len(told_broken)) == (mark, 2)


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(name: str, end: str, tmp_path: Path) -> None:
    """Lines count the same whatever they end in."""
    path = written(tmp_path, name, end.join(["[", '"a",', "1", "]"]).encode())

    assert [problem.location for problem in problems_of(path)] == [f"{path}:2", f"{path}:3"]
