"""``mock_vpc_lattice``: a context manager and decorator."""

import functools
import inspect
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from functools import partial
from types import FunctionType, TracebackType
from typing import Any, Protocol, TypeVar, overload

from attrs import define, frozen

from lattice_tg.runtime.clocks import Clock
from lattice_tg.testing import moto_adapter
from lattice_tg.testing.backend import NO_DELAYS, TOKEN_MISMATCH_DEFAULT, Durations, TokenMismatch
from lattice_tg.testing.emulator import VpcLatticeEmulator

_SETUP_NAMES = ("setUp", "asyncSetUp", "setup_method", "setup")

DecoratedT = TypeVar("DecoratedT", bound=Callable[..., Any])
ClassT = TypeVar("ClassT", bound=type)
ContextFactory = Callable[[], AbstractContextManager[None]]


class Mock(Protocol):
    """What is started around a call and stopped after it."""

    def start(self, *, reset: bool = True) -> Any:
        """Begin, anew or with what was left."""
        ...

    def stop(self, *, remove_data: bool = True) -> None:
        """End."""
        ...


def decorate_function(function: DecoratedT, mock: Mock, *, reset: bool = True, remove_data: bool = True) -> DecoratedT:
    """The function with ``mock`` around each call.

    A coroutine function has it until the coroutine is done, a generator (such as a fixture that yields) until its end.
    """
    around = partial(_mock_context, mock, reset=reset, remove_data=remove_data)
    decorate = next((wrapping for is_such, wrapping in _WRAPPERS if is_such(function)), _wrap_function)
    wrapped: Any = functools.wraps(function)(decorate(function, around))
    return wrapped  # type: ignore[no-any-return]


def decorate_class(cls: ClassT, mock: Mock) -> ClassT:
    """The class with ``mock`` around each of its methods.

    As with moto, a test begins anew, or goes on with what its ``setUp`` or ``setup_method`` made.
    """
    methods = dict(_methods(cls))
    starters = [name for name in methods if name in _SETUP_NAMES] or [name for name in methods if name[:4] == "test"]
    for name, method in methods.items():
        setattr(cls, name, decorate_function(method, mock, reset=name in starters, remove_data=False))
    return cls


def _methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(cls):
        method = inspect.getattr_static(cls, name)
        if isinstance(method, FunctionType) and name[0] != "_" and method.__module__.partition(".")[0] != "unittest":
            yield name, method


@contextmanager
def _mock_context(mock: Mock, *, reset: bool, remove_data: bool) -> Generator[None]:
    mock.start(reset=reset)
    try:
        yield
    finally:
        mock.stop(remove_data=remove_data)


def _wrap_function(function: Callable[..., Any], around: ContextFactory) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with around():
            return function(*args, **kwargs)

    return call


def _wrap_coroutine(function: Callable[..., Any], around: ContextFactory) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with around():
            return await function(*args, **kwargs)

    return call


def _wrap_generator(function: Callable[..., Generator[Any, Any, Any]], around: ContextFactory) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with around():
            return (yield from function(*args, **kwargs))

    return call


def _wrap_async_generator(function: Callable[..., Any], around: ContextFactory) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with around():
            async with aclosing(function(*args, **kwargs)) as yielded:
                async for value in yielded:
                    yield value

    return call


_WRAPPERS: tuple[
    tuple[Callable[[Any], bool], Callable[[Callable[..., Any], ContextFactory], Callable[..., Any]]], ...
] = (
    (inspect.iscoroutinefunction, _wrap_coroutine),
    (inspect.isgeneratorfunction, _wrap_generator),
    (inspect.isasyncgenfunction, _wrap_async_generator),
)


@frozen
class Options:
    """What ``mock_vpc_lattice`` was called with."""

    durations: Durations = NO_DELAYS
    clock: Clock | None = None
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT

    def new_emulator(self) -> VpcLatticeEmulator:
        """An emulator that knows of no target group yet."""
        return VpcLatticeEmulator(self.durations, self.clock, self.token_mismatch_error, moto_adapter.iter_forwards)


