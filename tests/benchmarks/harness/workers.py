"""Processes that each make the calls of one alternative.

In one process, clients that share botocore would affect each other's times: the interpreter and the processor adapt to
the client that runs most often. A program usually has only one of these clients.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection

from alternatives.five_calls import FiveCalls
from harness.timing import make_timer

MakeCalls = Callable[[str], FiveCalls]
"""A function that takes the URL of the server and returns the calls of one alternative."""

Measure = Callable[[str, int], float]
"""A function that takes the name of a call and a count, and returns the mean seconds per call."""


@contextmanager
def start_workers(alternatives: Mapping[str, MakeCalls], url: str) -> Generator[dict[str, Measure]]:
    """Start a process for each alternative, and yield one measuring function per alternative."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(_start_worker(make_calls, url)) for name, make_calls in alternatives.items()}


@contextmanager
def _start_worker(make_calls: MakeCalls, url: str) -> Generator[Measure]:
    context = get_context("spawn")
    connection, worker_connection = context.Pipe()
    process = context.Process(target=_work, args=(make_calls, url, worker_connection))
    process.start()
    worker_connection.close()
    try:
        yield partial(_measure, connection)
    finally:
        connection.send(None)
        process.join()


def _measure(connection: Connection, call: str, times: int) -> float:
    connection.send((call, times))
    seconds: float = connection.recv()
    return seconds


def _work(make_calls: MakeCalls, url: str, connection: Connection) -> None:
    calls = make_calls(url)
    calls.check()
    while (job := connection.recv()) is not None:
        call, times = job
        connection.send(make_timer(getattr(calls, call), times)())
