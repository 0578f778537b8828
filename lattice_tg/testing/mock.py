"""``mock_vpc_lattice``, a context manager and decorator that activates the emulator."""

import functools
import inspect
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from functools import partial
from types import FunctionType, TracebackType
from typing import Any, Protocol, TypeVar, overload

from attrs import define, frozen

from lattice_tg.runtime.clocks import Clock, SystemClock
from lattice_tg.testing import moto_adapter
from lattice_tg.testing.backend import NO_DELAYS, TOKEN_MISMATCH_DEFAULT, Durations, TokenMismatch
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.state import EmulatedService, Settings

_SETUP_NAMES = ("setUp", "asyncSetUp", "setup_method", "setup")
_XUNIT_NAMES = frozenset(
    f"{prefix}_{scope}" for prefix in ("setup", "teardown") for scope in ("method", "class", "function", "module")
)

DecoratedT = TypeVar("DecoratedT", bound=Callable[..., Any])
ClassT = TypeVar("ClassT", bound=type)
ContextFactory = Callable[[], AbstractContextManager[None]]


@frozen
class Options:
    """The options of ``mock_vpc_lattice``."""

    durations: Durations = NO_DELAYS
    clock: Clock | None = None
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT

    def create_service(self) -> EmulatedService:
        """Return a new emulated service without target groups."""
        clock = SystemClock() if self.clock is None else self.clock
        settings = Settings(self.durations, clock, self.token_mismatch_error, moto_adapter.find_environment)
        return EmulatedService(settings)


@frozen(eq=False)
class Emulation:
    """An emulated service and the emulator object that controls it."""

    service: EmulatedService
    emulator: VpcLatticeEmulator


@define(eq=False)
class ActiveEmulator:
    """An emulator that is active in this process."""

    emulation: Emulation
    moto: Any
    """moto's started ``mock_aws`` object.

    All active emulators share the object, because each ``mock_aws`` restores the environment that its start has found.
    """
    ref_count: int = 0
    """The number of contexts that use the emulator."""


_lock = threading.RLock()
_active: list[ActiveEmulator] = []


def current_emulator() -> VpcLatticeEmulator:
    """Return the active emulator.

    If several emulators are active, the function returns the emulator that was started last.

    Raises:
        RuntimeError: If no emulator is active.

    """
    return _current_emulation().emulator


def _current_service() -> EmulatedService:
    return _current_emulation().service


def _current_emulation() -> Emulation:
    with _lock:
        if not _active:
            message = (
                "Cannot return the current emulator because no emulator is active. "
                "Call current_emulator() inside mock_vpc_lattice() or in a function decorated with it."
            )
            raise RuntimeError(message)
        return _active[-1].emulation


