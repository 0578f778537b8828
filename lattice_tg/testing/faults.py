"""Injected faults: errors, dropped responses, delays and rate limits."""

import math
import random
import re
from collections.abc import Mapping
from typing import Protocol

from attrs import define, evolve, field, frozen

from lattice_tg.testing.errors import ErrorResponse, placeholder_members
from lattice_tg.testing.service_model import ANY_OPERATION, OPERATION_NAMES, error_shapes, http_status_of


@frozen
class FaultDecision:
    """The combined effect of the faults on one request."""

    delay_seconds: float = 0
    error_response: ErrorResponse | None = None
    drops_response: bool = False

    @property
    def is_final(self) -> bool:
        """Whether a fault has determined the outcome of the request."""
        return self.drops_response or self.error_response is not None


class Effect(Protocol):
    """The effect of a fault on a request."""

    def can_apply(self, decision: FaultDecision) -> bool:
        """Return whether the effect can be combined with the effects of earlier faults."""
        ...

    def apply(self, decision: FaultDecision) -> FaultDecision:
        """Return the decision with this effect added."""
        ...


@frozen
class RespondWithError:
    """An effect that returns an error response without executing the operation."""

    error_response: ErrorResponse

    def can_apply(self, decision: FaultDecision) -> bool:
        """Return whether the outcome of the request is still undetermined."""
        return not decision.is_final

    def apply(self, decision: FaultDecision) -> FaultDecision:
        """Return the decision with this error response."""
        return evolve(decision, error_response=self.error_response)


@frozen
class DropResponse:
    """An effect that executes the operation but drops the response."""

    def can_apply(self, decision: FaultDecision) -> bool:
        """Return whether the outcome of the request is still undetermined."""
        return not decision.is_final

    def apply(self, decision: FaultDecision) -> FaultDecision:
        """Return a copy of the decision that drops the response to the request."""
        return evolve(decision, drops_response=True)


@frozen
class Delay:
    """An effect that delays the processing of the request."""

    seconds: float

    def can_apply(self, decision: FaultDecision) -> bool:  # noqa: ARG002  (the signature of an effect)
        """Return True, because a delay can be combined with any other effect."""
        return True

    def apply(self, decision: FaultDecision) -> FaultDecision:
        """Return the decision with this delay added to earlier delays."""
        return evolve(decision, delay_seconds=decision.delay_seconds + self.seconds)


@define
class Fault:
    """An effect, and the conditions under which the effect applies to a request."""

    operation: str
    effect: Effect
    remaining: int | None
    """The number of requests that the fault can still affect. None if this number is unlimited."""
    probability: float
    randomness: random.Random

    def try_consume(self, operation: str) -> bool:
        """Return whether the fault affects a request, and decrement ``remaining`` if it does."""
        if self.operation not in (ANY_OPERATION, operation) or self.remaining == 0:
            return False
        if self.randomness.random() >= self.probability:
            return False
        if self.remaining is not None:
            self.remaining -= 1
        return True


@define
class Faults:
    """The faults of an emulator, in the order in which they were added."""

    faults: list[Fault] = field(factory=list[Fault])

    def add(
        self, operation: str, effect: Effect, times: int | None, probability: float | None, seed: int | None
    ) -> None:
        """Add a fault.

        Args:
            operation: The name of an operation, or "*" for all operations.
            effect: The effect on the request.
            times: Number of requests to affect. None means 1, or unlimited if ``probability`` is set.
            probability: Probability (0-1) that a request is affected. None means 1.
            seed: Seed for the random numbers that are compared with the probability. None means a random seed.

        Raises:
            ValueError: If the operation is not emulated or a number is out of range.

        """
        limit = 1 if times is None and probability is None else times
        fault = Fault(
            operation=validate_operation(operation),
            effect=effect,
            remaining=_validate_times(limit),
            probability=_validate_probability(1.0 if probability is None else probability),
            randomness=random.Random(seed),  # noqa: S311  (not used for cryptography)
        )
        self.faults.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self.faults = []

    def evaluate(self, operation: str) -> FaultDecision:
        """Return the combined effect of the faults on a request.

        All matching delays apply, and so does the first other matching fault.
        """
        decision = FaultDecision()
        for fault in self.faults:
            if fault.effect.can_apply(decision) and fault.try_consume(operation):
                decision = fault.effect.apply(decision)
        return decision


