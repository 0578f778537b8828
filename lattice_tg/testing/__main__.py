"""``python -m lattice_tg.testing``: the emulator over HTTP, until SIGTERM or SIGINT."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial

from lattice_tg.testing import serve


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop; the first line printed is the URL."""
    options = _parser().parse_args(arguments)
    try:
        _serve_until_stopped(options)
    except (OSError, OverflowError) as refusal:
        sys.exit(f"--port {options.port}: {refusal}; give another, or 0 for a free one")


def _serve_until_stopped(options: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_stop, stop))
    with serve(**vars(options)) as served:
        sys.stdout.write(f"{served.url}\n")
        sys.stdout.flush()
        stop.wait()


def _stop(stop: threading.Event, signal_number: int, frame: object) -> None:  # noqa: ARG001  (as signal wants it)
    stop.set()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m lattice_tg.testing", description="VPC Lattice, emulated on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="where to listen; 0, the default, takes a free port")
    for state in ("create", "initial", "drain", "delete"):
        text = f"how long the {state} state of a group or target lasts; default 0"
        parser.add_argument(f"--{state}-seconds", type=float, default=0, metavar="SECONDS", help=text)
    return parser


if __name__ == "__main__":
    main()
