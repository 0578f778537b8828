"""Clients of the emulator on a clock that takes no time, all over one boto3 session: those are quick to make."""

import logging
import os
from collections.abc import Callable, Generator
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import TargetGroupClient
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice

MakeClient = Callable[..., TargetGroupClient]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No AWS settings but what a test gives itself."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def session() -> Any:
    with mock_vpc_lattice():  # moto must be there before a session, or its clients would not ask it
        return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture(scope="session")
def boto3_client(session: Any) -> Any:
    """A boto3 client whose own retries are off."""
    return session.client("vpc-lattice", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def lattice(clock: VirtualClock) -> Generator[VpcLatticeEmulator]:
    """An emulator in which creating takes 10 s and deleting 30 s."""
    with mock_vpc_lattice(create_seconds=10, delete_seconds=30, clock=clock) as lattice:
        yield lattice


@pytest.fixture
def make_client(session: Any, clock: VirtualClock) -> MakeClient:
    """Makes clients on the test's clock; their options are the client's own."""

    def make(**options: Any) -> TargetGroupClient:
        settings: dict[str, Any] = {"session": session, "clock": clock, **options}
        return TargetGroupClient(**settings)

    return make


@pytest.fixture
def client(make_client: MakeClient, lattice: VpcLatticeEmulator) -> TargetGroupClient:
    """A client of the emulator."""
    return make_client()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the library logs, at INFO and above."""
    caplog.set_level(logging.INFO, logger="lattice_tg")
    return caplog
