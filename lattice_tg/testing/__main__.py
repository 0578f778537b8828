"""The command ``python -m lattice_tg.testing``, which serves the emulator over HTTP."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial

from lattice_tg.testing import RunningServer, serve

_DURATIONS = {
    "create": "that a new target group stays CREATE_IN_PROGRESS",
    "initial": "that a target of a group in use stays INITIAL",
    "drain": "that a deregistered target of a group in use stays DRAINING",
    "delete": "that a target group stays DELETE_IN_PROGRESS",
    "propagation": "until a change of listeners, rules or associations takes effect",
}
_POLL_SECONDS = 0.1


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the URL, then serve the emulator until SIGTERM or SIGINT arrives."""
    parser = _make_parser()
    options = parser.parse_args(arguments)
    try:
        serving = serve(**vars(options))
    except ValueError as error:
        parser.error(str(error))
    try:
        _run_until_signal(serving)
    except (OSError, OverflowError) as error:
        reason = str(error).rstrip(".")
        sys.exit(f"Cannot listen on --port {options.port}: {reason}. Choose another port, or 0 for a free port.")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m lattice_tg.testing",
        description="Serve an emulator of VPC Lattice target groups on 127.0.0.1.",
        epilog="The first line of the output is the URL. Stop the server with Ctrl-C or SIGTERM.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: 0, a free port)")
    for name, meaning in _DURATIONS.items():
        text = f"seconds {meaning} (default: 0)"
        parser.add_argument(f"--{name}-seconds", type=float, default=0, metavar="SECONDS", help=text)
    return parser


def _run_until_signal(serving: AbstractContextManager[RunningServer]) -> None:
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, partial(_set_event, stop))
    with serving as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        # The handler runs in this thread, which a signal does not wake up if the kernel delivers it to another thread.
        while not stop.wait(_POLL_SECONDS):
            pass


def _set_event(event: threading.Event, signal_number: int, frame: object) -> None:  # noqa: ARG001  (a signal handler)
    event.set()


if __name__ == "__main__":
    main()
