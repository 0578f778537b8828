"""The page of the docs that shows the figures, as Markdown tables in marked blocks.

A block begins with ``<!-- benchmark: calls, quiet run -->`` and ends with ``<!-- end -->``. The page is the only record
of the figures.
"""

import platform
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path

from harness.table import Table

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"
RUNS = ("quiet", "noisy")
VERSIONS = "versions"
"""The name of the block that lists the measured versions."""

PACKAGES = (
    "lattice-tg",
    "boto3",
    "botocore",
    "attrs",
    "cattrs",
    "tenacity",
    "moto",
    "pydantic",
    "capo-vpc-lattice",
    "urllib3",
)


def replace_block(page: str, name: str, content: str) -> str:
    """Return ``page`` with new content in the block ``name``.

    Raises:
        KeyError: If the page has no such block.
    """
    begin, end = f"<!-- benchmark: {name} -->", "<!-- end -->"
    block = re.compile(f"{re.escape(begin)}.*?{end}", re.DOTALL)
    if not block.search(page):
        raise KeyError(name)
    return block.sub(lambda _: f"{begin}\n\n{content}\n\n{end}", page)


def record(page: str, table: Table, run: str, *, day: date, versions: str) -> str:
    """Return ``page`` with a table, its date and the measured versions in the blocks of a run.

    Raises:
        KeyError: If the page has no block for the table or for the versions.
    """
    page = replace_block(page, f"{table.name}, {run} run", f"{table.to_markdown()}\n\nMeasured on {day}.")
    return replace_block(page, f"{VERSIONS}, {run} run", versions)


def format_versions() -> str:
    """Return a sentence with the versions of Python and of the measured packages."""
    versions = [f"Python {platform.python_version()}", *(f"{package} {version(package)}" for package in PACKAGES)]
    return f"Versions: {', '.join(versions)}."
