"""Each test of the operations runs once for each client."""

import gc
import signal
from collections.abc import Generator

import pytest

from support.clients import use_asyncio


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with both clients, unless the test is about threads, executors or interrupts of the blocking client."""
    is_marked = metafunc.definition.get_closest_marker("blocking_only") is not None
    is_blocking_only = is_marked or metafunc.config.getoption("--inside-event-loop")
    clients = metafunc.config.getoption("--clients")
    kinds = ["blocking", "asyncio"] if clients == "both" else [clients]
    metafunc.parametrize("client_kind", ["blocking"] if is_blocking_only else kinds, indirect=True)


@pytest.fixture(autouse=True)
def client_kind(request: pytest.FixtureRequest) -> Generator[None]:
    """Use the blocking client or the asyncio client."""
    if request.param == "blocking":
        yield
    else:
        with use_asyncio():
            yield


@pytest.fixture
def default_sigint_handler() -> Generator[None]:
    """Make SIGINT raise KeyboardInterrupt, even if the tests run in the background.

    The garbage collector is disabled, because Python ignores a KeyboardInterrupt in its callbacks and in finalizers.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)
