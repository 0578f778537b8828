"""The connection between the emulator and moto.

moto mocks all AWS operations that the emulator does not handle. moto also stores the services, listeners and rules of
VPC Lattice. The emulator reads the forward actions of the listeners and rules to find out which target groups are in
use. This module also implements operations that moto lacks: updating and deleting listeners and rules.
"""

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
from moto.settings import allow_unknown_region

from lattice_tg.testing.backend import Forward
from lattice_tg.testing.endpoints import AwsHost, is_known_region, parse_host
from lattice_tg.testing.errors import EmulatedServiceError, Violation, service_error, validation_error
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
from lattice_tg.testing.state import EmulatedService
from lattice_tg.testing.validation import shape_violations

MotoResponse = tuple[int, Mapping[str, str], str | bytes]
MotoFunction = Callable[[Any], MotoResponse | None]
Params = Mapping[str, Any]

_STUBBER: Any = botocore_stubber
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/", re.ASCII)
_NOT_MOCKED: MotoResponse = (404, {}, "Not yet implemented")
_UNSIGNED = ("", "us-east-1", "vpc-lattice")
_UNSIGNED_STS = ("", "us-east-1", "sts")
_STS_ACTION = re.compile(
    rb"(^|&)Action=(AssumeRoleWith|DecodeAuthorization|GetCallerIdentity|GetSessionToken)", re.ASCII
)
_IDENTIFIERS = ("serviceIdentifier", "listenerIdentifier", "ruleIdentifier")


def create_mock_aws() -> Any:
    """Return a mock of all AWS services that moto supports, without starting the mock."""
    return mock_aws()


def connect(current_service: Callable[[], EmulatedService]) -> None:
    """Route requests to the current emulator, and to moto if the emulator does not handle them."""
    _STUBBER.process_request = _emulator_first(current_service, _STUBBER.process_request)


def disconnect() -> None:
    """Restore moto's own handling of requests."""
    del _STUBBER.process_request


@contextmanager
def block_unmocked(block: Callable[[str], None]) -> Generator[None]:
    """Call ``block`` with the host of each unmocked request until the context ends."""
    process = _STUBBER.process_request

    def process_request(request: Any) -> MotoResponse | None:
        response: MotoResponse | None = process(request)
        if response == _NOT_MOCKED:
            block(urlsplit(str(request.url)).hostname or "")
        return response

    _STUBBER.process_request = process_request
    try:
        yield
    finally:
        _STUBBER.process_request = process


def _emulator_first(current_service: Callable[[], EmulatedService], moto: MotoFunction) -> MotoFunction:
    def process_request(aws_request: Any) -> MotoResponse | None:
        host = parse_host(urlsplit(str(aws_request.url)).hostname or "")
        if host is None:
            return moto(aws_request)
        standard_request = _with_standard_host(aws_request, host)
        match host.labels:
            case ("vpc-lattice", region):
                return _process_lattice_request(current_service(), standard_request, region, moto)
            case _:
                return moto(standard_request)

    return process_request


def _with_standard_host(aws_request: Any, host: AwsHost) -> Any:
    """Return the request with a host that moto recognizes.

    moto sends requests to other hosts, such as those of dual-stack and FIPS endpoints, to the real AWS.
    """
    url = urlsplit(str(aws_request.url))
    if url.netloc == host.standard_name:
        return aws_request
    return AWSPreparedRequest(
        method=aws_request.method,
        url=url._replace(netloc=host.standard_name).geturl(),
        headers=aws_request.headers,
        body=aws_request.body,
        stream_output=aws_request.stream_output,
    )


def _process_lattice_request(
    service: EmulatedService, aws_request: Any, region: str, moto: MotoFunction
) -> MotoResponse | None:
    if not (is_known_region(region) or allow_unknown_region()):
        error = validation_error([Violation("region", f"{region} must be a Region that botocore knows")])
        return _to_moto_response(error_response(error.response), aws_request.url)
    request = _to_request(aws_request, region)
    if (response := service.handle(request)) is not None:
        return _to_moto_response(response, aws_request.url)
    _enable_region(request.account, region)
    result: MotoResponse | None
    if (listener_response := _handle_listener_request(request)) is not None:
        result = _to_moto_response(listener_response, aws_request.url)
    else:
        result = moto(aws_request)
    service.refresh_service_usage(request.account, request.region)
    return result


