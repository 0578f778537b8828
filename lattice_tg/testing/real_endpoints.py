"""Keeping a test away from real AWS, whichever client it reaches for."""

import re
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing.moto_bridge import unmocked_refused

_SESSION: Any = URLLib3Session
_AWS = re.compile(r"(.+\.)?(amazonaws\.com(\.cn)?|api\.aws|amazonwebservices\.com(\.cn)?|aws\.dev)", re.ASCII)


class RealEndpointRefusedError(Exception):
    """Raised where a test would have reached real AWS."""


@contextmanager
def refuse_real_endpoints() -> Generator[None]:
    """While this lasts, whatever moto does not answer and would go to AWS raises ``RealEndpointRefusedError``."""
    send, resolve = _SESSION.send, socket.getaddrinfo
    _SESSION.send, socket.getaddrinfo = _refusing_send(send), _refusing_resolve(resolve)
    try:
        with unmocked_refused(_refuse):
            yield
    finally:
        _SESSION.send, socket.getaddrinfo = send, resolve


def _refusing_send(send: Callable[..., Any]) -> Callable[..., Any]:
    def refusing_send(session: Any, request: Any) -> Any:
        _refuse(urlsplit(str(request.url)).hostname)
        return send(session, request)

    return refusing_send


def _refusing_resolve(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def refusing_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse(host.decode() if isinstance(host, bytes) else host)
        return resolve(host, *args, **kwargs)

    return refusing_resolve


def _refuse(host: str | None) -> None:
    if host is not None and _AWS.fullmatch(host.lower().rstrip(".")):
        message = (
            f"{host} is real AWS, which the fixture vpc_lattice keeps tests away from; "
            "moto does not mock this, or the client was made before moto was imported"
        )
        raise RealEndpointRefusedError(message)
