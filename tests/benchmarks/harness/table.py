"""Tables of ratios, the results of the benchmarks."""

from typing import Literal

from attrs import field, frozen

Figure = float | None
"""A ratio, or None if the alternative does not support the measured operation."""


@frozen(kw_only=True)
class Row:
    """One measurement for all alternatives."""

    label: str
    figures: tuple[Figure, ...]
    """One figure per column of the table."""

    goal: float | None = None
    """The goal for lattice_tg."""


@frozen(kw_only=True)
class Table:
    """The figures of a benchmark or of one part of a benchmark."""

    name: str
    title: str
    """The measured quantity, and the baseline whose figure is 1.00."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    better: Literal["less", "more"] = "less"
    ours: str = field(default="lattice_tg")
    """The column to which the goals apply."""

    def __str__(self) -> str:
        return "\n".join([self.title, *("  ".join(cells).rstrip() for cells in _align(self._cells()))])

    def to_markdown(self) -> str:
        """Return the title and a Markdown table, in which the figures of ``ours`` are bold."""
        header, *rows = self._cells()
        if self.ours in self.columns:
            index = 1 + self.columns.index(self.ours)
            rows = [(*cells[:index], f"**{cells[index]}**", *cells[index + 1 :]) for cells in rows]
        header, *rows = _align([header, *rows])
        # A colon aligns a column of figures to the right.
        first, *rest = (len(cell) for cell in header)
        rule = ("-" * first, *("-" * (width - 1) + ":" for width in rest))
        lines = ["| " + " | ".join(cells) + " |" for cells in (header, rule, *rows)]
        return "\n".join([f"**{self.title}**", "", *lines])

    def _cells(self) -> list[tuple[str, ...]]:
        """Return the cells of the header and of all rows. The last column holds the goals, if there are any."""
        rows = [(row.label, *map(format_figure, row.figures), self._format_goal(row)) for row in self.rows]
        cells = [("", *self.columns, "goal"), *rows]
        return cells if any(row.goal is not None for row in self.rows) else [row[:-1] for row in cells]

    def _format_goal(self, row: Row) -> str:
        if row.goal is None or (figure := row.figures[self.columns.index(self.ours)]) is None:
            return ""
        met = figure <= row.goal if self.better == "less" else figure >= row.goal
        return f"{'≤' if self.better == 'less' else '≥'} {row.goal:.3g} {'met' if met else 'missed'}"


def format_figure(figure: Figure) -> str:
    """Return a ratio with two decimals, or with three decimals if the ratio is below 0.1."""
    if figure is None:
        return "-"
    return f"{figure:.2f}" if not figure or figure >= 0.1 else f"{figure:.3f}"


def _align(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Pad the cells of each column to the same width. All cells but those of the first column are right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        (first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)))
        for first, *rest in rows
    ]
