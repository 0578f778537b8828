"""Requests that are sent without botocore's events if no tool observes them.

For each request, botocore calls its event handlers and builds several objects that represent the request, so that tools
can observe and change it. This takes about 30 % of the time of a create, but most processes have no such tool. In these
processes, the sender in this module builds each request once, and sends it with botocore's credentials, signer and
connections.

botocore itself sends a request if a tool could observe or change the request, such as an event handler, a patched
method, a debug log or a recorded history. botocore also sends the first request of each operation, so that programs
that send only one request do no extra work. Before the second request, botocore builds a sample without network access.
If the sender does not build the same request, botocore sends all requests of the operation until a handler or a patch
changes.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from io import BytesIO
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any

from attrs import Factory, define, frozen
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse, HeadersDict
from botocore.endpoint import Endpoint
from botocore.handlers import add_recursion_detection_header
from botocore.utils import percent_encode_sequence
from urllib3 import HTTPResponse

from lattice_tg.runtime.base import WaitReadable
from lattice_tg.transport.exchange import (
    are_recorded,
    can_use_pool,
    has_fast_endpoint,
    raise_as_botocore,
    split_simple_url,
)
from lattice_tg.transport.nonblocking import HttpRequest
from lattice_tg.transport.parameter_validation import send_prevalidated
from lattice_tg.transport.request_serialization import RequestSerializer
from lattice_tg.transport.signing import has_fresh_credentials, is_fast_signer

_read_skipped_methods = attrgetter(
    *("_make_api_call", "_emit_api_params", "_resolve_endpoint_ruleset", "_convert_to_request_dict", "_make_request"),
    *("meta.events.emit", "meta.events.emit_until_response"),
    *("meta.events._emitter.emit", "meta.events._emitter.emit_until_response", "meta.events._emitter._emit"),
    *("_endpoint.make_request", "_endpoint._send_request", "_endpoint.create_request", "_endpoint.prepare_request"),
    *("_endpoint._get_response", "_endpoint._do_get_response", "_endpoint._send", "_endpoint._needs_retry"),
    *("_request_signer.sign", "_ruleset_resolver.construct_endpoint", "_serializer.serialize_to_request"),
)
"""Function that returns the methods of a client that botocore calls for each request but the sender skips."""

_read_objects = attrgetter("_endpoint", "_endpoint._event_emitter", "meta.events._emitter._lookup_cache")
"""Function that returns the objects of a client that determine how botocore sends its requests.

botocore replaces ``_lookup_cache`` when a handler is added or removed.
"""

_FORK_HANDLER = "lattice_tg.transport.session.make_fork_handler.<locals>.check_process"

_KNOWN_HANDLERS = frozenset(
    f"""
    botocore.handlers._handle_request_validation_mode_member
    botocore.handlers._set_auth_scheme_preference_signer
    botocore.handlers.add_query_compatibility_header
    botocore.handlers.add_recursion_detection_header
    botocore.handlers.add_retry_headers
    botocore.handlers.generate_idempotent_uuid
    botocore.handlers.inject_api_version_header_if_needed
    botocore.handlers.set_operation_specific_signer
    botocore.retries.standard.MaxAttemptsSeeder.seed_max_attempts
    botocore.retries.standard.RetryHandler.needs_retry
    botocore.retries.standard.RetryQuotaChecker.release_retry_quota
    botocore.signers.RequestSigner.handler
    botocore.useragent.UserAgentString.rebuild_and_replace_user_agent_handler
    lattice_tg.transport.retry_after.normalize_retry_after
    {_FORK_HANDLER}
    """.split()
)
"""Event handlers that do not observe requests.

