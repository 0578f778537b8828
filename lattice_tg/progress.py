"""Progress bars for batches, bulk registration and waiters. Requires the extra ``rich``."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from lattice_tg.errors import ConfigurationError
from lattice_tg.results import BatchProgress, TargetsResult, WaitProgress, count_targets, format_counts

Progress = BatchProgress | WaitProgress | TargetsResult


def progress_bar(
    description: str, *, total: int | None = None, console: Any = None
) -> AbstractContextManager[Callable[[BatchProgress | WaitProgress | TargetsResult], None]]:
    """Return a context manager that shows a progress bar and provides ``on_progress``.

    ::

        with progress_bar("deploying") as on_progress:
            results = list(client.ensure_all(specs, on_progress=on_progress))
        with progress_bar("warming up") as on_progress:
            client.wait_until_healthy(group, on_progress=on_progress)
        with progress_bar("registering", total=100_000) as on_progress:
            for result in client.iter_register_targets(group, targets):
                on_progress(result)

    Args:
        description: The label to the left of the bar.
        total: The number of targets to register or deregister, at least 1. Batches and waiters do not need ``total``.
            Default: None.
        console: The ``rich.console.Console`` that shows the bar. Default: a console that writes to standard error.

    Raises:
        ConfigurationError: If rich is not installed when the context starts.

    """
    return _progress_bar(description, total, console)


@contextmanager
def _progress_bar(description: str, total: int | None, console: Any) -> Generator[Callable[[Progress], None]]:
    with _make_bar(console) as bar:
        task = bar.add_task(description, total=total, message="")
        state = _BarState()

        def on_progress(progress: Progress) -> None:
            bar.update(task, **state.update(progress))

        yield on_progress


class _BarState:
    """The state of a progress bar: the counts of all target results so far."""

    def __init__(self) -> None:
        self._counts = [0, 0, 0, 0]

    def update(self, progress: Progress) -> dict[str, Any]:
        """Record ``progress`` and return the fields of the rich task to update.

        The counts of a targets result are added up.
        """
        match progress:
            case BatchProgress():
                completed = progress.total - progress.pending
                return {"completed": completed, "total": progress.total, "message": str(progress)}
            case WaitProgress():
                return {"message": str(progress)}
            case _:
                return self._add(progress)

    def _add(self, result: TargetsResult) -> dict[str, Any]:
        self._counts = [total + count for total, count in zip(self._counts, count_targets(result), strict=True)]
        return {"completed": sum(self._counts), "message": format_counts(self._counts)}


def _make_bar(console: Any) -> Any:
    try:
        from rich import progress  # noqa: PLC0415 - rich is optional
        from rich.console import Console  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError("The progress bar requires rich: pip install 'lattice-tg[rich]'") from error
    columns = ("{task.description}", progress.BarColumn(), "{task.fields[message]}", progress.TimeElapsedColumn())
    return progress.Progress(*columns, console=console or Console(stderr=True))
