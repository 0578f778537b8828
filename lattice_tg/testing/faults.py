"""Faults: what a test wants to go wrong, for which calls, how often."""

import random
from collections.abc import Iterator

from attrs import define, field, frozen

from lattice_tg.testing.model import OPERATION_NAMES
from lattice_tg.testing.refusals import Refusal

ANY_OPERATION = "*"


@frozen
class Refuse:
    """The service answers with this refusal, and does nothing."""

    refusal: Refusal


@frozen
class LoseReply:
    """The service does what it is asked to, and the caller hears nothing."""


@frozen
class Delay:
    """The service takes this long before it looks at the request."""

    seconds: float


Effect = Refuse | LoseReply | Delay


@frozen
class Strike:
    """What the faults mean for one call."""

    delay_seconds: float = 0
    refusal: Refusal | None = None
    lost: bool = False


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

    faults: list[Fault] = field(factory=list)

    def add(
        self, operation: str, effect: Effect, times: int | None, probability: float | None, seed: int | None
    ) -> None:
        """One more fault: by count, by probability, or up to ``times`` calls by probability."""
        left = 1 if times is None and probability is None else times
        chance = _checked_probability(1.0 if probability is None else probability)
        fault = Fault(checked_operation(operation), effect, _checked_times(left), chance, random.Random(seed))
        self.faults.append(fault)

    def strike(self, operation: str) -> Strike:
        """What happens to a call: every delay that is due, and the first of the other faults that is."""
        delays = [effect.seconds for effect in self._spent(operation, Delay) if isinstance(effect, Delay)]
        first = next(self._spent(operation, Refuse | LoseReply), None)
        refusal = first.refusal if isinstance(first, Refuse) else None
        return Strike(sum(delays), refusal, lost=isinstance(first, LoseReply))

    def _spent(self, operation: str, kind: type | object) -> Iterator[Effect]:
        for fault in self.faults:
            if isinstance(fault.effect, kind) and fault.spend(operation):  # type: ignore[arg-type]
                yield fault.effect


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


def _checked_probability(probability: float) -> float:
    if not 0 <= probability <= 1:
        message = f"probability={probability!r}: not between 0 and 1; write a share of the calls, such as 0.2"
        raise ValueError(message)
    return probability
