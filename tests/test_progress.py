"""The ready bar, drawn on a console that records."""

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


def paper() -> Console:
    """A console of which the last drawing stays."""
    return Console(file=io.StringIO(), record=True, width=200)


def drawn(console: Console) -> str:
    return " ".join(console.export_text(clear=False).split())


def test_a_bar_shows_how_a_fleet_stands() -> None:
    """It is an ``on_progress`` like any other."""
    console = paper()
    with virtual_service() as (lattice, client), progress_bar("deploying", console=console) as on_progress:
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        list(client.ensure_all(specs(3), on_progress=on_progress))

    assert drawn(console).startswith("deploying ━")
    assert "━ 2 of 3 done, 1 failed, 0 pending, 0 throttled requests 0:00:0" in drawn(console)


def test_a_bar_shows_what_a_wait_sees() -> None:
    """The counts of the last look stand beside it."""
    console = paper()
    with virtual_service(create_seconds=0) as (_, client), progress_bar("warming up", console=console) as on_progress:
        client.wait_until_active(client.create(ORDERS), on_progress=on_progress)

    assert "to be ACTIVE: 1 ACTIVE after 0 s" in drawn(console)


def test_reports_of_targets_move_a_bar() -> None:
    """A stream has no hook: its reports are handed over one by one."""
    console = paper()
    targets = [Target.ip(f"10.0.{number // 250}.{number % 250 + 1}") for number in range(250)]
    with mock_vpc_lattice() as lattice, create_client(lattice, region_name="eu-west-1") as client:
        group = create_ip_group(client)
        with progress_bar("registering", total=250, console=console) as on_progress:
            for report in client.iter_register_targets(group, targets):
                on_progress(report)

    assert "250 successful, 0 unsuccessful, 0 unconfirmed" in drawn(console)


def test_reports_add_up() -> None:
    """What was refused and what got no answer is counted, too."""
    console = paper()
    silence = FailedRequest((B, C), TransportError(operation="RegisterTargets", message="timed out"), sent=True)
    refused = TargetFailure(id="10.0.0.9", port=80, failure_code="UnsupportedTarget", failure_message="no")
    with progress_bar("registering", console=console) as on_progress:
        on_progress(TargetsResult(successful=(A,), unsuccessful=(refused,)))
        on_progress(TargetsResult(successful=(A,), failed_requests=(silence,)))

    assert "2 successful, 1 unsuccessful, 2 unconfirmed" in drawn(console)


def test_a_bar_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What a script prints stays as it is."""
    with progress_bar("deploying"):
        pass

    printed = capsys.readouterr()
    assert (printed.out, "deploying" in printed.err) == ("", True)


def test_without_rich_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "rich", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'lattice-tg\[rich\]'"), progress_bar("deploying"):
        pass
