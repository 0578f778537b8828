"""An HTTP session for botocore that sends requests with fewer steps.

For each request, botocore parses the URL to find the connection pool and the request target, and passes the headers in
a class that creates an object for each lookup. The session in this module finds the pool of the last request again,
splits the URL with one regular expression, and passes the headers in a dict. botocore still sends the request, maps the
errors and reads the response.
"""

# botocore has no type annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import re
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

_SPECIAL_HEADERS = frozenset({"expect", "host", "transfer-encoding"})
"""Headers that botocore and urllib3 look up or replace. A dict would find them in one spelling only."""

_SIMPLE_URL = re.compile(
    r"(https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?)(/(?:[!-\"$-:<-~]*[!-\"$-:<->@-~])?)", re.ASCII
)
"""The origin and the target of a URL without a user name, parameters after ``;``, a fragment or an empty query."""


_NO_POOL = ("", None)


class _FastHttpSession(URLLib3Session):  # type: ignore[misc]
    _last_pool: tuple[str, Any] = _NO_POOL
    """The origin of the last URL, and the connection pool for it."""

    def send(self, request: Any) -> Any:
        """Send ``request`` and return the response."""
        headers = {str(name): value for name, value in request.headers.items()}
        if type(request) is not AWSPreparedRequest or not _SPECIAL_HEADERS.isdisjoint(map(str.lower, headers)):
            return super().send(request)
        sent_request: Any = object.__new__(AWSPreparedRequest)
        vars(sent_request).update(vars(request), headers=headers)
        return super().send(sent_request)

    def connection_from_url(self, url: str) -> Any:
        """Return the connection pool for ``url``. botocore calls this method of urllib3's ``PoolManager``."""
        match = _SIMPLE_URL.fullmatch(url)
        if match is None:
            return self._manager.connection_from_url(url)
        origin, pool = self._last_pool
        if origin != match[1] or pool.pool is None:  # Another thread may have closed the pool.
            pool = self._manager.connection_from_url(url)
            self._last_pool = (match[1], pool)
        return pool

    def close(self) -> None:
        """Close all connections."""
        self._last_pool = _NO_POOL  # urllib3 closes the connections of a pool that nothing refers to.
        super().close()

    def _get_connection_manager(self, url: Any, proxy_url: Any = None) -> Any:
        return super()._get_connection_manager(url, proxy_url) if proxy_url else self

    def _path_url(self, url: Any) -> Any:
        match = _SIMPLE_URL.fullmatch(url)
        return super()._path_url(url) if match is None else match[2]


def set_http_session(client: Any) -> bool:
    """Set the fast HTTP session for ``client``. Return whether the session was set."""
    endpoint = getattr(client, "_endpoint", None)  # botocore has no public access to the endpoint of a client.
    session = getattr(endpoint, "http_session", None)
    if type(session) is not URLLib3Session:
        return False
    session.__class__ = _FastHttpSession
    return True
