"""Interruption of batches: notes, cancelled work and cleanup."""

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
from lattice_tg.events import RetryEvent
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.results import ApplyResult, BatchProgress
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

pytestmark = pytest.mark.blocking_only


def interrupt_after(count: int) -> Callable[[BatchProgress], None]:
    """Return an on_progress callback that raises KeyboardInterrupt after ``count`` groups."""

    def raise_at_count(progress: BatchProgress) -> None:
        if progress.done + progress.failed == count:
            raise KeyboardInterrupt

    return raise_at_count


def interrupt(**_: object) -> None:
    """Raise KeyboardInterrupt."""
    raise KeyboardInterrupt


def notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


def count_creates(lattice: VpcLatticeEmulator) -> int:
    """Return the number of CreateTargetGroup requests."""
    return count_operations(lattice)["CreateTargetGroup"]


@contextmanager
def slow_service() -> Generator[tuple[VpcLatticeEmulator, TargetGroupClient]]:
    """Yield an emulator with slow creates, and a client.

    The delay ensures that an interrupt arrives before the last group is created, even on a slow machine.
    """
    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1") as client:
        lattice.delay("CreateTargetGroup", seconds=0.05, times=1000)
        yield lattice, client


def test_an_interrupt_starts_no_group_and_notes_the_finished_groups() -> None:
    """The note names the finished groups and the run ID.

    A second run with this run ID completes the remaining groups.
    """
    with slow_service() as (_, client), assert_no_threads_left():
        with pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(20), max_workers=1, run_id="run-1", on_progress=interrupt_after(2)))

        done = existing_names(client)
        (note,) = notes(caught.value)
        assert note.startswith(
            f"The batch was interrupted. {note.split()[4]} of 20 target groups are done: orders-0, orders-1"
        )
        assert note.endswith(". To resume this run, pass run_id='run-1'.")
        assert 2 <= int(note.split()[4]) <= len(done) < 20

        results = list(client.ensure_all(specs(20), run_id="run-1"))

        assert [result.error for result in results] == [None] * 20
        assert existing_names(client) == names(specs(20))


def interrupt_at_first(results: Iterable[ApplyResult]) -> None:
    """Raise KeyboardInterrupt when the first result arrives."""
    for _ in results:
        raise KeyboardInterrupt


def interrupt_while_reading(client: TargetGroupClient) -> None:
    """Raise KeyboardInterrupt while reading the results of ``ensure_all``."""
    for _ in client.ensure_all(specs(20), max_workers=1):
        raise KeyboardInterrupt


def test_an_interrupted_consumer_ends_the_batch() -> None:
    """If the loop over the results is interrupted, the batch ends."""
    with slow_service() as (lattice, client), assert_no_threads_left():
        with pytest.raises(KeyboardInterrupt):
            interrupt_while_reading(client)

        assert count_creates(lattice) < 20


def test_an_interrupted_consumer_that_keeps_the_generator_can_continue() -> None:
    """After an interrupt, groups in flight finish, and no other group is started.

    The batch continues when the next result is requested.
    """
    with slow_service() as (lattice, client):
        results = client.ensure_all(specs(20), max_workers=2, run_id="run-1")
        with pytest.raises(KeyboardInterrupt):
            interrupt_at_first(results)
        wait_until_quiet(lattice)

        assert count_creates(lattice) <= 3
        assert len(list(results)) == 19
        assert existing_names(client) == names(specs(20))


def test_closing_ends_the_batch() -> None:
    """A batch in a ``closing()`` block ends when an interrupt ends the block."""
    with slow_service() as (lattice, client), assert_no_threads_left():
        with pytest.raises(KeyboardInterrupt), closing(client.ensure_all(specs(20), max_workers=2)) as results:
            interrupt_at_first(results)

        assert count_creates(lattice) <= 3
        assert list(results) == []


@pytest.mark.parametrize("method", ["ensure_all", "plan_all"])
def test_close_ends_the_batch(method: str) -> None:
    """close() starts no further group, waits for groups in flight, and leaves no thread running."""
    with slow_service() as (lattice, client), assert_no_threads_left():
        results = getattr(client, method)(specs(20), max_workers=1)
        next(results)

        results.close()

        assert count_creates(lattice) < 20


