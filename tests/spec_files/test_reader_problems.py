"""Tests for problems in spec files, including the lines and paths of the problems."""

import json
import re
from pathlib import Path

import pytest

from support.model_examples import VPC
from support.spec_cases import INVALID
from support.spec_files import MUST_BE_SPEC, format_problems, read_problems, write_file


def to_wire_path(field: str) -> str:
    """Convert an attribute path to the path of the value in a spec file."""
    wire_path = re.sub(r"health_check\.(interval|timeout)_seconds", r"health_check.health_check_\1_seconds", field)
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), wire_path)


@pytest.mark.parametrize("claim", INVALID)
def test_violated_rules_have_the_path_in_the_file(claim: str, tmp_path: Path) -> None:
    """Each violated rule is reported with the file, the line, and the path as written in the file."""
    request, fields = INVALID[claim]
    path = write_file(tmp_path, "specs.json", json.dumps([request]))

    problems = read_problems(path)

    assert {problem.field for problem in problems} == {f"[0].{to_wire_path(field)}" for field in fields}
    assert {problem.location for problem in problems} == {f"{path}:1"}
    assert all(f": {problem.field}=" in str(problem) for problem in problems)


INVALID_YAML = f"""\
- name: Orders
  type: IP
  config:
    protocol: HTTP
    port: "80"
    80: x
    vpcIdentifer: {VPC}
    healthCheck:
      healthCheckTimeoutSeconds: 0
      path:
        health
- name: resize
  type: ALB
  type: LAMBDA
  config: &all
    protocol: HTTPS
    vpcIdentifier: {VPC}
    healthCheck: {{path: /}}
- name: resize
  type: LAMBDA
  config: *all
  tags: {{a.b: 1, 2: b, ok: fine, ok: {{again: [1]}}}}
- null
- name: cron
  type: !!str LAMBDA
  config: {{}}
"""
INVALID_YAML_PROBLEMS = [
    "s.yaml:1: [0].name='Orders': must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-",
    "s.yaml:5: [0].config.port='80': must be an integer. Write it without quotes.",
    (
        "s.yaml:6: [0].config.80='x': unknown key. Known keys: port, protocol, protocolVersion, vpcIdentifier, "
        "ipAddressType, lambdaEventStructureVersion, healthCheck."
    ),
    f"s.yaml:7: [0].config.vpcIdentifer={VPC!r}: unknown key. Did you mean vpcIdentifier?",
    (
        "s.yaml:9: [0].config.healthCheck.healthCheckTimeoutSeconds=0: is reserved for resetting the field to its "
        "default. Omit the field, or call update_health_check(reset=...) to reset an existing target group."
    ),
    (
        "s.yaml:10: [0].config.healthCheck.path='health': must start with / and have at most 2,048 characters from "
        "a-z, A-Z, 0-9 and @:%_+.~#?&/=-"
    ),
    "s.yaml:14: [1].type='LAMBDA': duplicate key (first defined in line 13). Keep one.",
    "s.yaml:18: [1].config.healthCheck={'path': '/'}: is not supported for ALB target groups. Remove it.",
    "s.yaml:19: [2].name='resize': duplicate name (first used by [1] in line 12). Choose another name.",
    "s.yaml:21: [2].config='*all': YAML aliases are not supported. Write the value itself.",
    "s.yaml:22: [2].tags['a.b']=1: must be a string. Put it in quotes.",
    "s.yaml:22: [2].tags[2]='b': must be a string. Put it in quotes.",
    "s.yaml:22: [2].tags['ok']={'again': [1]}: duplicate key (first defined in line 22). Keep one.",
    f"s.yaml:23: [3]=None: {MUST_BE_SPEC}",
    "s.yaml:25: [4].type='tag:yaml.org,2002:str': YAML tags are not supported. Remove the tag.",
]


