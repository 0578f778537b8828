"""Worker threads, and signals between threads.

``WorkerThreads`` and ``ThreadSignal`` take no lock that other Python code can hold. Therefore, an interrupt cannot
leave a lock acquired, and the garbage collector cannot wait for a lock.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar
from weakref import finalize

from lattice_tg.runtime.clocks import monotonic

T = TypeVar("T")
ResultT = TypeVar("ResultT")

MAX_WAIT_SECONDS = 0.25
"""Maximum duration of a wait that cannot be interrupted.

An interrupt that arrives just before a wait begins does not end the wait.
"""

Job = Callable[[], object]


class WorkerThreads:
    """Daemon threads that run jobs, started on demand.

    The threads end when ``close()`` is called or Python deletes the object. A job must not raise an exception.
    """

    def __init__(self, max_threads: int, name: str = "lattice_tg") -> None:
        self._max_threads = max_threads
        self._name = name
        self._reset()

    def _reset(self) -> None:
        self._process_id = os.getpid()
        self._threads: list[Thread] = []
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._idle: SimpleQueue[None] = SimpleQueue()
        # None ends the first thread that receives it, and this thread passes None on to the next.
        self._close = finalize(self, self._jobs.put, None)

    def submit(self, job: Job) -> None:
        """Run ``job`` in the next free thread. Jobs start in the order in which they were submitted."""
        if self._process_id != os.getpid():  # Threads do not survive a fork.
            self._close.detach()
            self._reset()
        self._jobs.put(job)
        if not self._take_idle_thread() and len(self._threads) < self._max_threads:
            thread = Thread(target=_run_jobs, args=(self._jobs, self._idle), name=self._name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _take_idle_thread(self) -> bool:
        with suppress(Empty):
            self._idle.get_nowait()
            return True
        return False

    def close(self) -> None:
        """End the threads after the jobs that have been submitted."""
        self._close()

    def join(self, seconds: float) -> None:
        """Wait at most ``seconds`` until the threads have ended, after ``close()``."""
        ends_at = monotonic() + seconds
        for thread in self._threads:
            with suppress(RuntimeError):  # An interrupt prevented the start of the thread.
                thread.join(max(ends_at - monotonic(), 0.0))


def _run_jobs(jobs: "SimpleQueue[Job | None]", idle: "SimpleQueue[None]") -> None:
    while (job := jobs.get()) is not None:
        job()
        del job  # Otherwise, an idle thread would keep the last job and all its objects alive.
        idle.put(None)
    jobs.put(None)


def make_lock() -> Lock:
    """Return a lock for a few statements that do not wait."""
    return Lock()


def cache_once(function: Callable[[T], ResultT]) -> Callable[[T], ResultT]:
    """Cache the results of ``function``, and call the function at most once for each argument, in all threads."""
    lock, cached = Lock(), cache(function)

    def call(argument: T) -> ResultT:
        with lock:
            return cached(argument)

    return call


def bind_context(function: Callable[[T], ResultT]) -> Callable[[T], ResultT]:
    """Return a function that calls ``function`` in a copy of the current context, in any thread."""
    context = copy_context()

    def call(argument: T) -> ResultT:
        return context.copy().run(function, argument)  # A context can run only one function at a time.

    return call


class ThreadSignal:
    """A signal for a coroutine that a thread drives."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Wake the thread. If no thread waits, the next wait ends at once."""
        with suppress(RuntimeError):  # The signal is already set.
            self._lock.release()

    def wait_once(self, seconds: float | None) -> bool:
        """Wait for the signal, for at most ``seconds`` (None: no limit). Return whether the signal was set."""
        limit = MAX_WAIT_SECONDS if seconds is None else min(seconds, MAX_WAIT_SECONDS)
        return self._lock.acquire(timeout=max(limit, 0.0))
