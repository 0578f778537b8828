"""Pictures drawn from text when the site is built: floors, states, time lines, plans, as SVG in the page's colours."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import accumulate
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

WIDTH = 720
BOX_HEIGHT = 34
LETTER = 7.2
"""Width of a letter in a box."""


class Point(NamedTuple):
    """A place in the picture, or the way between two."""

    x: float
    y: float

    def __sub__(self, other: "Point") -> "Point":
        return Point(self.x - other.x, self.y - other.y)

    def moved(self, way: "Point", times: float = 1.0) -> "Point":
        return Point(self.x + way.x * times, self.y + way.y * times)

    def length(self) -> float:
        return float((self.x**2 + self.y**2) ** 0.5)

    def unit(self) -> "Point":
        return Point(self.x / self.length(), self.y / self.length())

    def left(self) -> "Point":
        """The way at a right angle to this one."""
        return Point(-self.y, self.x)


# ------------------------------------------------------------------ strokes


def text(at: Point, words: str, *, anchor: str = "middle", kind: str = "label") -> str:
    return f'<text x="{at.x:.0f}" y="{at.y:.0f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def line(start: Point, end: Point, kind: str = "line") -> str:
    return f'<path d="M{start.x:.1f} {start.y:.1f}L{end.x:.1f} {end.y:.1f}" class="{kind}"/>'


def box(corner: Point, width: float, height: float, kind: str = "box") -> str:
    where = f'x="{corner.x:.0f}" y="{corner.y:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<rect {where} rx="6" class="{kind}"/>'


def arrow(start: Point, end: Point, kind: str = "line") -> str:
    way = (end - start).unit()
    foot = end.moved(way, -9)
    corners = (end, foot.moved(way.left(), 4), foot.moved(way.left(), -4))
    head = " ".join(f"{corner.x:.1f},{corner.y:.1f}" for corner in corners)
    return line(start, foot, kind) + f'<polygon points="{head}" class="head"/>'


def cross(at: Point) -> str:
    return line(at.moved(Point(-6, -6)), at.moved(Point(6, 6)), "strong") + line(
        at.moved(Point(-6, 6)), at.moved(Point(6, -6)), "strong"
    )


def svg(height: float, title: str, strokes: Iterable[str]) -> str:
    head = f'<svg class="picture" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
    return f"{head}<title>{escape(title)}</title>{''.join(strokes)}</svg>"


# ------------------------------------------------------------------- floors


def floors(title: str, source: list[str]) -> str:
    """``name | rooms | what they know``, from the top down; a line ``--- words`` is the border between two floors."""
    heights = [44 if row.startswith("---") else 40 for row in source]
    tops = accumulate(heights, initial=4)
    return svg(
        sum(heights) + 8, title, (part for row, top in zip(source, tops, strict=False) for part in _row(row, top))
    )


def _row(row: str, top: float) -> Iterator[str]:
    if row.startswith("---"):
        words = row.strip("- ")
        yield line(Point(0, top + 20), Point(WIDTH, top + 20), "dashed")
        yield text(Point(WIDTH / 2, top + 24), words, kind="halo")
        return
    name, rooms, idea = (part.strip() for part in row.split("|"))
    yield box(Point(1, top), WIDTH - 2, BOX_HEIGHT)
    yield text(Point(16, top + 22), name, anchor="start", kind="strong-text")
    yield text(Point(64, top + 22), rooms, anchor="start", kind="code")
    yield text(Point(WIDTH - 16, top + 22), idea, anchor="end")


# ------------------------------------------------------------------- states

ROW = 96


class State(NamedTuple):
    """A box of a state diagram."""

    name: str
    centre: Point
    is_start: bool
    is_end: bool

    @property
    def half(self) -> Point:
        return Point(len(self.name) * LETTER / 2 + 12, BOX_HEIGHT / 2)

    def edge(self, way: Point) -> Point:
        """Where a line that leaves the centre along ``way`` leaves the box."""
        times = min(half / abs(part) for half, part in zip(self.half, way, strict=True) if part)
        return self.centre.moved(way, times)


def states(title: str, source: list[str]) -> str:
    """Rows of ``a | *b | (c)`` place the states (* is a start, brackets an end); ``a -> b: words`` are the ways."""
    grid = [row for row in source if "->" not in row]
    ways = [way for row in source if (way := re.fullmatch(r"(.+?) -> (.+?): (.+)", row))]
    placed = {state.name: state for state in _placed(grid)}
    pairs = {(way[1], way[2]) for way in ways}
    strokes = [stroke for state in placed.values() for stroke in _state(state)]
    for way in ways:
        strokes += _way(placed[way[1]], placed[way[2]], way[3], both=(way[2], way[1]) in pairs)
    return svg(len(grid) * ROW - ROW + BOX_HEIGHT + 40, title, strokes)


def _placed(grid: list[str]) -> Iterator[State]:
    for row, cells in enumerate(line.split("|") for line in grid):
        for column, cell in enumerate(map(str.strip, cells)):
            name = cell.strip("*()")
            if name != ".":
                centre = Point(WIDTH / len(cells) * (column + 0.5), 20 + BOX_HEIGHT / 2 + row * ROW)
                yield State(name, centre, cell.startswith("*"), cell.startswith("("))


def _state(state: State) -> Iterator[str]:
    corner = state.centre - state.half
    yield box(corner, state.half.x * 2, BOX_HEIGHT, "end" if state.is_end else "box")
    yield text(state.centre.moved(Point(0, 5)), state.name, kind="code-middle")
    if state.is_start:
        tip = Point(corner.x, state.centre.y - 8)
        yield arrow(tip.moved(Point(-24, -16)), tip)
        yield f'<circle cx="{tip.x - 25:.0f}" cy="{tip.y - 17:.0f}" r="4" class="head"/>'


def _way(start: State, end: State, words: str, *, both: bool) -> Iterator[str]:
    way = end.centre - start.centre
    aside = way.unit().left()
    shift = 9.0 if both else 0.0
    tail, tip = (at.moved(aside, shift) for at in (start.edge(way), end.edge(Point(-way.x, -way.y))))
    yield arrow(tail, tip)
    middle = tail.moved(tip - tail, 0.5)
    if not way.x:
        beside = 10 if aside.x * shift >= 0 else -10
        yield text(middle.moved(Point(beside, 4)), words, anchor="start" if beside > 0 else "end")
    elif way.y:
        yield text(middle.moved(Point(8, -4) if way.x * way.y > 0 else Point(8, 14)), words, anchor="start")
    else:
        above = -7 if aside.y * shift <= 0 else 16
        yield text(middle.moved(Point(0, above)), words)


# ---------------------------------------------------------------- time line

STEP = 40


def timeline(title: str, source: list[str]) -> str:
    """``a | b | c`` are who; then ``time | a -> b: words``, ``-x`` for what is lost on the way, ``a: words`` alone."""
    names, *steps = source
    who = [name.strip() for name in names.split("|")]
    places = {name: 150 + (WIDTH - 250) / (len(who) - 1) * index for index, name in enumerate(who)}
    height = 56 + len(steps) * STEP
    strokes = [part for name, x in places.items() for part in _life(name, x, height)]
    for index, step in enumerate(steps):
        strokes += _step(step, places, 76 + index * STEP)
    return svg(height + 8, title, strokes)


def _life(name: str, x: float, height: float) -> Iterator[str]:
    half = len(name) * LETTER / 2 + 12
    yield box(Point(x - half, 2), half * 2, BOX_HEIGHT)
    yield text(Point(x, 24), name, kind="code-middle")
    yield line(Point(x, 2 + BOX_HEIGHT), Point(x, height), "dashed")


def _step(step: str, places: dict[str, float], y: float) -> Iterator[str]:
    time, told = (part.strip() for part in step.split("|", 1))
    yield text(Point(4, y + 4), time, anchor="start", kind="code")
    if message := re.fullmatch(r"(.+?) -([>x]) (.+?): (.+)", told):
        start, end = Point(places[message[1]], y), Point(places[message[3]], y)
        if is_lost := message[2] == "x":
            end = start.moved(end - start, 0.7)
        yield line(start, end) + cross(end) if is_lost else arrow(start, end)
        yield text(start.moved(end - start, 0.5).moved(Point(0, -7)), message[4])
    else:
        name, words = told.split(": ", 1)
        yield text(Point(places[name], y + 4), words, kind="halo-strong")


# --------------------------------------------------------------------- plan

LINE = 24


def plan(title: str, source: list[str]) -> str:
    """What a plan prints: what goes stands after a minus, what comes after a plus."""
    return svg(len(source) * LINE, title, (part for i, row in enumerate(source) for part in _diff_line(row, i * LINE)))


def _diff_line(row: str, top: float) -> Iterator[str]:
    kind = {"+": "comes", "-": "goes"}.get(row[0], "head-line")
    yield f'<rect y="{top:.0f}" width="{WIDTH}" height="{LINE}" class="{kind}"/>'
    yield text(Point(12, top + 16), row.replace(" ", "\N{NO-BREAK SPACE}"), anchor="start", kind="code")


# --------------------------------------------------------------- directives

DRAW = {"floors": floors, "states": states, "timeline": timeline, "plan": plan}


class Picture(SphinxDirective):
    """A picture of the text below; the argument is its title, which is read aloud."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        rows = [row.strip() for row in self.content if row.strip()]
        return [nodes.raw("", DRAW[self.name](self.arguments[0], rows), format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    for name in DRAW:
        app.add_directive(name, Picture)
    app.add_css_file("pictures.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
