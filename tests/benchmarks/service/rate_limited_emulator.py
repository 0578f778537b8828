"""HTTP server in a separate process that serves the emulator with a rate limit."""

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

Counts = tuple[int, int]
"""The number of requests rejected with 429 and the number of successful creates."""


def serve_limited() -> None:
    """Serve requests until a line arrives on standard input. Print the URL first and the counts at the end."""
    with serve() as server:
        server.lattice.rate_limit(per_second=PER_SECOND, burst=BURST)
        print(server.url, flush=True)
        sys.stdin.readline()
        statuses = Counter(call.status for call in server.lattice.calls)
        print(statuses[429], sum(number for status, number in statuses.items() if status in (200, 201)), flush=True)


@contextmanager
def emulator() -> Generator[tuple[str, Callable[[], Counts]]]:
    """Run the emulator. Yield the URL, and a function that stops the emulator and returns the counts."""
    os.environ.update(CREDENTIALS)
    command, directory = [sys.executable, "-m", "service.rate_limited_emulator"], Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=directory) as process:
        assert process.stdout is not None

        def stop() -> Counts:
            throttled, created = process.communicate("\n", timeout=30)[0].split()
            return int(throttled), int(created)

        yield process.stdout.readline().strip(), stop


if __name__ == "__main__":
    serve_limited()
