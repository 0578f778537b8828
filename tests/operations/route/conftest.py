"""A service whose listener forwards to target groups."""

from collections.abc import Generator
from typing import Any

import pytest

from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.clients import MakeClient
from support.routes import Shop, open_shop


@pytest.fixture
def lattice(clock: VirtualClock) -> Generator[VpcLatticeEmulator]:
    """Yield an emulator in which weights take effect after 90 s and targets become healthy after 30 s."""
    with mock_vpc_lattice(initial_seconds=30, propagation_seconds=90, clock=clock) as lattice:
        yield lattice


@pytest.fixture
def shop(lattice: VpcLatticeEmulator, make_client: MakeClient, boto3_client: Any) -> Shop:
    """Return a service whose listener forwards to the blue group."""
    return open_shop(lattice, make_client(), boto3_client)
