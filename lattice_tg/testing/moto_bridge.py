"""How requests come to the emulator: with ``moto_listeners`` the only file that knows moto.

moto answers every request of a botocore client in one place, ``botocore_stubber.process_request``. While an emulator
is connected that place asks it first, and moto for all that is not the emulator's. Nothing else of moto is changed.
"""

import os
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest  # pyright: ignore[reportMissingTypeStubs]
from botocore.compat import HTTPHeaders  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import ConnectionClosedError  # pyright: ignore[reportMissingTypeStubs]
from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.iam.models import get_account_id_from

from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.http_values import DroppedResponse, Request, Response
from lattice_tg.testing.moto_listeners import handle_listener_request

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
