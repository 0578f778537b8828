"""Limiters of many kinds, on virtual time: what a service may count requests by."""

from collections import deque
from typing import Protocol

from attrs import define, field


class Limiter(Protocol):
    """What the service does: `take` admits or refuses, `ideal_seconds` is the soonest that n get in."""

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
        taken = self.tokens >= 1
        self.tokens -= taken
        return taken

    def ideal_seconds(self, creates: int) -> float:
        return max(0.0, creates - self.burst) / self.per_second


@define
class FixedWindow:
    """So many in each window, which began some time before the run."""

    most: int
    window_seconds: float
    begun_seconds: float
    window: int = -1
    taken: int = 0

    def take(self, now: float) -> bool:
        window = int((now + self.begun_seconds) // self.window_seconds)
        if window != self.window:
            self.window, self.taken = window, 0
        self.taken += 1
        return self.taken <= self.most

    def ideal_seconds(self, creates: int) -> float:
        return max(0.0, (creates - 1) // self.most * self.window_seconds - self.begun_seconds)


@define
class SlidingWindow:
    """So many in any second."""

    most: int
    admitted: deque[float] = field(factory=deque[float])

    def take(self, now: float) -> bool:
        while self.admitted and self.admitted[0] <= now - 1:
            self.admitted.popleft()
        if len(self.admitted) >= self.most:
            return False
        self.admitted.append(now)
        return True

    def ideal_seconds(self, creates: int) -> float:
        return (creates - 1) // self.most * 1.0