def test_all_problems_of_a_file_are_reported_by_line(tmp_path: Path) -> None:
    """All problems in a file (unknown keys, invalid values, violated rules, duplicate names, unsupported YAML) are
    reported at once, sorted by line."""
    assert format_problems(write_file(tmp_path, "s.yaml", INVALID_YAML)) == INVALID_YAML_PROBLEMS


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('"resize"', [f"s.json:1: data='resize': {MUST_BE_SPEC}"]),
        ("\n[[]]", [f"s.json:2: [0]=[]: {MUST_BE_SPEC}"]),
        ("NaN", ["s.json:1: data='NaN': is not a JSON number. Write an integer."]),
        (
            '{"name": "resize", "type": "LAMBDA",\n"data": 1}',
            ["s.json:2: data=1: unknown key. Known keys: name, type, config, tags."],
        ),
        (
            (
                '[{"name": "a-b", "type": "IP",\n"config": {"port": Infinity, "protocol": "HTTP",\n'
                f'"vpcIdentifier": "{VPC}"}}, "tags": {{"x": -Infinity, "\\u0078": 1, "a[b].c": 5}}}}]'
            ),
            [
                "s.json:2: [0].config.port='Infinity': is not a JSON number. Write an integer.",
                "s.json:3: [0].tags['x']='-Infinity': is not a JSON number. Write an integer.",
                "s.json:3: [0].tags['a[b].c']=5: must be a string. Put it in quotes.",
                "s.json:3: [0].tags['x']=1: duplicate key (first defined in line 3). Keep one.",
            ],
        ),
        (
            '[{"name": 5, "type": "POD"}, {"name": 5, "type": "IP", "config": null}]',
            [
                "s.json:1: [0].name=5: must be a string. Put it in quotes.",
                "s.json:1: [0].type='POD': must be one of IP, INSTANCE, ALB, LAMBDA",
                "s.json:1: [1].name=5: must be a string. Put it in quotes.",
                (
                    "s.json:1: [1].config=None: must be a mapping (known keys: port, protocol, protocolVersion, "
                    "vpcIdentifier, ipAddressType, lambdaEventStructureVersion, healthCheck). Remove it."
                ),
            ],
        ),
        (
            (
                f'{{"name": "abc", "type": "IP", "config": {{"protocol": "HTTP", "vpcIdentifier": "{VPC}",'
                '"healthCheck": {"matcher": {"grpcCode": "0"}}}}'
            ),
            [
                "s.json:1: config.healthCheck.matcher.grpcCode='0': unknown key. Did you mean httpCode?",
            ],
        ),
        (
            '{"name": "resize", "type": "LAMBDA", "config": {"port": ' + "1" * 5000 + "}}",
            [f"s.json:1: config.port='{'1' * 78}…: has too many digits"],
        ),
        (
            '{"": 1,\n"config": {"port": 80},\n"name": "resize", "type": "LAMBDA"}',
            [
                "s.json:1: =1: unknown key. Known keys: name, type, config, tags.",
                "s.json:2: config.port=80: is not supported for LAMBDA target groups. Remove it.",
            ],
        ),
        (
            '{\n"": 1, "name": "resize"}',
            [
                "s.json:1: type=None: is required. Add it.",
                "s.json:1: =1: unknown key. Known keys: name, type, config, tags.",
            ],
        ),
        (
            '[{"name": "a", "type": "LAMBDA"},\n{"name": "a", "type": "LAMBDA"},{"name": [], "type": "LAMBDA"}]',
            [
                "s.json:1: [0].name='a': must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-",
                "s.json:2: [2].name=[]: must be a string. Put it in quotes.",
                "s.json:2: [1].name='a': must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-",
            ],
        ),
        (
            '{"name": "resize", "type": "LAMBDA", "tags":\n{"x":\nNaN, "y": "",\n"y":\n"", "y": 0}}',
            [
                "s.json:3: tags['x']='NaN': is not a JSON number. Write an integer.",
                "s.json:4: tags['y']='': duplicate key (first defined in line 3). Keep one.",
                "s.json:5: tags['y']=0: duplicate key (first defined in line 3). Keep one.",
            ],
        ),
        ("[" * 100_000, ["s.json: data='…': is nested too deeply"]),
    ],
)
def test_problems_in_json(content: str, expected: list[str], tmp_path: Path) -> None:
    """Each problem in a JSON file is reported with the expected message, line and path."""
    assert format_problems(write_file(tmp_path, "s.json", content)) == expected


@pytest.mark.parametrize(
    ("value", "reported"),
    [
        ("080", "080"),
        ("0x50", None),
        ("0100", None),
        ("1:20", None),
        ("1_000", None),
        ("2026-13-45", None),
        ("=", None),
        ("<<", None),
        (".nan", float("nan")),
        ("2026-01-31", None),
        ("~", None),
        ("!x 80", "!x"),
        ("[80]", [80]),
    ],
)
def test_yaml_scalar_that_is_not_a_decimal_integer_is_a_problem(value: str, reported: object, tmp_path: Path) -> None:
    """If a port in YAML is not a decimal integer, the problem has the YAML value as ``value``."""
    spec = f"name: abc\ntype: IP\nconfig:\n  protocol: TCP\n  vpcIdentifier: {VPC}\n  port: {value}"

    (problem,) = read_problems(write_file(tmp_path, "s.yaml", spec))

    assert problem.field == "config.port"
    assert reported is None or repr(problem.value) == repr(reported)


def test_merge_key_is_not_supported(tmp_path: Path) -> None:
    """A YAML merge key is reported with a hint to write out the merged keys."""
    problems = format_problems(
        write_file(tmp_path, "s.yaml", "- &a {name: one, type: LAMBDA}\n- <<: *a\n  name: two\n  type: LAMBDA")
    )

    assert problems == ["s.yaml:2: [1].<<='<<': YAML merge keys are not supported. Write the merged keys."]


@pytest.mark.parametrize("key", ["[a, b]", "? [a, b]\n ", "{a: b}", "*a", "!t k"])
def test_non_string_key_is_the_only_problem(key: str, tmp_path: Path) -> None:
    """If a YAML key is a list, a mapping, an alias or a tagged value, the key is the only reported problem."""
    path = write_file(tmp_path, "s.yaml", f"name: resize\ntype: LAMBDA\ntags:\n  {key} : x\n")

    (problem,) = read_problems(path)

    assert (str(problem).endswith("is not a string. Use a string as the key."), problem.location) == (True, f"{path}:4")
