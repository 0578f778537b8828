"""A rate limit: a bucket that fills at a steady rate and that each call takes one token from."""

from collections.abc import Mapping

from attrs import define

from lattice_tg.testing.model import ANY_OPERATION


@define
class RateLimit:
    """So many calls a second, and so many at once after a rest."""

    per_second: float
    burst: float
    retry_after_seconds: int | None
    tokens: float
    filled_at: float

    def admits(self, now: float) -> bool:
        """Whether there is a token for one more call; if so it is taken."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def limits_of(limits: Mapping[str, RateLimit], operation: str) -> list[RateLimit]:
    """The limits that a call has to pass: that of its operation, and that of all of them."""
    return [limits[name] for name in (operation, ANY_OPERATION) if name in limits]


def rate_limit(per_second: float, burst: float, retry_after_seconds: int | None, now: float) -> RateLimit:
    """A limit whose bucket is full at ``now``."""
    if per_second <= 0 or burst < 1:
        given = f"per_second={per_second!r}, burst={burst!r}"
        message = f"{given}: no call would pass; write a rate above 0 and a burst of 1 or more"
        raise ValueError(message)
    return RateLimit(per_second, burst, retry_after_seconds, tokens=burst, filled_at=now)
