"""Worker threads and signals between threads."""

import gc
import multiprocessing
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue

import pytest

from lattice_tg.runtime.threads import ThreadSignal, WorkerThreads, cache_once

NAME = "test_threads"


def running() -> int:
    """Return the number of running threads of this test."""
    return sum(thread.name == NAME for thread in threading.enumerate())


def wait_until_ended() -> bool:
    """Wait until all threads of this test have ended. Return whether they did."""
    ends_at = time.monotonic() + 5
    while running() and time.monotonic() < ends_at:
        time.sleep(0.001)
    return not running()


def test_jobs_run_in_at_most_max_threads() -> None:
    """Jobs run concurrently in ``max_threads`` threads, and further jobs wait."""
    threads, barrier, results = WorkerThreads(3, NAME), threading.Barrier(3), SimpleQueue[str]()

    def job() -> None:
        barrier.wait(5)
        results.put(threading.current_thread().name)

    for _ in range(9):
        threads.submit(job)

    assert [results.get(timeout=5) for _ in range(9)] == [NAME] * 9
    assert running() == 3
    threads.close()
    threads.join(5)
    assert running() == 0


def test_an_idle_thread_is_used_again() -> None:
    """A job that comes after the end of another job needs no new thread."""
    threads, results = WorkerThreads(3, NAME), SimpleQueue[int]()

    for number in range(5):
        threads.submit(partial(results.put, number))
        assert results.get(timeout=5) == number
        time.sleep(0.01)

    assert running() == 1
    threads.close()
    assert wait_until_ended()


def test_garbage_threads_end() -> None:
    """Threads end when nothing refers to their ``WorkerThreads`` any more."""
    threads, results = WorkerThreads(2, NAME), SimpleQueue[int]()
    threads.submit(partial(results.put, 1))
    assert results.get(timeout=5) == 1

    del threads
    gc.collect()

    assert wait_until_ended()


def run_in_child(threads: WorkerThreads, status: "multiprocessing.SimpleQueue[bool]") -> None:
    results = SimpleQueue[int]()
    threads.submit(partial(results.put, 1))
    status.put(results.get(timeout=5) == 1)
    os._exit(0)


def test_threads_work_after_a_fork() -> None:
    """A forked process starts threads of its own."""
    threads, results = WorkerThreads(1, NAME), SimpleQueue[int]()
    threads.submit(partial(results.put, 1))
    assert results.get(timeout=5) == 1
    context = multiprocessing.get_context("fork")
    status = context.SimpleQueue()
    process = context.Process(target=run_in_child, args=(threads, status))

    process.start()

    assert status.get() is True
    process.join(5)
    threads.close()
    assert wait_until_ended()


def test_a_new_process_id_starts_new_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the id of the process has changed, the threads of the parent are not used."""
    threads, results = WorkerThreads(1), SimpleQueue[int]()
    threads.submit(partial(results.put, 1))
    assert results.get(timeout=5) == 1
    parent_jobs = threads._jobs  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(os, "getpid", lambda: -1)

    threads.submit(partial(results.put, 2))

    assert results.get(timeout=5) == 2
    threads.close()
    threads.join(5)
    parent_jobs.put(None)  # In a forked process, the thread of the parent does not exist.


def test_a_signal_that_comes_first_is_kept() -> None:
    """A signal that is set before the wait ends the wait at once, and setting it twice counts once."""
    signal = ThreadSignal()
    signal.set()
    signal.set()

    assert signal.wait_once(None)
    assert not signal.wait_once(0.001)


def test_results_are_cached_in_all_threads() -> None:
    """The function is called once, even if many threads call it at the same time."""
    calls: list[int] = []

    @cache_once
    def square(number: int) -> int:
        calls.append(number)
        time.sleep(0.01)
        return number * number

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(square, [3] * 16)) == [9] * 16
    assert calls == [3]
