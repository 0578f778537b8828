"""How the rate law fares against limiters it does not know: a simulation on virtual time.

Run it as ``python tests/benchmarks/pacing.py``. Each figure is the time over the ideal (mean and worst over
1, 8, 16 and 32 threads and the seeds) and the 429s per create. The ideal is what an all-knowing sender needs.
The held-out settings took no part in choosing the constants of the law: leave it so. Those seen once did not
either, but one that stood among them showed a fault (four processes, now among the tuned) that was mended.
"""

import heapq
import sys
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count, product
from random import Random
from typing import ClassVar, Protocol

from attrs import define, field, frozen

from lattice_tg.pacing.rate import Opening, Pace, next_send, on_send, on_success, on_throttle

THREADS = (1, 8, 16, 32)
COUNTS = (10, 100, 400)


class Limiter(Protocol):
    """What the service does: `take` admits or refuses, `ideal_seconds` is the soonest that n get in."""

    def take(self, now: float) -> bool: ...
    def ideal_seconds(self, creates: int) -> float: ...


@define
class Bucket:
    """A token bucket."""

    per_second: float
    burst: float
    tokens: float = field(init=False)
    filled_at: float = 0.0

    def __attrs_post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        taken = self.tokens >= 1
        self.tokens -= taken
        return taken

    def ideal_seconds(self, creates: int) -> float:
        return max(0.0, creates - self.burst) / self.per_second


