"""OpenTelemetry instrumentation of both clients. Requires the extra ``opentelemetry``.

::

    from lattice_tg.opentelemetry import LatticeInstrumentor

    LatticeInstrumentor().instrument()

Each method call that sends a request creates a span, and each attempt adds an event to the span. The spans of the
botocore instrumentation are children of the span. Each step of a shift is one call of ``Shift.__next__`` or
``AsyncShift.__anext__``, because your code runs between the steps.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Generator
from contextlib import contextmanager
from inspect import iscoroutine
from time import time_ns
from typing import Any

from opentelemetry import context, trace
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined]
from opentelemetry.instrumentation.utils import is_instrumentation_enabled, unwrap
from opentelemetry.trace import INVALID_SPAN, Span, Status, StatusCode, Tracer
from wrapt import wrap_function_wrapper

from lattice_tg.async_client import AsyncTargetGroupClient
from lattice_tg.async_route import AsyncRoute, AsyncShift
from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ServiceError
from lattice_tg.route import Route, Shift
from lattice_tg.runtime.threads import make_lock
from lattice_tg.sending.request_sender import RetryingRequest
from lattice_tg.transport import Response
from lattice_tg.transport.api import target_group_of

_CLIENT_CLASSES = (TargetGroupClient, AsyncTargetGroupClient, Route, AsyncRoute, Shift, AsyncShift)
_NEXT_METHODS = ("__next__", "__anext__")
_CALL_KEY = context.create_key("lattice_tg-call")


class LatticeInstrumentor(BaseInstrumentor):  # type: ignore[misc]
    """An instrumentor for ``TargetGroupClient`` and ``AsyncTargetGroupClient``.

    ``instrument()`` accepts ``tracer_provider``, by default the global tracer provider. ``uninstrument()`` restores the
    clients. Both methods affect all clients of the process, including existing clients.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Return no requirements, because the instrumentor belongs to the package that it instruments."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        tracer = trace.get_tracer(__name__, tracer_provider=kwargs.get("tracer_provider"))
        for client_class in _CLIENT_CLASSES:
            for name in _methods_of(client_class):
                wrap_function_wrapper(client_class, name, _MethodTracer(tracer, f"{client_class.__name__}.{name}"))
        wrap_function_wrapper(RetryingRequest, "call_api", _trace_attempt)
        wrap_function_wrapper(RetryingRequest, "call_api_without_blocking", _trace_attempt_without_blocking)

    def _uninstrument(self, **kwargs: Any) -> None:  # noqa: ARG002 - part of the interface
        for client_class in _CLIENT_CLASSES:
            for name in _methods_of(client_class):
                unwrap(client_class, name)
        unwrap(RetryingRequest, "call_api")
        unwrap(RetryingRequest, "call_api_without_blocking")


def _methods_of(client_class: type) -> list[str]:
    """Return the names of the public methods. A method that sends no request never has a span."""
    methods = [name for name, value in vars(client_class).items() if callable(value)]
    return [name for name in methods if not name.startswith("_") or name in _NEXT_METHODS]


class _MethodCall:
    """A call of a client method.

    The first request creates the span, which starts at the time of the call.
    """

    def __init__(self, tracer: Tracer, name: str) -> None:
        self._tracer = tracer
        self._name = name
        self._parent = context.get_current()
        self._started_at = time_ns()
        self._lock = make_lock()
        self._span: Span | None = None

    def start_span(self) -> Span:
        """Return the span of the call, and start the span at the first request."""
        with self._lock:
            if self._span is None:
                self._span = self._tracer.start_span(
                    self._name,
                    context=self._parent,
                    start_time=self._started_at,
                    attributes={"code.function.name": f"lattice_tg.{self._name}"},
                )
            return self._span

    @contextmanager
    def step(self) -> Generator[None]:
        """Add requests that are sent during this context to the call. An exception ends the span."""
        token = context.attach(context.set_value(_CALL_KEY, self))
        try:
            yield
        except (StopIteration, StopAsyncIteration, GeneratorExit):
            self.end()
            raise
        except BaseException as error:
            self.end(error)
            raise
        finally:
            context.detach(token)

    def end(self, error: BaseException | None = None) -> None:
        """End the span, if there is one. Later requests of the call add no events."""
        with self._lock:
            span, self._span = self._span, INVALID_SPAN
        if span is None:
            return
        if error is not None and span.is_recording():
            span.record_exception(error)
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        span.end()


