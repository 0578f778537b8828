"""Tests that run the benchmarks with little work.

The other benchmarks also measure capo, which only ``nox -s bench`` installs.
"""

from importlib import import_module

import pytest

from harness.cli import Effort
from harness.page import PAGE, replace_block
from service.canned_server import CREDENTIALS


@pytest.mark.parametrize(
    "name", ["conversion", "emulator", "plan_diff", "rate_limiting", "register_memory", "retry_overhead"]
)
def test_page_shows_each_table(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmark runs, and the page has a block for each of its tables."""
    for variable, value in CREDENTIALS.items():
        monkeypatch.setenv(variable, value)  # The benchmarks set the same variables, which pytest removes afterwards.
    page = PAGE.read_text(encoding="utf-8")

    tables = list(import_module(name).measure(Effort(is_quick=True, rounds_override=1)))

    assert tables
    for table in tables:
        assert replace_block(page, f"{table.name}, quiet run", table.to_markdown())
