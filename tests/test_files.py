"""Specs read from files: every mistake at once, with its line."""

import json
import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from examples import VPC
from lattice_tg import read_specs
from lattice_tg.errors import ConfigurationError, InvalidSpecError
from lattice_tg.files.document import document_of
from lattice_tg.files.json_tree import json_tree
from lattice_tg.files.tree import UnreadableError
from lattice_tg.files.yaml_tree import yaml_tree
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problems import Problem
from lattice_tg.models.spec import TargetGroupSpec
from spec_cases import ILLEGAL, LEGAL
from strategies import modestly

RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")
MUST_BE_A_SPEC = "must be a mapping of name, type, config, tags"

GOOD_YAML = f"""\
# the shop
- name: orders
  type: IP
  config: {{protocol: HTTP, port: 8080, vpcIdentifier: {VPC}, healthCheck: {{enabled: yes, path: /ok}}}}
  tags: {{"cost": "80", ümlaut: 'no'}}

- {{name: resize, type: LAMBDA}}
"""
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


# what is right


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


# what is wrong


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
    assert all(problem.message.startswith(f"{problem.field}=") for problem in found)


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


def test_values_are_kept(tmp_path: Path) -> None:
    """A problem has its place and value as fields, for programs."""
    path = written(tmp_path, "s.json", '{"name": "resize",\n "type": "LAMBDA",\n "config": {"port": 80}}')

    message = "config.port=80: is not for LAMBDA groups; remove it"
    assert problems_of(path) == (Problem("config.port", 80, message, f"{path}:3"),)


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
    ("content", "line", "value", "rule"),
    [
        ("[\n{},\n]", 3, "]", "a value belongs here, and no comma before a ] or }"),
        ('{"a": 1,\n}', 2, "}", "a key in double quotes belongs here, and no comma before a }"),
        ("{'a': 1}", 1, "'a': 1}", "this is not JSON: texts and keys in double quotes, no comments"),
        ('{"a"\n 1}', 2, "1}", "a colon belongs here, after the key"),
        ('{"a": 1 "b": 2}', 1, '"b": 2}', "a comma or } belongs here"),
        ("[1 2]", 1, "2]", "a comma or ] belongs here"),
        ("[1}", 1, "}", "a comma or ] belongs here"),
        ("[1,", 1, "", "a value belongs here, and no comma before a ] or }"),
        ("[1", 1, "", "a comma or ] belongs here"),
        ("{}\n{} ", 2, "{}", "a file holds one value: write several specs as a list"),
        ("[\n// no\n]", 2, "// no", "this is not JSON: texts and keys in double quotes, no comments"),
        ("[080]", 1, "080]", "this is not JSON: texts and keys in double quotes, no comments"),
        ('["a\tb"]', 1, '"a\tb"]', "this is not JSON: texts and keys in double quotes, no comments"),
        ("[None]", 1, "None]", "this is not JSON: texts and keys in double quotes, no comments"),
        ("[True]", 1, "True]", "this is not JSON: texts and keys in double quotes, no comments"),
    ],
)
def test_broken_json(content: str, line: int, value: str, rule: str, tmp_path: Path) -> None:
    """Text that is not JSON is told with its line, from the place that breaks it."""
    path = written(tmp_path, "s.json", content)

    assert problems_of(path) == (Problem("data", value, f"data={value!r}: {rule}", f"{path}:{line}"),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("# nothing\n", "s.yaml: data='': is empty; write a spec, or a list of them"),
        ("a: 1\n---\nb: 2\n", "s.yaml:2: data='---': a second document begins here; write several specs as one list"),
        (
            "a:\n\tb: 1\n",
            ("s.yaml:2: data='\\tb: 1': this is not YAML: while scanning for the next token, found character '\\t' "
            "that cannot start any token; indent with spaces, not with tabs"),
        ),
        (
            "a: [1\nb: 2",
            "s.yaml:2: data=': 2': this is not YAML: while parsing a flow sequence, expected ',' or ']', but got ':'",
        ),
        ("a: 1\nb: \x07\n", "s.yaml:2: data='\\x07': is a character that YAML does not have; take it out"),
        ("!!python/object/apply:os.getcwd []", ("s.yaml:1: data='tag:yaml.org,2002:python/object/apply:os.getcwd': "
         "is a tag, which is not read here; take it out")),
    ],
)  # fmt: skip
def test_broken_yaml(content: str, expected: str, tmp_path: Path) -> None:
    """Text that is not YAML, or several documents, or builds objects, is told with its line."""
    assert told(written(tmp_path, "s.yaml", content)) == [expected]


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

    assert (found.message.endswith("is no key: a key is a text"), found.location) == (True, f"{path}:4")


