"""The host that a request is for, known before it is signed."""

from functools import lru_cache
from typing import Any

_PORTS = {"http": ":80", "https": ":443"}


def set_host_header(request: Any, **_: object) -> None:
    """Write the host into a request that is about to be signed; botocore works it out twice, and HTTP once more."""
    scheme, _slashes, rest = request.url.partition("://")
    if scheme in _PORTS and "Host" not in request.headers:
        request.headers["Host"] = _host_header_value(scheme, rest.partition("/")[0].partition("?")[0])


@lru_cache(maxsize=64)
def _host_header_value(scheme: str, authority: str) -> str:
    """The host of a URL as HTTP writes it: without a user, and without the port that its scheme has by itself."""
    return authority.rpartition("@")[2].lower().removesuffix(_PORTS[scheme])
