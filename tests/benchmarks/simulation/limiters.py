"""Rate limiters that a service might use, for the simulation in virtual time."""

from collections import deque
from random import Random
from typing import Protocol

from attrs import define, field


class Limiter(Protocol):
    """A rate limiter of the simulated service.

    `take` returns whether the limiter admits a request. `ideal_seconds` returns the minimum time for all creates.
    """

    def take(self, now: float) -> bool: ...
    def ideal_seconds(self, creates: int) -> float: ...


@define
class Bucket:
    """A token bucket."""

    per_second: float
    burst: float
    tokens: float = field(init=False)
    filled_at: float = 0.0

    def __attrs_post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        admitted = self.tokens >= 1
        self.tokens -= admitted
        return admitted

    def ideal_seconds(self, creates: int) -> float:
        return max(0.0, creates - self.burst) / self.per_second


@define
class FixedWindow:
    """A limit of ``limit`` requests per window. The first window began ``offset_seconds`` before the run."""

    limit: int
    window_seconds: float
    offset_seconds: float
    window: int = -1
    taken: int = 0

    def take(self, now: float) -> bool:
        window = int((now + self.offset_seconds) // self.window_seconds)
        if window != self.window:
            self.window, self.taken = window, 0
        self.taken += 1
        return self.taken <= self.limit

    def ideal_seconds(self, creates: int) -> float:
        return max(0.0, (creates - 1) // self.limit * self.window_seconds - self.offset_seconds)


@define
class SlidingWindow:
    """A limit of ``limit`` requests in any period of one second."""

    limit: int
    admitted: deque[float] = field(factory=deque[float])

    def take(self, now: float) -> bool:
        while self.admitted and self.admitted[0] <= now - 1:
            self.admitted.popleft()
        if len(self.admitted) >= self.limit:
            return False
        self.admitted.append(now)
        return True

    def ideal_seconds(self, creates: int) -> float:
        return (creates - 1) // self.limit * 1.0


@define
class RandomRejections:
    """A service without a limit that rejects a random share of the requests.

    The service rejects requests only in the last ``burst_seconds`` of each period.
    """

    rng: Random
    share: float
    burst_seconds: float = 1.0
    period_seconds: float = 1.0

    def take(self, now: float) -> bool:
        in_burst = now % self.period_seconds >= self.period_seconds - self.burst_seconds
        return not in_burst or self.rng.random() >= self.share

    def ideal_seconds(self, creates: int) -> float:  # noqa: ARG002 - the service has no limit
        return 0.0
