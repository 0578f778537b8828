"""Random values."""

import os
import random


def uniform(low: float, high: float) -> float:
    """Return a random number between ``low`` and ``high``.

    Unlike ``random.uniform``, a bound method, this function is pickled without the state of a generator.
    """
    return random.uniform(low, high)  # noqa: S311 - not for secrets


def random_hex() -> str:
    """Return 32 random hexadecimal digits (128 bits) that no other call returns."""
    return os.urandom(16).hex()
