"""Creation of many groups under a rate limit: lattice_tg, boto3 in its three retry modes, and capo-vpc-lattice.

boto3's default mode, "standard", runs twice. The difference is the measurement noise.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from time import monotonic

from attrs import define, field, frozen

from alternatives import capo, raw_boto3
from harness.cli import Effort, run
from harness.table import Row, Table
from lattice_tg import TargetGroupBuilder, TargetGroupClient, TargetGroupSpec, to_boto3
from service.rate_limited_emulator import BURST, PER_SECOND, emulator

THREADS = (1, 8, 16, 32)

Create = Callable[[TargetGroupSpec], object]


@frozen
class Result:
    """The figures that one run of the benchmark measures."""

    relative_time: float
    throttled_per_create: float
    failed_share: float


@define
class CreateQueue:
    """The specs that the threads still have to create, and the number of failed creates."""

    create: Create
    pending: list[TargetGroupSpec]
    failed: int = 0
    lock: Lock = field(factory=Lock)

    def work(self) -> None:
        while True:
            with self.lock:
                if not self.pending:
                    return
                spec = self.pending.pop()
            try:
                self.create(spec)
            except Exception:  # noqa: BLE001 - every exception counts as a failed create
                with self.lock:
                    self.failed += 1


def make_specs(count: int) -> list[TargetGroupSpec]:
    return [TargetGroupBuilder.ip(f"orders-{n}", vpc_identifier="vpc-12345678").http().build() for n in range(count)]


def make_boto3_create(mode: str, threads: int, url: str) -> Create:
    client = raw_boto3.client(url, retries={"mode": mode}, max_pool_connections=threads)
    return lambda spec: client.create_target_group(**to_boto3(spec))


def make_capo_create(threads: int, url: str) -> Create:
    client = capo.client(url, threads)
    config = {"port": 80, "protocol": "HTTP", "vpc_identifier": "vpc-12345678"}
    return lambda spec: client.create_target_group(name=spec.name, type=spec.type, config=config)


def make_lattice_tg_create(threads: int, url: str) -> Create:
    return TargetGroupClient(endpoint_url=url, max_connections=threads).create


ALTERNATIVES: dict[str, Callable[[int, str], Create]] = {
    "lattice_tg": make_lattice_tg_create,
    "boto3 standard": partial(make_boto3_create, "standard"),
    "boto3 standard again": partial(make_boto3_create, "standard"),
    "boto3 legacy": partial(make_boto3_create, "legacy"),
    "boto3 adaptive": partial(make_boto3_create, "adaptive"),
    "capo": make_capo_create,
}
"""Functions that take the number of threads and the server's URL, and return a function that creates a group."""


def measure_result(count: int, threads: int, make_create: Callable[[int, str], Create]) -> Result:
    with emulator() as (url, stop):
        queue = CreateQueue(make_create(threads, url), make_specs(count))
        started_at = monotonic()
        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(queue.work) for _ in range(threads)]:
                future.result()
        seconds = monotonic() - started_at
        throttled, created = stop()
    assert created == count - queue.failed, f"{created} created, {queue.failed} of {count} failed"
    return Result(seconds / ((count - BURST) / PER_SECOND), throttled / count, queue.failed / count)


def measure(effort: Effort) -> Iterator[Table]:
    count, threads = effort.choose(400, 60), (8,) if effort.is_quick else THREADS
    results = {number: [measure_result(count, number, make) for make in ALTERNATIVES.values()] for number in threads}

    def make_table(name: str, title: str, figure: Callable[[Result], float]) -> Table:
        rows = [
            Row(label=f"{number} thread{'s' * (number > 1)}", figures=tuple(map(figure, row)))
            for number, row in results.items()
        ]
        title = f"{count} creates at {PER_SECOND}/s, burst {BURST}: {title}"
        return Table(name=name, title=title, columns=tuple(ALTERNATIVES), rows=tuple(rows))

    yield make_table("batch_create", "time relative to the ideal", lambda result: result.relative_time)
    yield make_table("batch_create_throttled", "429s per create", lambda result: result.throttled_per_create)
    yield make_table("batch_create_failed", "share of failed creates", lambda result: result.failed_share)


if __name__ == "__main__":
    run(__doc__, measure)
