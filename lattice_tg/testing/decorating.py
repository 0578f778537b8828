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
