"""``mock_vpc_lattice`` as a context manager."""

import math
import os
import threading
from typing import Any, assert_type

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest

from lattice_tg.testing import MockVpcLattice, VpcLatticeEmulator, current_emulator, mock_vpc_lattice


def create(client: Any, name: str = "orders") -> str:
    """Create a group and return its id."""
    return str(client.create_target_group(name=name, type="LAMBDA")["id"])


def names(client: Any) -> list[str]:
    """Return the names of all groups."""
    return [item["name"] for item in client.list_target_groups()["items"]]


def test_each_context_starts_empty(client: Any) -> None:
    """Each context starts without groups, and one client works in both contexts."""
    with mock_vpc_lattice() as first:
        create(client)

    with mock_vpc_lattice() as second:
        listed = names(client)

    assert listed == []
    assert [call.operation for call in first.calls] == ["CreateTargetGroup"]
    assert [call.operation for call in second.calls] == ["ListTargetGroups"]


def test_an_error_ends_the_context(client: Any) -> None:
    """An exception ends the context."""
    with pytest.raises(ZeroDivisionError), mock_vpc_lattice():
        raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_a_nested_context_shares_the_emulator(client: Any) -> None:
    """A nested context without options shares the emulator of the outer context."""
    with mock_vpc_lattice() as outer:
        create(client)
        with mock_vpc_lattice() as inner:
            listed = names(client)
        current = current_emulator()

    assert inner is outer is current
    assert listed == ["orders"]


def test_a_nested_context_with_options_has_a_new_emulator(client: Any) -> None:
    """After a nested context with options, the outer emulator is active again."""
    with mock_vpc_lattice() as outer:
        create(client)
        with mock_vpc_lattice(drain_seconds=1) as inner, mock_vpc_lattice() as joined:
            inside = names(client)
        outside = names(client)

    assert joined is inner is not outer
    assert (inside, outside) == ([], ["orders"])


def test_a_recursive_decorated_function_shares_one_emulator() -> None:
    """A recursive call of a decorated function does not start a new emulator, even with options."""

    @mock_vpc_lattice(drain_seconds=1)
    def collect_emulators(depth: int) -> list[VpcLatticeEmulator]:
        """Return the active emulators of the nested calls."""
        return [current_emulator(), *(collect_emulators(depth - 1) if depth else [])]

    assert len(set(map(id, collect_emulators(2)))) == 1


def test_contexts_may_end_out_of_order(client: Any) -> None:
    """The emulator that started last stays active, even if the other emulator ends first."""
    first, second = mock_vpc_lattice(drain_seconds=1), mock_vpc_lattice(drain_seconds=2)
    first.start()
    started = second.start()

    first.stop()

    assert current_emulator() is started
    assert names(client) == []
    second.stop()


def test_start_and_stop(client: Any) -> None:
    """start() returns the emulator, stop() deactivates it, and a second stop() raises an error."""
    mock = mock_vpc_lattice()
    assert_type(mock, MockVpcLattice)

    started = mock.start()
    active = current_emulator()
    mock.stop()

    assert started is active
    with pytest.raises(RuntimeError, match="Cannot stop the mock because it is not started"):
        mock.stop()


def test_overlapping_threads_share_one_emulator(client: Any) -> None:
    """Overlapping contexts of two threads share one emulator, even after one context has ended."""
    entered, leave = threading.Event(), threading.Event()
    emulators = list[VpcLatticeEmulator]()

    def hold_context() -> None:
        """Keep a context open until ``leave`` is set."""
        with mock_vpc_lattice() as lattice:
            emulators.append(lattice)
            entered.set()
            leave.wait()

    holder = threading.Thread(target=hold_context)
    holder.start()
    entered.wait()
    mock = mock_vpc_lattice()
    joined = mock.start()
    leave.set()
    holder.join()

    assert current_emulator() is joined is emulators[0]
    mock.stop()
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_overlapping_contexts_restore_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment and boto3's default session are restored if the context that started first also ends first."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    session = object()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    first, second = mock_vpc_lattice(drain_seconds=1), mock_vpc_lattice(drain_seconds=2)

    first.start()
    second.start()
    first.stop()
    inside = os.environ["AWS_ACCESS_KEY_ID"], boto3.DEFAULT_SESSION
    second.stop()

    assert inside == ("FOOBARKEY", None)
    assert (os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ) == ("mine", False)
    assert boto3.DEFAULT_SESSION is session


@pytest.mark.parametrize("option", ["create_seconds", "initial_seconds", "drain_seconds", "delete_seconds"])
@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf])
def test_invalid_durations_are_rejected(option: str, seconds: float) -> None:
    """A duration that is negative or not finite is rejected before the emulator starts."""
    options: dict[str, Any] = {option: seconds}

    with pytest.raises(ValueError, match=f"{option}={seconds}: must be finite and not negative"):
        mock_vpc_lattice(**options)


def test_the_environment_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The context sets dummy credentials and restores the previous environment when it ends."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)

    with mock_vpc_lattice():
        inside = os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ

    assert inside == ("FOOBARKEY", True)
    assert (os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ) == ("mine", False)
