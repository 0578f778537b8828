"""Command line of the benchmarks, and the file of recorded figures from which the docs are built."""

import argparse
import json
import platform
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from harness.table import Table

RECORD = Path(__file__).parents[3] / "docs" / "_static" / "benchmarks.json"
RUNS = ("quiet", "noisy")
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


@frozen
class Effort:
    """The amount of work that the user requests on the command line."""

    is_quick: bool = False
    rounds_override: int | None = None

    def choose(self, full: int, quick: int) -> int:
        """Return ``quick`` for a quick run and ``full`` for any other run."""
        return quick if self.is_quick else full

    def rounds(self, full: int, quick: int) -> int:
        """Return the number of rounds that the command line sets, or else ``full`` or ``quick``."""
        return self.choose(full, quick) if self.rounds_override is None else self.rounds_override


def run(description: str | None, measure: Callable[[Effort], Iterable[Table]]) -> None:
    """Print each table of a benchmark as soon as the table is ready. With ``--record``, also record the table."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="check that the benchmark works: fewer rounds, less precise figures"
    )
    parser.add_argument("--rounds", type=int, help="number of rounds, if the benchmark has rounds")
    parser.add_argument("--record", choices=RUNS, help=f"write the figures to docs/{RECORD.parent.name}/{RECORD.name}")
    options = parser.parse_args()
    for table in measure(Effort(options.quick, options.rounds)):
        print(table, end="\n\n", flush=True)
        if options.record:
            record(table, options.record)


def record(table: Table, run_name: str) -> None:
    """Save a table to the file of recorded figures, replacing the table with the same name from an earlier run."""
    runs: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    tables = runs.get(run_name, {}).get("tables", {}) | {table.name: _as_json(table)}
    runs[run_name] = {"date": datetime.now(UTC).date().isoformat(), "versions": _versions(), "tables": tables}
    RECORD.write_text(_format_json(runs), encoding="utf-8")


def _format_json(runs: dict[str, Any]) -> str:
    """Return JSON with each list of figures on one line, so that diffs stay readable."""
    content = json.dumps(runs, indent=1, ensure_ascii=False)
    return re.sub(r"\[[^][{}]*\]", lambda match: " ".join(match[0].split()), content) + "\n"


def _as_json(table: Table) -> dict[str, Any]:
    data = attrs.asdict(table)
    for row in data["rows"]:
        row["figures"] = [figure if figure is None else float(f"{figure:.3g}") for figure in row["figures"]]
    return data


def _versions() -> dict[str, str]:
    return {"Python": platform.python_version(), **{package: version(package) for package in PACKAGES}}
