"""Log records of this library."""

import logging
import traceback
from contextlib import suppress

_logger = logging.getLogger("lattice_tg")


def log(level: int, message: str, *arguments: object, **facts: object) -> None:
    """Log a message to the logger ``lattice_tg``.

    A filter, handler or log record factory that raises an error must not end a request. Therefore, the function prints
    the error to stderr, as ``logging`` does for errors in handlers, and never raises an error.

    Args:
        level: Level of the record, such as ``logging.INFO``.
        message: The message, with a ``%`` placeholder for each of ``arguments``.
        arguments: Values of the placeholders.
        facts: Attributes of the record. Their names get the prefix ``lattice_`` so that they cannot collide with the
            attributes that an application sets.

    """
    extra = {f"lattice_{name}": value for name, value in facts.items()}
    try:
        _logger.log(level, message, *arguments, extra=extra, stacklevel=2)
    except Exception:  # noqa: BLE001 - the functions of the application may raise anything
        if logging.raiseExceptions:
            with suppress(Exception):
                traceback.print_exc()
