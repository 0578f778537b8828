"""Retry policy and backoff."""

from collections.abc import Callable
from http import HTTPStatus
from math import isnan
from typing import Any, Self, TypeGuard

from attrs import field, frozen
from attrs.validators import optional

from lattice_tg.errors import ConflictError, LatticeError, ServiceError, ThrottlingError, TransportError
from lattice_tg.runtime.randomness import uniform

_LARGEST_EXPONENT = 60


def _validate_at_least(minimum: float, types: tuple[type, ...], rule: str) -> Callable[[object, Any, object], None]:
    def validate(instance: object, attribute: Any, value: object) -> None:
        if not _is_number(value, types) or value < minimum:
            raise ValueError(f"{type(instance).__name__}.{attribute.name}={value!r}: must be {rule}")

    return validate


def _is_number(value: object, types: tuple[type, ...]) -> TypeGuard[float]:
    return isinstance(value, types) and not isinstance(value, bool) and not isnan(value)  # type: ignore[arg-type]


def _validate_seconds() -> Callable[[object, Any, object], None]:
    return _validate_at_least(0, (int, float), "a number of seconds of at least 0")


def _validate_callable(_: Any, attribute: Any, value: Any) -> None:
    if not callable(value):
        raise ValueError(  # noqa: TRY004 - every invalid policy raises ValueError
            f"RetryPolicy.{attribute.name}={value!r}: must be a tenacity {attribute.name} or another function that "
            "accepts a RetryCallState"
        )


@frozen(kw_only=True)
class FullJitter:
    """Exponential backoff with full jitter.

    The wait is a random time between 0 and a maximum that doubles with each attempt. Random waits prevent callers from
    retrying at the same time. After throttling, the wait is 0 because the client's rate limiter spaces the requests of
    all callers.
    """

    initial_seconds: float = field(default=0.1, validator=_validate_seconds())
    """Maximum wait after the first attempt, in seconds (0 or more). Default: 0.1."""

    max_seconds: float = field(default=20.0, validator=_validate_seconds())
    """Maximum wait after any attempt, in seconds (0 or more). Default: 20."""

    uniform: Callable[[float, float], float] = field(default=uniform, repr=False)
    """Function that returns a random number between its two arguments. Default: ``random.uniform``."""

    def __call__(self, retry_state: Any) -> float:
        """Return the number of seconds to wait before the next attempt.

        Args:
            retry_state: tenacity's ``RetryCallState``. Its ``attempt_number`` starts at 1.

        """
        if is_throttling(retry_state.outcome.exception()):
            return 0.0
        exponent = min(retry_state.attempt_number - 1, _LARGEST_EXPONENT)
        return self.uniform(0.0, min(self.max_seconds, self.initial_seconds * 2.0**exponent))


@frozen(kw_only=True)
class RetryPolicy:
    """Policy that decides whether, when and how often a failed request is retried.

    Time alone limits the retries of throttled requests: whatever ``max_attempts`` is, the client repeats a throttled
    request until ``max_elapsed_seconds`` have passed. To send every request once, use :meth:`disabled`.

    The client retries a request if VPC Lattice throttles the request (429), a server error occurs (5xx), no usable
    response arrives, or the target group is still being created (409). The client does not retry after any other
    conflict (409), an invalid request (400), an exceeded quota (402), denied access (403), a missing resource (404) or
    a TLS error. The client honors ``Retry-After``.

    ``max_attempts`` and ``max_elapsed_seconds`` limit the retries, ``wait`` returns the seconds until the next
    attempt, and ``stop`` can end the retries earlier.
    """

    max_attempts: int = field(default=8, validator=_validate_at_least(1, (int,), "an integer of at least 1"))
    """Maximum number of attempts to send a request (1 or more). Attempts that are throttled, or that fail because the
    target group is still being created, do not count. Default: 8."""

    max_elapsed_seconds: float = field(default=120.0, validator=_validate_seconds())
    """Maximum time from the first attempt to the start of the last retry, in seconds (0 or more). 0 disables retries.
    Default: 120."""

    wait: Callable[[Any], float] = field(default=FullJitter(), validator=_validate_callable)
    """Function that returns the number of seconds to wait before the next attempt: a ``tenacity`` wait, or another
    function that accepts a ``RetryCallState``. Default: ``FullJitter()``."""

    stop: Callable[[Any], bool] | None = field(default=None, validator=optional(_validate_callable))
    """Function that returns whether to stop retrying before ``max_attempts`` or ``max_elapsed_seconds`` is reached: a
    ``tenacity`` stop, or another function that accepts a ``RetryCallState``. Default: None."""

    @classmethod
    def disabled(cls) -> Self:
        """Return a policy with which no request is repeated after an error. Waiters still poll."""
        return cls(max_attempts=1, max_elapsed_seconds=0)


def is_retryable(error: BaseException) -> bool:
    """Return whether sending the same request again may succeed."""
    return isinstance(error, TransportError) or (isinstance(error, ServiceError) and error.retryable)


def is_outcome_unknown(error: LatticeError) -> bool:
    """Return whether VPC Lattice may have processed the request despite the error."""
    return isinstance(error, TransportError) or (
        isinstance(error, ServiceError) and error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def is_throttling(error: BaseException | None) -> bool:
    """Return whether VPC Lattice throttled the request.

    Any response with the status 429 counts, whatever the error code.
    """
    if isinstance(error, ThrottlingError):
        return True
    return isinstance(error, ServiceError) and error.http_status == HTTPStatus.TOO_MANY_REQUESTS


def counts_as_attempt(error: LatticeError) -> bool:
    """Return whether the failure counts toward ``max_attempts``.

    Throttling and transient conflicts do not count, but ``max_elapsed_seconds`` still limits the retries.
    """
    return not (is_throttling(error) or isinstance(error, ConflictError))
