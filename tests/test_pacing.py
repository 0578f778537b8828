"""What the gate promises its callers, and what its rate law makes of the service's answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Lock, Thread

import pytest
from attrs import define, evolve, field

from lattice_tg.clock import SystemClock
from lattice_tg.pacing import Gate, Permit
from lattice_tg.pacing.rate import (
    DECREASE,
    DIP,
    MIN_PER_SECOND,
    OPENING_IN_FLIGHT,
    PLATEAU_REQUESTS,
    PLATEAU_SECONDS,
    REFUSED_SECONDS,
    SEEK_FACTOR,
    SEEK_FLOOR,
    SEEK_START_PER_SECOND,
    SILENCE_SECONDS,
    TALLY_SECONDS,
    Cruising,
    Opening,
    Pace,
    Seeking,
    next_send,
    on_send,
    on_success,
    on_throttle,
    plateau_seconds,
    rate_at,
)

JOIN_SECONDS = 5.0


@define
class Hourglass:
    """A clock that a sleep turns at once."""

    now: float = 100.0
    oversleeps_seconds: float = 0.0
    sleeps: list[float] = field(factory=list[float])

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.sleeps.append(seconds)
        self.now += seconds + self.oversleeps_seconds


@define
class HeldClock:
    """A clock whose sleepers wait until the test lets them go."""

    asleep: Event = field(factory=Event)
    go: Event = field(factory=Event)
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.asleep.set()
        assert self.go.wait(JOIN_SECONDS)
        self.now += seconds


class CtrlC(BaseException):
    """Ctrl-C, as a sleep may raise it."""


@define
class InterruptedClock:
    """A clock whose sleepers are interrupted."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float, /) -> None:
        raise CtrlC(seconds)


def entered(gate: Gate, deadline: float | None = None) -> Permit:
    permit = gate.enter(deadline=deadline)
    assert permit is not None
    return permit


