"""A progress bar for batches, bulk registration and waiters, drawn by rich (extra ``rich``)."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from lattice_tg.errors import ConfigurationError
from lattice_tg.results import BatchProgress, TargetsResult, WaitProgress, count_targets, format_counts

Progress = BatchProgress | WaitProgress | TargetsResult
"""What a bar can be told."""


def progress_bar(
    description: str, *, total: int | None = None, console: Any = None
) -> AbstractContextManager[Callable[[BatchProgress | WaitProgress | TargetsResult], None]]:
    """A bar on the terminal while the context lasts, and the ``on_progress`` that moves it.

    ::

        with progress_bar("deploying") as on_progress:
            outcomes = list(client.ensure_all(specs, on_progress=on_progress))
        with progress_bar("warming up") as on_progress:
            client.wait_until_healthy(group, on_progress=on_progress)
        with progress_bar("registering", total=100_000) as on_progress:
            for report in client.iter_register_targets(group, targets):
                on_progress(report)

    Args:
        description: What stands before the bar.
        total: How many targets there are, at least 1, where reports move the bar; default: fleets and waits know it.
        console: The ``rich.console.Console`` to draw on; default: one for standard error.

    Raises:
        ConfigurationError: rich is not there.

    """
    return _progress_bar(description, total, console)


@contextmanager
def _progress_bar(description: str, total: int | None, console: Any) -> Generator[Callable[[Progress], None]]:
    with _rich_bar(console) as bar:
        task = bar.add_task(description, total=total, told="")
        told = _BarState()

        def on_progress(progress: Progress) -> None:
            bar.update(task, **told.fields(progress))

        yield on_progress


class _BarState:
    """What a bar shows of what it was told; reports add up."""

    def __init__(self) -> None:
        self._counts = [0, 0, 0, 0]

    def fields(self, progress: Progress) -> dict[str, Any]:
        match progress:
            case BatchProgress():
                completed = progress.total - progress.pending
                return {"completed": completed, "total": progress.total, "told": str(progress)}
            case WaitProgress():
                return {"told": str(progress)}
            case _:
                return self._accumulate(progress)

    def _accumulate(self, report: TargetsResult) -> dict[str, Any]:
        self._counts = [before + more for before, more in zip(self._counts, count_targets(report), strict=True)]
        return {"completed": sum(self._counts), "told": format_counts(self._counts)}


def _rich_bar(console: Any) -> Any:
    try:
        from rich import progress  # noqa: PLC0415 - an extra, and nothing else needs it
        from rich.console import Console  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError("a progress bar needs rich: pip install 'lattice-tg[rich]'") from error
    columns = ("{task.description}", progress.BarColumn(), "{task.fields[told]}", progress.TimeElapsedColumn())
    return progress.Progress(*columns, console=console or Console(stderr=True))
