"""Events that a client passes to ``on_call`` and ``on_retry``."""

from attrs import frozen

from lattice_tg.errors import ServiceError, TransportError
from lattice_tg.models.base import ReprMixin


@frozen(kw_only=True, repr=False)
class CallEvent(ReprMixin):
    """An API operation with all its attempts, passed to ``on_call`` after the last attempt.

    One page of a list, one request of a batch and one poll of a waiter are one operation each.
    """

    operation: str
    """API operation, such as ``CreateTargetGroup``."""

    method: str
    """Method of the client that was called, such as ``create`` or ``ensure``."""

    target_group: str | None = None
    """Name or id of the target group that the request concerns. None if the request does not name a group."""

    attempts: int
    """Number of requests sent. 0 if no request was sent."""

    throttle_count: int
    """Number of requests that VPC Lattice throttled."""

    elapsed_seconds: float
    """Duration of the operation in seconds, including the waits before and between the requests."""

    request_ids: tuple[str, ...]
    """Request ids of the responses, in order. Lost responses have no id."""

    error: Exception | None = None
    """Error that the operation raised, usually a ``ServiceError`` or ``TransportError``. None after success."""


@frozen(kw_only=True, repr=False)
class RetryEvent(ReprMixin):
    """A failed request that the client will retry, passed to ``on_retry`` before the wait."""

    operation: str
    """API operation, such as ``CreateTargetGroup``."""

    target_group: str | None = None
    """Name or id of the target group that the request concerns. None if the request does not name a group."""

    attempts: int
    """Number of requests sent so far."""

    wait_seconds: float
    """Seconds until the next attempt."""

    elapsed_seconds: float
    """Duration of the call so far, in seconds."""

    error: ServiceError | TransportError
    """Error of the last attempt."""
