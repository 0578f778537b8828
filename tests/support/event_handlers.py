"""The event handler that moto adds to every botocore client."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

from botocore import handlers as botocore_handlers
from moto.core.models import botocore_stubber


@contextmanager
def remove_moto_handler() -> Generator[None]:
    """Create clients as in production, where moto is not imported.

    The handler of moto would observe every request, even while moto is not active.
    """
    handlers: list[Any] = cast("Any", botocore_handlers).BUILTIN_HANDLERS
    everything = handlers.copy()
    handlers[:] = [handler for handler in everything if handler[1] is not botocore_stubber]
    try:
        yield
    finally:
        handlers[:] = everything
