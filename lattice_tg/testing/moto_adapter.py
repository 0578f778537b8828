"""The connection between the emulator and moto."""

import os
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest  # pyright: ignore[reportMissingTypeStubs]
from botocore.compat import HTTPHeaders  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]
from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import botocore_stubber
from moto.iam.models import get_account_id_from

from lattice_tg.testing.backend import Forward
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.errors import EmulatedServiceError, service_error, validation_error
from lattice_tg.testing.http_messages import (
    DroppedResponse,
    ParsedRequest,
    Request,
    Response,
    error_response,
    parse_request,
    success_response,
)
from lattice_tg.testing.service_model import operation_model
from lattice_tg.testing.validation import shape_violations

Params = Mapping[str, Any]
_IDENTIFIERS = ("serviceIdentifier", "listenerIdentifier", "ruleIdentifier")


def iter_forwards(account: str, region: str) -> Iterator[Forward]:
    """What moto's listeners and rules of this account and Region forward to."""
    backend = _backend(account, region)
    if backend is None:
        return
    for listener in list(backend.listeners.values()):
        yield from _forwards_of(listener.arn, listener.default_action, listener.service_arn)
    for rule in list(backend.rules.values()):
        yield from _forwards_of(rule.arn, rule.action, _service_arn(backend, rule.service_identifier))


def handle_listener_request(request: Request) -> Response | None:
    """The reply to a request that changes or deletes a listener or a rule; None where it is no such request."""
    wanted = parse_request(request, tuple(_OPERATIONS))
    if wanted is None:
        return None
    try:
        answer = _handle(_backend(request.account, request.region), wanted)
    except EmulatedServiceError as refusal:
        return error_response(refusal.refusal)
    return success_response(operation_model(wanted.operation).http["responseCode"], answer)


def _handle(backend: Any, wanted: ParsedRequest) -> dict[str, Any]:
    if wanted.parse_error is not None:
        raise wanted.parse_error
    found = shape_violations(operation_model(wanted.operation).input_shape, wanted.params)
    if violations := [row for row in found if row.name not in _IDENTIFIERS]:  # moto's own ids break the patterns
        raise validation_error(violations)
    return _OPERATIONS[wanted.operation](backend, wanted.params)


def _update_listener(backend: Any, params: Params) -> dict[str, Any]:
    listener = _listener(backend, params)
    listener.default_action = params["defaultAction"]
    told: dict[str, Any] = listener.to_dict()
    return told


def _delete_listener(backend: Any, params: Params) -> dict[str, Any]:
    """User guide, delete a listener: its rules go with it."""
    listener = _listener(backend, params)
    for rule in [rule for rule in backend.rules.values() if _id_from_arn(rule.listener_identifier) == listener.id]:
        del backend.rules[rule.id]
    del backend.listeners[listener.id]
    return {}


def _update_rule(backend: Any, params: Params) -> dict[str, Any]:
    rule = _rule(backend, params)
    for member in ("action", "match", "priority"):
        setattr(rule, member, params.get(member, getattr(rule, member)))
    return {**rule.to_dict(), "isDefault": False}


def _delete_rule(backend: Any, params: Params) -> dict[str, Any]:
    rule = _rule(backend, params)
    del backend.rules[rule.id]
    return {}


# a rule's path is a listener's with more behind it, so rules come first
_OPERATIONS: dict[str, Callable[[Any, Params], dict[str, Any]]] = {
    "UpdateRule": _update_rule,
    "DeleteRule": _delete_rule,
    "UpdateListener": _update_listener,
    "DeleteListener": _delete_listener,
}


def _listener(backend: Any, params: Params) -> Any:
    identifier = params["listenerIdentifier"]
    found = backend and backend.listeners.get(_id_from_arn(identifier))
    if not found or found.service_identifier != _id_from_arn(params["serviceIdentifier"]):
        raise _not_found("Listener", identifier)
    return found


def _rule(backend: Any, params: Params) -> Any:
    identifier = params["ruleIdentifier"]
    found = backend and backend.rules.get(_id_from_arn(identifier))
    named = ("service_identifier", "serviceIdentifier"), ("listener_identifier", "listenerIdentifier")
    if not found or any(_id_from_arn(getattr(found, field)) != _id_from_arn(params[member]) for field, member in named):
        raise _not_found("Rule", identifier)
    return found


def _not_found(kind: str, identifier: str) -> EmulatedServiceError:
    message = f"{kind} {identifier} not found"
    return service_error("ResourceNotFoundException", message, resourceId=identifier, resourceType=kind.upper())


def _backend(account: str, region: str) -> Any:
    accounts: Any = get_backend("vpc-lattice")
    return accounts.get(account, {}).get(region)


