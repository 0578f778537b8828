"""What an editor tells over a field and over a keyword: meaning, range, unit and default."""

import re
from collections.abc import Iterator

import pytest

from support.open_document import OpenFile
from support.public_api import MODELS, Call, Keyword, calls, fields, words_of

OBSERVED = {
    *("TargetGroup", "TargetGroupSummary", "TargetGroupDeletion", "TargetSummary", "TargetFailure", "UnknownMatcher"),
    *("TargetsResult", "FailedRequest", "Plan", "Change", "Problem", "ApplyResult", "BatchProgress", "WaitProgress"),
    *("CreateStep", "DeleteStep", "UpdateHealthCheckStep", "TagStep", "RegisterStep", "DeregisterStep", "RetryEvent"),
    *(name for name, cls in MODELS.items() if issubclass(cls, BaseException)),
}
"""What the service or the library says. All others are what users write: range and default are told, too."""

RANGE = re.compile(r"\d-\d|at least \d|above \d", re.IGNORECASE)

WRITERS = [call for call in calls() if call.name.split(".")[0] not in OBSERVED | {"TargetGroupClient"}]
"""Calls that make what users want."""


def told_over(hover: str) -> str:
    """The words under the line of code that every hover begins with, as the editor renders them."""
    return hover.partition("```\n")[2].removeprefix("---\n").replace("\\_", "_").strip()


def missing(told: str, keyword: Keyword, *, written: bool) -> Iterator[str]:
    """What is not told that a user would have to look up."""
    if len(told.removeprefix(f"{keyword.name}:").split()) < 2:
        yield "meaning"
    if keyword.name.endswith("_seconds") and written and "second" not in told.lower():
        yield "unit"
    if any(word not in told for word in words_of(keyword.annotation)):
        yield "words"
    if written and is_number(keyword) and not RANGE.search(told):
        yield "range"
    if written and keyword.has_default and "default" not in told.lower():
        yield "default"


def is_number(keyword: Keyword) -> bool:
    return keyword.annotation in (int, float, int | None, float | None)


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_told_about(file: OpenFile, name: str) -> None:
    """Hovering a field tells what it means and in which words; of what users write, range, unit and default."""
    typed = f"import lattice_tg\ndef use(it: lattice_tg.{name}) -> None:\n    it.|"
    told = {each: told_over(file.hover(typed + each.name)) for each in fields(MODELS[name])}

    untold = {each.name: [*missing(told[each], each, written=name not in OBSERVED)] for each in told}

    assert {field: what for field, what in untold.items() if what} == {}


@pytest.mark.parametrize("call", WRITERS, ids=lambda call: call.name)
def test_keywords_are_told_about(file: OpenFile, call: Call) -> None:
    """Hovering a keyword of what makes specs, checks, targets and settings tells all of that, too."""
    told = {each: told_over(file.hover(call.arguments(each.name))) for each in call.keywords}

    untold = {each.name: [*missing(told[each], each, written=True)] for each in told}

    assert {keyword: what for keyword, what in untold.items() if what} == {}


@pytest.mark.parametrize("call", [call for call in calls() if call not in WRITERS], ids=lambda call: call.name)
def test_keywords_of_verbs_mean_something(file: OpenFile, call: Call) -> None:
    """Hovering a keyword of a verb tells what it means."""
    told = {each: told_over(file.hover(call.arguments(each.name))) for each in call.keywords}

    untold = {each.name: [*missing(told[each], each, written=False)] for each in told}

    assert {keyword: what for keyword, what in untold.items() if what} == {}


def test_a_hover_is_read_as_it_is_shown(file: OpenFile) -> None:
    """One field, word for word."""
    hover = file.hover("from lattice_tg import HealthCheck\nHealthCheck(interval_|seconds=10)")

    assert hover == (
        "```python\n(variable) interval_seconds: int | None\n```\n---\n"
        "Seconds between two checks of a target, 5-300. Service default: 30."
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("", ["meaning", "range", "default"]),
        ("Port to check.", ["range", "default"]),
        ("Port to check, 1-65535.", ["default"]),
        ("Port to check, 1-65535; default: 80.", []),
    ],
)
def test_what_is_missing_is_seen(told: str, expected: list[str]) -> None:
    """A field without words, range or default is found."""
    assert [*missing(told, Keyword("port", int | None, has_default=True), written=True)] == expected
