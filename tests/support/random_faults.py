"""Random faults of the emulator."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError, HTTPClientError

from lattice_tg.testing import VpcLatticeEmulator

T = TypeVar("T")

_KINDS = 3


def add_random_faults(lattice: VpcLatticeEmulator, probability: float, seed: int) -> None:
    """Make each request fail with a probability. The request is throttled, fails, or loses its response."""
    if probability:
        each = probability / _KINDS
        lattice.throttle("*", probability=each, seed=seed)
        lattice.fail("*", "InternalServerException", probability=each, seed=seed + 1)
        lattice.drop_response("*", probability=each, seed=seed + 2)


def retry(function: Callable[[], T]) -> T:
    """Call ``function`` until no fault affects the request."""
    while True:
        try:
            return function()
        except (ClientError, HTTPClientError):
            continue
