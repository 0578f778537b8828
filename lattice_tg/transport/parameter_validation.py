"""Prevalidated requests, whose parameters the library has validated before botocore receives them."""

from collections.abc import Callable, Mapping
from threading import local
from typing import Any


class _ThreadState(local):
    prevalidated: tuple[str, Mapping[str, Any]] | None = None
    """Operation and parameters of the prevalidated request that this thread is sending, or None."""


_this_thread = _ThreadState()


def send_prevalidated(method: Callable[..., Any], operation: str, request: Mapping[str, Any]) -> Any:
    """Send a prevalidated request with ``method``, and return the response."""
    try:
        _this_thread.prevalidated = operation, request
        return method(**request)
    finally:
        _this_thread.prevalidated = None


def is_sending_prevalidated(operation: str) -> bool:
    """Return whether this thread is sending a prevalidated request for ``operation``."""
    return _this_thread.prevalidated is not None and _this_thread.prevalidated[0] == operation


def is_prevalidated(operation: str, params: Mapping[str, Any]) -> bool:
    """Return whether ``params`` contains exactly the objects that the library has validated.

    The result is False if a user's event handler has replaced a parameter or is sending another request, even with
    another boto3 client. Changes inside a parameter value are not detected.
    """
    if _this_thread.prevalidated is None:
        return False
    name, request = _this_thread.prevalidated
    is_same = name == operation and len(params) == len(request)
    return is_same and all(params.get(member) is value for member, value in request.items())
