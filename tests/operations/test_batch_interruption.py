"""A fleet that is stopped midway: nothing more is begun, what was done is told, and nothing stays behind."""

import signal
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, contextmanager
from time import monotonic, sleep
from typing import cast

import pytest
from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import AccessDeniedError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.results import ApplyResult, BatchProgress, RetryEvent
from lattice_tg.sending.rate_limiter import RateLimiter
from lattice_tg.testing import mock_vpc_lattice
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.batch import (
    RecordingExecutor,
    SerialExecutor,
    assert_no_threads_left,
    count_operations,
    existing_names,
    names,
    sender_of,
    specs,
    wait_until_quiet,
)
from support.desired_states import RESIZE
from support.virtual_time import virtual_service


def interrupt_after(count: int) -> Callable[[BatchProgress], None]:
    def hook(progress: BatchProgress) -> None:
        if progress.done + progress.failed == count:
            raise KeyboardInterrupt

    return hook


def interrupt(**_: object) -> None:
    raise KeyboardInterrupt


def notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


def made(lattice: VpcLatticeEmulator) -> int:
    return count_operations(lattice)["CreateTargetGroup"]


@contextmanager
def slow_service() -> Generator[tuple[VpcLatticeEmulator, TargetGroupClient]]:
    """Each create takes a while of real time, so that an interrupt comes before the last one, however busy the machine."""
    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1") as client:
        lattice.delay("CreateTargetGroup", seconds=0.05, times=1000)
        yield lattice, client


@pytest.fixture
def heeded_interrupts() -> Generator[None]:
    """Ctrl-C raises, as in a terminal: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_begins_nothing_more_and_says_what_was_done() -> None:
    """The note names what is done and how to go on; a run with the same run_id does the rest."""
    with slow_service() as (_, client), assert_no_threads_left():
        with pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(20), max_workers=1, run_id="run-1", on_progress=interrupt_after(2)))

        done = existing_names(client)
        (note,) = notes(caught.value)
        assert note.startswith(f"interrupted: {note.split()[1]} of 20 groups are as they should be: orders-0, orders-1")
        assert note.endswith("; a run with run_id='run-1' goes on from there")
        assert 2 <= int(note.split()[1]) <= len(done) < 20

        rest = list(client.ensure_all(specs(20), run_id="run-1"))

        assert [outcome.error for outcome in rest] == [None] * 20
        assert existing_names(client) == names(specs(20))


def interrupted_at_the_first(outcomes: Iterable[ApplyResult]) -> None:
    for _ in outcomes:
        raise KeyboardInterrupt


def interrupted_while_reading(client: TargetGroupClient) -> None:
    for _ in client.ensure_all(specs(20), max_workers=1):
        raise KeyboardInterrupt


def test_an_interrupt_of_the_consumer_begins_nothing_more() -> None:
    """It is the consumer's own: the fleet ends with the loop that read it."""
    with slow_service() as (lattice, client), assert_no_threads_left():
        with pytest.raises(KeyboardInterrupt):
            interrupted_while_reading(client)

        assert made(lattice) < 20


def test_an_interrupt_of_a_consumer_that_keeps_the_fleet_leaves_little_to_end() -> None:
    """Who is interrupted between two outcomes and holds on to them: the groups under way end, no other is begun."""
    with slow_service() as (lattice, client):
        outcomes = client.ensure_all(specs(20), max_workers=2, run_id="run-1")
        with pytest.raises(KeyboardInterrupt):
            interrupted_at_the_first(outcomes)
        wait_until_quiet(lattice)

        assert made(lattice) <= 3
        assert len(list(outcomes)) == 19
        assert existing_names(client) == names(specs(20))


def test_a_fleet_in_a_with_statement_ends_with_it() -> None:
    """``closing`` is what an interrupt of the consumer leaves through; the note is on what ends the fleet."""
    with slow_service() as (lattice, client), assert_no_threads_left():
        with pytest.raises(KeyboardInterrupt), closing(client.ensure_all(specs(20), max_workers=2)) as outcomes:
            interrupted_at_the_first(outcomes)

        assert made(lattice) <= 3
        assert list(outcomes) == []


@pytest.mark.parametrize("verb", ["ensure_all", "plan_all"])
def test_a_fleet_that_is_read_no_further_ends(verb: str) -> None:
    """Closing it stops what is not begun, waits for what is, and leaves no thread."""
    with slow_service() as (lattice, client), assert_no_threads_left():
        outcomes = getattr(client, verb)(specs(20), max_workers=1)
        next(outcomes)

        outcomes.close()

        assert made(lattice) < 20


def test_an_interrupt_while_workers_wait_ends_soon() -> None:
    """A worker that sleeps, here until its group is ACTIVE, does not sleep on; it takes no target in."""
    waiting = [DesiredState(spec, [Target.ip("10.0.0.1")]) for spec in specs(3)]
    with mock_vpc_lattice(create_seconds=300) as lattice, TargetGroupClient(region_name="eu-west-1") as client:
        started = monotonic()
        with assert_no_threads_left(), pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all([*waiting, RESIZE], run_id="run-1", on_progress=interrupt_after(1)))

        assert monotonic() - started < 5
        assert notes(caught.value) == [
            "interrupted: 1 of 4 groups are as they should be: resize; a run with run_id='run-1' goes on from there"
        ]
        assert count_operations(lattice)["RegisterTargets"] == 0


