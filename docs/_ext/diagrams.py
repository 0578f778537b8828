"""Sphinx directives that draw diagrams from text, as SVG in the colors of the page."""

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
CHARACTER_WIDTH = 7.2
"""Width of a character in the monospace font of the boxes."""


class Point(NamedTuple):
    """A position in the diagram, or the vector between two positions."""

    x: float
    y: float

    def __sub__(self, other: "Point") -> "Point":
        return Point(self.x - other.x, self.y - other.y)

    def moved(self, vector: "Point", factor: float = 1.0) -> "Point":
        """Return the point that is ``factor`` times ``vector`` away."""
        return Point(self.x + vector.x * factor, self.y + vector.y * factor)

    def length(self) -> float:
        """Return the length of the vector."""
        return float((self.x**2 + self.y**2) ** 0.5)

    def unit(self) -> "Point":
        """Return the vector of length 1 in the same direction."""
        return Point(self.x / self.length(), self.y / self.length())

    def left(self) -> "Point":
        """Return the vector rotated by 90 degrees."""
        return Point(-self.y, self.x)


# ---------------------------------------------------------------- SVG elements


def text(at: Point, content: str, *, anchor: str = "middle", css_class: str = "label") -> str:
    """Return a text element."""
    return f'<text x="{at.x:.0f}" y="{at.y:.0f}" text-anchor="{anchor}" class="{css_class}">{escape(content)}</text>'


def line(start: Point, end: Point, css_class: str = "line") -> str:
    """Return a straight line."""
    return f'<path d="M{start.x:.1f} {start.y:.1f}L{end.x:.1f} {end.y:.1f}" class="{css_class}"/>'


def box(corner: Point, width: float, height: float, css_class: str = "box") -> str:
    """Return a rectangle with rounded corners."""
    geometry = f'x="{corner.x:.0f}" y="{corner.y:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<rect {geometry} rx="6" class="{css_class}"/>'


def arrow(start: Point, end: Point, css_class: str = "line") -> str:
    """Return a line with an arrowhead at its end."""
    direction = (end - start).unit()
    base = end.moved(direction, -9)
    corners = (end, base.moved(direction.left(), 4), base.moved(direction.left(), -4))
    points = " ".join(f"{corner.x:.1f},{corner.y:.1f}" for corner in corners)
    return line(start, base, css_class) + f'<polygon points="{points}" class="arrowhead"/>'


def cross(at: Point) -> str:
    """Return the cross that ends the arrow of a lost message."""
    return line(at.moved(Point(-6, -6)), at.moved(Point(6, 6)), "strong") + line(
        at.moved(Point(-6, 6)), at.moved(Point(6, -6)), "strong"
    )


def svg(height: float, title: str, elements: Iterable[str]) -> str:
    """Return the SVG document. Screen readers read ``title`` aloud."""
    opening = f'<svg class="diagram" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
    return f"{opening}<title>{escape(title)}</title>{''.join(elements)}</svg>"


# ---------------------------------------------------------------------- layers


def draw_layers(title: str, source: list[str]) -> str:
    """Draw layers from top to bottom.

    A line of ``source`` is ``name | modules | description``. A line ``--- text`` draws a border between two layers.
    """
    heights = [44 if row.startswith("---") else 40 for row in source]
    tops = accumulate(heights, initial=4)
    return svg(
        sum(heights) + 8, title, (part for row, top in zip(source, tops, strict=False) for part in _layer(row, top))
    )


def _layer(row: str, top: float) -> Iterator[str]:
    if row.startswith("---"):
        yield line(Point(0, top + 20), Point(WIDTH, top + 20), "dashed")
        yield text(Point(WIDTH / 2, top + 24), row.strip("- "), css_class="halo")
        return
    name, modules, description = (part.strip() for part in row.split("|"))
    yield box(Point(1, top), WIDTH - 2, BOX_HEIGHT)
    yield text(Point(16, top + 22), name, anchor="start", css_class="strong-text")
    yield text(Point(64, top + 22), modules, anchor="start", css_class="code")
    yield text(Point(WIDTH - 16, top + 22), description, anchor="end")


# --------------------------------------------------------------- state diagram

ROW_HEIGHT = 96


class State(NamedTuple):
    """A box of a state diagram."""

    name: str
    center: Point
    is_initial: bool
    is_final: bool

    @property
    def half_size(self) -> Point:
        return Point(len(self.name) * CHARACTER_WIDTH / 2 + 12, BOX_HEIGHT / 2)

    def edge(self, direction: Point) -> Point:
        """Return the point at which a line from the center along ``direction`` leaves the box."""
        factor = min(half / abs(part) for half, part in zip(self.half_size, direction, strict=True) if part)
        return self.center.moved(direction, factor)


def draw_states(title: str, source: list[str]) -> str:
    """Draw states and transitions.

    Lines ``a | *b | (c) | .`` place the states in a grid: an asterisk marks an initial state, parentheses mark a final
    state, and a dot is an empty cell. Lines ``a -> b: label`` are the transitions.
    """
    grid = [row for row in source if "->" not in row]
    transitions = [match for row in source if (match := re.fullmatch(r"(.+?) -> (.+?): (.+)", row))]
    states = {state.name: state for state in _place_states(grid)}
    pairs = {(match[1], match[2]) for match in transitions}
    elements = [element for state in states.values() for element in _state(state)]
    for match in transitions:
        is_mutual = (match[2], match[1]) in pairs
        elements += _transition(states[match[1]], states[match[2]], match[3], is_mutual=is_mutual)
    return svg(len(grid) * ROW_HEIGHT - ROW_HEIGHT + BOX_HEIGHT + 40, title, elements)


