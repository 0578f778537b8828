"""Simulation of client processes that send creates to a service with a rate limiter."""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from attrs import define, field, frozen

from simulation.algorithms import Algorithm
from simulation.limiters import Limiter


@frozen
class Scenario:
    """A rate limiter, the number of processes that share the limiter, and the latency of the service.

    After a 429 response, a request is retried no earlier than ``retry_after_seconds`` later.
    """

    name: str
    limiter: Callable[[Random], Limiter]
    processes: int = 1
    latency_seconds: tuple[float, float] = (0.02, 0.05)
    retry_after_seconds: float = 0.0


@define
class Process:
    """A client process: the creates to start, and the number of rejections of each queued create."""

    algorithm: Algorithm
    to_start: int
    queue: deque[int] = field(factory=deque[int])
    wakes_at: float = -1.0


Step = Callable[[float], None]


@define
class Run:
    """A simulated run. The steps are in a heap. Simultaneous steps run in the order of their creation."""

    scenario: Scenario
    limiter: Limiter
    rng: Random
    processes: list[Process]
    events: list[tuple[float, int, Step]] = field(factory=list[tuple[float, int, Step]])
    order: Iterator[int] = field(factory=count)
    throttled: int = 0
    finished_at: float = 0.0

    def schedule(self, time: float, step: Step) -> None:
        heapq.heappush(self.events, (time, next(self.order), step))

    def run_to_end(self) -> None:
        while self.events:
            now, _, step = heapq.heappop(self.events)
            step(now)

    def pump(self, process: Process, now: float) -> None:
        """Send the requests that the algorithm admits now, and schedule the next attempt."""
        while process.queue and (ready := process.algorithm.ready_at(now)) is not None:
            if ready > now + 1e-9:
                if process.wakes_at <= now:
                    process.wakes_at = ready
                    self.schedule(ready, lambda at: self.pump(process, at))
                return
            self.send(process, process.queue.popleft(), now)

    def send(self, process: Process, rejections: int, now: float) -> None:
        process.algorithm.record_send(now)
        one_way_seconds = self.rng.uniform(*self.scenario.latency_seconds) / 2

        def arrive(at: float) -> None:
            admitted = self.limiter.take(at)
            self.schedule(at + one_way_seconds, lambda end: self.end(process, rejections, now, end, admitted=admitted))

        self.schedule(now + one_way_seconds, arrive)

    def end(self, process: Process, rejections: int, sent_at: float, now: float, *, admitted: bool) -> None:
        process.algorithm.record_end(now, sent_at, throttled=not admitted)
        if admitted:
            self.finished_at = now
            self.start(process)
        else:
            self.throttled += 1
            pause = self.rng.uniform(0, min(20.0, 0.1 * 2**rejections)) if process.algorithm.backs_off else 0.0
            pause = max(pause, self.scenario.retry_after_seconds)
            self.schedule(now + pause, lambda at: self.retry(process, rejections + 1, at))
        self.pump(process, now)

    def start(self, process: Process) -> None:
        if process.to_start:
            process.to_start -= 1
            process.queue.append(0)

    def retry(self, process: Process, rejections: int, now: float) -> None:
        process.queue.append(rejections)
        self.pump(process, now)


@frozen
class Score:
    """The time relative to the ideal, and the number of 429 responses per create."""

    relative_time: float
    throttled_per_create: float


def simulate(scenario: Scenario, algorithm: Callable[[], Algorithm], creates: int, threads: int, seed: int) -> Score:
    rng = Random(seed)
    shares = [len(range(number, creates, scenario.processes)) for number in range(scenario.processes)]
    run = Run(scenario, scenario.limiter(rng), rng, [Process(algorithm(), share) for share in shares])
    for process in run.processes:
        for _ in range(threads):
            run.start(process)
        run.pump(process, 0.0)
    run.run_to_end()
    return Score(run.finished_at / ideal_seconds(run, creates, threads), run.throttled / creates)


def ideal_seconds(run: Run, creates: int, threads: int) -> float:
    """Return the minimum time that the limiter allows or that the threads need, whichever is longer."""
    latency = sum(run.scenario.latency_seconds) / 2
    rounds = -(-creates // (threads * len(run.processes)))
    return max(run.limiter.ideal_seconds(creates) + latency, rounds * latency)
