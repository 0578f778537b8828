"""The protocol through which coroutines wait, and the parts that its implementations share.

Every operation is written once, as a coroutine that waits only through a ``Runtime``. The blocking client drives the
coroutine to its end in the caller's thread, and the asyncio client awaits the coroutine.
"""

from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any, Protocol, TypeVar

from attrs import frozen

from lattice_tg.errors import ConfigurationError
from lattice_tg.models.base import ReprMixin
from lattice_tg.models.problem import Problem
from lattice_tg.runtime.clocks import Clock

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAX_STOP_SECONDS = 1.0
"""Maximum number of seconds that interrupted work waits for requests in flight."""


class WorkStopped(BaseException):
    """An exception that ends work that is being stopped.

    As with a cancellation, ``except Exception`` does not catch this exception.
    """


class StopEvent:
    """An event that ends all waits of the work to which it belongs.

    Setting the event takes no lock, so that the garbage collector may set the event at any time.

    Args:
        parent: Event of the enclosing work. If the parent is set, this event is also set.

    """

    def __init__(self, parent: "StopEvent | None" = None) -> None:
        self._parent = parent
        self._is_set = False
        self._listeners: dict[object, Callable[[], object]] = {}

    @property
    def is_set(self) -> bool:
        """Whether this event or the event of the enclosing work is set."""
        return self._is_set or (self._parent is not None and self._parent.is_set)

    def raise_if_set(self) -> None:
        """Raise an error if the event is set.

        Raises:
            WorkStopped: If this event or the event of the enclosing work is set.

        """
        if self.is_set:
            raise WorkStopped

    def set(self) -> None:
        """Set the event and call the listeners."""
        self._is_set = True
        for listener in list(self._listeners.values()):
            listener()

    @contextmanager
    def listening(self, listener: Callable[[], object]) -> Generator[None]:
        """Call ``listener`` if the event is set during the context, or if the event is already set."""
        key = object()
        try:
            self.add_listener(key, listener)
            if self.is_set:
                listener()
            yield
        finally:
            self.remove_listener(key)

    def add_listener(self, key: object, listener: Callable[[], object]) -> None:
        """Call ``listener`` when this event or the event of the enclosing work is set."""
        self._listeners[key] = listener
        if self._parent is not None:
            self._parent.add_listener(key, listener)

    def remove_listener(self, key: object) -> None:
        """Remove the listener that was added under ``key``, if there is one."""
        self._listeners.pop(key, None)
        if self._parent is not None:
            self._parent.remove_listener(key)


class Signal(Protocol):
    """A signal for one waiting coroutine."""

    def set(self) -> None:
        """Wake the coroutine. If no coroutine waits, the next wait ends at once."""
        ...

    async def wait(self, seconds: float | None) -> None:
        """Wait for the signal, for at most ``seconds`` (None: no limit) or until the work is stopped.

        The wait may end early.
        """
        ...


WaitReadable = Callable[[Any, float | None], Awaitable[bool]]
"""Function that waits until a socket is readable, for at most a number of seconds (None: no limit).

The function returns False if the seconds pass first. A readable socket may have no data.
"""


class Slot(Protocol):
    """A slot for one of the requests that a client can have in flight."""

    async def acquire(self) -> None:
        """Wait until fewer requests are in flight than the client has connections."""
        ...

    async def run(
        self, function: Callable[[], T], coroutine_function: Callable[[WaitReadable], Awaitable[T | None]], /
    ) -> T:
        """Send a request and return its response.

        Args:
            function: Function that sends the request and blocks until the response arrives.
            coroutine_function: Function that sends the request and waits without blocking. The function returns None
                if the request would block.

        """
        ...

    def release(self) -> None:
        """Release the slot for the next request as soon as the function has returned."""
        ...


@frozen(repr=False)
class Done(ReprMixin):
    """A task that has ended. ``error`` is None if the task returned ``result``."""

    key: int
    result: Any = None
    error: BaseException | None = None


