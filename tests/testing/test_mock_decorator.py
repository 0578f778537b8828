"""``mock_vpc_lattice`` as a decorator."""

import asyncio
import unittest
from collections.abc import AsyncGenerator, Generator
from typing import Any, assert_type

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, current_emulator, mock_vpc_lattice


def create(client: Any, name: str = "orders") -> str:
    return str(client.create_target_group(name=name, type="LAMBDA")["id"])


def names(client: Any) -> list[str]:
    return [row["name"] for row in client.list_target_groups()["items"]]


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
    def active() -> VpcLatticeEmulator:
        return current_emulator()

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
        current_emulator()


def test_a_generator(client: Any) -> None:
    """A decorated generator, such as a fixture that yields, has its emulator to its end."""

    @mock_vpc_lattice
    def seen() -> Generator[list[str], None, str]:
        create(client)
        yield names(client)
        return "over"

    def outer() -> Generator[list[str], None, str]:
        return (yield from assert_type(seen(), Generator[list[str], None, str]))

    generator = outer()

    assert [*generator, *seen()] == [["orders"], ["orders"]]
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_an_asynchronous_generator(client: Any) -> None:
    """So does an asynchronous one; left early, it is closed first."""
    closed_in = list[VpcLatticeEmulator]()

    @mock_vpc_lattice
    async def seen() -> AsyncGenerator[list[str]]:
        try:
            for name in ("orders", "invoices"):
                create(client, name)
                yield names(client)
        finally:
            closed_in.append(current_emulator())

    async def gather() -> list[list[str]]:
        everything = [each async for each in seen()]
        left_early = seen()
        everything.append(await anext(left_early))
        await left_early.aclose()
        return everything

    assert asyncio.run(gather()) == [["orders"], ["orders", "invoices"], ["orders"]]
    assert len(closed_in) == 2
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


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
        return len(current_emulator().calls)


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


def test_an_asynchronous_test_case(client: Any) -> None:
    """So do those whose tests and set-up are coroutines."""

    @mock_vpc_lattice
    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            create(client, "made-before")

        async def test_one(self) -> None:
            await asyncio.to_thread(create, client)
            assert names(client) == ["made-before", "orders"]

        async def test_two(self) -> None:
            assert names(client) == ["made-before"]

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert (result.testsRun, result.failures, result.errors) == (2, [], [])
