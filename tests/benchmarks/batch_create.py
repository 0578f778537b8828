"""Many creates against a rate limit: this library, raw boto3's three modes, and capo.

Each run has an emulator of its own, over HTTP in a process of its own, that admits 20 requests a second after a burst
of 20. The ideal is what an all-knowing sender needs: (N - 20) / 20 seconds.

Run it as ``python tests/benchmarks/fleet.py``; ``--quick`` makes 60 creates instead of 400, with 8 threads alone.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, cast

import boto3
from attrs import define, field, frozen
from botocore.config import Config

from alternatives import capo
from harness.cli import Effort, run
from harness.table import Row, Table
from lattice_tg import TargetGroupBuilder, TargetGroupClient, TargetGroupSpec, to_boto3
from service.rate_limited_emulator import BURST, PER_SECOND, emulator

THREADS = (1, 8, 16, 32)
MODES = ("standard", "legacy", "adaptive")

Create = Callable[[TargetGroupSpec], object]


@frozen
class Result:
    """One run."""

    over_ideal: float
    throttled_per_create: float
    given_up_share: float


@define
class Creates:
    """Creates for threads to take, and those that failed."""

    create: Create
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


def of_boto3(mode: str, threads: int, url: str) -> Create:
    config = cast("Any", Config)(retries={"mode": mode}, max_pool_connections=threads)
    client = cast("Any", boto3).Session().client("vpc-lattice", endpoint_url=url, config=config)
    return lambda spec: client.create_target_group(**to_boto3(spec))


def of_capo(threads: int, url: str) -> Create:
    client = capo.client(url)
    config = {"port": 80, "protocol": "HTTP", "vpc_identifier": "vpc-12345678"}
    return lambda spec: client.create_target_group(name=spec.name, type=spec.type, config=config)


def of_ours(threads: int, url: str) -> Create:
    return TargetGroupClient(endpoint_url=url, max_connections=threads).create


CONTENDERS: dict[str, Callable[[int, str], Create]] = {
    "lattice_tg": of_ours,
    **{f"boto3 {mode}": partial(of_boto3, mode) for mode in MODES},
    "capo": of_capo,
}
"""What makes the create of each, for so many threads, of the service at this URL."""


def result(count: int, threads: int, made_by: Callable[[int, str], Create]) -> Result:
    with emulator() as (url, counted):
        creates = Creates(made_by(threads, url), specs(count))
        started = monotonic()
        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(creates.work) for _ in range(threads)]:
                future.result()
        seconds = monotonic() - started
        throttled, made = counted()
    assert made == count - creates.given_up, f"{made} made, {creates.given_up} of {count} given up"
    return Result(seconds / ((count - BURST) / PER_SECOND), throttled / count, creates.given_up / count)


def measured(effort: Effort) -> Iterator[Table]:
    count, threads = effort.of(400, 60), (8,) if effort.is_quick else THREADS
    results = {number: [result(count, number, made_by) for made_by in CONTENDERS.values()] for number in threads}

    def table(name: str, title: str, figure: Callable[[Result], float]) -> Table:
        rows = [Row(label=f"{number} threads", figures=tuple(map(figure, row))) for number, row in results.items()]
        title = f"{count} creates at {PER_SECOND}/s, burst {BURST}: {title}"
        return Table(name=name, title=title, columns=tuple(CONTENDERS), rows=tuple(rows))

    yield table("fleet", "time over the ideal", lambda one: one.over_ideal)
    yield table("fleet_throttled", "429s per create", lambda one: one.throttled_per_create)
    yield table("fleet_given_up", "share of the creates given up", lambda one: one.given_up_share)


if __name__ == "__main__":
    run(__doc__, measured)
