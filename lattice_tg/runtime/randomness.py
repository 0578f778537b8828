"""Random values."""

import os
import random


def uniform(low: float, high: float) -> float:
    """Return a random number between ``low`` and ``high``.

    ``random.uniform`` is a bound method, so pickling ``random.uniform`` would also pickle the state of the random
    number generator. This function has no such state.
    """
    return random.uniform(low, high)  # noqa: S311 - not used for secrets


def random_hex() -> str:
    """Return 32 random hexadecimal digits (128 bits).

    In practice, no two calls return the same digits.
    """
    return os.urandom(16).hex()
