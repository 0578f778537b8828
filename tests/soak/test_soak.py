"""A soak test: many tasks against a hostile server, with interrupts and kills.

``nox -s soak`` runs 20,000 tasks, 150 kills, 100,000 calls and 400 clients. ``nox -s soak -- --soak-size 0.01``
runs one percent of them. ``--soak-seed`` repeats a run.
"""

import gc
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from types import FrameType

import pytest
from attrs import Factory, define, evolve, field

from lattice_tg import DesiredState, LatticeError, RetryPolicy, Target, TargetGroupClient
from soak.batch_worker import worker_batch
from soak.hostile_server import HostileServer, serve_hostile
from support.batch import dummy_credentials, sender_of, specs
from support.keep_alive_server import serve_groups
from support.sample_groups import ID

CREATE = "CreateTargetGroup"
MAX_GROWTH_BYTES = 4 * 2**20
TASKS_PER_ROUND = 50
MAX_TRIES = 50
AT_ONCE = RetryPolicy(max_attempts=4, wait=lambda _: 0.0)
WORKER = Path(__file__).with_name("batch_worker.py")


@define
class Soak:
    """A soak and its findings."""

    server: HostileServer
    random: random.Random
    client: TargetGroupClient = field(init=False)
    counts: Counter[str] = Factory(Counter[str])

    def run_round(self, number: int) -> None:
        """Carry out some tasks, and check the state of the service."""
        desired = [
            DesiredState(
                evolve(spec, name=f"soak-{number}-{index}", tags={"round": str(number)}),
                [Target.ip(f"10.0.{n // 250}.{n % 250}") for n in range(self.random.choice((0, 1, 3, 150)))],
            )
            for index, spec in enumerate(specs(TASKS_PER_ROUND))
        ]
        self.server.fault_rate = 0.3
        ids = {item.spec.name: self.carry_out(item) for item in desired}
        self.server.fault_rate = 0.0
        self.check(desired, ids)
        self.server.lattice.reset()

    def carry_out(self, desired: DesiredState) -> str:
        """Repeat a task, as the errors and notes say, until it succeeds. Return the id of the group."""
        create = self.random.choice((self.create, self.ensure))
        group_id = self.repeat(lambda token: create(desired, token))
        for change in (self.register, self.tag):
            self.repeat(lambda _, change=change: change(desired, group_id))  # type: ignore[misc]
        self.counts["tasks"] += 3
        return group_id

    def create(self, desired: DesiredState, token: str) -> str:
        return self.client.create(desired.spec, client_token=token).id

    def ensure(self, desired: DesiredState, token: str) -> str:
        return self.client.ensure(desired.spec, targets=desired.targets, run_id=token).id

    def register(self, desired: DesiredState, group_id: str) -> str:
        if desired.targets:
            self.client.register_targets(group_id, desired.targets).raise_for_failures()
        return group_id

    def tag(self, _: DesiredState, group_id: str) -> str:
        self.client.tag(group_id, {"done": "yes"})
        return group_id

    def repeat(self, call: Callable[[str], str]) -> str:
        """Call until the call succeeds. Each failure must be a LatticeError, or an interrupt with a note."""
        token = f"{self.random.getrandbits(64):x}"
        last: LatticeError | None = None
        for _ in range(MAX_TRIES):
            try:
                try:
                    if self.random.random() < 0.2:
                        signal.setitimer(signal.ITIMER_REAL, self.random.uniform(0.0005, 0.02))
                    result = call(token)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                return result  # noqa: TRY300 - an interrupt can arrive until here
            except LatticeError as error:
                last = error
                self.counts[type(error).__name__] += 1
            except KeyboardInterrupt:
                self.counts["interrupts"] += 1
        raise AssertionError("the task did not succeed") from last

    def check(self, desired: Sequence[DesiredState], ids: Mapping[str, str]) -> None:
        """Assert that each group exists one time, with its targets and tags, and that no permit is left."""
        gc.collect()
        limiter = sender_of(self.client).limiter
        assert (limiter.in_flight, limiter.waiting) == (0, 0)
        assert sorted((summary.name, summary.id) for summary in self.client.list()) == sorted(ids.items())
        for item in desired:
            group_id = ids[item.spec.name]
            assert {target.id for target in self.client.list_targets(group_id)} == {
                target.id for target in item.targets or ()
            }
            assert self.client.tags(group_id) == {**item.spec.tags, "done": "yes"}


