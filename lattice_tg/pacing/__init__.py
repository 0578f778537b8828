"""The gate that all calls of a client share, and that learns from the service's 429s."""

from lattice_tg.pacing.gate import Gate, Permit

__all__ = ["Gate", "Permit"]
