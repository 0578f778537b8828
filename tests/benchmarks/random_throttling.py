"""Gets per second of 16 threads if the server rejects a random share of the requests with 429 (raw boto3 = 1.00).

The share does not depend on the request rate. The server takes 20 ms per request and sends no Retry-After header. A
figure counts the gets that succeed. A second table shows the share of the gets that fail: raw boto3 and capo give up
after three attempts. "boto3, immediate retries" is raw boto3 without its own retries, in a loop that repeats a
throttled get at once. The difference between two identical raw clients is the measurement noise.

Run the benchmark with ``python tests/benchmarks/random_throttling.py``. With ``--quick``, each alternative makes gets
for half a second in one round, instead of two seconds in four rounds, and the server has only the lowest and the highest
share.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

from attrs import define, field
from botocore.exceptions import ClientError

from alternatives import capo, raw_boto3
from alternatives.raw_boto3 import RAW, SECOND_RAW
from harness.cli import Effort, run
from harness.table import Row, Table
from harness.timing import medians
from lattice_tg import TargetGroupClient
from service.canned_server import Settings, run_server
from service.responses import GROUP_ID

THREADS = 16
LATENCY_SECONDS = 0.020
SHARES = (0.0, 0.01, 0.05, 0.2)

Get = Callable[[], object]


def make_raw(url: str) -> Get:
    raw = raw_boto3.client(url, max_pool_connections=THREADS)
    return lambda: raw.get_target_group(targetGroupIdentifier=GROUP_ID)


def make_immediate_retries(url: str) -> Get:
    raw = raw_boto3.client(url, max_pool_connections=THREADS, retries={"total_max_attempts": 1})

    def get() -> Any:
        while True:
            try:
                return raw.get_target_group(targetGroupIdentifier=GROUP_ID)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != 429:
                    raise

    return get


def make_lattice_tg(url: str) -> Get:
    client = TargetGroupClient(endpoint_url=url, max_connections=THREADS)
    return lambda: client.get(GROUP_ID)


def make_capo(url: str) -> Get:
    client = capo.client(url, THREADS)
    return lambda: client.get_target_group(target_group_identifier=GROUP_ID)


ALTERNATIVES: dict[str, Callable[[str], Get]] = {
    RAW: make_raw,
    SECOND_RAW: make_raw,
    "lattice_tg": make_lattice_tg,
    "boto3, immediate retries": make_immediate_retries,
    "capo": make_capo,
}


@define
class Throughput:
    """The gets of one alternative in all rounds, and whether they succeeded."""

    get: Get
    seconds: float
    pool: ThreadPoolExecutor
    outcomes: list[bool] = field(factory=list[bool])

    def measure_seconds(self) -> float:
        """Make gets in all threads, and return the seconds per get that succeeded in time."""
        ends_at = monotonic() + self.seconds
        futures = [self.pool.submit(self.make_gets, ends_at) for _ in range(THREADS)]
        outcomes = [succeeded for future in futures for succeeded in future.result()]
        self.outcomes += outcomes
        return self.seconds / max(1, sum(outcomes))

    def make_gets(self, ends_at: float) -> list[bool]:
        """Return whether each get succeeded. The last get ends too late and does not count."""
        outcomes: list[bool] = []
        while True:
            try:
                self.get()
                succeeded = True
            except Exception:  # noqa: BLE001 - every exception counts as a failed get
                succeeded = False
            if monotonic() > ends_at:
                return outcomes
            outcomes.append(succeeded)

    def failed_share(self) -> float:
        return self.outcomes.count(False) / len(self.outcomes)


def measure(effort: Effort) -> Iterator[Table]:
    shares = SHARES[:: effort.choose(1, 3)]
    speeds, failures = zip(*(measure_rows(share, effort) for share in shares), strict=True)
    title = f"Gets per second with random 429 responses, {THREADS} threads, {RAW} = 1.00; more is better"
    columns = tuple(ALTERNATIVES)
    yield Table(name="random_throttling", title=title, columns=columns, rows=speeds, better="more")
    title = "Share of failed gets with random 429 responses"
    yield Table(name="random_throttling_failed", title=title, columns=columns, rows=failures)


def measure_rows(share: float, effort: Effort) -> tuple[Row, Row]:
    """Return the speeds and the shares of failed gets."""
    seconds, label = effort.choose(20, 5) / 10, f"{share:.0%} 429s".replace("%", " %")
    settings = Settings(latency_seconds=LATENCY_SECONDS, throttled_share=share)
    with run_server(settings) as url, ThreadPoolExecutor(THREADS) as pool:
        alternatives = {name: Throughput(make_get(url), seconds, pool) for name, make_get in ALTERNATIVES.items()}
        timers = {name: throughput.measure_seconds for name, throughput in alternatives.items()}
        per_get = medians(timers, effort.rounds(4, 1), warmup=1)
    speeds = tuple(per_get[RAW] / value for value in per_get.values())
    failures = tuple(throughput.failed_share() for throughput in alternatives.values())
    return Row(label=label, figures=speeds), Row(label=label, figures=failures)


if __name__ == "__main__":
    run(__doc__, measure)
