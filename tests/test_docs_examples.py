"""Tests of the examples in the README and the docs."""

import codeop
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import lattice_tg
from support import docs_examples
from support.docs_examples import iter_blocks

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TESTS_PAGE = ROOT / "docs" / "testing-your-code.md"
"""The page whose examples are files of tests."""


def run_in_new_interpreter(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the examples of a page without environment variables, AWS configuration or network."""
    environment = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    environment |= {"HOME": str(folder), "PYTHONPATH": str(Path(lattice_tg.__file__).parents[1])}
    command = [sys.executable, "-s", "-W", "error", docs_examples.__file__, str(page)]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_runs_in_a_new_interpreter(page: Path, tmp_path: Path) -> None:
    """The examples of a page run as pasted into a new interpreter, and print the output that the page shows."""
    count = sum(language == "python" for language, _, _ in iter_blocks(page))

    process = run_in_new_interpreter(page, tmp_path)

    expected = f"{page.name}: {count} examples passed\n"
    assert (process.stderr, process.returncode, process.stdout) == ("", 0, expected)


@pytest.mark.parametrize("page", [page for page in PAGES if page != TESTS_PAGE], ids=lambda page: page.name)
def test_examples_can_be_pasted(page: Path) -> None:
    """The prompts of Python 3.11 and 3.12 accept each example.

    At these prompts, an empty line ends a compound statement, and only an empty line does.
    """
    for language, _, content in iter_blocks(page):
        lines: list[str] = []
        for line in (*content.splitlines(), "") if language == "python" else ():
            lines.append(line)
            if codeop.compile_command("\n".join(lines)) is not None:
                lines.clear()

        assert lines == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_diffs_are_printed_plans(page: Path) -> None:
    """Each ``diff`` block is the output of an example on the same page."""
    blocks = [("", 0, ""), *iter_blocks(page)]
    outputs = [content for language, _, content in blocks if language == "text"]

    others = [
        diff
        for (previous, _, _), (language, _, diff) in pairwise(blocks)
        if language == "diff" and previous != "python" and diff not in outputs
    ]

    assert others == []


def test_network_is_blocked(tmp_path: Path) -> None:
    """An example that connects to another host fails."""
    page = tmp_path / "page.md"
    page.write_text(
        "```python\nimport socket\n\nsocket.create_connection(('192.0.2.1', 80), timeout=1)\n```\n", encoding="utf-8"
    )

    process = run_in_new_interpreter(page, tmp_path)

    assert "RuntimeError: An example would connect to 192.0.2.1." in process.stderr


def test_example_tests_pass(pytester: pytest.Pytester) -> None:
    """pytest collects the tests in testing-your-code.md, and the tests pass without AWS credentials."""
    examples = "\n".join(content for language, _, content in iter_blocks(TESTS_PAGE) if language == "python")
    pytester.path.joinpath("test_examples.py").write_text(examples, encoding="utf-8")

    result = pytester.runpytest_inprocess("--strict-markers", "-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed=examples.count("def test_"))


def test_ci_runs_the_command_in_the_readme() -> None:
    """The README's command that runs all checks also appears, character for character, in .ci/run."""
    *_, command = (content for language, _, content in iter_blocks(ROOT / "README.md") if language == "sh")

    assert command.strip() in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