class _MethodTracer:
    """A wrapper for a method of a client."""

    def __init__(self, tracer: Tracer, name: str) -> None:
        self._tracer = tracer
        self._name = name

    def __call__(self, wrapped: Callable[..., Any], _: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the method, and end the span when the call, iterator or coroutine ends."""
        if not is_instrumentation_enabled():
            return wrapped(*args, **kwargs)
        call = _MethodCall(self._tracer, self._name)
        with call.step():
            result = wrapped(*args, **kwargs)
        if iscoroutine(result):
            return _await(call, result)
        if isinstance(result, Generator):
            return _TracedGenerator(call, result)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(result, AsyncGenerator):
            return _TracedAsyncGenerator(call, result)  # pyright: ignore[reportUnknownArgumentType]
        call.end()
        return result


async def _await(call: _MethodCall, coroutine: Coroutine[Any, Any, Any]) -> Any:
    with call.step():
        result = await coroutine
    call.end()
    return result


class _TracedGenerator(Generator[Any, Any, Any]):
    """A generator that a method of the blocking client returned."""

    def __init__(self, call: _MethodCall, generator: Generator[Any, Any, Any]) -> None:
        self._call = call
        self._generator = generator

    def send(self, value: Any, /) -> Any:
        with self._call.step():
            return self._generator.send(value)

    def throw(self, *error: Any) -> Any:
        with self._call.step():
            return self._generator.throw(*error)

    def close(self) -> None:
        with self._call.step():
            self._generator.close()
        self._call.end()

    def __del__(self) -> None:
        self._call.end()


class _TracedAsyncGenerator(AsyncGenerator[Any, Any]):
    """An async generator that a method of the asyncio client returned."""

    def __init__(self, call: _MethodCall, generator: AsyncGenerator[Any, Any]) -> None:
        self._call = call
        self._generator = generator

    async def asend(self, value: Any, /) -> Any:
        with self._call.step():
            return await self._generator.asend(value)

    async def athrow(self, *error: Any) -> Any:
        with self._call.step():
            return await self._generator.athrow(*error)

    async def aclose(self) -> None:
        with self._call.step():
            await self._generator.aclose()
        self._call.end()

    def __del__(self) -> None:
        self._call.end()


def _trace_attempt(
    wrapped: Callable[[], Response], request: RetryingRequest, args: tuple[()], kwargs: dict[str, Any]
) -> Response:
    """Send a request, and add an event to the span of the call.

    This function runs in the thread in which the request blocks.
    """
    with _attempt(request) as add_response:
        response = wrapped(*args, **kwargs)
        add_response(response)
    return response


async def _trace_attempt_without_blocking(
    wrapped: Callable[..., Coroutine[Any, Any, Response | None]],
    request: RetryingRequest,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Response | None:
    """Send a request in the event loop, and add an event to the span of the call if the request was sent."""
    with _attempt(request) as add_response:
        response = await wrapped(*args, **kwargs)
        if response is not None:
            add_response(response)
    return response


@contextmanager
def _attempt(request: RetryingRequest) -> Generator[Callable[[Response], None]]:
    """Make the span of the call the current span, and add an event to the span if the request fails.

    Yield a function that adds an event with the response.
    """
    call = context.get_value(_CALL_KEY)
    if not isinstance(call, _MethodCall):
        yield lambda _: None
        return
    span = call.start_span()
    facts: dict[str, Any] = {
        "lattice_tg.operation": request.operation.name,
        "lattice_tg.target_group": target_group_of(request.request),
        "lattice_tg.attempt": len(request.failures) + 1,
    }

    def add_response(response: Response) -> None:
        metadata = response.get("ResponseMetadata", {})
        _add_attempt(span, {**facts, **_describe_response(metadata.get("HTTPStatusCode"), metadata.get("RequestId"))})

    with trace.use_span(span, record_exception=False, set_status_on_exception=False):
        try:
            yield add_response
        except Exception as error:
            _add_attempt(span, {**facts, **_describe_error(error)})
            raise


def _describe_error(error: Exception) -> dict[str, Any]:
    if isinstance(error, ServiceError):
        return {"error.type": error.code, **_describe_response(error.http_status, error.request_id)}
    return {"error.type": type(error).__qualname__}


def _describe_response(http_status: int | None, request_id: str | None) -> dict[str, Any]:
    return {"http.response.status_code": http_status, "aws.request_id": request_id}


def _add_attempt(span: Span, facts: dict[str, Any]) -> None:
    if span.is_recording():  # The call may have been interrupted, which ended the span.
        span.add_event("lattice_tg.attempt", {name: value for name, value in facts.items() if value is not None})