def raise_interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def credentials() -> Generator[None]:
    with dummy_credentials():
        yield


def resident_bytes() -> int:
    """Return the resident memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# An interrupt inside of urllib3 can leave a socket to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_tasks_end_in_success(soak_size: float, soak_seed: int) -> None:
    """Whatever the server responds and whenever the user interrupts, no group is duplicated and no target is lost."""
    before = signal.signal(signal.SIGALRM, raise_interrupt)
    try:
        with serve_hostile(soak_seed) as server:
            soak = Soak(server, random.Random(soak_seed))
            number = 0
            while soak.counts["tasks"] < 20_000 * soak_size:
                number += 1
                with TargetGroupClient(endpoint_url=server.url, retry=AT_ONCE) as soak.client:
                    soak.run_round(number)
            print(f"seed {soak_seed}: {dict(soak.counts)}, {server.faults.total()} faults: {dict(server.faults)}")
    finally:
        signal.signal(signal.SIGALRM, before)


def test_killed_batches_can_be_resumed(soak_size: float, soak_seed: int) -> None:
    """After SIGKILL, a batch with the same ``run_id`` completes, and no group is created twice."""
    chance, kills = random.Random(soak_seed), 0
    desired = worker_batch()
    with serve_hostile(soak_seed) as server, TargetGroupClient(endpoint_url=server.url, retry=AT_ONCE) as client:
        for number in range(max(1, round(150 * soak_size))):
            server.fault_rate = 0.1
            process = subprocess.Popen([sys.executable, WORKER, server.url, f"run-{number}"], stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()  # The batch has started.
            time.sleep(chance.uniform(0.0, 0.3))
            process.kill()
            kills += process.wait() == -signal.SIGKILL
            process.stdout.close()

            server.fault_rate = 0.0
            results = list(client.ensure_all(desired, run_id=f"run-{number}"))

            assert [result.error for result in results] == [None] * len(desired)
            created = Counter(call.params["name"] for call in server.lattice.calls if call.operation == CREATE)
            ids = {result.target_group.id for result in results if result.target_group}
            assert {summary.id for summary in client.list()} == ids
            assert len(ids) == len(created) == len(desired)
            for group_id in ids:
                assert {target.id for target in client.list_targets(group_id)} == {"10.0.0.1", "10.0.0.2"}
            server.lattice.reset()
    print(f"seed {soak_seed}: {kills} batches of {len(desired)} groups were killed")


def test_calls_need_no_further_memory(soak_size: float) -> None:
    """Resident memory stays flat over 100,000 calls, and over 400 clients that are created and closed."""
    with serve_groups() as server, TargetGroupClient(endpoint_url=server.url) as client:
        calls = round(100_000 * soak_size)
        sizes: list[int] = []
        for _ in range(4):
            for _ in range(max(500, calls // 4)):
                client.get(ID)
            sizes.append(resident_bytes())
        for _ in range(4):
            for _ in range(max(10, round(100 * soak_size))):
                with TargetGroupClient(endpoint_url=server.url) as other:
                    other.get(ID)
            sizes.append(resident_bytes())
    print(f"resident memory after each quarter of the calls and clients: {[size // 2**10 for size in sizes]} KiB")
    assert sizes[3] - sizes[0] < MAX_GROWTH_BYTES
    assert sizes[7] - sizes[4] < MAX_GROWTH_BYTES
