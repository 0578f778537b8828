"""Fixtures: clients of the emulator on a virtual clock.

The clients share one boto3 session, because creating a session is slow.
"""

import asyncio
import inspect
import logging
import os
from collections.abc import Generator
from contextlib import closing
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]
from moto.core import models as moto_models

from lattice_tg import TargetGroupClient
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.clients import MakeClient, create_client

# moto also mocks the package requests, which only one test uses. This makes each start of a mock 15 ms slower.
moto_models.RESPONSES_METHODS.clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that run the tests inside an event loop and that set the number of random deployments."""
    parser.addoption("--deployments", type=int, default=120, help="number of random deployments with each client")
    parser.addoption(
        "--clients", choices=("both", "blocking", "asyncio"), default="both", help="clients of the tests of operations"
    )
    parser.addoption("--inside-event-loop", action="store_true", help="call each test function inside a coroutine")


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call the test function inside a coroutine if the option is set.

    The blocking client must also work while an event loop runs in its thread.
    """
    if not pyfuncitem.config.getoption("--inside-event-loop"):
        return None

    async def call() -> None:
        pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters})

    with closing(asyncio.new_event_loop()) as loop:  # asyncio.run() would change what SIGINT does.
        loop.run_until_complete(call())
    return True


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove all AWS settings from the environment, the AWS configuration files and boto3's default session."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)


@pytest.fixture(scope="session")
def session() -> Any:
    """Return a boto3 session with dummy credentials."""
    with mock_vpc_lattice():  # moto mocks only sessions that are created after moto starts.
        return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture(scope="session")
def boto3_client(session: Any) -> Any:
    """Return a boto3 client with retries disabled."""
    return session.client("vpc-lattice", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def clock() -> VirtualClock:
    """Return a virtual clock."""
    return VirtualClock()


@pytest.fixture
def lattice(clock: VirtualClock) -> Generator[VpcLatticeEmulator]:
    """Yield an emulator in which a creation takes 10 s and a deletion takes 30 s."""
    with mock_vpc_lattice(create_seconds=10, delete_seconds=30, clock=clock) as lattice:
        yield lattice


@pytest.fixture
def make_client(session: Any, clock: VirtualClock) -> MakeClient:
    """Return a function that creates clients on the virtual clock with the passed options."""

    def make(**options: Any) -> TargetGroupClient:
        settings: dict[str, Any] = {"session": session, "clock": clock, **options}
        return create_client(**settings)

    return make


@pytest.fixture
def client(make_client: MakeClient, lattice: VpcLatticeEmulator) -> TargetGroupClient:
    """Return a client of the emulator."""
    return make_client()


@pytest.fixture
def info_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Capture the library's log records of level INFO and above."""
    caplog.set_level(logging.INFO, logger="lattice_tg")
    return caplog
