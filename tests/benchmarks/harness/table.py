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
        lines = [
            ("", *self.columns, "goal"),
            *((row.label, *map(format_figure, row.figures), self._format_goal(row)) for row in self.rows),
        ]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        return "\n".join([self.title, *(_format_line(cells, widths) for cells in lines)])

    def _format_goal(self, row: Row) -> str:
        if row.goal is None:
            return ""
        figure = row.figures[self.columns.index(self.ours)]
        if figure is None:
            return ""
        met = figure <= row.goal if self.better == "less" else figure >= row.goal
        return f"{'<=' if self.better == 'less' else '>='} {row.goal:g} {'met' if met else 'missed'}"


def format_figure(figure: Figure) -> str:
    """Return a ratio with two decimals, or with three decimals if the ratio is below 0.1."""
    if figure is None:
        return "-"
    return f"{figure:.2f}" if not figure or figure >= 0.1 else f"{figure:.3f}"


def _format_line(cells: tuple[str, ...], widths: list[int]) -> str:
    label, *figures = (
        cell.ljust(width) if not n else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([label, *figures]).rstrip()