def _place_states(grid: list[str]) -> Iterator[State]:
    for row, cells in enumerate(line.split("|") for line in grid):
        for column, cell in enumerate(map(str.strip, cells)):
            name = cell.strip("*()")
            if name != ".":
                center = Point(WIDTH / len(cells) * (column + 0.5), 20 + BOX_HEIGHT / 2 + row * ROW_HEIGHT)
                yield State(name, center, cell.startswith("*"), cell.startswith("("))


def _state(state: State) -> Iterator[str]:
    corner = state.center - state.half_size
    yield box(corner, state.half_size.x * 2, BOX_HEIGHT, "final" if state.is_final else "box")
    yield text(state.center.moved(Point(0, 5)), state.name, css_class="code-middle")
    if state.is_initial:
        tip = Point(corner.x, state.center.y - 8)
        yield arrow(tip.moved(Point(-24, -16)), tip)
        yield f'<circle cx="{tip.x - 25:.0f}" cy="{tip.y - 17:.0f}" r="4" class="arrowhead"/>'


def _transition(start: State, end: State, label: str, *, is_mutual: bool) -> Iterator[str]:
    vector = end.center - start.center
    normal = vector.unit().left()
    offset = 9.0 if is_mutual else 0.0
    tail, tip = (at.moved(normal, offset) for at in (start.edge(vector), end.edge(Point(-vector.x, -vector.y))))
    yield arrow(tail, tip)
    middle = tail.moved(tip - tail, 0.5)
    if not vector.x:
        distance = 10 if normal.x * offset >= 0 else -10
        yield text(middle.moved(Point(distance, 4)), label, anchor="start" if distance > 0 else "end")
    elif vector.y:
        yield text(middle.moved(Point(8, -4) if vector.x * vector.y > 0 else Point(8, 14)), label, anchor="start")
    else:
        yield text(middle.moved(Point(0, -7 if normal.y * offset <= 0 else 16)), label)


# ------------------------------------------------------------ sequence diagram

MESSAGE_HEIGHT = 40


def draw_sequence(title: str, source: list[str]) -> str:
    """Draw the messages between participants over time.

    The first line names the participants: ``a | b | c``. Each further line is ``time | a -> b: label`` for a message,
    ``time | a -x b: label`` for a lost message, or ``time | a: label`` for a note.
    """
    header, *steps = source
    participants = [name.strip() for name in header.split("|")]
    lifelines = {name: 150 + (WIDTH - 250) / (len(participants) - 1) * i for i, name in enumerate(participants)}
    height = 56 + len(steps) * MESSAGE_HEIGHT
    elements = [part for name, x in lifelines.items() for part in _participant(name, x, height)]
    for index, step in enumerate(steps):
        elements += _step(step, lifelines, 76 + index * MESSAGE_HEIGHT)
    return svg(height + 8, title, elements)


def _participant(name: str, x: float, height: float) -> Iterator[str]:
    half_width = len(name) * CHARACTER_WIDTH / 2 + 12
    yield box(Point(x - half_width, 2), half_width * 2, BOX_HEIGHT)
    yield text(Point(x, 24), name, css_class="code-middle")
    yield line(Point(x, 2 + BOX_HEIGHT), Point(x, height), "dashed")


def _step(step: str, lifelines: dict[str, float], y: float) -> Iterator[str]:
    time, event = (part.strip() for part in step.split("|", 1))
    yield text(Point(4, y + 4), time, anchor="start", css_class="code")
    if message := re.fullmatch(r"(.+?) -([>x]) (.+?): (.+)", event):
        start, end = Point(lifelines[message[1]], y), Point(lifelines[message[3]], y)
        if is_lost := message[2] == "x":
            end = start.moved(end - start, 0.7)
        yield line(start, end) + cross(end) if is_lost else arrow(start, end)
        yield text(start.moved(end - start, 0.5).moved(Point(0, -7)), message[4])
    else:
        name, label = event.split(": ", 1)
        yield text(Point(lifelines[name], y + 4), label, css_class="halo-strong")


# ------------------------------------------------------------------------ plan

LINE_HEIGHT = 24


def draw_plan(title: str, source: list[str]) -> str:
    """Draw the text of a plan with added lines (``+``) in green and removed lines (``-``) in red."""
    elements = (part for index, row in enumerate(source) for part in _diff_line(row, index * LINE_HEIGHT))
    return svg(len(source) * LINE_HEIGHT, title, elements)


def _diff_line(row: str, top: float) -> Iterator[str]:
    css_class = {"+": "added", "-": "removed"}.get(row[0], "unchanged")
    yield f'<rect y="{top:.0f}" width="{WIDTH}" height="{LINE_HEIGHT}" class="{css_class}"/>'
    yield text(Point(12, top + 16), row.replace(" ", "\N{NO-BREAK SPACE}"), anchor="start", css_class="code")


# ------------------------------------------------------------------ directives

DRAW = {
    "layers": draw_layers,
    "state-diagram": draw_states,
    "sequence-diagram": draw_sequence,
    "plan": draw_plan,
}


class Diagram(SphinxDirective):
    """A diagram drawn from the content of the directive. Its argument is the title."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """Return the diagram as raw HTML."""
        rows = [row.strip() for row in self.content if row.strip()]
        return [nodes.raw("", DRAW[self.name](self.arguments[0], rows), format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives and their style sheet."""
    for name in DRAW:
        app.add_directive(name, Diagram)
    app.add_css_file("diagrams.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