def in_thread(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def waits(gate: Gate, count: int) -> None:
    """Return once so many callers stand in the queue."""
    until = SystemClock().monotonic() + JOIN_SECONDS
    while gate.waiting != count:
        assert SystemClock().monotonic() < until
        SystemClock().sleep(0.0005)


def full(clock: Hourglass | SystemClock | HeldClock) -> tuple[Gate, list[Permit]]:
    """A gate with as many calls in flight as an opening allows."""
    gate = Gate(clock=clock)
    return gate, [entered(gate) for _ in range(OPENING_IN_FLIGHT)]


# The rate law


def test_opening_is_unpaced() -> None:
    """Before the first 429 there is no rate and no spacing."""
    pace = Opening(since=0.0)

    assert rate_at(pace, 1.0) is None
    assert next_send(pace, 1.0, 1.0) == 1.0
    assert on_send(pace, 1.0) is pace


def test_success_widens_the_opening() -> None:
    """Each success allows one more call in flight."""
    pace = on_success(Opening(since=0.0), 0.1, 0.0)

    assert pace == Opening(since=0.0, successes=1, in_flight_limit=OPENING_IN_FLIGHT + 1)


def test_tally_forgets() -> None:
    """The count of successes reaches back no further than about its time."""
    busy = Opening(since=0.0, successes=40, in_flight_limit=48)

    pace = on_success(busy, 3600.0, 3599.9)

    assert pace == Opening(since=3600.0 - TALLY_SECONDS / 2, successes=21, in_flight_limit=49)


def test_first_throttle_seeks_below_what_was_delivered() -> None:
    """The first 429 sets the rate to a share of the delivered one."""
    pace = on_throttle(Opening(since=0.0, successes=20), 0.5, 0.4)

    assert pace == Seeking(40 * SEEK_FACTOR, since=0.0, successes=20, decreased_at=0.5, last_success_at=0.5)


def test_throttle_without_any_success_still_sends() -> None:
    """Where nothing has been delivered the search starts at a rate of its own, and ends at the least one."""
    pace = on_throttle(Opening(since=0.0), 0.0, 0.0)
    rates = [rate_at(pace, 0.0)]

    for second in range(1, 5):
        pace = on_throttle(pace, second, second)
        rates.append(rate_at(pace, second))

    assert rates == [SEEK_START_PER_SECOND, 2.0, MIN_PER_SECOND, MIN_PER_SECOND, MIN_PER_SECOND]


SEEKING = Seeking(40.0, since=0.0, successes=20, decreased_at=0.5, last_success_at=0.5)


def test_seeking_halves_once_a_round_trip() -> None:
    """A 429 of a request sent after the last decrease halves the rate, an older one does nothing."""
    halved = on_throttle(SEEKING, 0.6, 0.55)

    assert halved == evolve(SEEKING, per_second=20.0, decreased_at=0.6)
    assert on_throttle(halved, 0.61, 0.56) is halved


def test_seeking_stops_at_what_was_delivered() -> None:
    """A window that stays closed does not drive the rate down for ever."""
    pace: Pace = SEEKING

    for tick in range(6, 20):
        pace = on_throttle(pace, tick / 10, tick / 10)

    assert rate_at(pace, 2.0) == pytest.approx(SEEK_FLOOR * 20 / 1.9)  # pyright: ignore[reportUnknownMemberType]


def test_late_success_does_not_end_the_search() -> None:
    """A success of a request sent before the decrease only counts."""
    pace = on_success(SEEKING, 0.55, 0.45)

    assert pace == evolve(SEEKING, successes=21, last_success_at=0.55)


def test_success_ends_the_search() -> None:
    """A success at the lower rate makes it the plateau, to be grown from at once."""
    pace = on_success(SEEKING, 0.6, 0.55)

    assert pace == Cruising(40.0, origin=0.6 - PLATEAU_SECONDS, decreased_at=0.5)
    assert rate_at(pace, 0.6) == 40.0


def test_closed_window_resumes_at_its_rate() -> None:
    """After a silence the rate is what was delivered over all, silence included."""
    searching = evolve(SEEKING, per_second=1.0, decreased_at=0.9)

    pace = on_success(searching, 0.5 + 2 * SILENCE_SECONDS, 1.0)

    assert pace == Cruising(21 / 1.1, origin=1.1 - PLATEAU_SECONDS, decreased_at=0.9)


CRUISING = Cruising(20.0, origin=10.0, decreased_at=10.0)


@pytest.mark.parametrize("plateau", [1.0, 20.0, 500.0])
def test_growth_is_proportional(plateau: float) -> None:
    """One curve serves every rate: from below the plateau, to it, and beyond."""
    pace = Cruising(plateau, origin=0.0, decreased_at=0.0)

    rates = [rate_at(pace, plateau_seconds(plateau) * share) for share in (0, 1, 2)]

    assert rates == [plateau * (1 - DIP), plateau, plateau * (1 + DIP)]


def test_growth_is_slower_at_low_rates() -> None:
    """The plateau is reached after a time, or after some requests where those take longer."""
    assert [plateau_seconds(rate) for rate in (1.0, 500.0)] == [PLATEAU_REQUESTS, PLATEAU_SECONDS]


def test_throttle_lowers_the_plateau() -> None:
    """A 429 while cruising makes a share of the rate then the next plateau."""
    now = 10.0 + PLATEAU_SECONDS

    pace = on_throttle(CRUISING, now, now - 0.05)

    assert pace == Cruising(20.0 * DECREASE, origin=now, decreased_at=now, refused_since=now)


def test_old_throttle_says_nothing_new() -> None:
    """A 429 of a request sent before the decrease changes nothing."""
    assert on_throttle(CRUISING, 10.1, 9.9) is CRUISING


def test_row_of_refusals_lowers_once() -> None:
    """A closed window refuses at any rate, so a row of 429s counts as one."""
    refused = evolve(CRUISING, refused_since=10.0)

    pace = on_throttle(refused, 10.5, 10.4)

    assert pace == Cruising(20.0, origin=10.5, decreased_at=10.5, refused_since=10.0)


def test_long_row_of_refusals_lowers_again() -> None:
    """When nothing gets through for long, the service allows far less, and the rate is halved."""
    refused = evolve(CRUISING, refused_since=10.0)
    now = 10.0 + REFUSED_SECONDS

    pace = on_throttle(refused, now, now - 0.1)

    assert pace == Cruising(20.0 * SEEK_FACTOR, origin=now, decreased_at=now, refused_since=now)


def test_success_ends_the_row() -> None:
    """A success sent after the decrease ends a row of refusals, an older one does not."""
    refused = evolve(CRUISING, refused_since=10.0)

    assert on_success(refused, 10.2, 10.1) == CRUISING
    assert on_success(refused, 10.05, 9.99) is refused
    assert on_success(CRUISING, 10.2, 10.1) is CRUISING


def test_throttle_under_a_ceiling_starts_from_the_ceiling() -> None:
    """Growth that the ceiling never let through is not what was refused."""
    later = 10.0 + 2 * PLATEAU_SECONDS

    pace = on_throttle(CRUISING, later, later, ceiling_per_second=10.0)

    assert rate_at(pace, later + PLATEAU_SECONDS) == 10.0 * DECREASE


def test_long_unrefused_opens_again() -> None:
    """A client that idled starts afresh, and one that cruises does not."""
    assert on_send(CRUISING, 30.0) == Opening(since=30.0)
    assert on_send(CRUISING, 11.0) is CRUISING


def test_the_lower_of_rate_and_ceiling_holds() -> None:
    """The ceiling binds where it is below the learned rate, or nothing is learned."""
    now = CRUISING.origin + PLATEAU_SECONDS

    rates = [rate_at(pace, now, ceiling_per_second=c) for pace in (Opening(0.0), CRUISING) for c in (5.0, 50.0)]

    assert rates == [5.0, 50.0, 5.0, 20.0]
    assert next_send(CRUISING, now, now, ceiling_per_second=4.0) == now + 0.25


# The gate


def test_unthrottled_calls_do_not_wait() -> None:
    """Before any 429, one call after the other passes without a sleep and without a rate."""
    clock = Hourglass()
    gate = Gate(clock=clock)

    for _ in range(100):
        gate.leave(entered(gate), throttled=False, succeeded=True)

    assert clock.sleeps == []
    assert gate.rate is None


def test_ceiling_spaces_from_the_first_call() -> None:
    """Under a maximum of 10 requests per second, eleven take a second."""
    clock = Hourglass()
    gate = Gate(clock=clock, max_requests_per_second=10)

    for _ in range(11):
        gate.leave(entered(gate), throttled=False, succeeded=True)

    assert clock.now == pytest.approx(101.0)  # pyright: ignore[reportUnknownMemberType]
    assert gate.rate == 10


@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_ceiling_is_positive(value: float) -> None:
    """A maximum that would let nothing pass is refused."""
    with pytest.raises(ValueError, match="max_requests_per_second"):
        Gate(clock=Hourglass(), max_requests_per_second=value)


def test_throttle_spaces_the_next_send() -> None:
    """After a 429 sends wait 1/rate."""
    clock = Hourglass()
    gate = Gate(clock=clock)
    gate.leave(entered(gate), throttled=False, succeeded=True)

    gate.leave(entered(gate), throttled=True, succeeded=False)
    rate = gate.rate
    entered(gate)

    assert rate is not None
    assert clock.sleeps == [pytest.approx(1 / rate)]  # pyright: ignore[reportUnknownMemberType]


def test_other_failures_change_no_rate() -> None:
    """What is neither a success nor a 429 only frees its place."""
    gate, permits = full(Hourglass())

    for permit in permits:
        gate.leave(permit, throttled=False, succeeded=False)

    assert gate.rate is None
    assert all(entered(gate) for _ in range(OPENING_IN_FLIGHT))


def test_old_throttles_do_not_push_the_next_send() -> None:
    """A burst of 429s that were on their way together costs one decrease."""
    clock = Hourglass()
    gate, permits = full(clock)
    clock.now += 0.01
    gate.leave(permits.pop(), throttled=True, succeeded=False)
    clock.now += 0.01
    rate = gate.rate

    for permit in permits:
        gate.leave(permit, throttled=True, succeeded=False)
    permit = entered(gate)

    assert rate is not None
    assert gate.rate == rate
    assert permit.sent_at == pytest.approx(100.01 + 1 / rate)  # pyright: ignore[reportUnknownMemberType]


def test_a_turn_after_the_deadline_is_told_at_once() -> None:
    """A send that is due past the deadline is not waited for."""
    clock = Hourglass()
    gate = Gate(clock=clock, max_requests_per_second=1)
    entered(gate)

    assert gate.enter(deadline=clock.now + 0.9) is None
    assert clock.sleeps == []
    assert gate.enter(deadline=clock.now + 1.1) is not None


def test_no_turn_after_the_deadline() -> None:
    """An open gate gives no turn to who comes too late."""
    clock = Hourglass()

    assert Gate(clock=clock).enter(deadline=clock.now) is None


def test_a_late_wake_up_costs_no_rate() -> None:
    """What a sleep overslept is made good by the next send."""
    clock = Hourglass(oversleeps_seconds=0.004)
    gate = Gate(clock=clock, max_requests_per_second=100)

    for _ in range(101):
        gate.leave(entered(gate), throttled=False, succeeded=True)

    assert clock.now == pytest.approx(101.004)  # pyright: ignore[reportUnknownMemberType]


def test_idling_earns_no_burst() -> None:
    """After a pause a ceiling spaces as before."""
    clock = Hourglass()
    gate = Gate(clock=clock, max_requests_per_second=10)
    entered(gate)
    clock.now += 60

    for _ in range(11):
        gate.leave(entered(gate), throttled=False, succeeded=True)

    assert clock.now == pytest.approx(161.0, abs=0.011)  # pyright: ignore[reportUnknownMemberType]


def test_idling_opens_the_gate() -> None:
    """A client that was throttled an hour ago is unpaced again."""
    clock = Hourglass()
    gate = Gate(clock=clock)
    gate.leave(entered(gate), throttled=True, succeeded=False)
    gate.leave(entered(gate), throttled=False, succeeded=True)
    clock.now += 3600

    gate.leave(entered(gate), throttled=False, succeeded=True)

    assert gate.rate is None


def test_calls_in_flight_are_bounded() -> None:
    """One call more than the opening allows waits for another's end."""
    gate, permits = full(Hourglass())
    late = in_thread(gate.enter)
    waits(gate, 1)

    gate.leave(permits[0], throttled=False, succeeded=False)
    late.join(JOIN_SECONDS)

    assert not late.is_alive()
    assert gate.in_flight == OPENING_IN_FLIGHT


def test_a_full_gate_is_waited_for_until_the_deadline() -> None:
    """Where no call ends before the deadline, there is no turn."""
    clock = SystemClock()
    gate, _ = full(clock)

    assert gate.enter(deadline=clock.monotonic() + 0.02) is None
    assert gate.waiting == 0


def test_first_come_first_served() -> None:
    """Turns are given in the order of arrival."""
    gate, permits = full(Hourglass())
    order: list[int] = []

    def enter_as(number: int) -> None:
        entered(gate)
        order.append(number)

    threads: list[Thread] = []
    for number in range(5):
        threads.append(in_thread(partial(enter_as, number)))
        waits(gate, number + 1)

    for thread, permit in zip(threads, permits, strict=False):
        gate.leave(permit, throttled=False, succeeded=False)
        thread.join(JOIN_SECONDS)

    assert order == [0, 1, 2, 3, 4]


def test_nobody_overtakes_the_queue() -> None:
    """A place that falls free goes to who waits for it, not to who comes just then."""
    clock = SystemClock()
    gate, permits = full(clock)
    waiter = in_thread(gate.enter)
    waits(gate, 1)

    gate.leave(permits[0], throttled=False, succeeded=False)
    newcomer = gate.enter(deadline=clock.monotonic() + 0.05)
    waiter.join(JOIN_SECONDS)

    assert newcomer is None
    assert not waiter.is_alive()


def test_the_queue_counts_for_the_deadline() -> None:
    """Who stands behind others is told at once when their turns alone reach past the deadline."""
    clock = HeldClock()
    gate = Gate(clock=clock, max_requests_per_second=1)
    entered(gate)
    sleeper = in_thread(gate.enter)
    assert clock.asleep.wait(JOIN_SECONDS)

    assert gate.enter(deadline=1.5) is None
    clock.go.set()
    sleeper.join(JOIN_SECONDS)


def test_who_gives_up_lets_the_next_pass() -> None:
    """A waiter whose turn moved past its deadline leaves the queue to the one behind."""
    clock = HeldClock()
    gate = Gate(clock=clock, max_requests_per_second=1)
    permit = entered(gate)
    results: list[Permit | None] = []
    first = in_thread(lambda: results.append(gate.enter(deadline=1.1)))
    assert clock.asleep.wait(JOIN_SECONDS)
    second = in_thread(lambda: results.append(gate.enter()))
    waits(gate, 2)

    clock.now = 0.5
    gate.leave(permit, throttled=True, succeeded=False)
    clock.go.set()
    first.join(JOIN_SECONDS)
    second.join(JOIN_SECONDS)

    assert [result is None for result in results] == [True, False]


def test_an_interrupted_wait_leaves_no_trace() -> None:
    """Ctrl-C in a sleep leaves the queue and the lock as they were."""
    gate = Gate(clock=InterruptedClock(), max_requests_per_second=1)
    entered(gate)

    with pytest.raises(CtrlC):
        gate.enter()

    assert gate.waiting == 0
    assert gate.rate == 1


@define
class ClosingClock:
    """A caller's view of a clock, that sends it away once it is closed."""

    closed: Event = field(factory=Event)

    def monotonic(self) -> float:
        if self.closed.is_set():
            raise CtrlC
        return SystemClock().monotonic()

    def sleep(self, seconds: float, /) -> None:
        SystemClock().sleep(seconds)


def test_a_caller_whose_clock_raises_leaves_the_queue() -> None:
    """All who were roused and are told to leave do so without a turn, and who is not told waits on."""
    gate, permits = full(SystemClock())
    mine, left, sent_on = ClosingClock(), list[BaseException](), list[Permit | None]()

    def enter_closing() -> None:
        try:
            gate.enter(clock=mine)
        except CtrlC as error:
            left.append(error)

    leavers = [in_thread(enter_closing) for _ in range(3)]
    waits(gate, 3)
    stayer = in_thread(lambda: sent_on.append(gate.enter()))
    waits(gate, 4)

    mine.closed.set()
    gate.rouse()
    for thread in leavers:
        thread.join(JOIN_SECONDS)
    waits(gate, 1)

    assert (len(left), gate.in_flight, sent_on) == (3, OPENING_IN_FLIGHT, [])
    gate.leave(permits[0], throttled=False, succeeded=False)
    stayer.join(JOIN_SECONDS)
    assert len(sent_on) == 1


def test_many_threads_share_one_rate() -> None:
    """Sixteen threads under a ceiling together keep to it, and all get through."""
    clock = SystemClock()
    gate = Gate(clock=clock, max_requests_per_second=500)
    started = clock.monotonic()

    def call(_: int) -> float:
        permit = entered(gate)
        gate.leave(permit, throttled=False, succeeded=True)
        return permit.sent_at

    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(call, range(101)))

    assert len(set(sent)) == 101
    assert 0.18 < clock.monotonic() - started < 1.0


def test_a_throttled_crowd_finishes() -> None:
    """Thirty-two threads against a limit of one in three get everything through."""
    gate = Gate(clock=Hourglass())
    lock = Lock()
    asked = 0

    def call(_: int) -> int:
        nonlocal asked
        attempts = 0
        while True:
            attempts += 1
            permit = entered(gate)
            with lock:
                asked += 1
                refused = asked % 3 == 0
            gate.leave(permit, throttled=refused, succeeded=not refused)
            if not refused:
                return attempts

    with ThreadPoolExecutor(32) as pool:
        attempts = list(pool.map(call, range(300)))

    assert len(attempts) == 300
    assert gate.in_flight == 0
    assert gate.waiting == 0
