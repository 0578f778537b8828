"""Runner for the examples in the documentation.

The ``python`` blocks of a page run in one namespace, as if pasted into an interpreter from top to bottom. A ``text`` or
``diff`` block directly after a ``python`` block holds the output of that block. A page that starts an emulator for all
its examples assigns the emulator to ``mock``, and the runner stops the emulator at the end of the page.

``python docs_examples.py PAGE...`` runs pages without access to the network.
"""

import io
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def iter_blocks(page: Path) -> Iterator[tuple[str, int, str]]:
    """Yield the language, the first line number and the content of each fenced block."""
    content = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(content):
        yield match[1], content.count("\n", 0, match.start()) + 2, match[2]


def run_examples(page: Path) -> int:
    """Run all examples of ``page`` and return their number.

    Raises:
        AssertionError: If the output of an example differs from the output on the page.
    """
    namespace: dict[str, Any] = {"__name__": "example"}
    try:
        return _run_blocks(page, namespace)
    finally:
        if "mock" in namespace:
            namespace["mock"].stop()


def _run_blocks(page: Path, namespace: dict[str, Any]) -> int:
    output, count = "", 0
    for language, line, content in iter_blocks(page):
        if language == "python":
            output, count = _capture_output(content, page, line, namespace), count + 1
        elif language in ("text", "diff") and output:
            if output != content:  # The runner raises explicitly, because python -O removes assert statements.
                raise AssertionError(f"{page.name}:{line}: the example before this block prints:\n{output}")
            output = ""
    return count


def _capture_output(source: str, page: Path, line: int, namespace: dict[str, Any]) -> str:
    """Run an example and return the output. Empty lines before the source make tracebacks show page lines."""
    output = io.StringIO()
    with redirect_stdout(output):
        exec(compile("\n" * (line - 1) + source, str(page), "exec"), namespace)
    return output.getvalue()


def block_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise an error if the process is about to use the network. This function is an audit hook."""
    if event not in ("socket.getaddrinfo", "socket.connect"):
        return
    host: Any = arguments[0] if event == "socket.getaddrinfo" else arguments[1][0]
    if host not in ("127.0.0.1", "::1", "localhost"):
        message = f"An example would connect to {host}."
        raise RuntimeError(message)


if __name__ == "__main__":
    sys.addaudithook(block_network)
    # In development mode, asyncio warns about slow steps, and every step can be slow on a busy machine.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    for argument in sys.argv[1:]:
        print(f"{Path(argument).name}: {run_examples(Path(argument))} examples passed")
