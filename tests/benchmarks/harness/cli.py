"""What every benchmark has in common as a program: its options, printing, and the record that the docs are made from."""

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
KINDS = ("quiet", "noisy")
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
    """How much of it the user wants."""

    is_quick: bool = False
    own_rounds: int | None = None

    def of(self, full: int, quick: int) -> int:
        """Rounds, or a size: as a whole or in a hurry."""
        return quick if self.is_quick else full

    def rounds(self, full: int, quick: int) -> int:
        """Rounds: those that the user named, or as many as it takes."""
        return self.of(full, quick) if self.own_rounds is None else self.own_rounds


def run(description: str | None, measured: Callable[[Effort], Iterable[Table]]) -> None:
    """Print the tables of a benchmark as they come, and record them where that was asked for."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="see that it works: fewer rounds, rougher figures")
    parser.add_argument("--rounds", type=int, help="rounds, where there are any, instead of its own number")
    parser.add_argument("--record", choices=KINDS, help=f"write the figures to docs/{RECORD.parent.name}/{RECORD.name}")
    options = parser.parse_args()
    for table in measured(Effort(options.quick, options.rounds)):
        print(table, end="\n\n", flush=True)
        if options.record:
            record(table, options.record)


def record(table: Table, kind: str) -> None:
    """Put a table on record, in place of the same table of an earlier run of that kind."""
    runs: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    tables = runs.get(kind, {}).get("tables", {}) | {table.name: _as_json(table)}
    runs[kind] = {"date": datetime.now(UTC).date().isoformat(), "versions": _versions(), "tables": tables}
    RECORD.write_text(_printed(runs), encoding="utf-8")


def _printed(runs: dict[str, Any]) -> str:
    """JSON in which a list of figures takes one line, so that a diff can be read."""
    text = json.dumps(runs, indent=1, ensure_ascii=False)
    return re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found[0].split()), text) + "\n"


def _as_json(table: Table) -> dict[str, Any]:
    data = attrs.asdict(table)
    for row in data["rows"]:
        row["figures"] = [figure if figure is None else float(f"{figure:.3g}") for figure in row["figures"]]
    return data


def _versions() -> dict[str, str]:
    return {"Python": platform.python_version(), **{package: version(package) for package in PACKAGES}}
