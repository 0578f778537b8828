"""The emulator over HTTP, in a process of its own, behind a limit of requests."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from lattice_tg.testing.server import serve
from service.canned_server import CREDENTIALS

PER_SECOND = 20
BURST = 20

Counted = tuple[int, int]
"""How many requests were refused with 429, and how many creates were done."""


def serve_limited() -> None:
    """Tells its URL, and when a line comes in, what it counted."""
    with serve() as served:
        served.lattice.rate_limit(per_second=PER_SECOND, burst=BURST)
        print(served.url, flush=True)
        sys.stdin.readline()
        seen = Counter(call.status for call in served.lattice.calls)
        print(seen[429], sum(number for status, number in seen.items() if status in (200, 201)), flush=True)


@contextmanager
def emulator() -> Generator[tuple[str, Callable[[], Counted]]]:
    """Its URL, and what ends it and says what it counted."""
    os.environ.update(CREDENTIALS)
    command, home = [sys.executable, "-m", "service.rate_limited_emulator"], Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=home) as process:
        assert process.stdout is not None

        def counted() -> Counted:
            throttled, made = process.communicate("\n", timeout=30)[0].split()
            return int(throttled), int(made)

        yield process.stdout.readline().strip(), counted


if __name__ == "__main__":
    serve_limited()
