"""Write the asyncio modules from the blocking modules, or check that the files are up to date.

Usage: ``python .ci/async_client.py [--check]``
"""

import ast
import subprocess
import sys
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import TypeGuard

PACKAGE = Path(__file__).parents[1] / "lattice_tg"

CLIENT_REPLACEMENTS = {
    '"""The blocking client for target groups."""': (
        '"""The asyncio client for target groups.\n\nThe script ``.ci/async_client.py`` writes this file from '
        '``client.py``.\n"""'
    ),
    "import Callable, Generator, Iterable": "import AsyncGenerator, Callable, Iterable",
    "from concurrent.futures import Executor\n": "",
    "from lattice_tg.runtime.blocking import BlockingRuntime, iterate, iterate_pages, run\n": (
        "from lattice_tg.runtime.asynchronous import AsyncioRuntime, iterate, iterate_pages\n"
    ),
    "from lattice_tg.route import Route\n": "from lattice_tg.async_route import AsyncRoute\n",
    "        from lattice_tg.route import Route": "        from lattice_tg.async_route import AsyncRoute",
    "-> Route:": "-> AsyncRoute:",
    "return Route(": "return AsyncRoute(",
    "-> Generator[": "-> AsyncGenerator[",
    "BlockingRuntime(": "AsyncioRuntime(",
    "class TargetGroupClient:": "class AsyncTargetGroupClient:",
    '"""Client for VPC Lattice': '"""Asyncio client for VPC Lattice',
    """\
    that the client returned. Threads can share a client, and a forked process opens new connections. Unless a method
    documents another error, the errors that the methods raise are defined in :mod:`lattice_tg.errors`.
""": """\
    that the client returned. Tasks of one event loop can share a client. Most requests over open connections need no
    thread. Functions that you pass, such as ``on_progress``, may be asynchronous. Unless a method documents another
    error, the errors that the methods raise are defined in :mod:`lattice_tg.errors`.
""",
    "All threads share": "All tasks share",
    "    def close(": "    async def aclose(",
    "    def __enter__(": "    async def __aenter__(",
    "    def __exit__(": "    async def __aexit__(",
    "        self.close()": "        await self.aclose()",
    "        executor: Executor | None = None,\n": "",
    """ If you pass ``executor``, the
                client ignores this argument, and the executor determines the number of workers. Default: 16.
""": " Default: 16.\n",
    """\
            executor: Any ``concurrent.futures.Executor``, such as a process pool or Dask's executor. The client submits
                all groups to the executor at the start. Each worker process creates its own client, which has the
                settings of this client but a separate rate limiter. A client that was created from a session or a
                boto3 client cannot be sent to another process. Default: None, which uses threads.
""": "",
    "``max_workers``, ``executor``, ``run_id`` or": "``max_workers``, ``run_id`` or",
    """\
            TypeError: If ``executor`` is not a thread pool and this client cannot be sent to another process. Either
                the client was created from a session or a boto3 client and holds credentials, or one of its options,
                such as ``on_retry``, cannot be pickled.
""": "",
    """\
                executor=None if executor is None else operations.batch_task.ExecutorBatch.from_client(executor, self),
""": "",
}
"""Texts of ``client.py`` and the texts that replace them."""

ROUTE_REPLACEMENTS = {
    '"""Routes and shifts of the blocking client."""': (
        '"""Routes and shifts of the asyncio client.\n\nThe script ``.ci/async_client.py`` writes this file from '
        '``route.py``.\n"""'
    ),
    "import Iterator, Mapping, Sequence": "import AsyncIterator, Mapping, Sequence",
    "from lattice_tg.runtime.blocking import run\n": "",
    "class Route:": "class AsyncRoute:",
    '"""The default action of a listener, or the action of a rule, returned by ``client.route()``.': (
        '"""The asyncio version of ``Route``, returned by ``AsyncTargetGroupClient.route()``.'
    ),
    '"""A shift of traffic from one target group to another, returned by ``route.shift()``.': (
        '"""The asyncio version of ``Shift``, returned by ``AsyncRoute.shift()``.'
    ),
    "class Shift(Iterator[": "class AsyncShift(AsyncIterator[",
    '-> "Shift":': '-> "AsyncShift":',
    "return Shift(": "return AsyncShift(",
    "Return an iterator that": "Return an async iterator that",
    "def __iter__(": "def __aiter__(",
    "def __next__(": "def __anext__(",
    "raise StopIteration": "raise StopAsyncIteration",
    "Use it in a for loop": "Use it in an async for loop",
}
"""Texts of ``route.py`` and the texts that replace them."""

MODULES = {
    "client.py": ("async_client.py", CLIENT_REPLACEMENTS),
    "route.py": ("async_route.py", ROUTE_REPLACEMENTS),
}
"""Names of the blocking modules, and the names and replacements of the asyncio modules."""


def translate(name: str, replacements: Mapping[str, str]) -> str:
    """Return the source of the asyncio module for the blocking module ``name``."""
    source = (PACKAGE / name).read_text()
    for old, new in replacements.items():
        if old not in source:
            message = f"{name} does not contain {old!r}. Update the replacements in {Path(__file__).name}."
            raise SystemExit(message)
        source = source.replace(old, new)
    return format_source(await_coroutines(source))


def await_coroutines(source: str) -> str:
    """Replace ``run(function, ...)`` with ``await function(...)``, and make the methods async."""
    starts = [0, *accumulate(len(line) for line in source.splitlines(keepends=True))]

    def offset_of(node: ast.expr | ast.stmt) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def end_of(node: ast.expr) -> int:
        return starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    edits: list[tuple[int, int, str]] = []
    methods = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for method in methods:
        for call in (node for node in ast.walk(method) if is_run(node)):
            function, *arguments = call.args
            end = offset_of(arguments[0]) if arguments else end_of(function)
            edits.append((offset_of(call), end, f"await {ast.unparse(function)}("))
            edits.append((offset_of(method), offset_of(method), "async "))
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text + source[end:]
    return source


def is_run(node: ast.AST) -> TypeGuard[ast.Call]:
    """Return whether ``node`` is a call of ``run``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "run"


def format_source(source: str) -> str:
    """Return the source in the format of all other modules."""
    for command in (["check", "--fix-only", "--quiet", "--select=I"], ["format"]):
        ruff = ["ruff", *command, f"--stdin-filename={PACKAGE / 'async_client.py'}", "-"]
        source = subprocess.run(ruff, input=source, capture_output=True, check=True, text=True).stdout
    return source


def main() -> None:
    """Write the files, or exit with an error if ``--check`` is set and a file is not up to date."""
    for name, (target_name, replacements) in MODULES.items():
        translated, target = translate(name, replacements), PACKAGE / target_name
        if "--check" not in sys.argv:
            target.write_text(translated)
        elif not target.exists() or target.read_text() != translated:
            raise SystemExit(f"{target_name} is not up to date. Run: python .ci/{Path(__file__).name}")


if __name__ == "__main__":
    main()
