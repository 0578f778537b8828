"""Keeping a test away from real AWS, whichever client it reaches for."""

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
    """Raised where a test would have reached real AWS."""


@contextmanager
def block_real_endpoints() -> Generator[None]:
    """While this lasts, whatever moto does not answer and would go to AWS raises ``RealEndpointRefusedError``."""
    send, resolve = _SESSION.send, socket.getaddrinfo
    _SESSION.send, socket.getaddrinfo = _guard_send(send), _guard_getaddrinfo(resolve)
    try:
        with block_unmocked(_block):
            yield
    finally:
        _SESSION.send, socket.getaddrinfo = send, resolve


def _guard_send(send: Callable[..., Any]) -> Callable[..., Any]:
    def refusing_send(session: Any, request: Any) -> Any:
        _block(urlsplit(str(request.url)).hostname)
        return send(session, request)

    return refusing_send


def _guard_getaddrinfo(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def refusing_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _block(host.decode() if isinstance(host, bytes) else host)
        return resolve(host, *args, **kwargs)

    return refusing_resolve


def _block(host: str | None) -> None:
    if host is not None and _AWS.fullmatch(host.lower().rstrip(".")):
        message = (
            f"{host} is real AWS, which the fixture vpc_lattice keeps tests away from; "
            "moto does not mock this, or the client was made before moto was imported"
        )
        raise RealEndpointBlockedError(message)