def _to_request(aws_request: Any, region: str) -> Request:
    url = urlsplit(str(aws_request.url))
    body = aws_request.body or b""
    return Request(
        method=aws_request.method,
        path=url.path,
        query=url.query,
        body=body.encode() if isinstance(body, str) else body,
        account=_account_id(aws_request.headers),
        region=region,
    )


def _account_id(headers: Mapping[str, Any]) -> str:
    """Return the account id for a request, following the same rules as moto."""
    if account := os.environ.get("MOTO_ACCOUNT_ID") or headers.get("x-moto-account-id"):
        return _decode(account)
    credential = _CREDENTIAL.search(_decode(headers.get("Authorization", "")))
    return str(get_account_id_from(credential["key"] if credential else ""))


def _decode(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _to_moto_response(response: Response | DroppedResponse, url: str) -> MotoResponse:
    if isinstance(response, DroppedResponse):
        raise ConnectionClosedError(endpoint_url=url)
    return response.http_status, response.headers, response.body


def handle_http(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response | DroppedResponse:
    """Return the response of the emulator or moto to a request that arrived over HTTP.

    The signature of the request determines the service and the Region. An access key of twelve digits is used as the
    account id, because clients such as the AWS CLI have no other way to choose an account.

    Args:
        method: The HTTP method.
        target: The path with the query string.
        headers: The HTTP headers.
        body: The body.

    Raises:
        NotImplementedError: If moto does not support the operation.

    """
    http_headers = _case_insensitive_headers(headers)
    key, region, service = _parse_signature(http_headers.get("Authorization", ""), body)
    if re.fullmatch(r"\d{12}", key):
        http_headers["x-moto-account-id"] = key
    url = f"https://{service}.{region}.amazonaws.com{target}"
    aws_request = AWSPreparedRequest(method, url, http_headers, body, stream_output=False)
    try:
        return _from_moto_response(_STUBBER.process_request(aws_request))
    except ConnectionClosedError:
        return DroppedResponse()


def _parse_signature(authorization: str, body: bytes) -> tuple[str, str, str]:
    """Return the access key, Region and service of a request.

    Unsigned requests are requests to STS, such as AssumeRoleWithWebIdentity, or to VPC Lattice.
    """
    credential = _CREDENTIAL.search(authorization)
    if credential is not None:
        return credential["key"], credential["region"], credential["service"]
    return _UNSIGNED_STS if _STS_ACTION.search(body) else _UNSIGNED


def _case_insensitive_headers(headers: Mapping[str, str]) -> Any:
    # The AWS SDK for JavaScript sends header names in lower case.
    http_headers: Any = HTTPHeaders()
    for name, value in headers.items():
        http_headers[name] = value
    return http_headers


def _from_moto_response(moto_response: MotoResponse) -> Response:
    status, headers, body = moto_response
    return Response(status, headers, body.encode() if isinstance(body, str) else body)


def iter_forwards(account: str, region: str) -> Iterator[Forward]:
    """Yield the forward actions of moto's listeners and rules in one account and Region."""
    backend = _get_moto_backend(account, region)
    if backend is None:
        return
    for listener in list(backend.listeners.values()):
        yield from _forwards_of(listener.arn, listener.default_action, listener.service_arn)
    for rule in list(backend.rules.values()):
        yield from _forwards_of(rule.arn, rule.action, _service_arn(backend, rule.service_identifier))


def _get_moto_backend(account: str, region: str) -> Any:
    accounts: Any = get_backend("vpc-lattice")
    return accounts.get(account, {}).get(region)


def _enable_region(account: str, region: str) -> None:
    """Let moto handle VPC Lattice requests to a Region in which the service is not available yet."""
    accounts: Any = get_backend("vpc-lattice")
    if region not in accounts[account].regions:
        accounts[account].regions.append(region)


def _forwards_of(source: str, action: Mapping[str, Any], service_arn: str) -> Iterator[Forward]:
    forward: Mapping[str, Any] = action.get("forward") or {}
    for group in forward.get("targetGroups", []):
        yield Forward(source, _id_from_arn(group["targetGroupIdentifier"]), service_arn)


def _service_arn(backend: Any, identifier: str) -> str:
    service = backend.services.get(_id_from_arn(identifier))
    return identifier if service is None else str(service.arn)


def _id_from_arn(identifier: str) -> str:
    """Return the id at the end of an ARN, or ``identifier`` itself if it is already an id."""
    return identifier.rpartition("/")[2]


def _handle_listener_request(request: Request) -> Response | None:
    """Return the response to a request that updates or deletes a listener or rule.

    For any other request, the function returns None.
    """
    parsed = parse_request(request, tuple(_LISTENER_OPERATIONS))
    if parsed is None:
        return None
    try:
        result = _execute(_get_moto_backend(request.account, request.region), parsed)
    except EmulatedServiceError as error:
        return error_response(error.response)
    return success_response(operation_model(parsed.operation).http["responseCode"], result)


def _execute(backend: Any, request: ParsedRequest) -> dict[str, Any]:
    if request.parse_error is not None:
        raise request.parse_error
    violations = shape_violations(operation_model(request.operation).input_shape, request.params)
    # The ids that moto generates do not match the patterns of the service model.
    if relevant := [violation for violation in violations if violation.name not in _IDENTIFIERS]:
        raise validation_error(relevant)
    return _LISTENER_OPERATIONS[request.operation](backend, request.params)


def _update_listener(backend: Any, params: Params) -> dict[str, Any]:
    listener = _find_listener(backend, params)
    listener.default_action = params["defaultAction"]
    result: dict[str, Any] = listener.to_dict()
    return result


def _delete_listener(backend: Any, params: Params) -> dict[str, Any]:
    listener = _find_listener(backend, params)
    # User Guide, "Delete a listener": deleting a listener also deletes its rules.
    for rule in [rule for rule in backend.rules.values() if _id_from_arn(rule.listener_identifier) == listener.id]:
        del backend.rules[rule.id]
    del backend.listeners[listener.id]
    return {}


def _update_rule(backend: Any, params: Params) -> dict[str, Any]:
    rule = _find_rule(backend, params)
    for member in ("action", "match", "priority"):
        setattr(rule, member, params.get(member, getattr(rule, member)))
    return {**rule.to_dict(), "isDefault": False}


def _delete_rule(backend: Any, params: Params) -> dict[str, Any]:
    rule = _find_rule(backend, params)
    del backend.rules[rule.id]
    return {}


# The path pattern of a listener also matches the longer path of a rule, so rules come first.
_LISTENER_OPERATIONS: dict[str, Callable[[Any, Params], dict[str, Any]]] = {
    "UpdateRule": _update_rule,
    "DeleteRule": _delete_rule,
    "UpdateListener": _update_listener,
    "DeleteListener": _delete_listener,
}


def _find_listener(backend: Any, params: Params) -> Any:
    identifier = params["listenerIdentifier"]
    listener = backend and backend.listeners.get(_id_from_arn(identifier))
    if not listener or listener.service_identifier != _id_from_arn(params["serviceIdentifier"]):
        raise _not_found("Listener", identifier)
    return listener


def _find_rule(backend: Any, params: Params) -> Any:
    identifier = params["ruleIdentifier"]
    rule = backend and backend.rules.get(_id_from_arn(identifier))
    parents = ("service_identifier", "serviceIdentifier"), ("listener_identifier", "listenerIdentifier")
    if not rule or any(_id_from_arn(getattr(rule, field)) != _id_from_arn(params[member]) for field, member in parents):
        raise _not_found("Rule", identifier)
    return rule


def _not_found(resource: str, identifier: str) -> EmulatedServiceError:
    message = f"{resource} {identifier} not found"
    return service_error("ResourceNotFoundException", message, resourceId=identifier, resourceType=resource.upper())