class MockVpcLattice:
    """A context manager and decorator that activates the emulator.

    ``mock_vpc_lattice()`` creates the object. Besides using the object as a context manager or decorator,
    you can call ``start()`` and ``stop()``.

    If another mock is active, a mock without options shares the emulator of the active mock, as moto's mocks do. A mock
    with options activates a new emulator. When the mock with options stops, the previous emulator becomes active again.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._started: list[ActiveEmulator] = []
        self._last: Emulation | None = None

    def start(self, *, reset: bool = True) -> VpcLatticeEmulator:
        """Activate the emulator and return it.

        Args:
            reset: Whether to start with a new emulator. If False, the emulator continues with the data from the last
                run of this mock. Default: True.

        """
        with _lock:
            active = self._join_active() or self._activate(reset=reset)
            active.ref_count += 1
            self._started.append(active)
            return active.emulation.emulator

    def stop(self, *, remove_data: bool = True) -> None:
        """Deactivate the emulator.

        After the last active emulator has stopped, moto handles VPC Lattice requests as before.

        Args:
            remove_data: Whether moto deletes the data of its mocks. Default: True.

        Raises:
            RuntimeError: If the mock is not started.

        """
        with _lock:
            if not self._started:
                message = "Cannot stop the mock because it is not started. Call stop() once for each start()."
                raise RuntimeError(message)
            active = self._started.pop()
            active.ref_count -= 1
            if active.ref_count == 0:
                _deactivate(active, remove_data=remove_data)

    def __enter__(self) -> VpcLatticeEmulator:
        return self.start()

    def __exit__(
        self, error_class: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, decorated: DecoratedT) -> DecoratedT:
        """Decorate a function or class so that it runs with the emulator.

        Coroutine functions and generator functions are also supported.
        """
        decorate: Any = decorate_class if isinstance(decorated, type) else decorate_function
        result: DecoratedT = decorate(decorated, self)
        return result

    def _join_active(self) -> ActiveEmulator | None:
        if self._started:
            return self._started[-1]
        return _active[-1] if _active and self._options == Options() else None

    def _activate(self, *, reset: bool) -> ActiveEmulator:
        if reset or self._last is None:
            service = self._options.create_service()
            self._last = Emulation(service, VpcLatticeEmulator(service))
        if _active:
            moto = _active[-1].moto
        else:
            moto = moto_adapter.create_mock_aws()
            moto.start(reset=reset)
            moto_adapter.connect(_current_service)
        active = ActiveEmulator(self._last, moto)
        _active.append(active)
        return active


def _deactivate(active: ActiveEmulator, *, remove_data: bool) -> None:
    _active.remove(active)
    if not _active:
        moto_adapter.disconnect()
        active.moto.stop(remove_data=remove_data)


@overload
def mock_vpc_lattice(decorated: DecoratedT, /) -> DecoratedT: ...


@overload
def mock_vpc_lattice(
    *,
    create_seconds: float = 0,
    initial_seconds: float = 0,
    drain_seconds: float = 0,
    delete_seconds: float = 0,
    propagation_seconds: float = 0,
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
    propagation_seconds: float = 0,
    clock: Clock | None = None,
    token_mismatch_error: TokenMismatch = TOKEN_MISMATCH_DEFAULT,
) -> DecoratedT | MockVpcLattice:
    """Activate the emulator for a block of code, or for a decorated function or test class.

    Use ``mock_vpc_lattice`` as a context manager that returns a ``VpcLatticeEmulator``, or as a decorator with or
    without arguments. Coroutine functions and generator functions can also be decorated. In a class, the emulator is
    active in all public methods, also of nested classes, but not in class methods such as ``setup_class``. While the
    emulator is active, moto mocks all other AWS services. Create boto3 clients while the emulator is active, or at
    least after you have imported ``lattice_tg.testing.mock``.

    Args:
        decorated: The function or class if you use ``@mock_vpc_lattice`` without parentheses.
        create_seconds: Seconds that a new group stays CREATE_IN_PROGRESS. Default: 0.
        initial_seconds: Seconds that a target stays INITIAL. The time starts when the target is registered or when a
            service starts to use the target's group, whichever is later. Default: 0.
        drain_seconds: Seconds that a deregistered target stays DRAINING if a service uses the group. Default: 0.
        delete_seconds: Seconds that a group stays DELETE_IN_PROGRESS. Default: 0.
        propagation_seconds: Seconds until a change of listeners, rules or service network associations takes effect on
            health checks, ``serviceArns`` and traffic. Responses about listeners and rules show the change at once.
            Default: 0.
        clock: The clock of the emulator, such as a ``VirtualClock``. Default: the system clock.
        token_mismatch_error: The error code if a ``clientToken`` is reused with other parameters. AWS does not document
            the code that VPC Lattice returns. Default: ``"ConflictException"``.

    Raises:
        ValueError: If a duration is negative or not finite.

    """
    durations = Durations(create_seconds, initial_seconds, drain_seconds, delete_seconds, propagation_seconds)
    mock = MockVpcLattice(Options(durations, clock, token_mismatch_error))
    return mock if decorated is None else mock(decorated)


class Mock(Protocol):
    """An object that is started before a call and stopped after the call."""

    def start(self, *, reset: bool = True) -> Any:
        """Start the mock. If ``reset`` is False, keep the data of the last run."""
        ...

    def stop(self, *, remove_data: bool = True) -> None:
        """Stop the mock. If ``remove_data`` is False, keep the data for the next run."""
        ...


def decorate_function(function: DecoratedT, mock: Mock, *, reset: bool = True, remove_data: bool = True) -> DecoratedT:
    """Return a function that runs ``function`` with ``mock`` started.

    For a coroutine function, the mock stops when the coroutine ends. For a generator function, such as a fixture that
    yields, the mock stops when the generator ends.
    """
    make_context = partial(_mock_context, mock, reset=reset, remove_data=remove_data)
    wrap = next((wrapper for matches, wrapper in _WRAPPERS if matches(function)), _wrap_function)
    wrapped: Any = functools.wraps(function)(wrap(function, make_context))
    return wrapped  # type: ignore[no-any-return]


def decorate_class(cls: ClassT, mock: Mock) -> ClassT:
    """Make each method of ``cls`` and of its nested classes run with ``mock`` started, and return ``cls``.

    As with moto, each test starts with a new emulator. If the class has a setup method, such as ``setUp``, the new
    emulator starts with the setup method, and the test method continues with the data that the setup method created.
    Class methods, such as ``setup_class``, run without an emulator.
    """
    methods = dict(_iter_methods(cls))
    setup_names = [name for name in methods if name in _SETUP_NAMES]
    resetting = setup_names or [name for name in methods if name[:4] == "test"]
    for name, method in methods.items():
        setattr(cls, name, decorate_function(method, mock, reset=name in resetting, remove_data=False))
    for name, nested in _iter_nested_classes(cls):
        if name in vars(cls):
            decorate_class(nested, mock)
        elif _has_tests(nested):
            setattr(cls, name, decorate_class(type(name, (nested,), {"__module__": cls.__module__}), mock))
    return cls


def _iter_methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(cls):
        method = inspect.getattr_static(cls, name)
        if isinstance(method, FunctionType) and name[0] != "_" and method.__module__.partition(".")[0] != "unittest":
            yield name, method


def _iter_nested_classes(cls: type) -> Iterator[tuple[str, type]]:
    """Yield the public classes that are defined inside ``cls`` or its base classes."""
    for name in dir(cls):
        nested = inspect.getattr_static(cls, name)
        qualified_names = [f"{owner.__qualname__}.{name}" for owner in cls.__mro__]
        if isinstance(nested, type) and name[0] != "_" and nested.__qualname__ in qualified_names:
            yield name, nested


def _has_tests(cls: type) -> bool:
    methods, nested_classes = _iter_methods(cls), _iter_nested_classes(cls)
    return any(name[:4] == "test" for name, _ in methods) or any(_has_tests(nested) for _, nested in nested_classes)


@contextmanager
def _mock_context(mock: Mock, *, reset: bool, remove_data: bool) -> Generator[None]:
    mock.start(reset=reset)
    try:
        yield
    finally:
        mock.stop(remove_data=remove_data)


def _wrap_function(function: Callable[..., Any], make_context: ContextFactory) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with make_context():
            return function(*args, **kwargs)

    return wrapper


def _wrap_xunit_function(function: Callable[..., Any], make_context: ContextFactory) -> Callable[..., Any]:
    count = function.__code__.co_argcount

    # pytest passes the module, class or method if the code of the wrapper, not its signature, has another parameter.
    def wrapper(first: Any = None, second: Any = None, /) -> Any:
        with make_context():
            return function(*(first, second)[:count])

    return wrapper


def _is_xunit_function(function: Any) -> bool:
    return isinstance(function, FunctionType) and function.__name__ in _XUNIT_NAMES


def _wrap_coroutine(function: Callable[..., Any], make_context: ContextFactory) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with make_context():
            return await function(*args, **kwargs)

    return wrapper


def _wrap_generator(
    function: Callable[..., Generator[Any, Any, Any]], make_context: ContextFactory
) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with make_context():
            return (yield from function(*args, **kwargs))

    return wrapper


def _wrap_async_generator(function: Callable[..., Any], make_context: ContextFactory) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with make_context():
            async with aclosing(function(*args, **kwargs)) as generator:
                async for value in generator:
                    yield value

    return wrapper


_WRAPPERS: tuple[
    tuple[Callable[[Any], bool], Callable[[Callable[..., Any], ContextFactory], Callable[..., Any]]], ...
] = (
    (inspect.iscoroutinefunction, _wrap_coroutine),
    (inspect.isgeneratorfunction, _wrap_generator),
    (inspect.isasyncgenfunction, _wrap_async_generator),
    (_is_xunit_function, _wrap_xunit_function),
)
