"""Tables and pictures of the figures that ``nox -s bench -- --record=quiet`` wrote, drawn when the site is built."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from pictures import WIDTH, Point, line, svg, text
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RECORD = Path(__file__).parent.parent / "_static" / "speed.json"
LABELS = 124
"""Where the bars begin."""
BAR = 13
"""From one bar to the next."""
GAP = 16
"""Between two groups of bars."""
SMALL = 0.1
"""Below this, two places say too little."""

Run = dict[str, Any]
Table = dict[str, Any]


def shown(figure: float | None) -> str:
    if figure is None:
        return "-"
    return f"{figure:.3f}" if 0 < figure < SMALL else f"{figure:.2f}"


def goal(row: Table, table: Table) -> str:
    """What was set out for, and whether it was missed."""
    if row["goal"] is None:
        return ""
    reached, is_less = row["figures"][table["columns"].index(table["ours"])], table["better"] == "less"
    missed = reached > row["goal"] if is_less else reached < row["goal"]
    return f"{'≤' if is_less else '≥'}\N{NO-BREAK SPACE}{row['goal']:g}{' missed' if missed else ''}"


# ------------------------------------------------------------------ tables


def table_node(table: Table) -> nodes.table:
    """A row for each thing measured, a column for each contender, and the goal where there is any."""
    has_goals = any(row["goal"] is not None for row in table["rows"])
    lines = [["", *table["columns"], "goal"]]
    lines += [[row["label"], *map(shown, row["figures"]), goal(row, table)] for row in table["rows"]]
    head, *body = [cells if has_goals else cells[:-1] for cells in lines]
    ours = head.index(table["ours"]) if table["ours"] in head else -1
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", row_node(head, ours))
    group += nodes.tbody("", *(row_node(cells, ours) for cells in body))
    return nodes.table("", nodes.title("", table["title"]), group)


def row_node(cells: list[str], ours: int) -> nodes.row:
    """The cells, ours in bold."""
    return nodes.row("", *(entry(cell, strong=number == ours) for number, cell in enumerate(cells)))


def entry(cell: str, *, strong: bool) -> nodes.entry:
    words = nodes.strong("", cell) if strong else nodes.Text(cell)
    return nodes.entry("", nodes.paragraph("", "", words))


# ----------------------------------------------------------------- pictures


def picture(quiet: Table, noisy: Table | None) -> str:
    """Bars of the quiet run, a tick on each where the noisy one was if there was one, and a line at 1.00."""
    nothing = [{"figures": [None] * len(row["figures"])} for row in quiet["rows"]]
    rows = list(zip(quiet["rows"], noisy["rows"] if noisy else nothing, strict=True))
    most = max(figure for pair in rows for row in pair for figure in row["figures"] if figure is not None)
    scale = (WIDTH - LABELS - 40) / most
    height = len(quiet["columns"]) * BAR + GAP + BAR
    strokes = [
        stroke
        for number, (row, other) in enumerate(rows)
        for stroke in group(quiet, row, other, Point(LABELS, 4 + number * height), scale)
    ]
    return svg(4 + len(rows) * height, quiet["title"], strokes)


def group(table: Table, row: Table, other: Table, corner: Point, scale: float) -> Iterator[str]:
    yield text(Point(0, corner.y + BAR), row["label"], anchor="start", kind="strong-text")
    top = corner.moved(Point(0, BAR + 4))
    for name, figure, elsewhere in zip(table["columns"], row["figures"], other["figures"], strict=True):
        yield from bar(name, figure, elsewhere, top, scale, is_ours=name == table["ours"])
        top = top.moved(Point(0, BAR))
    yield line(corner.moved(Point(scale, BAR)), top.moved(Point(scale, 2)), "dashed")


def bar(
    name: str, figure: float | None, elsewhere: float | None, at: Point, scale: float, *, is_ours: bool
) -> Iterator[str]:
    base, kind = at.y + BAR - 4, "bar-ours" if is_ours else "bar"
    yield text(Point(at.x - 8, base), name, anchor="end", kind="small")
    if figure is not None:
        yield f'<rect x="{at.x}" y="{at.y:.0f}" width="{figure * scale:.1f}" height="{BAR - 3}" class="{kind}"/>'
        yield text(
            Point(at.x + max(figure, elsewhere or 0) * scale + 6, base), shown(figure), anchor="start", kind="small"
        )
    if elsewhere is not None:
        tick = Point(at.x + elsewhere * scale, at.y)
        yield line(tick, tick.moved(Point(0, BAR - 3)), "tick")


# --------------------------------------------------------------- directives


class SpeedDirective(SphinxDirective):
    """What all have in common: the record, and the page that depends on it."""

    required_arguments = 1

    def record(self) -> dict[str, Run]:
        self.env.note_dependency(str(RECORD))
        return dict(json.loads(RECORD.read_text(encoding="utf-8")))


class SpeedTable(SpeedDirective):
    """A table of one run; the argument is its name."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {"run": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        return [table_node(self.record()[self.options.get("run", "quiet")]["tables"][self.arguments[0]])]


class SpeedPicture(SpeedDirective):
    """A picture of a table; the argument is its name."""

    def run(self) -> list[nodes.Node]:
        name, (quiet, noisy) = self.arguments[0], (self.record()[kind]["tables"] for kind in ("quiet", "noisy"))
        return [nodes.raw("", picture(quiet[name], noisy.get(name)), format="html")]


class SpeedVersions(SpeedDirective):
    """When a run was made, and with what; the argument is its kind."""

    def run(self) -> list[nodes.Node]:
        run = self.record()[self.arguments[0]]
        versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
        return [nodes.paragraph("", f"{run['date']}: {versions}.")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("speed-table", SpeedTable)
    app.add_directive("speed-picture", SpeedPicture)
    app.add_directive("speed-versions", SpeedVersions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
