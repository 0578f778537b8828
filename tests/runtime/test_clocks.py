"""The system clock."""

import time

import pytest

from lattice_tg import RetryPolicy, TargetGroupClient, ThrottlingError
from lattice_tg.runtime import blocking, threads
from lattice_tg.runtime.clocks import SystemClock, monotonic
from lattice_tg.testing import VpcLatticeEmulator, server


def stop_time() -> float:
    return 100.0


def test_clock_runs_while_time_monotonic_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system clock advances during a sleep, even if a tool such as freezegun has stopped ``time.monotonic``."""
    monkeypatch.setattr(time, "monotonic", stop_time)
    clock = SystemClock()

    started_at = clock.monotonic()
    clock.sleep(0.01)

    assert clock.monotonic() - started_at >= 0.01


@pytest.mark.parametrize("module", [blocking, threads, server])
def test_timeouts_use_the_system_clock(module: object) -> None:
    """Modules that wait without a clock of the user use the same function as the system clock."""
    assert vars(module)["monotonic"] is monotonic


def test_retries_end_while_time_monotonic_is_stopped(
    monkeypatch: pytest.MonkeyPatch, vpc_lattice: VpcLatticeEmulator
) -> None:
    """Throttled requests are retried until the policy's deadline, even if ``time.monotonic`` is stopped."""
    vpc_lattice.throttle("ListTargetGroups", times=10_000)
    client = TargetGroupClient(region_name="eu-west-1", retry=RetryPolicy(max_elapsed_seconds=0.3))
    monkeypatch.setattr(time, "monotonic", stop_time)

    with pytest.raises(ThrottlingError):
        next(client.list())
