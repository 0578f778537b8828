"""Hovers of fields and keywords: meaning, range, unit and default."""

import re
from collections.abc import Iterator

import pytest

from support.open_document import OpenFile
from support.public_api import MODELS, Call, Keyword, calls, fields, literal_values_of

OBSERVED = {
    *("TargetGroup", "TargetGroupSummary", "TargetGroupDeletion", "TargetSummary", "TargetFailure", "UnknownMatcher"),
    *("TargetsResult", "FailedRequest", "Plan", "Change", "Problem", "ApplyResult", "BatchProgress", "WaitProgress"),
    *("CreateStep", "DeleteStep", "UpdateHealthCheckStep", "TagStep", "RegisterStep", "DeregisterStep", "RetryEvent"),
    *(name for name, cls in MODELS.items() if issubclass(cls, BaseException)),
}
"""Classes of responses and results. Fields of all other classes are set by users and need range and default."""

RANGE = re.compile(r"\d-\d|at least \d|above \d", re.IGNORECASE)

WRITERS = [call for call in calls() if call.name.split(".")[0] not in OBSERVED | {"TargetGroupClient"}]
"""Calls that create specs, health checks, targets and settings."""


def hover_text(hover: str) -> str:
    """Return the text below the code of a hover, as an editor renders it."""
    return hover.partition("```\n")[2].removeprefix("---\n").replace("\\_", "_").strip()


def missing_facts(text: str, keyword: Keyword, *, written: bool) -> Iterator[str]:
    """Yield the facts that a user would have to look up."""
    if len(text.removeprefix(f"{keyword.name}:").split()) < 2:
        yield "meaning"
    if keyword.name.endswith("_seconds") and written and "second" not in text.lower():
        yield "unit"
    if any(word not in text for word in literal_values_of(keyword.annotation)):
        yield "words"
    if written and is_number(keyword) and not RANGE.search(text):
        yield "range"
    if written and keyword.has_default and "default" not in text.lower():
        yield "default"


def is_number(keyword: Keyword) -> bool:
    """Return whether a keyword takes a number."""
    return keyword.annotation in (int, float, int | None, float | None)


@pytest.mark.parametrize("name", MODELS)
def test_field_hovers_are_complete(file: OpenFile, name: str) -> None:
    """A field hover has the meaning and the values. Fields that users set also have range, unit and default."""
    typed = f"import lattice_tg\ndef use(it: lattice_tg.{name}) -> None:\n    it.|"
    text = {each: hover_text(file.hover(typed + each.name)) for each in fields(MODELS[name])}

    untold = {each.name: [*missing_facts(text[each], each, written=name not in OBSERVED)] for each in text}

    assert {field: what for field, what in untold.items() if what} == {}


@pytest.mark.parametrize("call", WRITERS, ids=lambda call: call.name)
def test_keyword_hovers_are_complete(file: OpenFile, call: Call) -> None:
    """A keyword hover of specs, health checks, targets and settings has the same facts."""
    text = {each: hover_text(file.hover(call.arguments(each.name))) for each in call.keywords}

    untold = {each.name: [*missing_facts(text[each], each, written=True)] for each in text}

    assert {keyword: what for keyword, what in untold.items() if what} == {}


@pytest.mark.parametrize("call", [call for call in calls() if call not in WRITERS], ids=lambda call: call.name)
def test_method_keyword_hovers_have_a_meaning(file: OpenFile, call: Call) -> None:
    """A keyword hover of a method has a meaning."""
    text = {each: hover_text(file.hover(call.arguments(each.name))) for each in call.keywords}

    untold = {each.name: [*missing_facts(text[each], each, written=False)] for each in text}

    assert {keyword: what for keyword, what in untold.items() if what} == {}


def test_a_hover_is_parsed_as_shown(file: OpenFile) -> None:
    """The hover of one field is compared as a whole."""
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
    """A field without values, range or default is found."""
    assert [*missing_facts(text, Keyword("port", int | None, has_default=True), written=True)] == expected
