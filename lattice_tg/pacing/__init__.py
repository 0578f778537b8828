"""The limiter that all calls of a client share, and that learns from the service's 429s."""

from lattice_tg.pacing.gate import Permit, RateLimiter

__all__ = ["Permit", "RateLimiter"]
