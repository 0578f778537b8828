"""``mock_vpc_lattice`` as a context manager."""

import os
import threading
from typing import Any, assert_type

import pytest

from lattice_tg.testing import MockVpcLattice, VpcLatticeEmulator, current_emulator, mock_vpc_lattice


def create(client: Any, name: str = "orders") -> str:
    return str(client.create_target_group(name=name, type="LAMBDA")["id"])


def names(client: Any) -> list[str]:
    return [row["name"] for row in client.list_target_groups()["items"]]


def test_each_context_begins_anew(client: Any) -> None:
    """What one context made is not there in the next; a client from before talks to both."""
    with mock_vpc_lattice() as first:
        create(client)

    with mock_vpc_lattice() as second:
        seen = names(client)

    assert seen == []
    assert [call.operation for call in first.calls] == ["CreateTargetGroup"]
    assert [call.operation for call in second.calls] == ["ListTargetGroups"]


def test_after_an_error(client: Any) -> None:
    """A context that ends with an error ends all the same."""
    with pytest.raises(ZeroDivisionError), mock_vpc_lattice():
        raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_inside_another(client: Any) -> None:
    """Inside another, a context joins it: there is one emulator, until the outermost ends."""
    with mock_vpc_lattice() as outer:
        create(client)
        with mock_vpc_lattice() as inner:
            seen = names(client)
        still = current_emulator()

    assert inner is outer is still
    assert seen == ["orders"]


def test_options_inside_another(client: Any) -> None:
    """With options of its own a context inside another is a new emulator; after it the other one answers again."""
    with mock_vpc_lattice() as outer:
        create(client)
        with mock_vpc_lattice(drain_seconds=1) as inner, mock_vpc_lattice() as joined:
            inside = names(client)
        outside = names(client)

    assert joined is inner is not outer
    assert (inside, outside) == ([], ["orders"])


def test_a_decorated_function_that_calls_itself() -> None:
    """Options do not make a new emulator of a call within a call of the same function."""

    @mock_vpc_lattice(drain_seconds=1)
    def active(depth: int) -> list[VpcLatticeEmulator]:
        return [current_emulator(), *(active(depth - 1) if depth else [])]

    assert len(set(map(id, active(2)))) == 1


def test_ending_out_of_order(client: Any) -> None:
    """Of two emulators the one that began last answers, also when the other ends first."""
    first, second = mock_vpc_lattice(drain_seconds=1), mock_vpc_lattice(drain_seconds=2)
    first.start()
    started = second.start()

    first.stop()

    assert current_emulator() is started
    assert names(client) == []
    second.stop()


def test_start_and_stop(client: Any) -> None:
    """Without a block, ``start`` returns the emulator, and ``stop`` ends it; a stop too many is an error."""
    mock = mock_vpc_lattice()
    assert_type(mock, MockVpcLattice)

    started = mock.start()
    active = current_emulator()
    mock.stop()

    assert started is active
    with pytest.raises(RuntimeError, match=r"stop\(\) without start\(\)"):
        mock.stop()


def test_overlapping_threads(client: Any) -> None:
    """Contexts of two threads that overlap share one emulator, whichever of them ends first."""
    entered, leave = threading.Event(), threading.Event()
    seen = list[VpcLatticeEmulator]()

    def hold() -> None:
        with mock_vpc_lattice() as lattice:
            seen.append(lattice)
            entered.set()
            leave.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait()
    mock = mock_vpc_lattice()
    joined = mock.start()
    leave.set()
    holder.join()

    assert current_emulator() is joined is seen[0]
    mock.stop()
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside, credentials are made up; after it they are what they were."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)

    with mock_vpc_lattice():
        inside = os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ

    assert inside == ("FOOBARKEY", True)
    assert (os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ) == ("mine", False)
