"""Tests for reading valid spec files, and for the locations of problems."""

import json
from pathlib import Path

import pytest
import yaml

from lattice_tg import read_specs
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from support.model_examples import VPC
from support.spec_cases import VALID
from support.spec_files import GOOD_YAML, MUST_BE_SPEC, format_problems, read_problems, write_file

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
def test_yaml_list_of_specs_is_read(name: str, tmp_path: Path) -> None:
    """A YAML file can contain a list of specs with the member names of the API."""
    assert read_specs(write_file(tmp_path, name, GOOD_YAML)) == GOOD


def test_json_list_of_specs_is_read(tmp_path: Path) -> None:
    """A JSON file can contain a list of specs and CRLF line ends. The path can be a string."""
    path = write_file(tmp_path, "specs.json", json.dumps(yaml.safe_load(GOOD_YAML), indent=1).replace("\n", "\r\n"))

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
def test_file_can_have_one_spec_or_none(
    name: str, content: str, expected: tuple[TargetGroupSpec, ...], tmp_path: Path
) -> None:
    """A file can contain one spec without a list, or an empty list."""
    assert read_specs(write_file(tmp_path, name, content)) == expected


@pytest.mark.parametrize("claim", VALID)
def test_valid_requests_are_read(claim: str, tmp_path: Path) -> None:
    """Parameters that create_target_group accepts can be read from a file."""
    request = VALID[claim]

    (spec,) = read_specs(write_file(tmp_path, "specs.json", json.dumps(request)))

    assert (spec.name, spec.type, spec.tags) == (request["name"], request["type"], request.get("tags", {}))


def test_problem_has_its_value_and_location(tmp_path: Path) -> None:
    """The attributes of a problem are the field, the value, the rule, the hint and the location."""
    path = write_file(tmp_path, "s.json", '{"name": "resize",\n "type": "LAMBDA",\n "config": {"port": 80}}')

    assert read_problems(path) == (
        Problem("config.port", 80, "is not supported for LAMBDA target groups", "Remove it", f"{path}:3"),
    )


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
def test_byte_order_mark_is_a_problem(name: str, tmp_path: Path) -> None:
    """A byte order mark is reported together with the other problems, or with the syntax error."""
    valid_file = format_problems(write_file(tmp_path, name, b"\xef\xbb\xbf[]"))
    invalid_file = format_problems(write_file(tmp_path, name, b"\xef\xbb\xbf[1]"))
    unparsable_file = format_problems(write_file(tmp_path, name, b"\xef\xbb\xbf["))

    mark = f"{name}:1: data='\\ufeff': is a byte order mark. Save the file as UTF-8 without a byte order mark."
    assert (valid_file, invalid_file) == ([mark], [mark, f"{name}:1: [0]=1: {MUST_BE_SPEC}"])
    assert (unparsable_file[0], len(unparsable_file)) == (mark, 2)


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_counted_in_the_same_way(name: str, end: str, tmp_path: Path) -> None:
    """Line numbers are the same for LF, CRLF and CR."""
    path = write_file(tmp_path, name, end.join(["[", '"a",', "1", "]"]).encode())

    assert [problem.location for problem in read_problems(path)] == [f"{path}:2", f"{path}:3"]
