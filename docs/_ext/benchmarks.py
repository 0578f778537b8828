"""Sphinx directives for the figures that ``nox -s bench -- --record=quiet`` recorded."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from diagrams import WIDTH, Point, line, svg, text
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RECORD = Path(__file__).parent.parent / "_static" / "benchmarks.json"
LABEL_WIDTH = 124
"""Width of the column names, which is where the bars begin."""
BAR_HEIGHT = 13
"""Distance from one bar to the next."""
GROUP_GAP = 16
"""Distance between two groups of bars."""
THREE_DECIMALS_BELOW = 0.1
"""Ratios below this value are printed with three decimals."""

Run = dict[str, Any]
Table = dict[str, Any]


def format_ratio(ratio: float | None) -> str:
    """Return a ratio as the tables print it, or a dash if there is none."""
    if ratio is None:
        return "-"
    return f"{ratio:.3f}" if 0 < ratio < THREE_DECIMALS_BELOW else f"{ratio:.2f}"


def format_goal(row: Table, table: Table) -> str:
    """Return the goal of a row and whether lattice_tg missed it, or an empty string if the row has no goal."""
    if row["goal"] is None:
        return ""
    ratio, less_is_better = row["figures"][table["columns"].index(table["ours"])], table["better"] == "less"
    missed = ratio > row["goal"] if less_is_better else ratio < row["goal"]
    return f"{'≤' if less_is_better else '≥'}\N{NO-BREAK SPACE}{row['goal']:g}{' missed' if missed else ''}"


# ---------------------------------------------------------------------- tables


def make_table(table: Table) -> nodes.table:
    """Return a table with a row per measurement, a column per alternative, and the goals if there are any."""
    has_goals = any(row["goal"] is not None for row in table["rows"])
    lines = [["", *table["columns"], "goal"]]
    lines += [[row["label"], *map(format_ratio, row["figures"]), format_goal(row, table)] for row in table["rows"]]
    head, *body = [cells if has_goals else cells[:-1] for cells in lines]
    bold_column = head.index(table["ours"]) if table["ours"] in head else -1
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", make_row(head, bold_column))
    group += nodes.tbody("", *(make_row(cells, bold_column) for cells in body))
    return nodes.table("", nodes.title("", table["title"]), group)


def make_row(cells: list[str], bold_column: int) -> nodes.row:
    """Return a row with one cell in bold."""
    return nodes.row("", *(make_entry(cell, is_bold=number == bold_column) for number, cell in enumerate(cells)))


def make_entry(cell: str, *, is_bold: bool) -> nodes.entry:
    """Return one cell."""
    content = nodes.strong("", cell) if is_bold else nodes.Text(cell)
    return nodes.entry("", nodes.paragraph("", "", content))


# ---------------------------------------------------------------------- charts


def draw_chart(quiet: Table, noisy: Table | None) -> str:
    """Draw a bar per ratio of the quiet run, with a tick at the ratio of the noisy run and a line at 1.00."""
    empty = [{"figures": [None] * len(row["figures"])} for row in quiet["rows"]]
    rows = list(zip(quiet["rows"], noisy["rows"] if noisy else empty, strict=True))
    largest = max(ratio for pair in rows for row in pair for ratio in row["figures"] if ratio is not None)
    scale = (WIDTH - LABEL_WIDTH - 40) / largest
    height = len(quiet["columns"]) * BAR_HEIGHT + GROUP_GAP + BAR_HEIGHT
    elements = [
        element
        for number, (row, noisy_row) in enumerate(rows)
        for element in _bar_group(quiet, row, noisy_row, Point(LABEL_WIDTH, 4 + number * height), scale)
    ]
    return svg(4 + len(rows) * height, quiet["title"], elements)


def _bar_group(table: Table, row: Table, noisy_row: Table, corner: Point, scale: float) -> Iterator[str]:
    yield text(Point(0, corner.y + BAR_HEIGHT), row["label"], anchor="start", css_class="strong-text")
    top = corner.moved(Point(0, BAR_HEIGHT + 4))
    for name, quiet, noisy in zip(table["columns"], row["figures"], noisy_row["figures"], strict=True):
        yield from _bar(name, quiet, noisy, top, scale, is_ours=name == table["ours"])
        top = top.moved(Point(0, BAR_HEIGHT))
    yield line(corner.moved(Point(scale, BAR_HEIGHT)), top.moved(Point(scale, 2)), "dashed")


def _bar(
    name: str, quiet: float | None, noisy: float | None, at: Point, scale: float, *, is_ours: bool
) -> Iterator[str]:
    baseline, css_class = at.y + BAR_HEIGHT - 4, "bar-ours" if is_ours else "bar"
    yield text(Point(at.x - 8, baseline), name, anchor="end", css_class="small")
    if quiet is not None:
        width = f"{quiet * scale:.1f}"
        yield f'<rect x="{at.x}" y="{at.y:.0f}" width="{width}" height="{BAR_HEIGHT - 3}" class="{css_class}"/>'
        label_at = Point(at.x + max(quiet, noisy or 0) * scale + 6, baseline)
        yield text(label_at, format_ratio(quiet), anchor="start", css_class="small")
    if noisy is not None:
        tick = Point(at.x + noisy * scale, at.y)
        yield line(tick, tick.moved(Point(0, BAR_HEIGHT - 3)), "tick")


# ------------------------------------------------------------------ directives


class BenchmarkDirective(SphinxDirective):
    """Base of the directives that show recorded figures."""

    required_arguments = 1

    def load_record(self) -> dict[str, Run]:
        """Return the recorded runs, and rebuild the page when they change."""
        self.env.note_dependency(str(RECORD))
        return dict(json.loads(RECORD.read_text(encoding="utf-8")))


class BenchmarkTable(BenchmarkDirective):
    """A table of one run. The argument is the name of the table."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {"run": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return [make_table(self.load_record()[self.options.get("run", "quiet")]["tables"][self.arguments[0]])]


class BenchmarkChart(BenchmarkDirective):
    """A bar chart of a table. The argument is the name of the table."""

    def run(self) -> list[nodes.Node]:
        """Return the chart as raw HTML."""
        name, (quiet, noisy) = self.arguments[0], (self.load_record()[run]["tables"] for run in ("quiet", "noisy"))
        return [nodes.raw("", draw_chart(quiet[name], noisy.get(name)), format="html")]


class BenchmarkVersions(BenchmarkDirective):
    """The date of a run and the versions it measured. The argument is ``quiet`` or ``noisy``."""

    def run(self) -> list[nodes.Node]:
        """Return the date and the versions as one paragraph."""
        run = self.load_record()[self.arguments[0]]
        versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
        return [nodes.paragraph("", f"{run['date']}: {versions}.")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("benchmark-table", BenchmarkTable)
    app.add_directive("benchmark-chart", BenchmarkChart)
    app.add_directive("benchmark-versions", BenchmarkVersions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
