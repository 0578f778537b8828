"""One boto3 client for all tests of the emulator, and emulators at rest and on a clock that takes no time."""

from collections.abc import Generator
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice

ONE_ATTEMPT: Any = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="session")
def session() -> Any:
    with mock_vpc_lattice():  # moto must be there before a session, or its clients would not ask it
        return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture(scope="session")
def client(session: Any) -> Any:
    return session.client("vpc-lattice", config=ONE_ATTEMPT)


@pytest.fixture(scope="session")
def unchecked_client(session: Any) -> Any:
    """A client that sends what boto3 itself would object to."""
    return session.client("vpc-lattice", config=ONE_ATTEMPT.merge(Config(parameter_validation=False)))


@pytest.fixture
def lattice() -> Generator[VpcLatticeEmulator]:
    with mock_vpc_lattice() as lattice:
        yield lattice


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def slow(clock: VirtualClock) -> Generator[VpcLatticeEmulator]:
    """An emulator whose passing states last: 10 s, 20 s, 60 s and 30 s on ``clock``."""
    mock = mock_vpc_lattice(create_seconds=10, initial_seconds=20, drain_seconds=60, delete_seconds=30, clock=clock)
    with mock as lattice:
        yield lattice


@pytest.fixture
def group_id(lattice: VpcLatticeEmulator, client: Any) -> str:
    """An ACTIVE group of type IP on port 80."""
    created = client.create_target_group(
        name="orders", type="IP", config={"protocol": "HTTP", "vpcIdentifier": "vpc-12345678"}
    )
    return str(created["id"])


@pytest.fixture
def slow_group_id(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> str:
    """An ACTIVE group of type IP on port 80, in the emulator whose states last."""
    created = client.create_target_group(
        name="orders", type="IP", config={"protocol": "HTTP", "vpcIdentifier": "vpc-12345678"}
    )
    clock.advance(10)
    return str(created["id"])
