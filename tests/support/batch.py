"""Fleets for the tests of ``plan_all`` and ``ensure_all``, and what a process needs to see to one."""

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


def names(wanted: Iterable[TargetGroupSpec]) -> list[str]:
    return sorted(spec.name for spec in wanted)


def by_name(outcomes: Iterable[ApplyResult]) -> Mapping[str, ApplyResult]:
    return {outcome.spec.name: outcome for outcome in outcomes}


def names_there(client: TargetGroupClient) -> list[str]:
    return sorted(summary.name for summary in client.list())


def calls_of(client: TargetGroupClient) -> RequestSender:
    return client._sender  # pyright: ignore[reportPrivateUsage]


def sent(lattice: VpcLatticeEmulator, start: int = 0) -> Counter[str]:
    """How many requests of each operation came in."""
    return Counter(call.operation for call in lattice.calls[start:])


def settle(lattice: VpcLatticeEmulator) -> None:
    """Return once no more requests come in."""
    seen = -1
    while seen != len(lattice.calls):
        seen = len(lattice.calls)
        sleep(0.2)


class InTurn(Executor):
    """An executor that is no pool of threads: it runs each task at once, or breaks after so many."""

    def __init__(self, most: int = 1000, error: BaseException | None = None) -> None:
        self.left, self.error = most, error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not self.left:
            assert self.error is not None
            raise self.error
        self.left -= 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Remembering(ThreadPoolExecutor):
    """Threads whose tasks can be seen to be taken back."""

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.futures.append(future)
        return future

    def has_cancelled(self) -> bool:
        return any(future.cancelled() for future in self.futures)

    def wait_for_a_cancelled_one(self) -> None:
        give_up_at = monotonic() + 5
        while not self.has_cancelled() and monotonic() < give_up_at:
            sleep(0.001)


class ByPost(ThreadPoolExecutor):
    """Threads that share nothing: each task goes through a pickle, as to the interpreters of Python 3.14's subclass."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_opened, pickle.dumps((fn, args, kwargs)))


def _opened(letter: bytes) -> Any:
    fn, args, kwargs = pickle.loads(letter)
    return fn(*args, **kwargs)


def die(event: object) -> None:
    """A hook that takes its whole process with it."""
    os._exit(1)


@contextmanager
def dummy_credentials() -> Generator[None]:
    """Credentials in the environment, for processes that are begun inside."""
    before = dict(os.environ)
    os.environ.update(CREDENTIALS)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def no_threads_left() -> Generator[None]:
    """As many threads run after as before."""
    before, give_up_at = active_count(), monotonic() + 5
    yield
    while active_count() > before and monotonic() < give_up_at:
        sleep(0.001)  # a thread that was joined may still be counted for a moment
    assert active_count() == before
