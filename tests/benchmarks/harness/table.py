"""A table of ratios: what a benchmark gives, prints and puts on record."""

from typing import Literal

from attrs import field, frozen

Figure = float | None
"""A ratio; None where a contender cannot do what the row asks for."""


@frozen(kw_only=True)
class Row:
    """One thing that is measured, for each contender."""

    label: str
    figures: tuple[Figure, ...]
    """One for each column of the table."""

    goal: float | None = None
    """What this library set out for."""


@frozen(kw_only=True)
class Table:
    """What one benchmark, or a part of it, found."""

    name: str
    title: str
    """What the figures are, and what is 1.00."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    better: Literal["less", "more"] = "less"
    ours: str = field(default="lattice_tg")
    """The column that the goals are about."""

    def __str__(self) -> str:
        lines = [
            ("", *self.columns, "goal"),
            *((row.label, *map(shown, row.figures), self._goal(row)) for row in self.rows),
        ]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        return "\n".join([self.title, *(_line(cells, widths) for cells in lines)])

    def _goal(self, row: Row) -> str:
        if row.goal is None:
            return ""
        reached = row.figures[self.columns.index(self.ours)]
        if reached is None:
            return ""
        met = reached <= row.goal if self.better == "less" else reached >= row.goal
        return f"{'<=' if self.better == 'less' else '>='} {row.goal:g} {'met' if met else 'missed'}"


def shown(figure: Figure) -> str:
    """A ratio with as many places as say something."""
    if figure is None:
        return "-"
    return f"{figure:.2f}" if not figure or figure >= 0.1 else f"{figure:.3f}"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    label, *figures = (
        cell.ljust(width) if not n else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([label, *figures]).rstrip()
