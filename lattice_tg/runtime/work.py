"""Concurrent work on the items of a sequence."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count, islice
from typing import Generic, TypeVar

from lattice_tg.runtime.base import Done, Tasks

ItemT = TypeVar("ItemT")


class WorkStream(Generic[ItemT]):
    """The results of concurrent tasks, one task for each item.

    Args:
        open_tasks: Function that returns the tasks. The stream calls the function before it submits the first task.
        items: The items. The stream takes an item from the iterable when the stream submits the item's task.
        max_ahead: Maximum number of items whose tasks are submitted but whose results have not been returned. None
            submits all tasks at the start.
        in_order: Whether to return the results in the order of the items. Otherwise, the stream returns the results in
            the order in which the tasks end.
        returned_errors: Classes of errors that ``next_result()`` returns. Other errors of tasks are raised.

    """

    def __init__(
        self,
        open_tasks: Callable[[], Tasks],
        items: Iterable[ItemT],
        *,
        max_ahead: int | None,
        in_order: bool,
        returned_errors: tuple[type[Exception], ...] = (),
    ) -> None:
        self._open_tasks = open_tasks
        self._tasks: Tasks | None = None
        self._items = iter(items)
        self._keys = count()
        self._is_stopped = self._is_closed = False
        self._max_ahead = max_ahead
        self._in_order = in_order
        self._returned_errors = returned_errors
        self._submitted: dict[int, ItemT] = {}
        self._ended: dict[int, Done] = {}

    def prepend(self, items: Iterable[ItemT]) -> None:
        """Insert items before the items that have not been submitted."""
        self._items = chain(items, self._items)

    async def next_result(self) -> tuple[ItemT, Done] | None:
        """Return the next item whose task has ended, and the outcome of the task, or None at the end.

        If the wait is interrupted or cancelled, the stream is closed first.
        """
        try:
            return await self._next_result()
        except BaseException as error:
            await self.close_after(error)
            raise

    async def _next_result(self) -> tuple[ItemT, Done] | None:
        tasks = self._submit_tasks()
        if tasks is None or not self._submitted:
            await self.aclose()
            return None
        while (key := self._next_key()) not in self._ended:
            done = await tasks.next_done()
            self._ended[done.key] = done
        item, done = self._submitted.pop(key), self._ended.pop(key)
        if done.error is not None and not isinstance(done.error, self._returned_errors):
            raise done.error
        self._submit_tasks()
        return item, done

    def _next_key(self) -> int:
        """Return the key of the task whose result comes next.

        Without an order, prefer a task that has ended.
        """
        return next(iter(self._submitted if self._in_order or not self._ended else self._ended))

    def _submit_tasks(self) -> Tasks | None:
        """Submit as many tasks as may run ahead. Return all tasks, or None if there was no item."""
        while not self._is_stopped and (self._max_ahead is None or len(self._submitted) < self._max_ahead):
            if not (next_items := tuple(islice(self._items, 1))):
                break
            if self._tasks is None:
                self._tasks = self._open_tasks()
            key = next(self._keys)
            (self._submitted[key],) = next_items
            self._tasks.submit(key, self._submitted[key])
        return self._tasks

    def stop(self) -> None:
        """Send no further requests. The method neither waits nor takes a lock."""
        self._is_stopped = True
        if self._tasks is not None:
            self._tasks.stop()

    async def close_after(self, error: BaseException) -> None:
        """Close the stream because of ``error``.

        A coroutine that Python deletes cannot wait, so the method then only stops the tasks.
        """
        if isinstance(error, GeneratorExit):
            self.stop()
        else:
            await self.aclose()

    async def aclose(self) -> None:
        """Stop the tasks and wait at most one second for them. Only the first call waits."""
        self.stop()
        if self._tasks is not None and not self._is_closed:
            self._is_closed = True
            for done in await self._tasks.aclose():
                self._ended[done.key] = done

    def unsubmitted(self) -> Iterator[ItemT]:
        """Return an iterator over the items whose tasks were not submitted."""
        return self._items

    def unconsumed(self) -> Iterator[tuple[ItemT, Done | None]]:
        """Yield each submitted item whose result was not returned, with the outcome of its task.

        The outcome is None if the task has not ended.
        """
        for key, item in self._submitted.items():
            yield item, self._ended.get(key)