@define(eq=False)
class ActiveEmulator:
    """An emulator that is active in this process, and how many contexts hold it."""

    lattice: VpcLatticeEmulator
    moto: Any
    ref_count: int = 0


_lock = threading.RLock()
_active: list[ActiveEmulator] = []


def current_emulator() -> VpcLatticeEmulator:
    """The emulator that answers at present: the one that began last of those that have not ended."""
    with _lock:
        if not _active:
            message = "no emulator is active; call this inside mock_vpc_lattice(), or decorate the function with it"
            raise RuntimeError(message)
        return _active[-1].lattice


class MockVpcLattice:
    """What ``mock_vpc_lattice()`` returns: a context manager, a decorator, and ``start`` and ``stop``.

    Inside another one it joins that one's emulator, as moto's do; with options of its own it is a new emulator, and
    the other one answers again when it ends.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._held: list[ActiveEmulator] = []
        self._kept: VpcLatticeEmulator | None = None

    def start(self, *, reset: bool = True) -> VpcLatticeEmulator:
        """Begin; ``reset=False`` goes on with what the last ``start`` of this object left."""
        with _lock:
            activation = self._join_active() or self._activate(reset=reset)
            activation.ref_count += 1
            self._held.append(activation)
            return activation.lattice

    def stop(self, *, remove_data: bool = True) -> None:
        """End; when the last has ended, moto is as it was before."""
        with _lock:
            if not self._held:
                message = "stop() without start()"
                raise RuntimeError(message)
            activation = self._held.pop()
            activation.ref_count -= 1
            if activation.ref_count == 0:
                _deactivate(activation, remove_data=remove_data)

    def __enter__(self) -> VpcLatticeEmulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, decorated: DecoratedT) -> DecoratedT:
        """The function, coroutine function or class with the emulator around it."""
        decorate: Any = decorate_class if isinstance(decorated, type) else decorate_function
        result: DecoratedT = decorate(decorated, self)
        return result

    def _join_active(self) -> ActiveEmulator | None:
        if self._held:
            return self._held[-1]
        return _active[-1] if _active and self._options == Options() else None

    def _activate(self, *, reset: bool) -> ActiveEmulator:
        if reset or self._kept is None:
            self._kept = self._options.new_emulator()
        activation = ActiveEmulator(self._kept, moto_adapter.create_mock_aws())
        activation.moto.start(reset=reset)
        if not _active:
            moto_adapter.connect(current_emulator)
        _active.append(activation)
        return activation


def _deactivate(activation: ActiveEmulator, *, remove_data: bool) -> None:
    _active.remove(activation)
    if not _active:
        moto_adapter.disconnect()
    activation.moto.stop(remove_data=remove_data)


@overload
def mock_vpc_lattice(decorated: DecoratedT, /) -> DecoratedT: ...


@overload
def mock_vpc_lattice(
    *,
    create_seconds: float = 0,
    initial_seconds: float = 0,
    drain_seconds: float = 0,
    delete_seconds: float = 0,
    clock: Clock | None = None,
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
) -> MockVpcLattice: ...


def mock_vpc_lattice(
    decorated: DecoratedT | None = None,
    /,
    *,
    create_seconds: float = 0,
    initial_seconds: float = 0,
    drain_seconds: float = 0,
    delete_seconds: float = 0,
    clock: Clock | None = None,
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
) -> DecoratedT | MockVpcLattice:
    """The emulator around a block of code, a function, a coroutine function or a test class.

    ``create_seconds`` and the others say how long each passing state lasts on ``clock``: not at all unless said.
    ``token_mismatch_error`` is the code that answers a clientToken with other parameters; the real one is not known.
    """
    durations = Durations(create_seconds, initial_seconds, drain_seconds, delete_seconds)
    mock = MockVpcLattice(Options(durations, clock, token_mismatch_error))
    return mock if decorated is None else mock(decorated)