@pytest.mark.usefixtures("heeded_interrupts")
def test_ctrl_c_ends_a_fleet_that_waits_for_its_workers() -> None:
    """The signal reaches the thread that waits for outcomes; where nothing is done, the note says so."""
    main = cast("int", threading.main_thread().ident)

    def press(event: RetryEvent) -> None:
        signal.pthread_kill(main, signal.SIGINT)

    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1", on_retry=press) as client:
        lattice.throttle("CreateTargetGroup", times=1000, retry_after_seconds=60)
        started = monotonic()
        with assert_no_threads_left(), pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(4), max_workers=1, run_id="run-1"))

        assert monotonic() - started < 5
        assert notes(caught.value) == [
            "interrupted: 0 of 4 groups are as they should be; a run with run_id='run-1' goes on from there"
        ]
        assert made(lattice) == 1


def test_an_interrupt_while_tasks_are_handed_out_leaves_none() -> None:
    """What was handed to the executor by then is told of, too."""
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        executor = SerialExecutor(2, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(4), run_id="run-1", executor=executor))

        (note,) = notes(caught.value)
        assert note.startswith("interrupted: 2 of 4 groups are as they should be: orders-0, orders-1; a run with ")


def test_an_executor_that_was_handed_in_goes_on() -> None:
    """It is its owner's; only the fleet's own tasks are taken back, which the second create waits for here."""
    with virtual_service() as (lattice, client), RecordingExecutor(1) as executor:

        def hold(**_: object) -> None:
            if made(lattice):
                executor.wait_for_cancelled_task()

        client.boto3_client.meta.events.register("before-call.vpc-lattice.CreateTargetGroup", hold)
        with pytest.raises(KeyboardInterrupt):
            list(client.ensure_all(specs(20), executor=executor, on_progress=interrupt_after(1)))

        assert executor.has_cancelled()
        assert executor.submit(str, 7).result() == "7"
        assert made(lattice) <= 2


@contextmanager
def interrupted_once(queued: int, limiter: RateLimiter) -> Generator[None]:
    """Ctrl-C in the main thread, as soon as so many workers queue for a turn."""
    main, is_over = cast("int", threading.main_thread().ident), threading.Event()

    def press() -> None:
        while limiter.waiting < queued and not is_over.is_set():
            sleep(0.001)
        if not is_over.is_set():
            signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        is_over.set()
        thread.join()


@pytest.mark.usefixtures("heeded_interrupts")
@pytest.mark.parametrize("verb", ["ensure_all", "plan_all"])
def test_workers_that_queue_for_a_turn_leave_at_an_interrupt(verb: str) -> None:
    """A turn may be a minute away; nothing is sent when it comes."""
    wanted = [evolve(spec, tags={"team": "shop"}) for spec in specs(4)]
    with mock_vpc_lattice() as lattice:
        with TargetGroupClient(region_name="eu-west-1") as client:
            list(client.ensure_all(wanted[:3]))
        start = len(lattice.calls)
        with (
            TargetGroupClient(region_name="eu-west-1", max_requests_per_second=0.02) as client,
            assert_no_threads_left(),
        ):
            limiter = sender_of(client).limiter

            with interrupted_once(3, limiter):
                list(getattr(client, verb)(wanted))

            assert count_operations(lattice, start) == {"ListTargetGroups": 1}
            assert (limiter.waiting, limiter.in_flight) == (0, 0)


def test_an_interrupt_while_the_list_is_read_says_that_nothing_was_done() -> None:
    """The scan comes first."""
    with virtual_service() as (lattice, client):
        client.boto3_client.meta.events.register("before-call.vpc-lattice.ListTargetGroups", interrupt)

        with pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(2), run_id="run-1"))

        assert notes(caught.value) == [
            "interrupted: 0 of 2 groups are as they should be; a run with run_id='run-1' goes on from there"
        ]
        assert lattice.calls == ()


def test_a_service_that_does_not_list_is_no_interrupt() -> None:
    """The error says all: nothing was begun that a note could tell of."""
    with virtual_service() as (lattice, client):
        lattice.fail("ListTargetGroups", "AccessDeniedException")

        with pytest.raises(AccessDeniedError) as caught:
            next(client.ensure_all(specs(2)))

        assert notes(caught.value) == []


def test_a_hook_that_raises_ends_the_fleet() -> None:
    """Also at the start, and where there is no group at all."""
    for wanted in (specs(2), []):
        with virtual_service() as (lattice, client):
            with pytest.raises(KeyboardInterrupt) as caught:
                list(client.ensure_all(wanted, run_id="run-1", on_progress=interrupt_after(0)))

            assert notes(caught.value)[0].startswith(f"interrupted: 0 of {len(wanted)} groups")
            assert lattice.calls == ()
