"""Streams of concurrent work."""

from lattice_tg.runtime.base import Tasks
from lattice_tg.runtime.blocking import run
from lattice_tg.runtime.work import WorkStream


def test_a_stream_without_items_opens_no_tasks() -> None:
    """If the stream receives no items, it ends without opening tasks."""

    def open_tasks() -> Tasks:
        raise AssertionError("no tasks are needed")

    stream = WorkStream[int](open_tasks, (), max_ahead=1, in_order=True)

    assert run(stream.next_result) is None
