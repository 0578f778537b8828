"""Tests of the progress bar. A console records the drawn output."""

import io
import sys

import pytest
from rich.console import Console

from lattice_tg.errors import ConfigurationError, TransportError
from lattice_tg.models.responses import TargetFailure
from lattice_tg.models.targets import Target
from lattice_tg.progress import progress_bar
from lattice_tg.results import FailedRequest, TargetsResult
from lattice_tg.testing import mock_vpc_lattice
from support.batch import specs
from support.desired_states import ORDERS
from support.targets import create_client, create_ip_group
from support.virtual_time import virtual_service

A, B, C = Target.ip("10.0.0.1"), Target.ip("10.0.0.2"), Target.ip("10.0.0.3")


def make_recording_console() -> Console:
    """Return a console that records everything that is written to it."""
    return Console(file=io.StringIO(), record=True, width=200)


def get_output(console: Console) -> str:
    """Return the recorded output, with runs of whitespace replaced by single spaces."""
    return " ".join(console.export_text(clear=False).split())


def test_bar_shows_progress_of_a_batch() -> None:
    """A bar whose ``on_progress`` is passed to ``ensure_all()`` shows the counts of the batch."""
    console = make_recording_console()
    with virtual_service() as (lattice, client), progress_bar("deploying", console=console) as on_progress:
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        list(client.ensure_all(specs(3), on_progress=on_progress))

    assert get_output(console).startswith("deploying ━")
    assert "━ 2 of 3 done, 1 failed, 0 pending, 0 throttled requests 0:00:0" in get_output(console)


def test_bar_shows_progress_of_a_waiter() -> None:
    """A bar whose ``on_progress`` is passed to a waiter shows the counts of the latest poll."""
    console = make_recording_console()
    with virtual_service(create_seconds=0) as (_, client), progress_bar("warming up", console=console) as on_progress:
        client.wait_until_active(client.create(ORDERS), on_progress=on_progress)

    assert "to become ACTIVE: 1 ACTIVE after 0 s" in get_output(console)


def test_target_results_advance_the_bar() -> None:
    """Passing each result of ``iter_register_targets()`` to ``on_progress`` advances the bar."""
    console = make_recording_console()
    targets = [Target.ip(f"10.0.{number // 250}.{number % 250 + 1}") for number in range(250)]
    with mock_vpc_lattice() as lattice, create_client(lattice, region_name="eu-west-1") as client:
        group = create_ip_group(client)
        with progress_bar("registering", total=250, console=console) as on_progress:
            for result in client.iter_register_targets(group, targets):
                on_progress(result)

    assert "250 successful, 0 unsuccessful, 0 unconfirmed" in get_output(console)


def test_counts_of_target_results_are_added() -> None:
    """The bar shows the sum of all results, including unsuccessful and unconfirmed targets."""
    console = make_recording_console()
    timeout = FailedRequest((B, C), TransportError(operation="RegisterTargets", message="timed out"), sent=True)
    failure = TargetFailure(id="10.0.0.9", port=80, failure_code="UnsupportedTarget", failure_message="no")
    with progress_bar("registering", console=console) as on_progress:
        on_progress(TargetsResult(successful=(A,), unsuccessful=(failure,)))
        on_progress(TargetsResult(successful=(A,), failed_requests=(timeout,)))

    assert "2 successful, 1 unsuccessful, 2 unconfirmed" in get_output(console)


def test_bar_is_drawn_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The bar is drawn on standard error and writes nothing to standard output."""
    with progress_bar("deploying"):
        pass

    captured = capsys.readouterr()
    assert (captured.out, "deploying" in captured.err) == ("", True)


def test_bar_requires_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rich, the error names the package to install."""
    monkeypatch.setitem(sys.modules, "rich", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'lattice-tg\[rich\]'"), progress_bar("deploying"):
        pass
