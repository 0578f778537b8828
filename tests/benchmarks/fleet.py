"""Many creates against a rate limit: raw boto3's three modes and this library, side by side.

Run it as ``python tests/benchmarks/fleet.py``; ``--quick`` makes 60 creates instead of 400. Each run has an emulator
of its own, served over HTTP in a process of its own, that admits 20 requests a second after a burst of 20. The ideal
is what an all-knowing sender needs: (N - 20) / 20 seconds.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
from attrs import define, field, frozen
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]
from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import TargetGroupBuilder, TargetGroupClient, TargetGroupSpec, to_boto3
from lattice_tg.testing.server import serve

PER_SECOND = 20
BURST = 20
THREADS = (1, 8, 16, 32)
MODES = ("standard", "legacy", "adaptive")


MadeBy = Callable[[int, str], Callable[[TargetGroupSpec], object]]
"""Makes what creates a group, for so many threads, of the service at this URL."""


@frozen
class Result:
    """One run."""

    over_ideal: float
    throttled_per_create: float
    given_up: int

    def __str__(self) -> str:
        return f"{self.over_ideal:5.2f}  {self.throttled_per_create:5.2f}  {self.given_up:4d}"


@define
class Creates:
    """Creates for threads to take, and those that failed."""

    create: Callable[[TargetGroupSpec], object]
    left: list[TargetGroupSpec]
    given_up: int = 0
    lock: Lock = field(factory=Lock)

    def work(self) -> None:
        while True:
            with self.lock:
                if not self.left:
                    return
                spec = self.left.pop()
            try:
                self.create(spec)
            except Exception:  # noqa: BLE001 - whatever it is, it was given up
                with self.lock:
                    self.given_up += 1


def specs(count: int) -> list[TargetGroupSpec]:
    return [TargetGroupBuilder.ip(f"orders-{n}", vpc_identifier="vpc-12345678").http().build() for n in range(count)]


def serve_limited() -> None:
    """The emulator's process: its URL, and when a line comes in, what it counted."""
    with serve() as served:
        served.lattice.rate_limit(per_second=PER_SECOND, burst=BURST)
        print(served.url, flush=True)
        sys.stdin.readline()
        seen = Counter(call.status for call in served.lattice.calls)
        print(seen[429], sum(number for status, number in seen.items() if status in (200, 201)), flush=True)


@contextmanager
def emulator() -> Generator[tuple[str, Callable[[], tuple[int, int]]]]:
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def counted() -> tuple[int, int]:
            throttled, made = process.communicate("\n", timeout=30)[0].split()
            return int(throttled), int(made)

        yield process.stdout.readline().strip(), counted


def of_boto3(mode: str, threads: int, url: str) -> Callable[[TargetGroupSpec], object]:
    config: Any = Config(retries={"mode": mode}, max_pool_connections=threads)
    session: Any = boto3.Session()
    client = session.client("vpc-lattice", endpoint_url=url, config=config)

    def create(spec: TargetGroupSpec) -> None:
        try:
            client.create_target_group(**to_boto3(spec))
        except ClientError as error:
            raise RuntimeError from error

    return create


def of_ours(threads: int, url: str) -> Callable[[TargetGroupSpec], object]:
    return TargetGroupClient(endpoint_url=url, max_connections=threads).create


def run(count: int, threads: int, made_by: MadeBy) -> Result:
    with emulator() as (url, counted):
        creates = Creates(made_by(threads, url), specs(count))
        started = monotonic()
        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(creates.work) for _ in range(threads)]:
                future.result()
        seconds = monotonic() - started
        throttled, made = counted()
    assert made == count - creates.given_up, f"{made} made, {creates.given_up} of {count} given up"
    return Result(seconds / ((count - BURST) / PER_SECOND), throttled / count, creates.given_up)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60 creates instead of 400")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_limited()
        return
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="eu-west-1")
    count = 60 if options.quick else 400
    print(f"{count} creates at {PER_SECOND}/s, burst {BURST}: time over ideal, 429s per create, given up\n")
    print(f"{'':20}" + "".join(f"{f'{threads} threads':>23}" for threads in THREADS))
    rows: dict[str, MadeBy] = {"lattice_tg": of_ours, **{f"boto3 {mode}": partial(of_boto3, mode) for mode in MODES}}
    for name, made_by in rows.items():
        print(f"{name:20}", end="", flush=True)
        for threads in THREADS:
            print(f"{run(count, threads, made_by)!s:>23}", end="", flush=True)
        print()


if __name__ == "__main__":
    main()