class Tasks(Protocol):
    """Concurrent tasks with a bounded number of workers."""

    def submit(self, key: int, item: Any) -> None:
        """Start the task for ``item`` as soon as a worker is free."""
        ...

    async def next_done(self) -> Done:
        """Wait until any task has ended.

        Raises:
            WorkStopped: If the work that started the tasks is being stopped.

        """
        ...

    def stop(self) -> None:
        """Tell the tasks to send no further requests. The method neither waits nor takes a lock."""
        ...

    async def aclose(self) -> Sequence[Done]:
        """Stop the tasks, wait at most one second for them, and return the tasks that ended meanwhile."""
        ...


class Runtime(Protocol):
    """An environment in which the coroutines of a client wait and start tasks."""

    @property
    def clock(self) -> Clock:
        """Clock of the client."""
        ...

    async def sleep(self, seconds: float, /) -> None:
        """Sleep on the clock.

        Raises:
            WorkStopped: If the work is being stopped.

        """
        ...

    def raise_if_stopped(self) -> None:
        """Raise ``WorkStopped`` if the work is being stopped."""
        ...

    def make_signal(self) -> Signal:
        """Return a signal for one coroutine."""
        ...

    def make_slot(self, max_slots: int) -> Slot:
        """Return one of the ``max_slots`` slots for requests of the client."""
        ...

    def find_hook_problems(self, name: str, hook: object, argument: str) -> Sequence[Problem]:
        """Return the problems of ``hook``, which the user passed as the argument ``name``.

        Args:
            name: Name of the argument.
            hook: None, or the function.
            argument: What the function must accept, such as ``a WaitProgress``.

        """
        ...

    async def call_hook(self, name: str, hook: Callable[[Any], Any], value: object, /) -> Any:
        """Call the function ``hook`` of the user with ``value``, and return the result.

        ``name`` is the name of the argument to which the user passed the function.
        """
        ...

    def scope(self) -> "Runtime":
        """Return a runtime for work that can be stopped.

        The work also stops when the enclosing work stops.
        """
        ...

    def open_tasks(self, work: Callable[[Any], Coroutine[Any, Any, Any]], max_workers: int) -> Tasks:
        """Return tasks that call ``work`` with one item each.

        ``work`` must wait through this runtime, which must be the result of ``scope()``.
        """
        ...

    def close(self) -> None:
        """End the threads of the client."""
        ...


def find_hook_problems(name: str, hook: object, argument: str) -> Sequence[Problem]:
    """Return the problems of a function that the user passed. The function may be asynchronous."""
    if hook is None or (callable(hook) and accepts_one_argument(hook)):
        return ()
    return (Problem(name, hook, f"must be a function that accepts {argument}, or None"),)


def accepts_one_argument(function: Callable[..., object]) -> bool:
    """Return whether a function can be called with one argument, or whether this is unknown."""
    try:
        signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # Some functions that are written in C have no signature.
        return True
    return True


_CLOCK_METHODS = {
    "monotonic": "the method monotonic()",
    "sleep": "the method sleep(seconds)",
    "sleep_async": "the async method sleep_async(seconds)",
}


def require_clock_methods(clock: object, *names: str) -> None:
    """Raise an error if a clock that the user passed lacks a method.

    Raises:
        ConfigurationError: If a method is missing.

    """
    missing = [_CLOCK_METHODS[name] for name in names if not callable(getattr(clock, name, None))]
    if missing:
        pronoun = "it" if len(missing) == 1 else "them"
        raise ConfigurationError(f"clock={clock!r}: must have {' and '.join(missing)}. Add {pronoun} to the clock.")


class Pages(Protocol[T_co]):
    """A sequence of pages that is produced on demand.

    A sequence of pages is not an async generator, because a running event loop would register and close the generator.
    """

    async def next_page(self) -> Sequence[T_co] | None:
        """Return the next page, which may be empty, or None at the end."""
        ...


class Stream(Pages[T_co], Protocol[T_co]):
    """A sequence of pages that concurrent tasks produce."""

    def stop(self) -> None:
        """Send no further requests. The method neither waits nor takes a lock."""
        ...

    async def aclose(self) -> None:
        """Stop the tasks of the stream, and wait at most one second for the requests in flight."""
        ...
