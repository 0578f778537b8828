"""The runtime of the asyncio client, which sends requests in the event loop or in threads."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar, cast

from attrs import define, evolve, field, frozen

from lattice_tg.errors import ConfigurationError
from lattice_tg.models.problem import Problem
from lattice_tg.runtime.base import (
    MAX_STOP_SECONDS,
    Done,
    Pages,
    StopEvent,
    Stream,
    WaitReadable,
    find_hook_problems,
    require_clock_methods,
)
from lattice_tg.runtime.clocks import Clock
from lattice_tg.runtime.threads import WorkerThreads

T = TypeVar("T")


async def iterate_pages(pages: Pages[T]) -> AsyncGenerator[T]:
    """Yield the items of all pages."""
    while (page := await pages.next_page()) is not None:
        for item in page:
            yield item


async def iterate(stream: Stream[T]) -> AsyncGenerator[T]:
    """Yield the items of ``stream``. Closing the generator stops the tasks of the stream."""
    try:
        while (page := await stream.next_page()) is not None:
            for item in page:
                yield item
    finally:
        if _running_loop() is None:  # The garbage collector closes the generator of a closed loop.
            stream.stop()
        else:
            await stream.aclose()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    with suppress(RuntimeError):  # No event loop runs in this thread.
        return asyncio.get_running_loop()
    return None


class RequestThreads:
    """The threads that send the requests of one client.

    The semaphore limits the requests in flight, in threads and in the event loop. All methods except ``close()`` run in
    the event loop of the client.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads = WorkerThreads(0)
        self._free = asyncio.Semaphore(0)
        self._is_closed = False

    async def acquire(self, max_threads: int) -> asyncio.Semaphore:
        """Wait until another request may be in flight. Return the semaphore to release afterwards.

        Raises:
            ConfigurationError: If the client is closed, or if another event loop uses the client.

        """
        self._attach(max_threads)
        free = self._free
        await free.acquire()
        if self._is_closed:
            free.release()
            self.raise_if_unusable(None)
        return free

    def _attach(self, max_threads: int) -> None:
        loop = asyncio.get_running_loop()
        self.raise_if_unusable(loop)
        if loop is self._loop:
            return
        self._threads.close()
        self._loop, self._free = loop, asyncio.Semaphore(max_threads)
        self._threads = WorkerThreads(max_threads, "lattice_tg_requests")

    def raise_if_unusable(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Raise an error if ``loop`` cannot use the client. If ``loop`` is None, no event loop runs yet.

        Raises:
            ConfigurationError: If the client is closed, or if another event loop uses the client.

        """
        if self._is_closed:
            raise ConfigurationError("The client is closed. Create a new client.")
        if loop is not None and self._loop not in (None, loop) and not self._loop.is_closed():
            raise ConfigurationError(
                "Another event loop uses this client. Create one AsyncTargetGroupClient for each event loop."
            )

    def close(self) -> None:
        """End the threads after their current requests, and reject further requests."""
        self._is_closed = True
        self._threads.close()

    def submit(self, function: Callable[[], None]) -> None:
        """Call ``function`` in a free thread, in a copy of the context of the task."""
        self._threads.submit(partial(copy_context().run, function))


class RequestSlot:
    """A slot for one of the requests that the client can have in flight."""

    def __init__(self, threads: RequestThreads, max_threads: int) -> None:
        self._threads = threads
        self._max_threads = max_threads
        self._free: asyncio.Semaphore | None = None
        self._is_running = self._is_released = False

    async def acquire(self) -> None:
        """Wait for a free thread."""
        self._free = await self._threads.acquire(self._max_threads)

    async def run(
        self, function: Callable[[], T], coroutine_function: Callable[[WaitReadable], Awaitable[T | None]], /
    ) -> T:
        """Send a request in the event loop, or in a thread if the request would block.

        If the task is cancelled, a request in the event loop ends and closes its connection. A thread still finishes
        its request, and the slot stays occupied until then.
        """
        if _can_wait_for_sockets(asyncio.get_running_loop()):
            response = await coroutine_function(wait_readable)
            if response is not None:
                return response
        return await self._run_in_thread(function)

    async def _run_in_thread(self, function: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def call() -> None:
            result: Any = None
            error: BaseException | None = None
            try:
                result = function()
            except BaseException as raised:  # noqa: BLE001 - the task that waits raises the error
                error = raised
            _call_in_loop(loop, self._finish, future, result, error)

        self._is_running = True
        self._threads.submit(call)
        return await future

    def _finish(self, future: "asyncio.Future[Any]", result: object, error: BaseException | None) -> None:
        self._is_running = False
        if self._is_released:
            self.release()
        if future.done():  # The task was cancelled.
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def release(self) -> None:
        """Release the slot for the next request as soon as the function has returned."""
        self._is_released = True
        if self._free is not None and not self._is_running:
            free, self._free = self._free, None
            with suppress(RuntimeError):  # The event loop is closed, and Python deletes the coroutine.
                free.release()


def _can_wait_for_sockets(loop: asyncio.AbstractEventLoop) -> bool:
    """Return whether ``loop`` supports ``add_reader()``.

    The default event loop of Windows does not.
    """
    return type(loop).add_reader is not asyncio.AbstractEventLoop.add_reader


async def wait_readable(sock: Any, seconds: float | None) -> bool:
    """Wait until a socket is readable.

    Return False if ``seconds`` pass first (None: no limit). A readable socket may have no data.
    """
    loop, descriptor = asyncio.get_running_loop(), sock.fileno()
    future: asyncio.Future[bool] = loop.create_future()
    timer = None if seconds is None else loop.call_later(seconds, _set_result, future, False)
    loop.add_reader(descriptor, _set_result, future, True)
    try:
        return await future
    finally:
        if timer is not None:
            timer.cancel()
        loop.remove_reader(descriptor)


def _set_result(future: asyncio.Future[bool], result: bool) -> None:
    if not future.done():
        future.set_result(result)


def _call_in_loop(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *arguments: object) -> None:
    """Call ``function`` in the event loop, from any thread. If the loop is closed, do nothing."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *arguments)


@frozen(eq=False, repr=False)
class AsyncioRuntime:
    """A runtime whose waits leave the thread to other tasks."""

    clock: Clock
    _threads: RequestThreads = field(factory=RequestThreads)
    _stop_event: StopEvent | None = None

    def __attrs_post_init__(self) -> None:
        require_clock_methods(self.clock, "monotonic", "sleep_async")

    async def sleep(self, seconds: float, /) -> None:
        """Sleep on the clock. If the work is being stopped, the sleep ends at once."""
        if self._stop_event is None:
            await self._sleep_on_clock(seconds)
        else:
            await _wait(self._stop_event, self._sleep_on_clock, seconds)

    async def _sleep_on_clock(self, seconds: float) -> None:
        sleep: Any = self.clock.sleep_async(seconds)
        if not hasattr(sleep, "__await__"):
            raise ConfigurationError(
                f"clock={self.clock!r}: sleep_async(seconds) must be an async method. Define it with async def."
            )
        await sleep

    def raise_if_stopped(self) -> None:
        """Raise ``WorkStopped`` if the work is being stopped."""
        if self._stop_event is not None:
            self._stop_event.raise_if_set()

    def make_signal(self) -> "LoopSignal":
        """Return a signal for this task."""
        return LoopSignal(self._stop_event or StopEvent())

    def make_slot(self, max_slots: int) -> RequestSlot:
        """Return one of ``max_slots`` slots for requests."""
        return RequestSlot(self._threads, max_slots)

    def find_hook_problems(self, name: str, hook: object, argument: str) -> Sequence[Problem]:
        """Return the problems of a function that the user passed."""
        return find_hook_problems(name, hook, argument)

    async def call_hook(self, name: str, hook: Callable[[Any], Any], value: object, /) -> Any:
        """Return ``hook(value)``, where ``hook`` is a function of the user, which may be asynchronous."""
        try:
            result: Any = hook(value)
        except StopIteration as error:
            message = f"{name} raised StopIteration, which a coroutine cannot raise."
            raise RuntimeError(message) from error
        return await result if hasattr(result, "__await__") else result

    def scope(self) -> "AsyncioRuntime":
        """Return a runtime for work that can be stopped.

        Raises:
            ConfigurationError: If the client is closed, or if another event loop uses the client. Otherwise, bulk work
                would report this error for each request.

        """
        self._threads.raise_if_unusable(_running_loop())
        return evolve(self, stop_event=StopEvent(self._stop_event))

    def open_tasks(self, work: Callable[[Any], Coroutine[Any, Any, Any]], max_workers: int) -> "AsyncioTasks":
        """Return concurrent asyncio tasks."""
        return AsyncioTasks(cast("StopEvent", self._stop_event), work, max_workers)

    def close(self) -> None:
        """End the threads after their current requests, and reject further requests."""
        self._threads.close()


async def _wait(
    stop_event: StopEvent,
    function: Callable[..., Coroutine[Any, Any, object]],
    *arguments: float,
    limit: float | None = None,
) -> None:
    """Await ``function(*arguments)`` for at most ``limit`` seconds or until the work is stopped.

    If ``limit`` is None, the wait has no time limit.

    Raises:
        WorkStopped: If the work is being stopped.

    """
    loop = asyncio.get_running_loop()
    timeout = asyncio.timeout(limit)
    try:
        async with timeout:
            with stop_event.listening(partial(_call_in_loop, loop, _expire, timeout)):
                await function(*arguments)
    except TimeoutError:
        if not timeout.expired():  # The function itself raised the error.
            raise
    stop_event.raise_if_set()


def _expire(timeout: asyncio.Timeout) -> None:
    with suppress(RuntimeError):  # The wait has already ended.
        timeout.reschedule(asyncio.get_running_loop().time())


@frozen(eq=False, repr=False)
class LoopSignal:
    """A signal for a task. Any thread may set the signal."""

    _stop_event: StopEvent
    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.get_running_loop)
    _event: asyncio.Event = field(factory=asyncio.Event)

    def set(self) -> None:
        """Wake the task. If the task does not wait, its next wait ends at once."""
        _call_in_loop(self._loop, self._event.set)

    async def wait(self, seconds: float | None) -> None:
        """Wait for the signal, for at most ``seconds`` (None: no limit) or until the work is stopped."""
        await _wait(self._stop_event, self._event.wait, limit=seconds)
        self._event.clear()


