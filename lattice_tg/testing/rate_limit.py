"""A rate limit: a bucket that fills at a steady rate and that each call takes one token from."""

from collections.abc import Mapping

from attrs import define

from lattice_tg.testing.model import ANY_OPERATION


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
