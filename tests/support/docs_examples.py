"""Runs the examples of a page: its ``python`` blocks, one after the other in one namespace, on the emulator.

A ``text`` block right after a ``python`` block is what that one prints.
"""

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from lattice_tg.testing import mock_vpc_lattice

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


def blocks_of(page: Path) -> Iterator[tuple[str, int, str]]:
    """The language, the line and the text of each block."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        yield match[1], text.count("\n", 0, match.start()) + 2, match[2]


def run_examples(page: Path) -> int:
    """Run all examples of ``page``; the number of them."""
    namespace: dict[str, Any] = {"__name__": "example"}
    printed, count = "", 0
    with mock_vpc_lattice():
        for language, line, text in blocks_of(page):
            if language == "python":
                printed, count = printed_by(text, page, line, namespace), count + 1
            elif language == "text" and printed:
                if printed != text:  # not an assert, which python -O would leave out
                    raise AssertionError(f"{page.name}:{line}: the example before this prints:\n{printed}")
                printed = ""
    return count


def printed_by(text: str, page: Path, line: int, namespace: dict[str, Any]) -> str:
    """What an example prints; a traceback names the page and its line."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile("\n" * (line - 1) + text, str(page), "exec"), namespace)
    return out.getvalue()


if __name__ == "__main__":
    os.environ.update(_CREDENTIALS)
    for argument in sys.argv[1:]:
        print(f"{run_examples(Path(argument))} examples of {Path(argument).name} run")