Some of the handlers do nothing if the first attempt succeeds. The others change every request in the same way, so the
comparison with a sample shows whether the sender makes the same change. The sender itself calls
``add_recursion_detection_header()``, ``normalize_retry_after()`` and the handler that detects forked processes.
"""

_OWN_PACKAGES = ("botocore.", "lattice_tg.")

_EVENTS = (
    *("provide-client-params", "before-parameter-build", "before-endpoint-resolution", "before-call"),
    *("request-created", "choose-signer", "before-sign", "before-send", "before-parse", "response-received"),
    *("needs-retry", "after-call", "after-call-error"),
)
"""Events of a request."""

_LOGGERS = tuple(
    logging.getLogger(f"botocore.{name}")
    for name in ("auth", "endpoint", "hooks", "parsers", "regions", "retries.standard")
)
"""Loggers to which botocore writes during a request."""

_CONSTANT_PARAMETERS = frozenset({"AWS::Region", "AWS::UseDualStack", "AWS::UseFIPS", "SDK::Endpoint"})
"""Parameters of endpoint rules that have the same value for all requests of a client."""

_MAX_SAMPLES = 2
"""Maximum number of samples with which a request is compared. The clock may advance between the two."""


@define(eq=False, repr=False)
class _Request:
    """A request, with the attributes that the signer uses."""

    method: str
    origin: str
    target: str
    headers: dict[str, str]
    data: bytes
    params: Mapping[str, str] = Factory(dict)
    context: dict[str, Any] = Factory(dict)
    url: str = Factory(lambda self: self.origin + self.target, takes_self=True)

    def encode(self) -> HttpRequest:
        """Return the request as urllib3 sends it."""
        return HttpRequest(self.method, self.origin, self.target, _encode(self.headers), self.data or None)

    def copy_for_botocore(self) -> Any:
        """Return the request as an ``AWSPreparedRequest``."""
        headers: Any = HeadersDict(_encode(self.headers))
        return AWSPreparedRequest(self.method, self.url, headers, self.data or None, stream_output=False)


@frozen(eq=False, repr=False)
class _PreparedOperation:
    """An operation whose requests can be sent directly."""

    client: Any
    model: Any
    origin: str
    """Scheme, host and port of the endpoint."""

    path_prefix: str
    """Path of the endpoint."""

    attempt: str
    """Value of the ``amz-sdk-request`` header, which contains the number of the attempt."""

    metadata: Mapping[str, Any]
    """Metadata that botocore adds to parsed responses, such as the number of retries."""

    fork_handlers: tuple[Callable[[], None], ...]
    """Event handlers that close the connections of a forked process."""

    def build_request(self, serialized: dict[str, Any], invocation_id: str) -> _Request | None:
        """Return a signed request, or None if the client does not use the library's signer.

        Args:
            serialized: Request from the serializer.
            invocation_id: Value of the ``amz-sdk-invocation-id`` header.

        """
        target: str = self.path_prefix + serialized["url_path"]
        if serialized["query_string"]:
            target += f"?{percent_encode_sequence(serialized['query_string'])}"
        headers: dict[str, str] = serialized["headers"]
        headers["User-Agent"] = self.client._user_agent_creator.to_string()  # noqa: SLF001
        add_recursion_detection_header(serialized)
        request = _Request(serialized["method"], self.origin, target, headers, serialized["body"])
        signer = self.client._request_signer  # noqa: SLF001
        auth = signer.get_auth_instance(signer.signing_name, signer.region_name, signer.signature_version)
        if not is_fast_signer(auth):
            return None
        auth.add_auth(request)
        headers["amz-sdk-invocation-id"] = invocation_id
        headers["amz-sdk-request"] = self.attempt
        if request.method != "GET":
            headers["Content-Length"] = str(len(request.data))
        return request

    def send_request(self, request: _Request) -> Any:
        """Send a request and return the parsed response.

        Raises:
            Exception: If no response arrives or if VPC Lattice returns an error, the error that botocore would raise.

        """
        self._close_inherited_connections()
        try:
            http_response = self.client._endpoint.send_to_pool(request.encode())  # noqa: SLF001
        except Exception as error:  # noqa: BLE001 - botocore raises its own error
            return raise_as_botocore(error, request.copy_for_botocore())
        return self._parse(http_response)

    async def send_without_blocking(self, request: _Request, wait_readable: WaitReadable) -> Any:
        """Send a request and return the parsed response, or return None if the request would block.

        Raises:
            Exception: If no response arrives or if VPC Lattice returns an error, the error that botocore would raise.

        """
        self._close_inherited_connections()
        endpoint = self.client._endpoint  # noqa: SLF001
        try:
            http_response = await endpoint.send_without_blocking(request.encode(), wait_readable)
        except Exception as error:  # noqa: BLE001 - botocore raises its own error
            return raise_as_botocore(error, request.copy_for_botocore())
        return None if http_response is None else self._parse(http_response)

    def _close_inherited_connections(self) -> None:
        for close_inherited_connections in self.fork_handlers:
            close_inherited_connections()

    def _parse(self, http_response: Any) -> Any:
        parsed = self.client._endpoint.parse(http_response, self.model)  # noqa: SLF001
        parsed["ResponseMetadata"].update(self.metadata)
        if http_response.status_code >= 300:  # noqa: PLR2004 - botocore raises an error for 300 and above
            error_class = self.client.exceptions.from_code(parsed.get("Error", {}).get("Code"))
            raise error_class(parsed, self.model.name)
        return parsed


_UNKNOWN: tuple[tuple[Any, ...], _PreparedOperation | None, bool] = ((), None, False)


class DirectSender:
    """A sender of prevalidated requests that no tool observes."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._operations: dict[str, tuple[tuple[Any, ...], _PreparedOperation | None, bool]] = {}
        """For each operation: the last state of the client, the prepared operation for this state or None, and whether
        the preparation can still be tried."""

    def send(self, operation: str, method: str, parameters: Mapping[str, Any]) -> Any:
        """Send a request and return the parsed response, or return None if botocore must send the request.

        Args:
            operation: Operation of the API.
            method: Method of the client for the operation.
            parameters: Parameters that the library has validated.

        Raises:
            Exception: If the request fails, the error that botocore would raise.

        """
        prepared = self._find_prepared(operation, method, parameters)
        request = None if prepared is None else self._build_request(prepared, operation, parameters)
        return None if prepared is None or request is None else prepared.send_request(request)

    async def send_without_blocking(
        self, operation: str, method: str, parameters: Mapping[str, Any], wait_readable: WaitReadable
    ) -> Any:
        """Send a request in the event loop, and return the parsed response.

        The result is None if the caller must use ``send()``: botocore must send the request, no open connection is
        free, the credentials must be refreshed, sending would block, or ``send()`` has not prepared the operation.

        Args:
            operation: Operation of the API.
            method: Method of the client for the operation.
            parameters: Parameters that the library has validated.
            wait_readable: Function that waits for data.

        Raises:
            Exception: If the request fails, the error that botocore would raise.

        """
        state = self._read_usable_state(method)
        last_state, prepared, _ = self._operations.get(operation, _UNKNOWN)
        if prepared is None or state != last_state or not has_fresh_credentials(self._client):
            return None
        request = self._build_request(prepared, operation, parameters)
        return None if request is None else await prepared.send_without_blocking(request, wait_readable)

    def _build_request(
        self, prepared: _PreparedOperation, operation: str, parameters: Mapping[str, Any]
    ) -> _Request | None:
        serialized = _serialize(self._client, operation, parameters)
        return None if serialized is None else prepared.build_request(serialized, str(uuid.uuid4()))

    def _read_usable_state(self, method: str) -> tuple[Any, ...] | None:
        """Return the current state of the client, or None if botocore must send the request in this state."""
        try:
            state = _read_state(self._client, method)
        except AttributeError:  # A tool or another version of botocore uses other objects.
            return None
        if are_recorded(_LOGGERS) or not can_use_pool(self._client._endpoint.http_session):  # noqa: SLF001
            return None
        return state

    def _find_prepared(self, operation: str, method: str, parameters: Mapping[str, Any]) -> _PreparedOperation | None:
        """Return the prepared operation for the current state, or None if botocore must send the request."""
        state = self._read_usable_state(method)
        if state is None:
            return None
        last_state, prepared, can_prepare = self._operations.get(operation, _UNKNOWN)
        if state != last_state:
            self._operations[operation] = state, None, True
            return None
        if can_prepare and _serialize(self._client, operation, parameters) is not None:
            try:
                prepared = _prepare(self._client, operation, method, parameters)
            except Exception:  # noqa: BLE001 - botocore raises the error when it sends the request
                prepared = None
            self._operations[operation] = state, prepared, False
            if state != _read_state(self._client, method):
                return None
        return prepared


