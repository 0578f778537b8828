"""New processes in which a benchmark measures what happens only once per process."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from service.canned_server import CREDENTIALS

TIME = "from time import perf_counter as now\nstarted_at = now()\n{}\nprint(now() - started_at)"
"""Statements that print the seconds that other statements take, not counting the start of Python."""

RESIDENT_KIB = "{}\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"
"""Statements that print the resident memory after other statements. Only Linux has this file."""


@contextmanager
def new_processes(measurement: str) -> Generator[Callable[[str], float]]:
    """Yield a function that runs statements in a new process and returns what ``measurement`` prints."""
    with TemporaryDirectory() as bytecode:
        # In the warm-up round, Python compiles all alternatives and writes the bytecode into an empty directory.
        bytecode_settings = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        environment = {**os.environ, **CREDENTIALS, **bytecode_settings}
        directory = Path(__file__).parents[1]

        def measure(statements: str) -> float:
            command = [sys.executable, "-c", measurement.format(statements)]
            process = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, text=True, cwd=directory, env=environment
            )
            return float(process.stdout)

        yield measure
