"""``mock_vpc_lattice`` as a decorator of the setup and teardown functions that pytest calls."""

from textwrap import dedent

import pytest

pytest_plugins = ["pytester"]

PROJECT = """
    from lattice_tg.testing import current_emulator, mock_vpc_lattice

    calls = []

    def record(*arguments):
        current_emulator()
        calls.append([getattr(argument, "__name__", type(argument).__name__) for argument in arguments])

    @mock_vpc_lattice
    def setup_module(module): record(module)

    @mock_vpc_lattice
    def setup_function(): record()

    @mock_vpc_lattice
    def teardown_function(function): record(function)

    def test_function():
        assert calls == [["test_it"], []]

    @mock_vpc_lattice
    class TestWithoutArguments:
        def setup_method(self): record(self)
        def teardown_method(self): record(self)
        def test_it(self): record(self)

    @mock_vpc_lattice
    class TestWithArguments:
        def setup_method(self, method): record(self, method)
        def teardown_method(self, method=None): record(self, method)
        def test_it(self): record(self)

    @mock_vpc_lattice
    class TestOuter:
        class TestInner:
            def setup_method(self): record(self)
            def test_it(self): record(self)

    def test_calls():
        assert calls[2:-1] == [
            ["test_function"],
            *[["TestWithoutArguments"]] * 3,
            ["TestWithArguments", "test_it"], ["TestWithArguments"], ["TestWithArguments", "test_it"],
            ["TestInner"], ["TestInner"],
        ]
"""


def test_setup_and_teardown_receive_the_arguments_of_pytest(pytester: pytest.Pytester) -> None:
    """Decorated setup and teardown functions receive the module or method only if they have a parameter for it."""
    pytester.path.joinpath("test_it.py").write_text(dedent(PROJECT))

    result = pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:randomly")

    result.assert_outcomes(passed=5)
