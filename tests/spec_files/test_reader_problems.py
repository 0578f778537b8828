"""Mistakes in files of specs: all at once, each with its line, and as written."""

import json
import re
from pathlib import Path

import pytest

from support.model_examples import VPC
from support.spec_cases import ILLEGAL
from support.spec_files import MUST_BE_A_SPEC, problems_of, told, written


def as_written(field: str) -> str:
    """A path of attributes, as a file spells it."""
    spelled = re.sub(r"health_check\.(interval|timeout)_seconds", r"health_check.health_check_\1_seconds", field)
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), spelled)


@pytest.mark.parametrize("claim", ILLEGAL)
def test_what_is_illegal_is_told_as_written(claim: str, tmp_path: Path) -> None:
    """Each broken rule is told with the file, and with the path as the file spells it."""
    request, blamed = ILLEGAL[claim]
    path = written(tmp_path, "specs.json", json.dumps([request]))

    found = problems_of(path)

    assert {problem.field for problem in found} == {f"[0].{as_written(field)}" for field in blamed}
    assert {problem.location for problem in found} == {f"{path}:1"}
    assert all(f": {problem.field}=" in str(problem) for problem in found)


WRONG_YAML = f"""\
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
WRONG_YAML_TOLD = [
    "s.yaml:1: [0].name='Orders': must be 3 to 128 of a-z, 0-9 and single inner hyphens, and not start with tg-",
    "s.yaml:3: [0].config.vpcIdentifier=None: is required for IP groups; set it",
    "s.yaml:5: [0].config.port='80': must be a whole number; write it without quotes",
    (
        "s.yaml:6: [0].config.80='x': is no key here; known: port, protocol, protocolVersion, vpcIdentifier, "
        "ipAddressType, lambdaEventStructureVersion, healthCheck"
    ),
    f"s.yaml:7: [0].config.vpcIdentifer={VPC!r}: is no key here; did you mean vpcIdentifier?",
    (
        "s.yaml:9: [0].config.healthCheck.healthCheckTimeoutSeconds=0: means back to the default, to the service; "
        "leave the field out, or update_health_check(reset=…) to reset it on a group that exists"
    ),
    (
        "s.yaml:10: [0].config.healthCheck.path='health': must start with / and have at most 2048 of "
        "a-z A-Z 0-9 @:%_+.~#?&/=-"
    ),
    "s.yaml:14: [1].type='LAMBDA': stands twice, first in line 13; keep one",
    "s.yaml:18: [1].config.healthCheck={'path': '/'}: is not for ALB groups; remove it",
    "s.yaml:19: [2].name='resize': is also the name of [1], in line 12; choose another",
    "s.yaml:21: [2].config='*all': is an alias; write out what it stands for",
    "s.yaml:22: [2].tags['a.b']=1: must be text; put it in quotes",
    "s.yaml:22: [2].tags[2]='b': must be text; put it in quotes",
    "s.yaml:22: [2].tags['ok']={'again': [1]}: stands twice, first in line 22; keep one",
    f"s.yaml:23: [3]=None: {MUST_BE_A_SPEC}",
    "s.yaml:25: [4].type='tag:yaml.org,2002:str': is a tag, which is not read here; take it out",
]


def test_all_mistakes_of_a_file(tmp_path: Path) -> None:
    """Wrong keys, values, rules, names and YAML of all specs are told at once, in the order of their lines."""
    assert told(written(tmp_path, "s.yaml", WRONG_YAML)) == WRONG_YAML_TOLD


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('"resize"', [f"s.json:1: data='resize': {MUST_BE_A_SPEC}"]),
        ("\n[[]]", [f"s.json:2: [0]=[]: {MUST_BE_A_SPEC}"]),
        ("NaN", ["s.json:1: data='NaN': is no JSON number; write a whole number"]),
        (
            '{"name": "resize", "type": "LAMBDA",\n"data": 1}',
            ["s.json:2: data=1: is no key here; known: name, type, config, tags"],
        ),
        (
            (
                '[{"name": "a-b", "type": "IP",\n"config": {"port": Infinity, "protocol": "HTTP",\n'
                f'"vpcIdentifier": "{VPC}"}}, "tags": {{"x": -Infinity, "\\u0078": 1, "a[b].c": 5}}}}]'
            ),
            [
                "s.json:2: [0].config.port='Infinity': is no JSON number; write a whole number",
                "s.json:3: [0].tags['x']='-Infinity': is no JSON number; write a whole number",
                "s.json:3: [0].tags['a[b].c']=5: must be text; put it in quotes",
                "s.json:3: [0].tags['x']=1: stands twice, first in line 3; keep one",
            ],
        ),
        (
            '[{"name": 5, "type": "POD"}, {"name": 5, "type": "IP", "config": null}]',
            [
                "s.json:1: [0].name=5: must be text; put it in quotes",
                "s.json:1: [0].type='POD': must be one of IP, INSTANCE, ALB, LAMBDA",
                "s.json:1: [1].name=5: must be text; put it in quotes",
                (
                    "s.json:1: [1].config=None: must be a mapping of port, protocol, protocolVersion, vpcIdentifier, "
                    "ipAddressType, lambdaEventStructureVersion, healthCheck"
                ),
            ],
        ),
        (
            (
                f'{{"name": "abc", "type": "IP", "config": {{"protocol": "HTTP", "vpcIdentifier": "{VPC}",'
                '"healthCheck": {"matcher": {"grpcCode": "0"}}}}'
            ),
            [
                "s.json:1: config.healthCheck.matcher.httpCode=None: is required; write it",
                "s.json:1: config.healthCheck.matcher.grpcCode='0': is no key here; did you mean httpCode?",
            ],
        ),
        (
            '{"name": "resize", "type": "LAMBDA", "config": {"port": ' + "1" * 5000 + "}}",
            [f"s.json:1: config.port='{'1' * 78}…: is too long for a number"],
        ),
        (
            '{"": 1,\n"config": {"port": 80},\n"name": "resize", "type": "LAMBDA"}',
            [
                "s.json:1: =1: is no key here; known: name, type, config, tags",
                "s.json:2: config.port=80: is not for LAMBDA groups; remove it",
            ],
        ),
        (
            '{\n"": 1, "name": "resize"}',
            [
                "s.json:1: type=None: is required; write it",
                "s.json:1: =1: is no key here; known: name, type, config, tags",
            ],
        ),
        (
            '[{"name": "a", "type": "LAMBDA"},\n{"name": "a", "type": "LAMBDA"},{"name": [], "type": "LAMBDA"}]',
            [
                "s.json:1: [0].name='a': must be 3 to 128 of a-z, 0-9 and single inner hyphens, and not start with tg-",
                "s.json:2: [2].name=[]: must be text; put it in quotes",
                "s.json:2: [1].name='a': must be 3 to 128 of a-z, 0-9 and single inner hyphens, and not start with tg-",
            ],
        ),
        (
            '{"name": "resize", "type": "LAMBDA", "tags":\n{"x":\nNaN, "y": "",\n"y":\n"", "y": 0}}',
            [
                "s.json:3: tags['x']='NaN': is no JSON number; write a whole number",
                "s.json:4: tags['y']='': stands twice, first in line 3; keep one",
                "s.json:5: tags['y']=0: stands twice, first in line 3; keep one",
            ],
        ),
        ("[" * 100_000, ["s.json: data='…': is nested too deep for specs"]),
    ],
)
def test_wrong_json(content: str, expected: list[str], tmp_path: Path) -> None:
    """JSON that is no file of specs is told with its places."""
    assert told(written(tmp_path, "s.json", content)) == expected


@pytest.mark.parametrize(
    ("value", "told_of"),
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
def test_what_yaml_makes_of_a_word(value: str, told_of: object, tmp_path: Path) -> None:
    """A word that YAML reads as something else than a decimal number or text is no port, and is told of."""
    spec = f"name: abc\ntype: IP\nconfig:\n  protocol: TCP\n  vpcIdentifier: {VPC}\n  port: {value}"

    (found,) = problems_of(written(tmp_path, "s.yaml", spec))

    assert found.field == "config.port"
    assert told_of is None or repr(found.value) == repr(told_of)


def test_a_merge_is_told_of(tmp_path: Path) -> None:
    """What another mapping would bring in has to be written out."""
    told_once = told(
        written(tmp_path, "s.yaml", "- &a {name: one, type: LAMBDA}\n- <<: *a\n  name: two\n  type: LAMBDA")
    )

    assert told_once == ["s.yaml:2: [1].<<='<<': is a merge; write out what it brings in"]


@pytest.mark.parametrize("key", ["[a, b]", "? [a, b]\n ", "{a: b}", "*a", "!t k"])
def test_keys_that_are_no_text(key: str, tmp_path: Path) -> None:
    """A key that is a list, a mapping, an alias or tagged is a mistake, and the only one."""
    path = written(tmp_path, "s.yaml", f"name: resize\ntype: LAMBDA\ntags:\n  {key} : x\n")

    (found,) = problems_of(path)

    assert (str(found).endswith("is no key: a key is a text"), found.location) == (True, f"{path}:4")
