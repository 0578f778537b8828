"""Tests that the spec file parsers return the same data as Python's json module and PyYAML."""

import json
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_tg.spec_files.document import ParseError, build_document
from lattice_tg.spec_files.json_parser import parse_json
from lattice_tg.spec_files.yaml_parser import parse_yaml
from support.strategies import limited_examples

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def parse_with_lattice_tg(text: str) -> Any:
    """Return the data in a list, or None if the text is not JSON."""
    try:
        document = build_document(parse_json(text))
    except ParseError:
        return None
    return None if document.unsupported else [document.data]


def parse_with_python(text: str) -> Any:
    """Return the data in a list, or None if the text is not JSON."""
    try:
        return [json.loads(text, parse_constant=lambda _: 1 // 0)]
    except (ValueError, ZeroDivisionError):
        return None


@limited_examples
@given(value=values, indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_json_data_equals_the_data_from_python(value: Any, indent: int | None, *, ascii_only: bool) -> None:
    """Parsing JSON that Python's json module wrote returns the original data."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert parse_with_lattice_tg(text) == [value]


@limited_examples
@given(text=st.text(st.sampled_from('[]{},:"\\u0019-+.eE tfnrualseNI\n\x00é'), max_size=10))
@example("1e5")
@example('"\\ud83d\\ude00"')
@example("-")
@example("1.")
@example("truefalse")
@example("[1,]")
def test_json_parser_accepts_what_python_accepts(text: str) -> None:
    """The JSON parser rejects the same texts as Python's parser and returns the same data for all other texts."""
    assert parse_with_lattice_tg(text) == parse_with_python(text)


@limited_examples
@given(value=values)
def test_yaml_data_equals_the_data_from_pyyaml(value: Any) -> None:
    """The YAML parser returns the same data as PyYAML's safe loader."""
    text = yaml.safe_dump(value, allow_unicode=True)

    document = build_document(parse_yaml(text))

    assert (document.data, document.unsupported) == (yaml.safe_load(text), ())
