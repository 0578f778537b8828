"""Tests of the tables that the benchmarks write into the docs."""

import re
from datetime import date

import pytest

from harness import page
from harness.table import Row, Table

TABLE = Table(
    name="calls",
    title="Time per call, raw boto3 = 1.00",
    columns=("raw boto3", "lattice_tg", "capo"),
    rows=(
        Row(label="create", figures=(1.0, 0.774, 0.7), goal=0.78),
        Row(label="page of 100 groups", figures=(1.0, 0.0961, None)),
    ),
)
BLOCK = "<!-- benchmark: calls, quiet run -->\nNot measured yet.\n<!-- end -->"
VERSIONS = "<!-- benchmark: versions, quiet run -->\n<!-- end -->"
MARKDOWN = """\
**Time per call, raw boto3 = 1.00**

|                    | raw boto3 | lattice_tg | capo |       goal |
| ------------------ | --------: | ---------: | ---: | ---------: |
| create             |      1.00 |   **0.77** | 0.70 | ≤ 0.78 met |
| page of 100 groups |      1.00 |  **0.096** |    - |            |"""


def test_markdown_has_a_column_for_goals() -> None:
    """A table has a column per alternative and a column for the goals, and the figures of lattice_tg are bold."""
    assert TABLE.to_markdown() == MARKDOWN


def test_missed_goal_is_marked() -> None:
    """The goal of a figure of which more is better is a lower limit, and a smaller figure misses the goal."""
    table = Table(
        name="speed",
        title="Speed",
        columns=("a", "b"),
        rows=(Row(label="x", figures=(1.0, 1.1), goal=1.234),),
        better="more",
        ours="b",
    )

    assert table.to_markdown().splitlines()[-1] == "| x | 1.00 | **1.10** | ≥ 1.23 missed |"


def test_table_without_goals_has_no_column_for_goals() -> None:
    """A table without goals has only the columns of the alternatives, and no bold figures if none are ours."""
    table = Table(name="speed", title="Speed", columns=("a",), rows=(Row(label="x", figures=(1.0,)),))

    assert table.to_markdown().splitlines() == ["**Speed**", "", "|   |    a |", "| - | ---: |", "| x | 1.00 |"]


def test_recording_replaces_the_blocks_of_the_run() -> None:
    """A table and the versions replace the content of their blocks, and the rest of the page stays unchanged."""
    noisy = BLOCK.replace("quiet", "noisy")

    assert record(f"# Calls\n\n{BLOCK}\n\n{noisy}\n\n{VERSIONS}\nThe end.\n", "quiet") == (
        "# Calls\n\n"
        f"<!-- benchmark: calls, quiet run -->\n\n{MARKDOWN}\n\nMeasured on 2026-01-31.\n\n<!-- end -->\n\n"
        f"{noisy}\n\n"
        "<!-- benchmark: versions, quiet run -->\n\nVersions: Python 3.13.0.\n\n<!-- end -->\nThe end.\n"
    )


def test_recording_twice_changes_nothing() -> None:
    """Recording the same table again leaves the page as it is."""
    recorded = record(f"{BLOCK}\n{VERSIONS}\n", "quiet")

    assert record(recorded, "quiet") == recorded


def test_table_without_block_is_rejected() -> None:
    """If the page has no block for a run, recording fails."""
    with pytest.raises(KeyError, match=r"^'calls, noisy run'$"):
        record(f"{BLOCK}\n{VERSIONS}\n", "noisy")


def test_content_is_inserted_literally() -> None:
    """Backslashes in the content of a block are not references to groups of a regular expression."""
    assert page.replace_block(BLOCK, "calls, quiet run", r"\1 \g<0>") == (
        "<!-- benchmark: calls, quiet run -->\n\n\\1 \\g<0>\n\n<!-- end -->"
    )


def test_blocks_of_the_page_are_complete() -> None:
    """Each block on the page ends before the next block begins, belongs to a run, and is the only one of its name."""
    comments = re.findall(r"<!-- (.*?) -->", page.PAGE.read_text(encoding="utf-8"))
    names = comments[::2]

    assert comments[1::2] == ["end"] * len(names)
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"benchmark: \w+, (quiet|noisy) run", name)] == []
    assert {f"benchmark: {page.VERSIONS}, {run} run" for run in page.RUNS} <= set(names)


def record(content: str, run: str) -> str:
    return page.record(content, TABLE, run, day=date(2026, 1, 31), versions="Versions: Python 3.13.0.")
