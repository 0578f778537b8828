"""The environment of the process, and detection of forked processes."""

import os
from collections.abc import Callable
from threading import Lock


def is_variable_set(name: str) -> bool:
    """Return whether an environment variable is set and not empty."""
    return bool(os.environ.get(name))


class ForkDetector:
    """A detector that calls a function once in each process that was forked from the current process.

    The function is called by the first ``check()`` in the forked process, not by the fork itself, because locks that
    another thread held during the fork are never released in the forked process.
    """

    def __init__(self, on_fork: Callable[[], object]) -> None:
        self._on_fork = on_fork
        self._process_id = os.getpid()
        self._lock = Lock()

    def check(self) -> None:
        """Call the function if this is the first call in a forked process."""
        if self._process_id == os.getpid():
            return
        with self._lock:
            if self._process_id != os.getpid():
                self._on_fork()
                self._process_id = os.getpid()
