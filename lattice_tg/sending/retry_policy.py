"""The retry policy."""

import random
from collections.abc import Callable
from math import isnan
from typing import Any, TypeGuard

from attrs import field, frozen
from attrs.validators import optional

from lattice_tg.errors import ConflictError, LatticeError, ServiceError, ThrottlingError, TransportError

_LARGEST_EXPONENT = 60
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500


def _uniform(low: float, high: float) -> float:
    """``random.uniform`` by name: as the bound method that it is, it would take its generator along when pickled."""
    return random.uniform(low, high)  # noqa: S311 - no secret


def _validate_at_least(low: float, kinds: tuple[type, ...], rule: str) -> Callable[[object, Any, object], None]:
    def validate(instance: object, attribute: Any, value: object) -> None:
        if not _is_number(value, kinds) or value < low:
            raise ValueError(f"{type(instance).__name__}.{attribute.name}={value!r}: must be {rule}")

    return validate


def _is_number(value: object, kinds: tuple[type, ...]) -> TypeGuard[float]:
    return isinstance(value, kinds) and not isinstance(value, bool) and not isnan(value)  # type: ignore[arg-type]


def _validate_seconds() -> Callable[[object, Any, object], None]:
    return _validate_at_least(0, (int, float), "a number of seconds of at least 0")


def _validate_callable(_: Any, attribute: Any, value: Any) -> None:
    if not callable(value):
        raise ValueError(  # noqa: TRY004 - one class for all that is wrong with a policy
            f"RetryPolicy.{attribute.name}={value!r}: must be a tenacity {attribute.name}_… or a function of its state"
        )


@frozen(kw_only=True)
class FullJitter:
    """A wait between nothing and a ceiling that doubles with each attempt, so that callers do not wait in step.

    After throttling it is nothing: there the client's pacing spaces the requests of all callers.
    """

    initial_seconds: float = field(default=0.1, validator=_validate_seconds())
    """Seconds of the ceiling after the first attempt, at least 0; default: 0.1."""

    max_seconds: float = field(default=20.0, validator=_validate_seconds())
    """Seconds of the highest ceiling, at least 0; default: 20."""

    uniform: Callable[[float, float], float] = field(default=_uniform, repr=False)
    """Where chance comes from: draws a number between two. Default: ``random.uniform``."""

    def __call__(self, retry_state: Any) -> float:
        """Seconds to wait after the attempt that ``retry_state.attempt_number`` counts from 1."""
        if is_throttling(retry_state.outcome.exception()):
            return 0.0
        exponent = min(retry_state.attempt_number - 1, _LARGEST_EXPONENT)
        return self.uniform(0.0, min(self.max_seconds, self.initial_seconds * 2.0**exponent))


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how long a request is repeated: ``max_attempts`` and ``max_elapsed_seconds`` bound it, ``wait``
    spaces it, and ``stop`` may end it sooner.

    Repeated are: throttling (429), server faults (5xx), no answer at all, and the conflict (409) of a group that is
    still being created. Never: wrong requests (400), quotas (402), denied access (403), missing groups (404), any
    other conflict, TLS. ``Retry-After`` is honoured.
    """

    max_attempts: int = field(default=8, validator=_validate_at_least(1, (int,), "an integer of at least 1"))
    """Requests at most, where the service fails or does not answer; throttling and a group being created do not
    count. At least 1; default: 8."""

    max_elapsed_seconds: float = field(default=120.0, validator=_validate_seconds())
    """Seconds after which nothing is sent again, whatever the reason; at least 0, which sends everything once.
    Default: 120."""

    wait: Callable[[Any], float] = field(default=FullJitter(), validator=_validate_callable)
    """Seconds to wait after an attempt: a ``tenacity`` wait, or any function of its retry state. Default:
    ``FullJitter()``."""

    stop: Callable[[Any], bool] | None = field(default=None, validator=optional(_validate_callable))
    """Whether to give up besides: a ``tenacity`` stop, or any function of its retry state. Default: never."""


def is_retryable(error: BaseException) -> bool:
    """Whether sending the same request again may succeed."""
    return isinstance(error, TransportError) or (isinstance(error, ServiceError) and error.retryable)


def is_outcome_unknown(error: LatticeError) -> bool:
    """Whether the service may have done what was asked although it did not say so."""
    return isinstance(error, TransportError) or (isinstance(error, ServiceError) and error.http_status >= _SERVER_FAULT)


def is_throttling(error: BaseException | None) -> bool:
    """Whether the service had too many requests, under whatever code."""
    if isinstance(error, ThrottlingError):
        return True
    return isinstance(error, ServiceError) and error.http_status == _TOO_MANY_REQUESTS


def counts_as_attempt(error: LatticeError) -> bool:
    """Whether ``max_attempts`` bounds this failure; waiting for one's turn is bounded by time alone."""
    return not (is_throttling(error) or isinstance(error, ConflictError))