@define
class TokenBucket:
    """A rate limit in the form of a token bucket.

    The bucket holds up to ``burst`` tokens and gains ``per_second`` tokens per second.
    """

    per_second: float
    burst: float
    retry_after_seconds: int | None
    tokens: float
    filled_at: float

    def try_acquire(self, now: float) -> bool:
        """Take a token if one is available, and return whether a token was taken."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def make_token_bucket(per_second: float, burst: float, retry_after_seconds: int | None, now: float) -> TokenBucket:
    """Return a bucket that is full at ``now``.

    Raises:
        ValueError: If ``per_second`` is not positive, ``burst`` is less than 1, or a number is not finite.

    """
    if not (0 < per_second < math.inf and 1 <= burst < math.inf):
        message = (
            f"per_second={per_second!r}, burst={burst!r}: per_second must be greater than 0 and burst at least 1, "
            "and both must be finite. "
            "To reject every request, use throttle(operation, probability=1)."
        )
        raise ValueError(message)
    return TokenBucket(per_second, burst, retry_after_seconds, tokens=burst, filled_at=now)


def applicable_limits(limits: Mapping[str, TokenBucket], operation: str) -> list[TokenBucket]:
    """Return the rate limits, if any, for ``operation`` and for all operations together."""
    return [limits[name] for name in (operation, ANY_OPERATION) if name in limits]


def throttling_error(retry_after_seconds: int | None) -> ErrorResponse:
    """Return a ThrottlingException (429)."""
    return make_error("ThrottlingException", "Rate exceeded", None, retry_after_seconds)


def make_error(
    code: str, message: str | None, http_status: int | None, retry_after_seconds: int | None = None
) -> ErrorResponse:
    """Return the error response to inject.

    Args:
        code: The error code.
        message: The error message. None means a message that contains the code and says that the error was injected.
        http_status: The HTTP status. None means the status that the service model assigns to ``code``.
        retry_after_seconds: Value of the ``Retry-After`` header, in whole seconds, at least 0. Default: no header.

    Raises:
        ValueError: If ``http_status`` is None and the service model does not define ``code``, or if ``code``,
            ``http_status`` or ``retry_after_seconds`` is invalid.

    """
    if not re.fullmatch(r"[!-~]+", code):
        problem = f"code={code!r}: must consist of visible ASCII characters. Pass a code such as 'SlowDown'."
        raise ValueError(problem)
    if http_status is not None and not 200 <= http_status <= 599:  # noqa: PLR2004  (responses that end a request)
        problem = f"http_status={http_status!r}: must be between 200 and 599. Pass a status such as 503."
        raise ValueError(problem)
    if http_status is None and code not in error_shapes():
        known = ", ".join(sorted(error_shapes()))
        rule = "must be a VPC Lattice error code unless http_status is passed"
        problem = f"code={code!r}: {rule}. Use one of {known}, or pass http_status to use another code."
        raise ValueError(problem)
    return ErrorResponse(
        code=code,
        message=f"{code} injected by the emulator" if message is None else message,
        http_status=http_status_of(code) if http_status is None else http_status,
        members=placeholder_members(code, "tg-unknown"),
        retry_after_seconds=validate_retry_after(retry_after_seconds),
    )


def validate_operation(operation: str) -> str:
    """Return ``operation`` if it is valid.

    Raises:
        ValueError: If ``operation`` is neither "*" nor the name of an emulated operation.

    """
    if operation not in (ANY_OPERATION, *OPERATION_NAMES):
        names = ", ".join(OPERATION_NAMES)
        message = f"operation={operation!r}: must be an emulated operation. Use one of {names}, or '*' for all."
        raise ValueError(message)
    return operation


def validate_seconds(seconds: float, argument: str = "seconds") -> float:
    """Return ``seconds`` if it is valid.

    Raises:
        ValueError: If ``seconds`` is negative or not finite.

    """
    if not 0 <= seconds < math.inf:
        message = f"{argument}={seconds!r}: must be finite and not negative. Pass a number of seconds, such as 60."
        raise ValueError(message)
    return seconds


def validate_retry_after(seconds: int | None) -> int | None:
    """Return the value for the ``Retry-After`` header, or None for no header.

    The service model defines the header as an integer, and boto3 fails to parse any other value.

    Raises:
        ValueError: If ``seconds`` is negative or not an integer.

    """
    if seconds is not None and (seconds < 0 or seconds != int(seconds)):
        message = f"retry_after_seconds={seconds!r}: must be a non-negative integer. Pass whole seconds, such as 1."
        raise ValueError(message)
    return None if seconds is None else int(seconds)


def _validate_times(times: int | None) -> int | None:
    if times is not None and times < 1:
        message = f"times={times!r}: must be at least 1. Pass the number of requests that the fault affects."
        raise ValueError(message)
    return times


def _validate_probability(probability: float) -> float:
    if not 0 <= probability <= 1:
        message = f"probability={probability!r}: must be between 0 and 1. Pass the fraction of requests, such as 0.2."
        raise ValueError(message)
    return probability
