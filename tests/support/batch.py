"""Specs, executors and checks for the tests of ``plan_all`` and ``ensure_all``."""

import os
import pickle
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import active_count
from time import monotonic, sleep
from typing import Any

from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.results import ApplyResult
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.desired_states import ORDERS

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}


def specs(count: int) -> list[TargetGroupSpec]:
    return [evolve(ORDERS, name=f"orders-{number}") for number in range(count)]


def names(specs: Iterable[TargetGroupSpec]) -> list[str]:
    return sorted(spec.name for spec in specs)


def index_by_name(results: Iterable[ApplyResult]) -> Mapping[str, ApplyResult]:
    return {result.desired.spec.name: result for result in results}


def existing_names(client: TargetGroupClient) -> list[str]:
    return sorted(summary.name for summary in client.list())


def sender_of(client: TargetGroupClient) -> RequestSender:
    return client._sender  # pyright: ignore[reportPrivateUsage]


def count_operations(lattice: VpcLatticeEmulator, start: int = 0) -> Counter[str]:
    """Return the number of received requests per operation."""
    return Counter(call.operation for call in lattice.calls[start:])


def wait_until_quiet(lattice: VpcLatticeEmulator) -> None:
    """Wait until no more requests arrive."""
    count = -1
    while count != len(lattice.calls):
        count = len(lattice.calls)
        sleep(0.2)


class SerialExecutor(Executor):
    """An executor that runs tasks in submit(), and raises ``error`` after ``max_tasks`` tasks."""

    def __init__(self, max_tasks: int = 1000, error: BaseException | None = None) -> None:
        self.remaining, self.error = max_tasks, error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not self.remaining:
            assert self.error is not None
            raise self.error
        self.remaining -= 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class RecordingExecutor(ThreadPoolExecutor):
    """A thread pool that records its futures, so that tests can find cancelled tasks."""

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.futures.append(future)
        return future

    def has_cancelled(self) -> bool:
        return any(future.cancelled() for future in self.futures)

    def wait_for_cancelled_task(self) -> None:
        deadline = monotonic() + 5
        while not self.has_cancelled() and monotonic() < deadline:
            sleep(0.001)


class PicklingExecutor(ThreadPoolExecutor):
    """A thread pool that pickles each task, as InterpreterPoolExecutor of Python 3.14 does."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_run_pickled, pickle.dumps((fn, args, kwargs)))


def _run_pickled(pickled: bytes) -> Any:
    fn, args, kwargs = pickle.loads(pickled)
    return fn(*args, **kwargs)


def exit_process(event: object) -> None:
    """End the process immediately, as a crash would."""
    os._exit(1)


@contextmanager
def dummy_credentials() -> Generator[None]:
    """Set dummy credentials in the environment of processes that are started in the block."""
    before = dict(os.environ)
    os.environ.update(CREDENTIALS)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def assert_no_threads_left() -> Generator[None]:
    """Assert that no more threads run after the block than before."""
    before, deadline = active_count(), monotonic() + 5
    yield
    while active_count() > before and monotonic() < deadline:
        sleep(0.001)  # active_count() may include a joined thread for a moment.
    assert active_count() <= before  # A thread of an earlier test may have ended meanwhile.
