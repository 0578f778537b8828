"""Tests of tasks in an executor of the user."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from lattice_tg.runtime.base import Done
from lattice_tg.runtime.blocking import BlockingRuntime, ExecutorTasks, run
from lattice_tg.runtime.clocks import SystemClock


def test_task_that_ends_while_the_tasks_are_stopped_is_returned() -> None:
    """If a running task ends within the second for which stopped tasks are waited for, its result is returned."""
    may_end = Event()

    def work(item: str) -> str:
        assert may_end.wait(timeout=60)
        time.sleep(0.2)  # By then, aclose() waits.
        return item

    with ThreadPoolExecutor(1) as executor:
        tasks = ExecutorTasks(BlockingRuntime(SystemClock()).scope(), work, executor)
        tasks.submit(7, "orders")
        may_end.set()
        ended = run(tasks.aclose)

    assert ended == [Done(7, "orders")]
