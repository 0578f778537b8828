"""The runtime of the blocking client, which drives coroutines in the caller's thread."""

from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from inspect import iscoroutinefunction
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar, cast

from attrs import evolve, field, frozen

from lattice_tg.errors import InvalidArgumentError
from lattice_tg.models.problem import Problem
from lattice_tg.runtime.base import (
    MAX_STOP_SECONDS,
    Done,
    Pages,
    StopEvent,
    Stream,
    find_hook_problems,
    require_clock_methods,
)
from lattice_tg.runtime.clocks import Clock, SystemClock, monotonic
from lattice_tg.runtime.threads import MAX_WAIT_SECONDS, ThreadSignal, WorkerThreads

P = ParamSpec("P")
T = TypeVar("T")


_ASYNC_HOOK_RULE = ("must not be an async function", "Pass a plain function, or use AsyncTargetGroupClient")


class HookStopIteration(BaseException):
    """An exception that carries a ``StopIteration`` out of a coroutine.

    Python would replace the ``StopIteration`` with a ``RuntimeError``.
    """


def run(function: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a coroutine function to its end in this thread, and return its result.

    The coroutine must wait through a ``BlockingRuntime``. Therefore, this function needs no event loop, and works while
    an event loop runs in this thread.
    """
    coroutine = None  # An interrupt can arrive before the next line ends.
    try:
        coroutine = function(*args, **kwargs)
        coroutine.send(None)
    except StopIteration as stop:
        return cast("T", stop.value)
    except HookStopIteration as error:
        raise cast("StopIteration", error.__cause__) from None
    finally:
        _close(coroutine)
    message = f"{function.__qualname__}() waited for an event loop instead of its runtime."
    raise RuntimeError(message)


def _close(coroutine: Coroutine[Any, Any, object] | None) -> None:
    if coroutine is not None:
        coroutine.close()


def iterate_pages(pages: Pages[T]) -> Generator[T]:
    """Yield the items of all pages."""
    while (page := run(pages.next_page)) is not None:
        yield from page


class StreamIterator(Generator[T, None, None]):
    """A generator over the items of a stream.

    ``close()`` stops the tasks of the stream and waits at most one second for them. If Python deletes the iterator, the
    tasks send no further requests, but nothing waits for the tasks.
    """

    def __init__(self, stream: Stream[T]) -> None:
        self._stream = stream
        self._items = iterate_pages(stream)

    def send(self, value: None, /) -> T:
        """Return the next item."""
        return self._items.send(value)

    def throw(self, *error: Any) -> T:
        """Raise ``error`` at the point where the iterator was paused, which closes the iterator."""
        try:
            return self._items.throw(*error)
        finally:
            run(self._stream.aclose)

    def close(self) -> None:
        """Stop the tasks of the stream."""
        self._items.close()
        run(self._stream.aclose)

    def __del__(self) -> None:
        with suppress(AttributeError):  # An interrupt prevented the end of __init__().
            self._stream.stop()


def iterate(stream: Stream[T]) -> Generator[T]:
    """Return a generator over the items of ``stream``."""
    return StreamIterator(stream)


class BlockingSlot:
    """A slot that limits nothing, because the callers' own threads send the requests."""

    async def acquire(self) -> None:
        """Return at once."""

    async def run(self, function: Callable[[], T], _: Callable[..., object], /) -> T:
        """Call ``function`` in this thread."""
        return function()

    def release(self) -> None:
        """Do nothing."""


_SLOT = BlockingSlot()


@frozen(eq=False, repr=False)
class BlockingRuntime:
    """A runtime whose waits block the thread."""

    clock: Clock
    _stop_event: StopEvent | None = None

    def __attrs_post_init__(self) -> None:
        require_clock_methods(self.clock, "monotonic", "sleep")

    async def sleep(self, seconds: float, /) -> None:
        """Sleep on the clock.

        If the work can be stopped, the sleep ends at once on the system clock, and within a quarter of a second on any
        other clock.
        """
        if self._stop_event is None:
            self.clock.sleep(seconds)
        elif isinstance(self.clock, SystemClock):
            _sleep_until_stopped(self._stop_event, seconds)
        else:
            _sleep_in_steps(self.clock, self._stop_event, seconds)
        self.raise_if_stopped()

    def raise_if_stopped(self) -> None:
        """Raise ``WorkStopped`` if the work is being stopped."""
        if self._stop_event is not None:
            self._stop_event.raise_if_set()

    def make_signal(self) -> "BlockingSignal":
        """Return a signal for the coroutine that this thread drives."""
        return BlockingSignal(self._stop_event)

    def make_slot(self, max_slots: int) -> BlockingSlot:  # noqa: ARG002 - part of the protocol
        """Return the slot that all requests share."""
        return _SLOT

    def find_hook_problems(self, name: str, hook: object, argument: str) -> Sequence[Problem]:
        """Return the problems of a function that the user passed. The function must not be asynchronous."""
        if iscoroutinefunction(hook):
            return (Problem(name, hook, *_ASYNC_HOOK_RULE),)
        return find_hook_problems(name, hook, argument)

    async def call_hook(self, name: str, hook: Callable[[Any], Any], value: object, /) -> Any:
        """Return ``hook(value)``, where ``hook`` is a function of the user.

        Raises:
            InvalidArgumentError: If the function is asynchronous.

        """
        try:
            result = hook(value)
        except StopIteration as error:
            raise HookStopIteration from error
        if hasattr(result, "__await__"):
            getattr(result, "close", bool)()  # Otherwise, Python warns that the coroutine was never awaited.
            raise InvalidArgumentError((Problem(name, hook, *_ASYNC_HOOK_RULE),))
        return result

    def scope(self) -> "BlockingRuntime":
        """Return a runtime for work that can be stopped."""
        return evolve(self, stop_event=StopEvent(self._stop_event))

    def open_tasks(self, work: Callable[[Any], Coroutine[Any, Any, Any]], max_workers: int) -> "ThreadTasks":
        """Return tasks that run in their own threads."""
        return ThreadTasks(self.require_stop_event(), work, max_workers)

    def close(self) -> None:
        """Do nothing, because the threads belong to the callers."""

    def require_stop_event(self) -> StopEvent:
        """Return the event that stops the work. Only a runtime that ``scope()`` returned has an event."""
        return cast("StopEvent", self._stop_event)


def _sleep_until_stopped(stop_event: StopEvent, seconds: float) -> None:
    signal, ends_at = ThreadSignal(), monotonic() + seconds
    with stop_event.listening(signal.set):
        while (remaining := ends_at - monotonic()) > 0 and not signal.wait_once(remaining):
            pass


def _sleep_in_steps(clock: Clock, stop_event: StopEvent, seconds: float) -> None:
    while seconds > MAX_WAIT_SECONDS and not stop_event.is_set:
        clock.sleep(MAX_WAIT_SECONDS)
        seconds -= MAX_WAIT_SECONDS
    if not stop_event.is_set:
        clock.sleep(seconds)


@frozen(eq=False, repr=False)
class BlockingSignal:
    """A signal for a coroutine that a thread drives."""

    _stop_event: StopEvent | None
    _signal: ThreadSignal = field(factory=ThreadSignal)

    def set(self) -> None:
        """Wake the thread. If no thread waits, the next wait ends at once."""
        self._signal.set()

    async def wait(self, seconds: float | None) -> None:
        """Wait for the signal for a short time that is at most ``seconds``.

        Raises:
            WorkStopped: If the work is being stopped.

        """
        if self._stop_event is None:
            self._signal.wait_once(seconds)
            return
        with self._stop_event.listening(self._signal.set):
            self._signal.wait_once(seconds)
        self._stop_event.raise_if_set()


class BlockingTasks:
    """Tasks whose outcomes the thread of the caller waits for.

    Args:
        stop_event: Event that stops the work to which the tasks belong.

    """

    def __init__(self, stop_event: StopEvent) -> None:
        self._stop_event = stop_event
        self._outcomes: SimpleQueue[Done | None] = SimpleQueue()
        """The tasks that have ended, in the order in which they ended. None wakes the thread that waits."""

    def _record_outcome(self, key: int, function: Callable[[], Any]) -> None:
        """Call ``function``, and record that the task ``key`` has ended with the result or error."""
        try:
            done = Done(key, function())
        except BaseException as error:  # noqa: BLE001 - the thread that waits for the task handles the error
            done = Done(key, error=error)
        self._outcomes.put(done)

    async def next_done(self) -> Done:
        """Wait until any task has ended.

        Raises:
            WorkStopped: If the work is being stopped.

        """
        with self._stop_event.listening(partial(self._outcomes.put, None)):
            while True:
                self._stop_event.raise_if_set()
                for done in self._take(MAX_WAIT_SECONDS):
                    return done

    def stop(self) -> None:
        """Tell the tasks to send no further requests."""
        self._stop_event.set()

    def _take(self, seconds: float) -> Sequence[Done]:
        """Return the next task that has ended, or nothing if no task ends within ``seconds``."""
        with suppress(Empty):
            if done := self._outcomes.get(timeout=min(seconds, MAX_WAIT_SECONDS)):
                return (done,)
        return ()

    def _take_all(self) -> Sequence[Done]:
        """Return the tasks that have ended, without waiting."""
        return [done for _ in range(self._outcomes.qsize()) for done in self._take(0.0)]


class ThreadTasks(BlockingTasks):
    """Tasks that run in their own threads, in copies of the caller's context."""

    def __init__(
        self, stop_event: StopEvent, work: Callable[[Any], Coroutine[Any, Any, Any]], max_workers: int
    ) -> None:
        super().__init__(stop_event)
        self._work = work
        self._threads = WorkerThreads(max_workers)

    def submit(self, key: int, item: Any) -> None:
        """Start the task for ``item`` as soon as a thread is free."""
        task = partial(self._record_outcome, key, partial(self._run, item))
        self._threads.submit(partial(copy_context().run, task))

    def _run(self, item: Any) -> Any:
        self._stop_event.raise_if_set()
        return run(self._work, item)

    def stop(self) -> None:
        """Tell the tasks to send no further requests, and end the threads that are idle."""
        super().stop()
        self._threads.close()

    async def aclose(self) -> Sequence[Done]:
        """Stop the tasks, wait at most one second for them, and return the tasks that ended meanwhile."""
        self.stop()
        self._threads.join(MAX_STOP_SECONDS)
        return self._take_all()


def is_thread_pool(executor: object) -> bool:
    """Return whether ``executor`` runs its tasks in threads of this process."""
    return isinstance(executor, ThreadPoolExecutor)


class ExecutorTasks(BlockingTasks):
    """Tasks that run in an executor of the user, possibly in other processes.

    Args:
        runtime: Runtime of the tasks. A task in another process does not notice when the work is stopped.
        work: Function that executes a task. An executor of processes must be able to pickle the function.
        executor: Executor that runs the tasks.

    """

    def __init__(self, runtime: BlockingRuntime, work: Callable[[Any], Any], executor: Executor) -> None:
        super().__init__(runtime.require_stop_event())
        self._work = work
        self._executor = executor
        self._futures: list[Future[Any]] = []
        self._running: set[int] = set()

    def submit(self, key: int, item: Any) -> None:
        """Submit the task for ``item`` to the executor.

        If the executor is broken, the task ends with the error.
        """
        try:
            future = self._executor.submit(self._work, item)
        except Exception as error:  # noqa: BLE001 - the results of earlier tasks must not be lost
            self._outcomes.put(Done(key, error=error))
            return
        self._running.add(key)
        self._futures.append(future)
        future.add_done_callback(partial(self._record, key))

    def _record(self, key: int, future: "Future[Any]") -> None:
        self._record_outcome(key, future.result)
        self._running.discard(key)

    async def aclose(self) -> Sequence[Done]:
        """Stop the tasks, wait at most one second for them, and return the tasks that ended meanwhile."""
        self.stop()
        for future in self._futures:
            future.cancel()
        ends_at, ended = monotonic() + MAX_STOP_SECONDS, list[Done]()
        while self._running and (remaining := ends_at - monotonic()) > 0:
            ended += self._take(remaining)
        return [*ended, *self._take_all()]
