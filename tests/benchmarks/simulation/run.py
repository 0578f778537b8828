"""One run: processes with a law each, creates to make, and a limiter that refuses some of them."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from attrs import define, field, frozen

from simulation.algorithms import Law
from simulation.limiters import Limiter


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
