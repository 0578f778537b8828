"""A guard that prevents tests from sending requests to real AWS, with any client."""

import re
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing.moto_adapter import block_unmocked

_SESSION: Any = URLLib3Session
_AWS = re.compile(r"(.+\.)?(amazonaws\.com(\.cn)?|api\.aws|amazonwebservices\.com(\.cn)?|aws\.dev)", re.ASCII)


class RealEndpointBlockedError(Exception):
    """Raised when a test with the ``vpc_lattice`` fixture tries to send a request to real AWS."""


@contextmanager
def block_real_endpoints() -> Generator[None]:
    """Block AWS requests that moto does not intercept, until the context ends.

    A blocked request raises a RealEndpointBlockedError in the code that tries to send the request.
    """
    send, resolve = _SESSION.send, socket.getaddrinfo
    _SESSION.send, socket.getaddrinfo = _guard_send(send), _guard_getaddrinfo(resolve)
    try:
        with block_unmocked(_block):
            yield
    finally:
        _SESSION.send, socket.getaddrinfo = send, resolve


def _guard_send(send: Callable[..., Any]) -> Callable[..., Any]:
    def guarded_send(session: Any, request: Any) -> Any:
        _block(urlsplit(str(request.url)).hostname)
        return send(session, request)

    return guarded_send


def _guard_getaddrinfo(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _block(host.decode() if isinstance(host, bytes) else host)
        return resolve(host, *args, **kwargs)

    return guarded_getaddrinfo


def _block(host: str | None) -> None:
    if host is not None and _AWS.fullmatch(host.lower().rstrip(".")):
        message = (
            f"Blocked a request to {host}, a real AWS endpoint. "
            "The vpc_lattice fixture keeps tests away from AWS, and moto did not intercept this request. "
            "If the client was created before moto was imported, create it inside the test. "
            "If moto does not support the operation, stub the call."
        )
        raise RealEndpointBlockedError(message)