@define
class FixedWindow:
    """So many in each window, which began some time before the run."""

    most: int
    window_seconds: float
    begun_seconds: float
    window: int = -1
    taken: int = 0

    def take(self, now: float) -> bool:
        window = int((now + self.begun_seconds) // self.window_seconds)
        if window != self.window:
            self.window, self.taken = window, 0
        self.taken += 1
        return self.taken <= self.most

    def ideal_seconds(self, creates: int) -> float:
        return max(0.0, (creates - 1) // self.most * self.window_seconds - self.begun_seconds)


@define
class SlidingWindow:
    """So many in any second."""

    most: int
    admitted: deque[float] = field(factory=deque[float])

    def take(self, now: float) -> bool:
        while self.admitted and self.admitted[0] <= now - 1:
            self.admitted.popleft()
        if len(self.admitted) >= self.most:
            return False
        self.admitted.append(now)
        return True

    def ideal_seconds(self, creates: int) -> float:
        return (creates - 1) // self.most * 1.0


class Law(Protocol):
    """How a client paces itself: `ready` is when the first in the queue may send, None while it must wait."""

    backs_off: ClassVar[bool]

    def ready(self, now: float) -> float | None: ...
    def sent(self, now: float) -> None: ...
    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None: ...


@define
class Ours:
    """The law of `lattice_tg.pacing`, without its threads."""

    backs_off: ClassVar[bool] = False
    pace: Pace = Opening(0.0)
    next_send_at: float = 0.0
    in_flight: int = 0

    def ready(self, now: float) -> float | None:
        if isinstance(self.pace, Opening):
            return now if self.in_flight < self.pace.in_flight_limit else None
        return max(now, self.next_send_at)

    def sent(self, now: float) -> None:
        self.in_flight += 1
        self.pace = on_send(self.pace, now)
        self.next_send_at = next_send(self.pace, now, max(self.next_send_at, now))

    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None:
        self.in_flight -= 1
        before = self.pace
        self.pace = on_throttle(before, now, sent_at) if throttled else on_success(before, now, sent_at)
        if throttled and self.pace is not before:
            self.next_send_at = next_send(self.pace, now, now)


@define
class Aimd:
    """A shared gate: half the rate at a 429, one per second more each second."""

    backs_off: ClassVar[bool] = False
    per_second: float = 0.0
    next_send_at: float = 0.0
    decreased_at: float = 0.0
    successes: int = 0
    in_flight: int = 0

    def ready(self, now: float) -> float | None:
        if not self.per_second:
            return now if self.in_flight < 4 + self.successes else None
        return max(now, self.next_send_at)

    def sent(self, now: float) -> None:
        self.in_flight += 1
        if self.per_second:
            self.next_send_at = max(now, self.next_send_at) + 1 / self.per_second

    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None:
        self.in_flight -= 1
        if not throttled:
            self.successes += 1
            self.per_second += 1 / self.per_second if self.per_second else 0.0
        elif not self.per_second or sent_at >= self.decreased_at:
            known = self.per_second or self.successes / max(now, 0.01)
            self.per_second, self.decreased_at = max(0.5, known / 2), now
            self.next_send_at = now + 1 / self.per_second


@define
class FullJitter:
    """No gate: each item backs off alone, up to 20 s."""

    backs_off: ClassVar[bool] = True

    def ready(self, now: float) -> float | None:
        return now

    def sent(self, now: float) -> None:
        """Nothing is shared."""

    def ended(self, now: float, sent_at: float, *, throttled: bool) -> None:
        """Nothing is learned."""


@frozen
class Setting:
    """A limiter, the processes that share it, and the service's latency."""

    name: str
    limiter: Callable[[Random], Limiter]
    processes: int = 1
    latency_seconds: tuple[float, float] = (0.02, 0.05)


@define
class Process:
    """One client: what it still has to create, and who waits at its gate (as refusals so far)."""

    law: Law
    to_start: int
    waiting: deque[int] = field(factory=deque[int])
    wakes_at: float = -1.0


Step = Callable[[float], None]


@define
class Run:
    """One simulated run; events are steps on a heap, ties in the order of their making."""

    setting: Setting
    limiter: Limiter
    rng: Random
    processes: list[Process]
    events: list[tuple[float, int, Step]] = field(factory=list[tuple[float, int, Step]])
    order: Iterator[int] = field(factory=count)
    throttled: int = 0
    finished_at: float = 0.0

    def at(self, time: float, step: Step) -> None:
        heapq.heappush(self.events, (time, next(self.order), step))

    def play(self) -> None:
        while self.events:
            now, _, step = heapq.heappop(self.events)
            step(now)

    def pump(self, process: Process, now: float) -> None:
        """Send what the law lets go; come back when it says."""
        while process.waiting and (ready := process.law.ready(now)) is not None:
            if ready > now + 1e-9:
                if process.wakes_at <= now:
                    process.wakes_at = ready
                    self.at(ready, lambda at: self.pump(process, at))
                return
            self.send(process, process.waiting.popleft(), now)

    def send(self, process: Process, refusals: int, now: float) -> None:
        process.law.sent(now)
        way = self.rng.uniform(*self.setting.latency_seconds) / 2

        def served(at: float) -> None:
            admitted = self.limiter.take(at)
            self.at(at + way, lambda end: self.ended(process, refusals, now, end, admitted=admitted))

        self.at(now + way, served)

    def ended(self, process: Process, refusals: int, sent_at: float, now: float, *, admitted: bool) -> None:
        process.law.ended(now, sent_at, throttled=not admitted)
        if admitted:
            self.finished_at = now
            self.start(process)
        else:
            self.throttled += 1
            pause = self.rng.uniform(0, min(20.0, 0.1 * 2**refusals)) if process.law.backs_off else 0.0
            self.at(now + pause, lambda at: self.again(process, refusals + 1, at))
        self.pump(process, now)

    def start(self, process: Process) -> None:
        if process.to_start:
            process.to_start -= 1
            process.waiting.append(0)

    def again(self, process: Process, refusals: int, now: float) -> None:
        process.waiting.append(refusals)
        self.pump(process, now)


@frozen
class Score:
    """Time over the ideal, and 429s per create."""

    over_ideal: float
    throttled_per_create: float


def simulated(setting: Setting, law: Callable[[], Law], creates: int, threads: int, seed: int) -> Score:
    rng = Random(seed)
    shares = [len(range(number, creates, setting.processes)) for number in range(setting.processes)]
    run = Run(setting, setting.limiter(rng), rng, [Process(law(), share) for share in shares])
    for process in run.processes:
        for _ in range(threads):
            run.start(process)
        run.pump(process, 0.0)
    run.play()
    return Score(run.finished_at / ideal_seconds(run, creates, threads), run.throttled / creates)


def ideal_seconds(run: Run, creates: int, threads: int) -> float:
    """The later of what the limiter and what the threads allow at best."""
    latency = sum(run.setting.latency_seconds) / 2
    rounds = -(-creates // (threads * len(run.processes)))
    return max(run.limiter.ideal_seconds(creates) + latency, rounds * latency)


def fixed(most: int, window_seconds: float = 1.0) -> Callable[[Random], Limiter]:
    return lambda rng: FixedWindow(most, window_seconds, rng.uniform(0, window_seconds))


TUNED = [
    Setting("bucket 20/s burst 20", lambda _: Bucket(20, 20)),
    Setting("bucket 100/s burst 100", lambda _: Bucket(100, 100)),
    Setting("bucket 1/s burst 5", lambda _: Bucket(1, 5)),
    Setting("bucket 500/s burst 500", lambda _: Bucket(500, 500)),
    Setting("windows of 1 s, 20 each", fixed(20)),
    Setting("sliding second, 20", lambda _: SlidingWindow(20)),
    Setting("2 processes, 20/s burst 20", lambda _: Bucket(20, 20), processes=2),
    Setting("3 processes, 20/s burst 20", lambda _: Bucket(20, 20), processes=3),
    Setting("4 processes, 30/s burst 10", lambda _: Bucket(30, 10), processes=4),
    Setting("5 processes, 40/s burst 8", lambda _: Bucket(40, 8), processes=5),
    Setting("6 processes, 12/s burst 6", lambda _: Bucket(12, 6), processes=6),
    Setting("bucket 10/s burst 2", lambda _: Bucket(10, 2)),
    Setting("no limit", lambda _: Bucket(1e9, 1e9)),
]
SEEN_ONCE = [
    Setting("bucket 8/s burst 1", lambda _: Bucket(8, 1)),
    Setting("bucket 4/s burst 20", lambda _: Bucket(4, 20)),
    Setting("bucket 10/s burst 40, slow", lambda _: Bucket(10, 40), latency_seconds=(0.1, 0.3)),
    Setting("bucket 50/s burst 10", lambda _: Bucket(50, 10)),
    Setting("bucket 200/s burst 50, fast", lambda _: Bucket(200, 50), latency_seconds=(0.004, 0.01)),
    Setting("windows of 1 s, 5 each", fixed(5)),
    Setting("windows of 1 s, 50 each", fixed(50)),
    Setting("windows of 5 s, 100 each", fixed(100, 5.0)),
    Setting("sliding second, 50", lambda _: SlidingWindow(50), latency_seconds=(0.05, 0.15)),
    Setting("3 processes, windows of 30", fixed(30), processes=3),
]
HELD_OUT = [
    Setting("bucket 30/s burst 5", lambda _: Bucket(30, 5)),
    Setting("bucket 2/s burst 10", lambda _: Bucket(2, 10), latency_seconds=(0.03, 0.2)),
    Setting("bucket 300/s burst 30", lambda _: Bucket(300, 30), latency_seconds=(0.01, 0.03)),
    Setting("bucket 70/s burst 140", lambda _: Bucket(70, 140), latency_seconds=(0.1, 0.2)),
    Setting("windows of 1 s, 40 each", fixed(40)),
    Setting("windows of 2 s, 25 each", fixed(25, 2.0)),
    Setting("sliding second, 15", lambda _: SlidingWindow(15)),
    Setting("2 processes, 100/s burst 50", lambda _: Bucket(100, 50), processes=2),
    Setting("4 processes, 60/s burst 20", lambda _: Bucket(60, 20), processes=4),
    Setting("3 processes, 9/s burst 9", lambda _: Bucket(9, 9), processes=3),
    Setting("2 processes, windows of 15", fixed(15), processes=2),
]
LAWS: dict[str, Callable[[], Law]] = {"ours": Ours, "AIMD": Aimd, "full jitter": FullJitter}


def cell(setting: Setting, law: Callable[[], Law], creates: int, seeds: range) -> str:
    scores = [simulated(setting, law, creates, threads, seed) for threads, seed in product(THREADS, seeds)]
    times = [score.over_ideal for score in scores]
    refused = sum(score.throttled_per_create for score in scores) / len(scores)
    return f"{sum(times) / len(times):6.2f} {max(times):6.2f} {refused:6.2f}"


def table(title: str, settings: list[Setting], seeds: range) -> Iterator[str]:
    yield f"\n{title:28}{'N':>5} | " + " | ".join(f"{name:>20}" for name in LAWS)
    yield f"{'':33} | " + " | ".join(f"{'mean':>6} {'worst':>6} {'429s':>6}" for _ in LAWS)
    for setting, creates in product(settings, COUNTS):
        cells = " | ".join(cell(setting, law, creates, seeds) for law in LAWS.values())
        yield f"{setting.name:28}{creates:5} | {cells}"


if __name__ == "__main__":
    parts = (("tuned on", TUNED, 1), ("seen once", SEEN_ONCE, 101), ("held out", HELD_OUT, 201))
    for title, settings, first_seed in parts:
        for line in table(title, settings, range(first_seed, first_seed + 4)):
            sys.stdout.write(line + "\n")
