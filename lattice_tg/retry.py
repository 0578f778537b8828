"""When a request is sent again, and how long is waited before."""

import random
from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from lattice_tg.errors import LatticeError
from lattice_tg.service_errors import ConflictError, ServiceError, TransportError

_LARGEST_EXPONENT = 60
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500


@frozen(kw_only=True)
class FullJitter:
    """A wait between nothing and a ceiling that doubles with each attempt, so that callers do not wait in step.

    After throttling it is nothing: there the client's pacing spaces the requests of all callers.
    """

    initial_seconds: float = 0.1
    """The ceiling after the first attempt."""

    max_seconds: float = 20.0
    """The highest ceiling."""

    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)
    """Where chance comes from: draws a number between two."""

    def __call__(self, retry_state: Any) -> float:
        """Seconds to wait after the attempt that ``retry_state.attempt_number`` counts from 1."""
        if is_throttling(retry_state.outcome.exception()):
            return 0.0
        exponent = min(retry_state.attempt_number - 1, _LARGEST_EXPONENT)
        return self.uniform(0.0, min(self.max_seconds, self.initial_seconds * 2.0**exponent))


def _at_least(low: float) -> Callable[[object, Any, float], None]:
    def validate(_: object, attribute: Any, value: float) -> None:
        if not value >= low:
            raise ValueError(f"RetryPolicy.{attribute.name}={value!r}: must be at least {low}")

    return validate


@frozen(kw_only=True)
class RetryPolicy:
    """How long and how often a request is repeated.

    Repeated are: throttling (429), server faults (5xx), no answer at all, and the conflict (409) of a group that is
    still being created. Never: wrong requests (400), quotas (402), denied access (403), missing groups (404), any
    other conflict, TLS. ``Retry-After`` is honoured.
    """

    max_attempts: int = field(default=8, validator=_at_least(1))
    """Requests at most, where the service fails or does not answer; throttling and a group being created do not
    count. At least 1."""

    max_elapsed_seconds: float = field(default=120.0, validator=_at_least(0))
    """Seconds after which nothing is sent again, whatever the reason; 0 sends everything once."""

    wait: Callable[[Any], float] = FullJitter()
    """Seconds to wait after an attempt: a ``tenacity`` wait, or any function of its retry state."""

    stop: Callable[[Any], bool] | None = None
    """Whether to give up besides: a ``tenacity`` stop, or any function of its retry state."""


@frozen(kw_only=True)
class RetryEvent:
    """A request that will be sent again: what ``on_retry`` is called with, before the wait."""

    operation: str
    """The API operation, such as ``CreateTargetGroup``."""

    attempts: int
    """Requests sent so far."""

    wait_seconds: float
    """How long will be waited now."""

    elapsed_seconds: float
    """How long the call has taken so far."""

    error: ServiceError | TransportError
    """What the last request came to."""


def is_retryable(error: BaseException) -> bool:
    """Whether sending the same request again may succeed."""
    return isinstance(error, TransportError) or (isinstance(error, ServiceError) and error.retryable)


def leaves_outcome_unknown(error: LatticeError) -> bool:
    """Whether the service may have done what was asked although it did not say so."""
    return isinstance(error, TransportError) or (isinstance(error, ServiceError) and error.http_status >= _SERVER_FAULT)


def is_throttling(error: BaseException | None) -> bool:
    """Whether the service had too many requests, under whatever code."""
    return isinstance(error, ServiceError) and error.http_status == _TOO_MANY_REQUESTS


def counts_as_attempt(error: LatticeError) -> bool:
    """Whether ``max_attempts`` bounds this failure; waiting for one's turn is bounded by time alone."""
    return not (is_throttling(error) or isinstance(error, ConflictError))
