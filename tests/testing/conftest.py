"""Fixtures: boto3 clients that the tests share, and emulators with and without delays."""

from collections.abc import Generator
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice

ONE_ATTEMPT: Any = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="session")
def session() -> Any:
    """Return a boto3 session with dummy credentials."""
    with mock_vpc_lattice():  # Start moto first: clients of an earlier session are not mocked.
        return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture(scope="session")
def client(session: Any) -> Any:
    """Return a boto3 client."""
    return session.client("vpc-lattice", config=ONE_ATTEMPT)


@pytest.fixture(scope="session")
def unchecked_client(session: Any) -> Any:
    """Return a boto3 client without parameter validation."""
    return session.client("vpc-lattice", config=ONE_ATTEMPT.merge(Config(parameter_validation=False)))


@pytest.fixture
def lattice() -> Generator[VpcLatticeEmulator]:
    """Yield an emulator without delays."""
    with mock_vpc_lattice() as lattice:
        yield lattice


@pytest.fixture
def clock() -> VirtualClock:
    """Return a virtual clock."""
    return VirtualClock()


@pytest.fixture
def slow(clock: VirtualClock) -> Generator[VpcLatticeEmulator]:
    """Yield an emulator with delays, on a virtual clock.

    Creation takes 10 s, the INITIAL status 20 s, draining 60 s and deletion 30 s.
    """
    mock = mock_vpc_lattice(create_seconds=10, initial_seconds=20, drain_seconds=60, delete_seconds=30, clock=clock)
    with mock as lattice:
        yield lattice


@pytest.fixture
def group_id(lattice: VpcLatticeEmulator, client: Any) -> str:
    """Return the id of an ACTIVE IP group on port 80."""
    created = client.create_target_group(
        name="orders", type="IP", config={"protocol": "HTTP", "vpcIdentifier": "vpc-12345678"}
    )
    return str(created["id"])


@pytest.fixture
def slow_group_id(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> str:
    """Return the id of an ACTIVE IP group on port 80 in the emulator with delays."""
    created = client.create_target_group(
        name="orders", type="IP", config={"protocol": "HTTP", "vpcIdentifier": "vpc-12345678"}
    )
    clock.advance(10)
    return str(created["id"])
