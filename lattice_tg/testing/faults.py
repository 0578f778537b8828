"""Faults: what a test wants to go wrong, for which calls, how often."""

import random
from typing import Protocol

from attrs import define, evolve, field, frozen

from lattice_tg.testing.model import ANY_OPERATION, OPERATION_NAMES
from lattice_tg.testing.refusals import Refusal


@frozen
class Strike:
    """What the faults mean for one call."""

    delay_seconds: float = 0
    refusal: Refusal | None = None
    lost: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether a fault has settled how the call ends."""
        return self.lost or self.refusal is not None


class Effect(Protocol):
    """What a fault does to a call."""

    def fits(self, strike: Strike) -> bool:
        """Whether it can come on top of what other faults have done to the call."""
        ...

    def on_top_of(self, strike: Strike) -> Strike:
        """The strike with this effect in it."""
        ...


@frozen
class Refuse:
    """The service answers with this refusal, and does nothing."""

    refusal: Refusal

    def fits(self, strike: Strike) -> bool:
        """A call ends in one way only."""
        return not strike.is_decided

    def on_top_of(self, strike: Strike) -> Strike:
        """The call is refused."""
        return evolve(strike, refusal=self.refusal)


@frozen
class LoseReply:
    """The service does what it is asked to, and the caller hears nothing."""

    def fits(self, strike: Strike) -> bool:
        """A call ends in one way only."""
        return not strike.is_decided

    def on_top_of(self, strike: Strike) -> Strike:
        """The reply is lost."""
        return evolve(strike, lost=True)


@frozen
class Delay:
    """The service takes this long before it looks at the request."""

    seconds: float

    def fits(self, strike: Strike) -> bool:  # noqa: ARG002  (the signature of an effect)
        """A call can be late however it ends."""
        return True

    def on_top_of(self, strike: Strike) -> Strike:
        """The call is that much later."""
        return evolve(strike, delay_seconds=strike.delay_seconds + self.seconds)


@define
class Fault:
    """An effect, the operation it waits for and the number of calls it is still good for; None: no end."""

    operation: str
    effect: Effect
    left: int | None
    probability: float
    randomness: random.Random

    def spend(self, operation: str) -> bool:
        """Whether the fault strikes this call; if so it is good for one call less."""
        if self.operation not in (ANY_OPERATION, operation) or self.left == 0:
            return False
        if self.randomness.random() >= self.probability:
            return False
        if self.left is not None:
            self.left -= 1
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
        fault = Fault(checked_operation(operation), effect, _checked_times(left), chance, random.Random(seed))  # noqa: S311  (no secret)
        self.faults.append(fault)

    def clear(self) -> None:
        """None any more."""
        self.faults = []

    def strike(self, operation: str) -> Strike:
        """What happens to a call: every delay that is due, and the first of the other faults that is."""
        strike = Strike()
        for fault in self.faults:
            if fault.effect.fits(strike) and fault.spend(operation):
                strike = fault.effect.on_top_of(strike)
        return strike


def checked_operation(operation: str) -> str:
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


def checked_seconds(seconds: float) -> float:
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