# the file itself


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
def test_a_byte_order_mark(name: str, tmp_path: Path) -> None:
    """A byte order mark is a mistake, told with all the others; nothing is read."""
    told_once = told(written(tmp_path, name, b"\xef\xbb\xbf[]"))
    told_twice = told(written(tmp_path, name, b"\xef\xbb\xbf[1]"))
    told_broken = told(written(tmp_path, name, b"\xef\xbb\xbf["))

    mark = f"{name}:1: data='\\ufeff': is a byte order mark; save the file as UTF-8 without one"
    assert (told_once, told_twice) == ([mark], [mark, f"{name}:1: [0]=1: {MUST_BE_A_SPEC}"])
    assert (told_broken[0], len(told_broken)) == (mark, 2)


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(name: str, end: str, tmp_path: Path) -> None:
    """Lines count the same whatever they end in."""
    path = written(tmp_path, name, end.join(["[", '"a",', "1", "]"]).encode())

    assert [problem.location for problem in problems_of(path)] == [f"{path}:2", f"{path}:3"]


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ": data='': is empty; write a spec, or a list of them"),
        (b" \n\n", ": data='': is empty; write a spec, or a list of them"),
        (b"[\n\xe9]", ":2: data=b'\\xe9': is not UTF-8; save the file as UTF-8"),
    ],
)
def test_no_text(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    """A file that is empty or in another encoding is one mistake."""
    problems = told(written(tmp_path, name, content))

    assert problems == [f"{name}{expected}"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.json", "cannot be read: No such file or directory; name a file"),
        ("folder.json", "cannot be read: Is a directory; name a file"),
        ("nul\0.json", "cannot be read: embedded null byte; name a file"),
        ("specs.toml", "its name does not say which format it has; let it end in .json, .yaml, .yml"),
        ("specs", "its name does not say which format it has; let it end in .json, .yaml, .yml"),
    ],
)
def test_no_file(name: str, said: str, tmp_path: Path) -> None:
    """What is no file of specs is one mistake, in the path."""
    (tmp_path / "folder.json").mkdir()
    path = tmp_path / name

    (found,) = problems_of(path)

    assert (found.field, found.value, found.location) == ("path", str(path), None)
    assert found.message.endswith(f": {said}")


def test_yaml_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyYAML a YAML file is refused, with what to install; JSON is read."""
    for module in ("yaml", "lattice_tg.files.yaml_tree"):
        monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ConfigurationError) as caught:
        read_specs(written(tmp_path, "s.yaml", GOOD_YAML))

    assert "pip install 'lattice-tg[yaml]'" in caught.value.message
    assert read_specs(written(tmp_path, "s.json", "[]")) == ()


# the trees

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def plain_json(text: str) -> Any:
    """What the tree of a text says, or None where it is not JSON."""
    try:
        document = document_of(json_tree(text))
    except UnreadableError:
        return None
    return None if document.refused else [document.data]


def python_json(text: str) -> Any:
    try:
        return [json.loads(text, parse_constant=lambda _: 1 // 0)]
    except (ValueError, ZeroDivisionError):
        return None


@modestly
@given(value=values, indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_json_says_what_python_reads(value: Any, indent: int | None, *, ascii_only: bool) -> None:
    """The tree of a JSON text has the data that Python's own reader gives."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert plain_json(text) == [value]


@modestly
@given(text=st.text(st.sampled_from('[]{},:"\\u0019-+.eE tfnrualseNI\n\x00é'), max_size=10))
@example("1e5")
@example('"\\ud83d\\ude00"')
@example("-")
@example("1.")
@example("truefalse")
@example("[1,]")
def test_json_is_what_python_takes_for_json(text: str) -> None:
    """The tree refuses what Python's own reader refuses, and nothing else."""
    assert plain_json(text) == python_json(text)


@modestly
@given(value=values)
def test_yaml_says_what_pyyaml_reads(value: Any) -> None:
    """The tree of a YAML text has the data that PyYAML's safe reader gives."""
    text = yaml.safe_dump(value, allow_unicode=True)

    document = document_of(yaml_tree(text))

    assert (document.data, document.refused) == (yaml.safe_load(text), ())
