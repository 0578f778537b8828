"""``mock_vpc_lattice`` as a decorator."""

import asyncio
import unittest
from collections.abc import AsyncGenerator, Generator
from typing import Any, assert_type

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, current_emulator, mock_vpc_lattice


def create(client: Any, name: str = "orders") -> str:
    """Create a group and return its id."""
    return str(client.create_target_group(name=name, type="LAMBDA")["id"])


def names(client: Any) -> list[str]:
    """Return the names of all groups."""
    return [item["name"] for item in client.list_target_groups()["items"]]


def test_a_bare_decorator(client: Any) -> None:
    """A decorated function runs inside an emulator and keeps its name, arguments and return value."""

    @mock_vpc_lattice
    def create_and_list(name: str, *, count: int = 1) -> list[str]:
        """Return the names of all groups."""
        for number in range(count):
            create(client, f"{name}-{number}")
        return names(client)

    assert_type(create_and_list("orders", count=2), list[str])

    assert [create_and_list("orders", count=2), create_and_list("other")] == [["orders-0", "orders-1"], ["other-0"]]
    assert (create_and_list.__name__, create_and_list.__doc__) == ("create_and_list", "Return the names of all groups.")


def test_a_decorator_with_options() -> None:
    """Each call of a function that is decorated with options has its own emulator."""
    clock = VirtualClock(5)

    @mock_vpc_lattice(clock=clock)
    def active() -> VpcLatticeEmulator:
        return current_emulator()

    assert active().clock is clock
    assert active() is not active()


def test_a_coroutine_function(client: Any) -> None:
    """A decorated coroutine function has its emulator until the coroutine ends."""

    @mock_vpc_lattice
    async def create_and_list(name: str) -> list[str]:
        """Return the names of all groups."""
        await asyncio.sleep(0)
        create(client, name)
        return names(client)

    async def awaited() -> list[str]:
        return assert_type(await create_and_list("orders"), list[str])

    assert asyncio.run(awaited()) == ["orders"]
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_a_generator(client: Any) -> None:
    """A decorated generator, such as a fixture, has its emulator until its end."""

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


def test_an_async_generator(client: Any) -> None:
    """A decorated async generator is closed before its emulator ends."""
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
    """A test class that pytest does not collect. The tests below call its methods as pytest would."""

    word = "orders"

    def test_one(self, client: Any) -> list[str]:
        create(client, self.word)
        return names(client)

    def test_two(self, client: Any) -> list[str]:
        return self.helper(client)

    def helper(self, client: Any) -> list[str]:
        create(client, "helped")
        return names(client)

    def _private(self) -> list[VpcLatticeEmulator]:
        return [current_emulator()]

    def private(self) -> list[VpcLatticeEmulator]:
        return self._private()

    def x(self) -> VpcLatticeEmulator:
        return current_emulator()

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
    """Each test of a decorated class starts empty and shares its emulator with helper methods."""
    tests = EachTest()

    seen = [tests.test_one(client), tests.test_two(client), tests.test_one(client)]

    assert seen == [["orders"], ["helped"], ["orders"]]
    assert EachTest.plain() == "plain"
    assert assert_type(EachTest(), EachTest).word == "orders"


def test_private_methods_are_not_decorated() -> None:
    """A private method runs without an emulator of its own, and every public method has one."""
    tests = EachTest()

    with pytest.raises(RuntimeError, match="no emulator is active"):
        tests._private()  # pyright: ignore[reportPrivateUsage]
    assert len(tests.private()) == 1
    assert isinstance(tests.x(), VpcLatticeEmulator)


def test_a_class_with_setup_method(client: Any) -> None:
    """Tests see what ``setup_method`` created, and the teardown sees what they did."""
    tests, seen = AfterSetup(), list[Any]()

    for _ in range(2):
        tests.setup_method(client)
        seen.append(tests.test_one(client))
        seen.append(tests.teardown_method())

    assert seen == [["made-before", "orders"], 3] * 2


def test_a_class_keeps_what_setup_method_created_in_moto(client: Any) -> None:
    """Resources that ``setup_method`` created in moto exist in the test and not in the next one."""

    @mock_vpc_lattice
    class Case:
        def setup_method(self) -> None:
            client.create_service(name="shop")

        def test_it(self) -> list[str]:
            return [item["name"] for item in client.list_services()["items"]]

    case, seen = Case(), list[list[str]]()
    for _ in range(2):
        case.setup_method()
        seen.append(case.test_it())

    assert seen == [["shop"], ["shop"]]


def test_a_unittest_test_case(client: Any) -> None:
    """``unittest`` classes work, with what their ``setUp`` created."""

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


def test_an_async_unittest_test_case(client: Any) -> None:
    """``unittest`` classes whose tests and setup are coroutines work."""

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
