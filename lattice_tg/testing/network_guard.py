"""A guard that prevents tests from sending requests to real AWS, with any client."""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import NoCredentialsError  # pyright: ignore[reportMissingTypeStubs]
from botocore.httpsession import URLLib3Session  # pyright: ignore[reportMissingTypeStubs]
from botocore.signers import RequestSigner  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing.moto_adapter import block_unmocked

_SESSION: Any = URLLib3Session
_SIGNER: Any = RequestSigner
_AWS_DOMAINS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".amazonwebservices.com",
    ".amazonwebservices.com.cn",
    ".amazonwebservices.eu",
    ".api.aws",
    ".on.aws",  # Function URLs of Lambda and the domains of VPC Lattice services.
    ".aws.dev",
    ".c2s.ic.gov",
    ".aws.ic.gov",
    ".hci.ic.gov",
    ".sc2s.sgov.gov",
    ".aws.scloud",
    ".adc-e.uk",
)


class RealEndpointBlockedError(Exception):
    """Raised when a test with the ``vpc_lattice`` fixture tries to send a request to real AWS."""


@contextmanager
def block_real_endpoints() -> Generator[None]:
    """Block AWS requests that moto does not intercept, until the context ends.

    A blocked request raises a RealEndpointBlockedError in the code that tries to send the request.
    """
    send, sign, resolve = _SESSION.send, _SIGNER.sign, socket.getaddrinfo
    _SESSION.send, _SIGNER.sign, socket.getaddrinfo = _guard_send(send), _guard_sign(sign), _guard_getaddrinfo(resolve)
    try:
        with block_unmocked(_block):
            yield
    finally:
        _SESSION.send, _SIGNER.sign, socket.getaddrinfo = send, sign, resolve


def _guard_send(send: Callable[..., Any]) -> Callable[..., Any]:
    def guarded_send(session: Any, request: Any) -> Any:
        _block(urlsplit(str(request.url)).hostname)
        return send(session, request)

    return guarded_send


def _guard_sign(sign: Callable[..., Any]) -> Callable[..., Any]:
    def guarded_sign(signer: Any, operation_name: str, request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return sign(signer, operation_name, request, *args, **kwargs)
        except NoCredentialsError as error:
            message = (
                f"Blocked {operation_name} because the client has no credentials. "
                "The vpc_lattice fixture sets fake credentials, so the client was created before the test. "
                "Create the client inside the test."
            )
            raise RealEndpointBlockedError(message) from error

    return guarded_sign


def _guard_getaddrinfo(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _block(host.decode() if isinstance(host, bytes) else host)
        return resolve(host, *args, **kwargs)

    return guarded_getaddrinfo


def _block(host: str | None) -> None:
    if host is not None and f".{host.lower().rstrip('.')}".endswith(_AWS_DOMAINS):
        message = (
            f"Blocked a request to {host}, a real AWS endpoint. "
            "The vpc_lattice fixture keeps tests away from AWS, and moto did not intercept this request. "
            "If the client was created before moto was imported, create it inside the test. "
            "If moto does not support the operation, stub the call."
        )
        raise RealEndpointBlockedError(message)
