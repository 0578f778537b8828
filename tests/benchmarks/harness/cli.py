"""Command line of the benchmarks."""

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from attrs import frozen

from harness.page import PAGE, RUNS, format_versions, record
from harness.table import Table


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
    parser.add_argument("--record", choices=RUNS, help=f"write the tables into docs/{PAGE.name}, as this run")
    options = parser.parse_args()
    for table in measure(Effort(options.quick, options.rounds)):
        print(table, end="\n\n", flush=True)
        if options.record:
            _record(table, options.record)


def _record(table: Table, run: str) -> None:
    """Record a table, or report that the page does not show the table."""
    content = PAGE.read_text(encoding="utf-8")
    try:
        content = record(content, table, run, day=datetime.now(UTC).date(), versions=format_versions())
    except KeyError as error:
        print(f"Not recorded: docs/{PAGE.name} has no block for {error}.\n", flush=True)
    else:
        PAGE.write_text(content, encoding="utf-8")
