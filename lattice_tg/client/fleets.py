"""The verbs of many groups as they should be."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache

from lattice_tg.client.elsewhere import ProcessWorker
from lattice_tg.client.shared import ClientBase
from lattice_tg.models.desired import DesiredState
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.outcome import ApplyResult, BatchProgress
from lattice_tg.plan import Plan
from lattice_tg.verbs import arguments, fleet


class BatchMixin(ClientBase):
    """Planning and applying what should be, many groups at a time."""

    def plan_all(self, items: Iterable[TargetGroupSpec | DesiredState], *, max_workers: int = 16) -> Generator[Plan]:
        """The plan for each group, in order; one scan of the service's list serves them all.

        A few are made ahead of those that were taken. Closing the generator sends nothing more.

        Args:
            items: The groups as they should be: specs, or ``Desired`` where targets belong to them.
            max_workers: Groups read at a time, at least 1.

        Raises:
            InvalidSpecError: Some break rules, or two have one name; all problems are named, and nothing was sent.
            ExceptionGroup: After the other plans: the errors of groups that cannot be planned.

        """
        arguments.validate_max_workers(max_workers)
        return fleet.iter_plans(
            self._sender, fleet.validate_items(items, allow_unknown=self._allow_unknown), max_workers
        )

    def ensure_all(
        self,
        items: Iterable[TargetGroupSpec | DesiredState],
        *,
        max_workers: int = 16,
        executor: Executor | None = None,
        run_id: str | None = None,
        on_progress: Callable[[BatchProgress], object] | None = None,
    ) -> Generator[ApplyResult]:
        """The outcome of each group, as it finishes: as it should be, or the error; one that fails stops no other.

        All workers share this client's pacing. An interrupt begins nothing more, waits for what is under way, and
        has a note of what is done; so does ``close()``. No more than ``max_workers`` groups are begun ahead of the
        outcomes that were taken. Where a worker is lost, or a hook raises in one, the error of that group is an
        :class:`IncompleteError`.

        Args:
            items: The groups as they should be: specs, or ``Desired`` where targets belong to them.
            max_workers: Groups seen to at a time, at least 1; an ``executor`` has its own number.
            executor: Any ``concurrent.futures.Executor``, such as a process pool's or Dask's; all groups are handed
                to it at once. In another process, the client is made anew from its settings, with a pacing of its
                own; one made from a session cannot go there.
            run_id: Any text that names this run, to resume a run that was ended; default: a new one, which is in each
                outcome and logged at INFO. Use one again only to resume.
            on_progress: Called here at the start, and after each group; what it raises ends the fleet.

        Raises:
            InvalidSpecError: Some break rules, or two have one name; all problems are named, and nothing was sent.
            TypeError: The executor is no thread pool, and this client cannot be sent to another process: it was made
                from a session or a client and so holds credentials, or its hooks cannot be pickled.
            LatticeError: With the first outcome: the list could not be read.

        """
        arguments.validate_max_workers(max_workers)
        arguments.validate_run_id(run_id)
        arguments.validate_executor(executor, on_progress)
        elsewhere = cache(lambda: ProcessWorker.from_client(self))
        if not isinstance(executor, ThreadPoolExecutor | None):
            elsewhere()  # a client that cannot be sent is refused now, not by each worker
        return fleet.iter_results(
            self._sender,
            fleet.validate_items(items, allow_unknown=self._allow_unknown),
            max_workers=max_workers,
            executor=executor,
            elsewhere=elsewhere,
            run_id=run_id,
            on_progress=on_progress,
        )
