"""Hovers of fields and keywords, with meaning, range, unit and default."""

import inspect
import re
from collections.abc import Iterator

import pytest

from support.open_document import OpenFile
from support.public_api import CLASSES, MODELS, Call, Keyword, calls, fields, literal_values_of

RESPONSE_CLASSES = {
    *("TargetGroup", "TargetGroupSummary", "TargetGroupDeletion", "TargetSummary", "TargetFailure", "UnknownMatcher"),
    *("TargetsResult", "FailedRequest", "Plan", "Change", "Problem", "ApplyResult", "BatchProgress", "WaitProgress"),
    *("CreateStep", "DeleteStep", "UpdateHealthCheckStep", "TagStep", "RegisterStep", "DeregisterStep", "RetryEvent"),
    *("WaitHealthyStep", "CallEvent", "PlanResult", "ShiftStep"),
    *(name for name, cls in MODELS.items() if issubclass(cls, BaseException)),
}
"""Classes of responses and results. Users set the fields of all other classes."""

RANGE = re.compile(r"\d-\d|at least \d|above \d|\d or more", re.IGNORECASE)

CLIENTS = {"TargetGroupClient", "AsyncTargetGroupClient", "Route", "AsyncRoute"}
WITH_METHODS = CLIENTS | {"Shift", "AsyncShift"}
INPUT_CALLS = [call for call in calls() if call.name.split(".")[0] not in RESPONSE_CLASSES | CLIENTS]
"""Calls that create specs, health checks, targets and settings."""


def hover_text(hover: str) -> str:
    """Return the rendered text that follows the code block in a hover."""
    return hover.partition("```\n")[2].removeprefix("---\n").replace("\\_", "_").strip()


def missing_facts(text: str, keyword: Keyword, *, is_input: bool) -> Iterator[str]:
    """Yield the facts that are missing from the text of a hover."""
    if len(text.removeprefix(f"{keyword.name}:").split()) < 2:
        yield "meaning"
    if keyword.name.endswith("_seconds") and is_input and "second" not in text.lower():
        yield "unit"
    if any(value not in text for value in literal_values_of(keyword.annotation)):
        yield "values"
    if is_input and is_number(keyword) and not RANGE.search(text):
        yield "range"
    if is_input and keyword.has_default and "default" not in text.lower():
        yield "default"


def is_number(keyword: Keyword) -> bool:
    """Return whether a keyword takes a number."""
    return keyword.annotation in (int, float, int | None, float | None)


@pytest.mark.parametrize("name", MODELS)
def test_field_hovers_are_complete(file: OpenFile, name: str) -> None:
    """A field hover has the meaning and the possible values.

    Hovers of fields that users set also have the range, the unit and the default.
    """
    typed = f"import lattice_tg\ndef use(it: lattice_tg.{name}) -> None:\n    it.|"
    text = {each: hover_text(file.hover(typed + each.name)) for each in fields(MODELS[name])}

    missing = {each.name: [*missing_facts(text[each], each, is_input=name not in RESPONSE_CLASSES)] for each in text}

    assert {field: facts for field, facts in missing.items() if facts} == {}


@pytest.mark.parametrize("call", INPUT_CALLS, ids=lambda call: call.name)
def test_keyword_hovers_are_complete(file: OpenFile, call: Call) -> None:
    """A keyword hover has the meaning, values, range, unit and default."""
    text = {each: hover_text(file.hover(call.arguments(each.name))) for each in call.keywords}

    missing = {each.name: [*missing_facts(text[each], each, is_input=True)] for each in text}

    assert {keyword: facts for keyword, facts in missing.items() if facts} == {}


@pytest.mark.parametrize("call", [call for call in calls() if call not in INPUT_CALLS], ids=lambda call: call.name)
def test_method_keyword_hovers_have_a_meaning(file: OpenFile, call: Call) -> None:
    """A keyword hover of any other method has the meaning and the possible values."""
    text = {each: hover_text(file.hover(call.arguments(each.name))) for each in call.keywords}

    missing = {each.name: [*missing_facts(text[each], each, is_input=False)] for each in text}

    assert {keyword: facts for keyword, facts in missing.items() if facts} == {}


@pytest.mark.parametrize(
    "call", [call for call in calls() if call.name.split(".")[0] in WITH_METHODS], ids=lambda call: call.name
)
def test_method_hovers_have_the_docstring(file: OpenFile, call: Call) -> None:
    """The hover of a method of a client, route or shift starts with the first line of the docstring."""
    cls, method = call.name.split(".")
    docstring = inspect.getdoc(getattr(CLASSES[cls], method)) or ""

    text = hover_text(file.hover(f"{call.typed[:-1]}|()"))

    assert text.replace("`", "").startswith(docstring.splitlines()[0].replace("`", ""))


def test_a_hover_has_the_expected_text(file: OpenFile) -> None:
    """The hover of a field has exactly the expected text."""
    hover = file.hover("from lattice_tg import HealthCheck\nHealthCheck(interval_|seconds=10)")

    assert hover == (
        "```python\n(variable) interval_seconds: int | None\n```\n---\n"
        "Seconds between two checks of a target (5-300). Service default: 30."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["meaning", "range", "default"]),
        ("Port to check.", ["range", "default"]),
        ("Port to check, 1-65535.", ["default"]),
        ("Port to check, 1-65535; default: 80.", []),
    ],
)
def test_missing_facts_are_found(text: str, expected: list[str]) -> None:
    """missing_facts() reports a missing meaning, range and default."""
    assert [*missing_facts(text, Keyword("port", int | None, has_default=True), is_input=True)] == expected