def test_an_interrupt_ends_waiting_workers() -> None:
    """A worker that waits for a group to become ACTIVE stops waiting and registers no targets."""
    waiting = [DesiredState(spec, [Target.ip("10.0.0.1")]) for spec in specs(3)]
    with mock_vpc_lattice(create_seconds=300) as lattice, TargetGroupClient(region_name="eu-west-1") as client:
        started = monotonic()
        with assert_no_threads_left(), pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all([*waiting, RESIZE], run_id="run-1", on_progress=interrupt_after(1)))

        assert monotonic() - started < 5
        assert notes(caught.value) == [
            "The batch was interrupted. 1 of 4 target groups are done: resize. To resume this run, pass run_id='run-1'."
        ]
        assert count_operations(lattice)["RegisterTargets"] == 0


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_ends_a_batch_that_waits_for_its_workers() -> None:
    """Ctrl-C ends a batch whose first group is not finished, and the note reports 0 groups."""
    main = cast("int", threading.main_thread().ident)

    def send_sigint(event: RetryEvent) -> None:
        signal.pthread_kill(main, signal.SIGINT)

    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1", on_retry=send_sigint) as client:
        lattice.throttle("CreateTargetGroup", times=1000, retry_after_seconds=60)
        started = monotonic()
        with assert_no_threads_left(), pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(4), max_workers=1, run_id="run-1"))

        assert monotonic() - started < 5
        assert notes(caught.value) == [
            "The batch was interrupted. 0 of 4 target groups are done. To resume this run, pass run_id='run-1'."
        ]
        assert count_creates(lattice) == 1


def test_an_interrupt_while_submitting_notes_finished_groups() -> None:
    """The note lists the groups that were finished before submit() was interrupted."""
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        executor = SerialExecutor(2, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(4), run_id="run-1", executor=executor))

        (note,) = notes(caught.value)
        assert note.startswith(
            "The batch was interrupted. 2 of 4 target groups are done: orders-0, orders-1. To resume "
        )


def test_a_passed_executor_stays_usable() -> None:
    """An interrupt cancels the tasks of the batch and does not shut the passed executor down."""
    with virtual_service() as (lattice, client), RecordingExecutor(1) as executor:

        def wait_for_cancellation(**_: object) -> None:
            if count_creates(lattice):
                executor.wait_for_cancelled_task()

        client.boto3_client.meta.events.register("before-call.vpc-lattice.CreateTargetGroup", wait_for_cancellation)
        with pytest.raises(KeyboardInterrupt):
            list(client.ensure_all(specs(20), executor=executor, on_progress=interrupt_after(1)))

        assert executor.has_cancelled()
        assert executor.submit(str, 7).result() == "7"
        assert count_creates(lattice) <= 2


@contextmanager
def interrupt_when_queued(queued: int, limiter: RateLimiter) -> Generator[None]:
    """Send SIGINT to the main thread when ``queued`` workers wait for a permit."""
    main, finished = cast("int", threading.main_thread().ident), threading.Event()

    def send_sigint() -> None:
        while limiter.waiting < queued and not finished.is_set():
            sleep(0.001)
        if not finished.is_set():
            signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=send_sigint)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        finished.set()
        thread.join()


@pytest.mark.usefixtures("default_sigint_handler")
@pytest.mark.parametrize("method", ["ensure_all", "plan_all"])
def test_an_interrupt_ends_workers_that_wait_for_a_permit(method: str) -> None:
    """After an interrupt, workers that wait for a permit stop waiting and send no request."""
    desired_specs = [evolve(spec, tags={"team": "shop"}) for spec in specs(4)]
    with mock_vpc_lattice() as lattice:
        with TargetGroupClient(region_name="eu-west-1") as client:
            list(client.ensure_all(desired_specs[:3]))
        start = len(lattice.calls)
        with (
            TargetGroupClient(region_name="eu-west-1", max_requests_per_second=0.02) as client,
            assert_no_threads_left(),
        ):
            limiter = sender_of(client).limiter

            with interrupt_when_queued(3, limiter):
                list(getattr(client, method)(desired_specs))

            assert count_operations(lattice, start) == {"ListTargetGroups": 1}
            assert (limiter.waiting, limiter.in_flight) == (0, 0)


def test_an_interrupt_while_listing_notes_that_nothing_was_done() -> None:
    """If the list request is interrupted, the note reports 0 finished groups."""
    with virtual_service() as (lattice, client):
        client.boto3_client.meta.events.register("before-call.vpc-lattice.ListTargetGroups", interrupt)

        with pytest.raises(KeyboardInterrupt) as caught:
            list(client.ensure_all(specs(2), run_id="run-1"))

        assert notes(caught.value) == [
            "The batch was interrupted. 0 of 2 target groups are done. To resume this run, pass run_id='run-1'."
        ]
        assert lattice.calls == ()


def test_a_failed_list_has_no_note() -> None:
    """If the groups cannot be listed, the error has no note, because no group was started."""
    with virtual_service() as (lattice, client):
        lattice.fail("ListTargetGroups", "AccessDeniedException")

        with pytest.raises(AccessDeniedError) as caught:
            next(client.ensure_all(specs(2)))

        assert notes(caught.value) == []


def test_an_on_progress_that_raises_ends_the_batch() -> None:
    """An exception in the first call of on_progress ends the batch, even an empty batch."""
    for desired_specs in (specs(2), []):
        with virtual_service() as (lattice, client):
            with pytest.raises(KeyboardInterrupt) as caught:
                list(client.ensure_all(desired_specs, run_id="run-1", on_progress=interrupt_after(0)))

            assert notes(caught.value)[0].startswith(
                f"The batch was interrupted. 0 of {len(desired_specs)} target groups"
            )
            assert lattice.calls == ()