def _forwards_of(source: str, action: Mapping[str, Any], service_arn: str) -> Iterator[Forward]:
    forward: Mapping[str, Any] = action.get("forward") or {}
    for named in forward.get("targetGroups", []):
        yield Forward(source, _id_from_arn(named["targetGroupIdentifier"]), service_arn)


def _service_arn(backend: Any, service: str) -> str:
    known = backend.services.get(_id_from_arn(service))
    return service if known is None else str(known.arn)


def _id_from_arn(identifier: str) -> str:
    """The id, which an ARN ends with."""
    return identifier.rpartition("/")[2]


MotoAnswer = tuple[int, Mapping[str, str], str | bytes]
_STUBBER: Any = botocore_stubber
_HOST = re.compile(r"vpc-lattice(-fips)?\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|api\.aws)", re.ASCII)
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/", re.ASCII)
_NOT_MOCKED: MotoAnswer = (404, {}, "Not yet implemented")
_UNSIGNED = ("", "us-east-1", "vpc-lattice")


def create_mock_aws() -> Any:
    """What mocks everything else, not started yet."""
    return mock_aws()


def connect(current: Callable[[], VpcLatticeEmulator]) -> None:
    """Let the emulator that is current answer first."""
    _STUBBER.process_request = _emulator_first(current, _STUBBER.process_request)


def disconnect() -> None:
    """Leave moto as it was."""
    del _STUBBER.process_request


@contextmanager
def block_unmocked(refuse: Callable[[str], None]) -> Generator[None]:
    """While this lasts, ``refuse`` is called with the host of each request that moto says it does not mock."""
    answers = _STUBBER.process_request

    def process_request(request: Any) -> MotoAnswer | None:
        answer: MotoAnswer | None = answers(request)
        if answer == _NOT_MOCKED:
            refuse(urlsplit(str(request.url)).hostname or "")
        return answer

    _STUBBER.process_request = process_request
    try:
        yield
    finally:
        _STUBBER.process_request = answers


def _emulator_first(
    current: Callable[[], VpcLatticeEmulator], moto_answers: Callable[[Any], MotoAnswer | None]
) -> Callable[[Any], MotoAnswer | None]:
    def process_request(request: Any) -> MotoAnswer | None:
        host = _HOST.fullmatch(urlsplit(str(request.url)).hostname or "")
        if host is None:
            return moto_answers(request)
        lattice, ours = current(), to_request(request, host["region"])
        reply = lattice.handle_request(ours)
        if reply is not None:
            return _to_moto_response(reply, request.url)
        answer = (
            _to_moto_response(change, request.url)
            if (change := handle_listener_request(ours))
            else moto_answers(request)
        )
        lattice.refresh_service_usage(ours.account, ours.region)
        return answer

    return process_request


def handle_http(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response | DroppedResponse:
    """What the connected emulator, or moto behind it, answers to a request that came in over HTTP.

    The service and Region are those the request is signed for. An access key of twelve digits is an account id, since
    clients such as the AWS CLI have no other way to say one.
    """
    own = _case_insensitive_headers(headers)
    credential = _CREDENTIAL.search(own.get("Authorization", ""))
    key, region, service = credential.group("key", "region", "service") if credential else _UNSIGNED
    if re.fullmatch(r"\d{12}", key):
        own["x-moto-account-id"] = key
    url = f"https://{service}.{region}.amazonaws.com{target}"
    try:
        return _to_response(_STUBBER.process_request(AWSPreparedRequest(method, url, own, body, stream_output=False)))
    except ConnectionClosedError:
        return DroppedResponse()


def _case_insensitive_headers(headers: Mapping[str, str]) -> Any:
    """The headers as botocore has them: found however they are written, and JavaScript writes them small."""
    own: Any = HTTPHeaders()
    for name, value in headers.items():
        own[name] = value
    return own


def _to_response(answer: MotoAnswer) -> Response:
    status, headers, body = answer
    return Response(status, headers, body.encode() if isinstance(body, str) else body)


def _to_moto_response(reply: Response | DroppedResponse, url: str) -> MotoAnswer:
    if isinstance(reply, DroppedResponse):
        raise ConnectionClosedError(endpoint_url=url)
    return reply.http_status, reply.headers, reply.body


def to_request(request: Any, region: str) -> Request:
    """A request of botocore's as the emulator takes it."""
    url = urlsplit(str(request.url))
    body = request.body or b""
    return Request(
        method=request.method,
        path=url.path,
        query=url.query,
        body=body.encode() if isinstance(body, str) else body,
        account=account_id(request.headers),
        region=region,
    )


def account_id(headers: Mapping[str, Any]) -> str:
    """The account that a request is for, found as moto finds it."""
    if account := os.environ.get("MOTO_ACCOUNT_ID") or headers.get("x-moto-account-id"):
        return _text(account)
    credential = _CREDENTIAL.search(_text(headers.get("Authorization", "")))
    return str(get_account_id_from(credential["key"] if credential else ""))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
