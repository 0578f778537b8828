"""Our trees of JSON and YAML hold what the parsers that everybody uses read."""

import json
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_tg.spec_files.document import ParseError, build_document
from lattice_tg.spec_files.json_parser import parse_json
from lattice_tg.spec_files.yaml_parser import parse_yaml
from support.strategies import modestly

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def plain_json(text: str) -> Any:
    """What the tree of a text says, or None where it is not JSON."""
    try:
        document = build_document(parse_json(text))
    except ParseError:
        return None
    return None if document.unsupported else [document.data]


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

    document = build_document(parse_yaml(text))

    assert (document.data, document.unsupported) == (yaml.safe_load(text), ())