@define(eq=False, repr=False)
class AsyncioTasks:
    """Concurrent asyncio tasks, of which at most ``max_workers`` work at the same time."""

    _stop_event: StopEvent
    _work: Callable[[Any], Coroutine[Any, Any, Any]]
    _max_workers: int
    _free: asyncio.Semaphore = field(init=False)
    _signal: LoopSignal = field(init=False)
    _tasks: dict[int, "asyncio.Task[None]"] = field(factory=dict[int, "asyncio.Task[None]"], init=False)
    _ended: deque[Done] = field(factory=deque[Done], init=False)

    def __attrs_post_init__(self) -> None:
        self._free = asyncio.Semaphore(self._max_workers)
        self._signal = LoopSignal(self._stop_event)

    def submit(self, key: int, item: Any) -> None:
        """Start the task for ``item`` as soon as fewer than ``max_workers`` tasks work."""
        self._tasks[key] = asyncio.get_running_loop().create_task(self._run(key, item))

    async def _run(self, key: int, item: Any) -> None:
        try:
            async with self._free:
                self._stop_event.raise_if_set()
                done = Done(key, await self._work(item))
        except BaseException as error:  # noqa: BLE001 - the task that waits for this task handles the error
            done = Done(key, error=error)
        self._ended.append(done)
        self._signal.set()

    async def next_done(self) -> Done:
        """Wait until any task has ended."""
        while not self._ended:
            await self._signal.wait(None)
        return self._pop()

    def _pop(self) -> Done:
        done = self._ended.popleft()
        del self._tasks[done.key]
        return done

    def stop(self) -> None:
        """Tell the tasks to send no further requests."""
        self._stop_event.set()

    async def aclose(self) -> Sequence[Done]:
        """Stop the tasks, wait at most one second for them, and return the tasks that ended meanwhile."""
        self.stop()
        tasks = list(self._tasks.values())
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=MAX_STOP_SECONDS)
        finally:
            ended = [self._pop() for _ in list(self._ended)]
            for task in tasks:
                task.cancel()
        if running := [task for task in tasks if not task.done()]:
            await asyncio.wait(running)
        return ended
