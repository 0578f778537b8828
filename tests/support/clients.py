"""The client under test: the blocking client, or the asyncio client behind methods that block.

The tests of the operations run once for each client. Outside of these tests, the client is the blocking client.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from inspect import iscoroutine
from typing import Any, ParamSpec, Self, TypeVar, cast

from lattice_tg.async_client import AsyncTargetGroupClient
from lattice_tg.async_route import AsyncRoute, AsyncShift
from lattice_tg.client import TargetGroupClient
from lattice_tg.runtime import asynchronous, blocking
from lattice_tg.runtime.base import Runtime, Stream
from lattice_tg.runtime.clocks import Clock

P = ParamSpec("P")
T = TypeVar("T")
MakeClient = Callable[..., TargetGroupClient]
"""A function that creates a client under test with the passed options."""

_runners: list[asyncio.Runner] = []


@contextmanager
def use_asyncio() -> Generator[None]:
    """Use the asyncio client until the context ends."""
    with asyncio.Runner() as runner:
        _runners.append(runner)
        try:
            yield
        finally:
            _runners.pop()


def run(function: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a coroutine function of the library as the client under test does."""
    return _runners[-1].run(function(*args, **kwargs)) if _runners else blocking.run(function, *args, **kwargs)


def make_runtime(clock: Clock) -> Runtime:
    """Return the runtime of the client under test."""
    return asynchronous.AsyncioRuntime(clock) if _runners else blocking.BlockingRuntime(clock)


def iterate(stream: Stream[T]) -> Generator[T]:
    """Return a generator over the items of a stream."""
    return BlockingGenerator(asynchronous.iterate(stream)) if _runners else blocking.iterate(stream)


def create_client(**options: Any) -> TargetGroupClient:
    """Return a new client under test."""
    if not _runners:
        return TargetGroupClient(**options)
    facade: Any = BlockingFacade(AsyncTargetGroupClient(**options))
    return facade  # type: ignore[no-any-return]


class BlockingFacade:
    """An asyncio client, route or shift whose methods block until their coroutines have ended."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        return _block(value) if callable(value) and name != "boto3_client" else value

    def close(self) -> None:
        _runners[-1].run(self._client.aclose())

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return _runners[-1].run(anext(self._client))
        except StopAsyncIteration:
            raise StopIteration from None

    def __repr__(self) -> str:
        return repr(self._client)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _block(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        result = method(*args, **kwargs)
        if iscoroutine(result):
            return _runners[-1].run(result)
        if isinstance(result, AsyncGenerator):
            return BlockingGenerator(cast("AsyncGenerator[Any]", result))
        return BlockingFacade(result) if isinstance(result, _FACADES) else result

    return call


_FACADES = (AsyncTargetGroupClient, AsyncRoute, AsyncShift)


class BlockingGenerator(Generator[T, None, None]):
    """An async generator whose methods block."""

    def __init__(self, generator: AsyncGenerator[T]) -> None:
        self._generator = generator

    def send(self, value: None, /) -> T:  # noqa: ARG002 - part of the protocol
        try:
            return _runners[-1].run(_next(self._generator))
        except StopAsyncIteration:
            raise StopIteration from None

    def throw(self, *error: Any) -> T:
        return _runners[-1].run(_next(self._generator, *error))

    def close(self) -> None:
        _runners[-1].run(_close(self._generator))

    def __del__(self) -> None:
        if _runners and not _runners[-1].get_loop().is_running():
            self.close()


async def _next(generator: AsyncGenerator[T], *error: Any) -> T:
    return await (generator.athrow(*error) if error else generator.__anext__())


async def _close(generator: AsyncGenerator[Any]) -> None:
    await generator.aclose()
