"""Decorating functions of every kind, and test classes."""

import functools
import inspect
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from functools import partial
from types import FunctionType
from typing import Any, Protocol, TypeVar

_SETUP_NAMES = ("setUp", "asyncSetUp", "setup_method", "setup")

DecoratedT = TypeVar("DecoratedT", bound=Callable[..., Any])
ClassT = TypeVar("ClassT", bound=type)
Around = Callable[[], AbstractContextManager[None]]


class Mock(Protocol):
    """What is started around a call and stopped after it."""

    def start(self, *, fresh: bool = True) -> Any:
        """Begin, anew or with what was left."""
        ...

    def stop(self, *, forget: bool = True) -> None:
        """End."""
        ...


def decorated_function(function: DecoratedT, mock: Mock, *, fresh: bool = True, forget: bool = True) -> DecoratedT:
    """The function with ``mock`` around each call.

    A coroutine function has it until the coroutine is done, a generator (such as a fixture that yields) until its end.
    """
    around = partial(_around, mock, fresh=fresh, forget=forget)
    decorate = next((wrapping for is_such, wrapping in _KINDS if is_such(function)), _plain)
    wrapped: Any = functools.wraps(function)(decorate(function, around))
    return wrapped  # type: ignore[no-any-return]


def decorated_class(cls: ClassT, mock: Mock) -> ClassT:
    """The class with ``mock`` around each of its methods.

    As with moto, a test begins anew, or goes on with what its ``setUp`` or ``setup_method`` made.
    """
    methods = dict(_methods(cls))
    starters = [name for name in methods if name in _SETUP_NAMES] or [name for name in methods if name[:4] == "test"]
    for name, method in methods.items():
        setattr(cls, name, decorated_function(method, mock, fresh=name in starters, forget=False))
    return cls


def _methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(cls):
        method = inspect.getattr_static(cls, name)
        if isinstance(method, FunctionType) and name[0] != "_" and method.__module__.partition(".")[0] != "unittest":
            yield name, method


@contextmanager
def _around(mock: Mock, *, fresh: bool, forget: bool) -> Generator[None]:
    mock.start(fresh=fresh)
    try:
        yield
    finally:
        mock.stop(forget=forget)


def _plain(function: Callable[..., Any], around: Around) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with around():
            return function(*args, **kwargs)

    return call


def _coroutine(function: Callable[..., Any], around: Around) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with around():
            return await function(*args, **kwargs)

    return call


def _generator(function: Callable[..., Generator[Any, Any, Any]], around: Around) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with around():
            return (yield from function(*args, **kwargs))

    return call


def _async_generator(function: Callable[..., Any], around: Around) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with around():
            async with aclosing(function(*args, **kwargs)) as yielded:
                async for value in yielded:
                    yield value

    return call


_KINDS: tuple[tuple[Callable[[Any], bool], Callable[[Callable[..., Any], Around], Callable[..., Any]]], ...] = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isgeneratorfunction, _generator),
    (inspect.isasyncgenfunction, _async_generator),
)
