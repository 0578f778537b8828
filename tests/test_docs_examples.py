"""The README and the docs say what is so."""

import re
from pathlib import Path

import pytest

from support.docs_examples import blocks_of, run_examples

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent.parent
PAGES = [HERE / "README.md", *sorted((HERE / "docs").glob("*.md"))]
SECOND_COMMAND = 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python example of every page runs, and prints what the page says."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    count = run_examples(page)

    assert count == sum(language == "python" for language, _, _ in blocks_of(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pictures_of_plans_are_plans(page: Path) -> None:
    """A picture of a plan shows what an example of its page prints."""
    printed = [text for language, _, text in blocks_of(page) if language == "text"]

    pictures = re.findall(r"^```{plan} .*\n((?:.*\n)*?)```$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert [picture for picture in pictures if picture not in printed] == []


def test_tests_that_a_page_shows_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """What testing-your-code.md shows as tests are tests, which pytest finds and which pass."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    shown = [text for language, _, text in blocks_of(HERE / "docs" / "testing-your-code.md") if language == "python"]
    pytester.path.joinpath("test_shown.py").write_text("\n".join(shown), encoding="utf-8")

    result = pytester.runpytest_inprocess("--strict-markers", "-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed="\n".join(shown).count("\ndef test_"))


def test_ci_runs_the_readme_s_command() -> None:
    """.ci/run holds the README's second command line, letter by letter."""
    commands = [text for language, _, text in blocks_of(HERE / "README.md") if language == "sh"]

    assert commands[SECOND_COMMAND].strip() in (HERE / ".ci" / "run").read_text(encoding="utf-8").splitlines()
