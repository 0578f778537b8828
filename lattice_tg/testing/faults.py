"""Injected faults: errors, lost responses, delays and rate limits."""

import random
from collections.abc import Mapping
from typing import Protocol

from attrs import define, evolve, field, frozen

from lattice_tg.testing.errors import ErrorResponse, placeholder_members
from lattice_tg.testing.service_model import ANY_OPERATION, OPERATION_NAMES, error_shapes, http_status_of


def throttling_error(retry_after_seconds: int | None) -> ErrorResponse:
    """429."""
    return make_error("ThrottlingException", "Rate exceeded", None, retry_after_seconds)


def make_error(
    code: str, message: str | None, http_status: int | None, retry_after_seconds: int | None = None
) -> ErrorResponse:
    """A refusal with this code; one that the model does not have needs its HTTP status said."""
    if http_status is None and code not in error_shapes():
        known = ", ".join(sorted(error_shapes()))
        problem = f"code={code!r}: not an error of VPC Lattice; write one of {known}, or say its http_status= too"
        raise ValueError(problem)
    status = http_status_of(code) if http_status is None else http_status
    text = f"{code}, as the test asked" if message is None else message
    return ErrorResponse(
        code, text, status, placeholder_members(code, "tg-unknown"), validate_retry_after(retry_after_seconds)
    )


def validate_retry_after(seconds: int | None) -> int | None:
    """What to put into ``Retry-After``: the model has whole seconds, and boto3 can read no others."""
    if seconds is not None and (seconds < 0 or seconds != int(seconds)):
        message = f"retry_after_seconds={seconds!r}: not whole seconds; write 0, 1, 2 or more"
        raise ValueError(message)
    return None if seconds is None else int(seconds)


@define
class TokenBucket:
    """So many calls a second, and so many at once after a rest."""

    per_second: float
    burst: float
    retry_after_seconds: int | None
    tokens: float
    filled_at: float

    def try_acquire(self, now: float) -> bool:
        """Whether there is a token for one more call; if so it is taken."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def applicable_limits(limits: Mapping[str, TokenBucket], operation: str) -> list[TokenBucket]:
    """The limits that a call has to pass: that of its operation, and that of all of them."""
    return [limits[name] for name in (operation, ANY_OPERATION) if name in limits]


def make_token_bucket(per_second: float, burst: float, retry_after_seconds: int | None, now: float) -> TokenBucket:
    """A limit whose bucket is full at ``now``."""
    if per_second <= 0 or burst < 1:
        given = f"per_second={per_second!r}, burst={burst!r}"
        message = f"{given}: no call would pass; write a rate above 0 and a burst of 1 or more"
        raise ValueError(message)
    return TokenBucket(per_second, burst, retry_after_seconds, tokens=burst, filled_at=now)


@frozen
class FaultDecision:
    """What the faults mean for one call."""

    delay_seconds: float = 0
    refusal: ErrorResponse | None = None
    lost: bool = False

    @property
    def is_final(self) -> bool:
        """Whether a fault has settled how the call ends."""
        return self.lost or self.refusal is not None


class Effect(Protocol):
    """What a fault does to a call."""

    def can_apply(self, strike: FaultDecision) -> bool:
        """Whether it can come on top of what other faults have done to the call."""
        ...

    def apply(self, strike: FaultDecision) -> FaultDecision:
        """The strike with this effect in it."""
        ...


@frozen
class RespondWithError:
    """The service answers with this refusal, and does nothing."""

    refusal: ErrorResponse

    def can_apply(self, strike: FaultDecision) -> bool:
        """A call ends in one way only."""
        return not strike.is_final

    def apply(self, strike: FaultDecision) -> FaultDecision:
        """The call is refused."""
        return evolve(strike, refusal=self.refusal)


@frozen
class DropResponse:
    """The service does what it is asked to, and the caller hears nothing."""

    def can_apply(self, strike: FaultDecision) -> bool:
        """A call ends in one way only."""
        return not strike.is_final

    def apply(self, strike: FaultDecision) -> FaultDecision:
        """The reply is lost."""
        return evolve(strike, lost=True)


@frozen
class Delay:
    """The service takes this long before it looks at the request."""

    seconds: float

    def can_apply(self, strike: FaultDecision) -> bool:  # noqa: ARG002  (the signature of an effect)
        """A call can be late however it ends."""
        return True

    def apply(self, strike: FaultDecision) -> FaultDecision:
        """The call is that much later."""
        return evolve(strike, delay_seconds=strike.delay_seconds + self.seconds)


@define
class Fault:
    """An effect, the operation it waits for and the number of calls it is still good for; None: no end."""

    operation: str
    effect: Effect
    remaining: int | None
    probability: float
    randomness: random.Random

    def try_consume(self, operation: str) -> bool:
        """Whether the fault strikes this call; if so it is good for one call less."""
        if self.operation not in (ANY_OPERATION, operation) or self.remaining == 0:
            return False
        if self.randomness.random() >= self.probability:
            return False
        if self.remaining is not None:
            self.remaining -= 1
        return True


@define
class Faults:
    """All faults of an emulator, in the order in which they were asked for."""

    faults: list[Fault] = field(factory=list[Fault])

    def add(
        self, operation: str, effect: Effect, times: int | None, probability: float | None, seed: int | None
    ) -> None:
        """One more fault: by count, by probability, or up to ``times`` calls by probability."""
        left = 1 if times is None and probability is None else times
        chance = _checked_probability(1.0 if probability is None else probability)
        fault = Fault(validate_operation(operation), effect, _checked_times(left), chance, random.Random(seed))  # noqa: S311  (no secret)
        self.faults.append(fault)

    def clear(self) -> None:
        """None any more."""
        self.faults = []

    def evaluate(self, operation: str) -> FaultDecision:
        """What happens to a call: every delay that is due, and the first of the other faults that is."""
        strike = FaultDecision()
        for fault in self.faults:
            if fault.effect.can_apply(strike) and fault.try_consume(operation):
                strike = fault.effect.apply(strike)
        return strike


def validate_operation(operation: str) -> str:
    """The operation's name, if there is such a one."""
    if operation not in (ANY_OPERATION, *OPERATION_NAMES):
        message = f"operation={operation!r}: not emulated; write one of {', '.join(OPERATION_NAMES)} or '*' for any"
        raise ValueError(message)
    return operation


def _checked_times(times: int | None) -> int | None:
    if times is not None and times < 1:
        message = f"times={times!r}: a fault strikes once at least; write 1 or more"
        raise ValueError(message)
    return times


def validate_seconds(seconds: float) -> float:
    """How long something takes, if it can take that long."""
    if seconds < 0:
        message = f"seconds={seconds!r}: less than no time; write 0 or more"
        raise ValueError(message)
    return seconds


def _checked_probability(probability: float) -> float:
    if not 0 <= probability <= 1:
        message = f"probability={probability!r}: not between 0 and 1; write a share of the calls, such as 0.2"
        raise ValueError(message)
    return probability
