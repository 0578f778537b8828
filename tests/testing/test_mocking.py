"""``mock_vpc_lattice`` as a context manager and as a decorator."""

import asyncio
import os
import threading
import unittest
from typing import Any, assert_type

import pytest

from lattice_tg.testing import MockVpcLattice, VirtualClock, VpcLattice, current, mock_vpc_lattice


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
        current()


def test_a_bare_decorator(client: Any) -> None:
    """A decorated function runs inside an emulator, keeps its name, and takes and returns what it did."""

    @mock_vpc_lattice
    def made(name: str, *, count: int = 1) -> list[str]:
        """The names that are there."""
        for number in range(count):
            create(client, f"{name}-{number}")
        return names(client)

    assert_type(made("orders", count=2), list[str])

    assert [made("orders", count=2), made("other")] == [["orders-0", "orders-1"], ["other-0"]]
    assert (made.__name__, made.__doc__) == ("made", "The names that are there.")


def test_a_called_decorator() -> None:
    """A decorator can be given options; each call of the function has an emulator of its own."""
    clock = VirtualClock(5)

    @mock_vpc_lattice(clock=clock)
    def active() -> VpcLattice:
        return current()

    assert active().clock is clock
    assert active() is not active()


def test_a_coroutine_function(client: Any) -> None:
    """A decorated coroutine function has its emulator until it is done, not only until it is called."""

    @mock_vpc_lattice
    async def made(name: str) -> list[str]:
        await asyncio.sleep(0)
        create(client, name)
        return names(client)

    async def awaited() -> list[str]:
        return assert_type(await made("orders"), list[str])

    assert asyncio.run(awaited()) == ["orders"]
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current()


@mock_vpc_lattice
class EachTest:
    """Methods that pytest does not collect by itself; the tests below call them as pytest would."""

    word = "orders"

    def test_one(self, client: Any) -> list[str]:
        create(client, self.word)
        return names(client)

    def test_two(self, client: Any) -> list[str]:
        return self.helper(client)

    def helper(self, client: Any) -> list[str]:
        create(client, "helped")
        return names(client)

    @staticmethod
    def plain() -> str:
        return "plain"


@mock_vpc_lattice(create_seconds=1)
class AfterSetup(EachTest):
    def setup_method(self, client: Any) -> None:
        create(client, "made-before")

    def teardown_method(self) -> int:
        return len(current().calls)


def test_a_class(client: Any) -> None:
    """Each test of a decorated class begins anew, and its helpers share its emulator."""
    tests = EachTest()

    seen = [tests.test_one(client), tests.test_two(client), tests.test_one(client)]

    assert seen == [["orders"], ["helped"], ["orders"]]
    assert EachTest.plain() == "plain"
    assert assert_type(EachTest(), EachTest).word == "orders"


def test_a_class_with_a_setup(client: Any) -> None:
    """With a ``setup_method`` the tests go on with what it made, and the teardown sees what they did."""
    tests, seen = AfterSetup(), list[Any]()

    for _ in range(2):
        tests.setup_method(client)
        seen.append(tests.test_one(client))
        seen.append(tests.teardown_method())

    assert seen == [["made-before", "orders"], 3] * 2


def test_a_class_keeps_what_its_setup_made_in_moto(client: Any) -> None:
    """What ``setup_method`` made through moto is there in the test, and gone in the next one."""

    @mock_vpc_lattice
    class Case:
        def setup_method(self) -> None:
            client.create_service(name="shop")

        def test_it(self) -> list[str]:
            return [row["name"] for row in client.list_services()["items"]]

    case, seen = Case(), list[list[str]]()
    for _ in range(2):
        case.setup_method()
        seen.append(case.test_it())

    assert seen == [["shop"], ["shop"]]


def test_a_test_case(client: Any) -> None:
    """``unittest`` classes work, with what their ``setUp`` makes."""

    @mock_vpc_lattice
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            create(client, "made-before")

        def test_one(self) -> None:
            create(client)
            assert names(client) == ["made-before", "orders"]

        def test_two(self) -> None:
            assert names(client) == ["made-before"]

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert (result.testsRun, result.failures, result.errors) == (2, [], [])


def test_inside_another(client: Any) -> None:
    """Inside another, a context joins it: there is one emulator, until the outermost ends."""
    with mock_vpc_lattice() as outer:
        create(client)
        with mock_vpc_lattice() as inner:
            seen = names(client)
        still = current()

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
    def active(depth: int) -> list[VpcLattice]:
        return [current(), *(active(depth - 1) if depth else [])]

    assert len(set(map(id, active(2)))) == 1


def test_ending_out_of_order(client: Any) -> None:
    """Of two emulators the one that began last answers, also when the other ends first."""
    first, second = mock_vpc_lattice(drain_seconds=1), mock_vpc_lattice(drain_seconds=2)
    first.start()
    started = second.start()

    first.stop()

    assert current() is started
    assert names(client) == []
    second.stop()


def test_start_and_stop(client: Any) -> None:
    """Without a block, ``start`` returns the emulator, and ``stop`` ends it; a stop too many is an error."""
    mock = mock_vpc_lattice()
    assert_type(mock, MockVpcLattice)

    started = mock.start()
    active = current()
    mock.stop()

    assert started is active
    with pytest.raises(RuntimeError, match=r"stop\(\) without start\(\)"):
        mock.stop()


def test_overlapping_threads(client: Any) -> None:
    """Contexts of two threads that overlap share one emulator, whichever of them ends first."""
    entered, leave = threading.Event(), threading.Event()
    seen = list[VpcLattice]()

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

    assert current() is joined is seen[0]
    mock.stop()
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current()


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside, credentials are made up; after it they are what they were."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)

    with mock_vpc_lattice():
        inside = os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ

    assert inside == ("FOOBARKEY", True)
    assert (os.environ["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY" in os.environ) == ("mine", False)