def create_direct_sender(client: Any) -> DirectSender | None:
    """Return a sender for ``client``, or None if botocore must send all requests of the client."""
    has_serializer = isinstance(getattr(client, "_serializer", None), RequestSerializer)
    return DirectSender(client) if has_serializer and has_fast_endpoint(client) else None


def _serialize(client: Any, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    serializer = client._serializer  # noqa: SLF001
    return serializer.serialize(operation, parameters) if type(serializer) is RequestSerializer else None


def _read_methods(client: Any, method: str) -> tuple[Any, ...]:
    skipped_methods: tuple[Any, ...] = _read_skipped_methods(client)
    return (
        *(getattr(client, method), *skipped_methods, Endpoint._do_get_response),  # noqa: SLF001
        *(AWSRequest.__init__, AWSRequest.prepare, AWSPreparedRequest.__init__, SigV4Auth.add_auth),
    )


def _read_state(client: Any, method: str) -> tuple[Any, ...]:
    """Return a value that changes if a tool starts to observe or to change the requests of ``client``."""
    methods, objects = _read_methods(client, method), _read_objects(client)
    # A wrapper from wrapt equals the method that it wraps, but has another type. Different objects can be equal, so
    # their ids are compared. The state keeps the objects alive so that no id is reused.
    return *methods, *map(type, methods), *map(id, objects), *objects


def _prepare(client: Any, operation: str, method: str, parameters: Mapping[str, Any]) -> _PreparedOperation | None:
    """Prepare an operation, or return None if botocore must send its requests."""
    model: Any = client.meta.service_model.operation_model(operation)
    events = copy(client.meta.events)  # A handler that another thread adds later must not receive the sample.
    handlers = map(_name_code, _iter_handlers(events, model))
    endpoint_parameters: Mapping[str, Any] = client._ruleset_resolver._param_definitions  # noqa: SLF001
    if not (
        _KNOWN_HANDLERS.issuperset(handlers)
        and all(_name_code(function).startswith(_OWN_PACKAGES) for function in _read_methods(client, method))
        and _CONSTANT_PARAMETERS.issuperset(parameter.builtin for parameter in endpoint_parameters.values())
        and has_fast_endpoint(client)
        and client._endpoint._event_emitter is client.meta.events  # noqa: SLF001
        and (client.meta.config.retries or {}).get("total_max_attempts") == 1
    ):
        return None
    samples = (_prepare_from_sample(client, model, method, parameters, events) for _ in range(_MAX_SAMPLES))
    return next(filter(None, samples), None)


def _prepare_from_sample(
    client: Any, model: Any, method: str, parameters: Mapping[str, Any], events: Any
) -> _PreparedOperation | None:
    """Let botocore build a request, and return None if the prepared operation does not build the same request."""
    sample, response = _build_sample(client, model, method, parameters, events)
    serialized = client._serializer.serialize(model.name, parameters)  # noqa: SLF001
    origin, target = split_simple_url(sample.url) or ("", "")
    metadata: Mapping[str, Any] = response["ResponseMetadata"]
    prepared = _PreparedOperation(
        client=client,
        model=model,
        origin=origin,
        path_prefix=target.partition("?")[0].removesuffix(serialized["url_path"]),
        attempt=sample.headers["amz-sdk-request"].decode(),
        metadata={name: value for name, value in metadata.items() if name not in ("HTTPHeaders", "HTTPStatusCode")},
        fork_handlers=tuple(h for h in _iter_handlers(events, model) if _name_code(h) == _FORK_HANDLER),
    )
    request = prepared.build_request(serialized, sample.headers["amz-sdk-invocation-id"].decode())
    is_same = request is not None and _list_parts(request.copy_for_botocore()) == _list_parts(sample)
    return prepared if is_same else None


def _build_sample(client: Any, model: Any, method: str, parameters: Mapping[str, Any], events: Any) -> tuple[Any, Any]:
    """Return a request that botocore builds but does not send, and the response to it."""
    session, meta, endpoint = _SampleSession(), copy(client.meta), copy(client._endpoint)  # noqa: SLF001
    meta.events, endpoint._event_emitter, endpoint.http_session = events, events, session  # noqa: SLF001
    other_client = object.__new__(type(client))
    vars(other_client).update(vars(client), meta=meta, _endpoint=endpoint)
    response = send_prevalidated(getattr(other_client, method), model.name, parameters)
    return session.request, response


def _list_parts(request: Any) -> list[Any]:
    return [request.method, request.url, request.body, *_encode(request.headers).items()]


def _iter_handlers(events: Any, operation_model: Any) -> Iterator[Callable[..., Any]]:
    service = operation_model.service_model.service_id.hyphenize()
    for event in _EVENTS:
        name = events._alias_event_name(f"{event}.{service}.{operation_model.name}")  # noqa: SLF001
        yield from events._emitter._handlers.prefix_search(name)  # noqa: SLF001


def _name_code(function: Any) -> str:
    """Return the module and the name of the code of a function, or an empty string for any other object.

    Wrappers can imitate all attributes of a function, but not its type.
    """
    if type(function) is MethodType:
        function = function.__func__
    if type(function) is not FunctionType:
        return ""
    return f"{function.__globals__.get('__name__')}.{function.__code__.co_qualname}"


def _encode(headers: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {name: value.encode() if isinstance(value, str) else value for name, value in headers.items()}


class _SampleSession:
    """An HTTP session that stores a request instead of sending it."""

    request: Any = None

    def send(self, request: Any) -> AWSResponse:
        self.request = request
        return AWSResponse(request.url, 200, {}, HTTPResponse(BytesIO(b"{}"), preload_content=False))
