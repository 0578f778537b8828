"""Tests of the examples in the README and the docs."""

import re
from pathlib import Path

import pytest

from lattice_tg import SystemClock
from lattice_tg.testing import VirtualClock
from lattice_tg.testing.network_guard import block_real_endpoints
from support.docs_examples import iter_blocks, run_examples

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture
def virtual_system_clock(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sleeps on the system clock take no real time. The session ``package`` runs the examples in real time."""
    if page.name == "asyncio.md":  # asyncio.timeout() measures real time.
        return
    clock = VirtualClock()
    for name in ("monotonic", "sleep", "sleep_async"):
        monkeypatch.setattr(SystemClock, name, staticmethod(getattr(clock, name)))


@pytest.mark.usefixtures("virtual_system_clock")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_print_what_the_page_shows(page: Path) -> None:
    """Every Python example runs without credentials or access to AWS, and prints the output that the page shows."""
    with block_real_endpoints():
        count = run_examples(page)

    assert count == sum(language == "python" for language, _, _ in iter_blocks(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_plan_diagrams_show_printed_plans(page: Path) -> None:
    """The plan in each diagram is identical to the output of an example on the same page."""
    outputs = [content for language, _, content in iter_blocks(page) if language == "text"]

    plans = re.findall(r"^```{plan} .*\n((?:.*\n)*?)```$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert [plan for plan in plans if plan not in outputs] == []


def test_example_tests_pass(pytester: pytest.Pytester) -> None:
    """pytest collects the tests in testing-your-code.md, and the tests pass without AWS credentials."""
    page = ROOT / "docs" / "testing-your-code.md"
    examples = "\n".join(content for language, _, content in iter_blocks(page) if language == "python")
    pytester.path.joinpath("test_examples.py").write_text(examples, encoding="utf-8")

    result = pytester.runpytest_inprocess("--strict-markers", "-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed=examples.count("def test_"))


def test_ci_runs_the_command_in_the_readme() -> None:
    """The README's command that runs all checks also appears, character for character, in .ci/run."""
    *_, command = (content for language, _, content in iter_blocks(ROOT / "README.md") if language == "sh")

    assert command.strip() in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
