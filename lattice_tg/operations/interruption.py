"""Notes on interrupts, cancellations and errors."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from lattice_tg.transport.api import Operation


@contextmanager
def note_on_interrupt(make_note: Callable[[], str]) -> Generator[None]:
    """Add a note to an interrupt or a cancellation that ends the block.

    Args:
        make_note: Function that returns what was done, what is unknown and how to resume.

    """
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        error.add_note(make_note())
        raise


@contextmanager
def note_on_error(note: str) -> Generator[None]:
    """Add a note to an error, an interrupt or a cancellation that ends the block."""
    try:
        yield
    except BaseException as error:
        error.add_note(note)
        raise


def note_unknown_outcome(operation: Operation) -> AbstractContextManager[None]:
    """Add a note to an interrupt of a request that is safe to repeat."""
    note = f"{operation.name} was interrupted. VPC Lattice may have processed the request. To resume, call again."
    return note_on_interrupt(lambda: note)
