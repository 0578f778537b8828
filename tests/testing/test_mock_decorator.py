"""``mock_vpc_lattice`` as a decorator."""

import asyncio
import enum
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
    """A decorated function runs with an emulator and keeps its name, arguments and result."""

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
    """If a function is decorated with options, each call of the function has a new emulator."""
    clock = VirtualClock(5)

    @mock_vpc_lattice(clock=clock)
    def active() -> VpcLatticeEmulator:
        return current_emulator()

    assert active().clock is clock
    assert active() is not active()


def test_a_coroutine_function(client: Any) -> None:
    """The emulator of a decorated coroutine function is active until the coroutine ends."""

    @mock_vpc_lattice
    async def create_and_list(name: str) -> list[str]:
        """Return the names of all groups."""
        await asyncio.sleep(0)
        create(client, name)
        return names(client)

    async def run() -> list[str]:
        return assert_type(await create_and_list("orders"), list[str])

    assert asyncio.run(run()) == ["orders"]
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_a_generator(client: Any) -> None:
    """The emulator of a decorated generator function is active until the generator ends."""

    @mock_vpc_lattice
    def create_and_list() -> Generator[list[str], None, str]:
        create(client)
        yield names(client)
        return "over"

    def outer() -> Generator[list[str], None, str]:
        return (yield from assert_type(create_and_list(), Generator[list[str], None, str]))

    generator = outer()

    assert [*generator, *create_and_list()] == [["orders"], ["orders"]]
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


def test_an_async_generator(client: Any) -> None:
    """A decorated async generator is closed while its emulator is still active."""
    closed_in = list[VpcLatticeEmulator]()

    @mock_vpc_lattice
    async def create_and_list() -> AsyncGenerator[list[str]]:
        try:
            for name in ("orders", "invoices"):
                create(client, name)
                yield names(client)
        finally:
            closed_in.append(current_emulator())

    async def gather() -> list[list[str]]:
        everything = [listed async for listed in create_and_list()]
        closed_early = create_and_list()
        everything.append(await anext(closed_early))
        await closed_early.aclose()
        return everything

    assert asyncio.run(gather()) == [["orders"], ["orders", "invoices"], ["orders"]]
    assert len(closed_in) == 2
    with pytest.raises(RuntimeError, match="no emulator is active"):
        current_emulator()


@mock_vpc_lattice
class DecoratedTests:
    """A test class that pytest does not collect, because the tests below call its methods."""

    name = "orders"

    def test_one(self, client: Any) -> list[str]:
        create(client, self.name)
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
class DecoratedTestsWithSetup(DecoratedTests):
    def setup_method(self, client: Any) -> None:
        create(client, "created-in-setup")

    def teardown_method(self) -> int:
        return len(current_emulator().calls)


def test_a_class(client: Any) -> None:
    """Each test of a decorated class starts without groups and shares its emulator with helpers."""
    tests = DecoratedTests()

    results = [tests.test_one(client), tests.test_two(client), tests.test_one(client)]

    assert results == [["orders"], ["helped"], ["orders"]]
    assert DecoratedTests.plain() == "plain"
    assert assert_type(DecoratedTests(), DecoratedTests).name == "orders"


def test_private_methods_are_not_decorated() -> None:
    """Private methods do not start an emulator, and all public methods do."""
    tests = DecoratedTests()

    with pytest.raises(RuntimeError, match="no emulator is active"):
        tests._private()  # pyright: ignore[reportPrivateUsage]
    assert len(tests.private()) == 1
    assert isinstance(tests.x(), VpcLatticeEmulator)


def test_a_class_with_setup_method(client: Any) -> None:
    """Tests and ``teardown_method`` share the emulator that ``setup_method`` started."""
    tests, results = DecoratedTestsWithSetup(), list[Any]()

    for _ in range(2):
        tests.setup_method(client)
        results.append(tests.test_one(client))
        results.append(tests.teardown_method())

    assert results == [["created-in-setup", "orders"], 3] * 2


def test_a_class_keeps_what_setup_method_created_in_moto(client: Any) -> None:
    """Resources that ``setup_method`` creates in moto exist only during the test that follows."""

    @mock_vpc_lattice
    class Case:
        def setup_method(self) -> None:
            client.create_service(name="shop")

        def test_it(self) -> list[str]:
            return [item["name"] for item in client.list_services()["items"]]

    case, results = Case(), list[list[str]]()
    for _ in range(2):
        case.setup_method()
        results.append(case.test_it())

    assert results == [["shop"], ["shop"]]


class OuterTests:
    """A test class with nested classes."""

    class Inner:
        def setup_method(self) -> None:
            self.group_names = ["created-in-setup"]

        def test_it(self, client: Any) -> list[str]:
            create(client)
            return names(client)

        class Innermost:
            def test_it(self) -> VpcLatticeEmulator:
                return current_emulator()

    class Color(enum.Enum):
        RED = 1

    Other = DecoratedTests


def test_nested_classes() -> None:
    """Classes that are nested in a decorated class are also decorated, at any depth."""

    @mock_vpc_lattice(create_seconds=1)
    class Case:
        class Inner:
            class Innermost:
                def test_it(self) -> VpcLatticeEmulator:
                    return current_emulator()

    test = Case.Inner.Innermost()

    assert test.test_it() is not test.test_it()


def test_inherited_nested_classes(client: Any) -> None:
    """Inherited nested classes with tests are decorated in the subclass only."""

    @mock_vpc_lattice
    class Case(OuterTests):
        pass

    inner, outer = Case.Inner(), OuterTests.Inner()
    inner.setup_method()

    assert inner.test_it(client) == ["orders"]
    assert isinstance(Case.Inner.Innermost().test_it(), VpcLatticeEmulator)
    with pytest.raises(RuntimeError, match="no emulator is active"):
        outer.Innermost().test_it()
    assert (Case.Other, Case.Color) == (DecoratedTests, OuterTests.Color)


def test_a_unittest_test_case(client: Any) -> None:
    """Tests of a ``unittest`` class share the emulator that ``setUp`` started."""

    @mock_vpc_lattice
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            create(client, "created-in-setup")

        def test_one(self) -> None:
            create(client)
            assert names(client) == ["created-in-setup", "orders"]

        def test_two(self) -> None:
            assert names(client) == ["created-in-setup"]

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert (result.testsRun, result.failures, result.errors) == (2, [], [])


def test_an_async_unittest_test_case(client: Any) -> None:
    """``unittest`` classes with coroutines as tests and setup can be decorated."""

    @mock_vpc_lattice
    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            create(client, "created-in-setup")

        async def test_one(self) -> None:
            await asyncio.to_thread(create, client)
            assert names(client) == ["created-in-setup", "orders"]

        async def test_two(self) -> None:
            assert names(client) == ["created-in-setup"]

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert (result.testsRun, result.failures, result.errors) == (2, [], [])
