"""The emulator and clients on a virtual clock, and the state of the emulator."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, mock_vpc_lattice
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support import clients


@contextmanager
def virtual_service(
    *,
    create_seconds: float = 3,
    drain_seconds: float = 60,
    delete_seconds: float = 5,
    retry: RetryPolicy = RetryPolicy(),
) -> Generator[tuple[VpcLatticeEmulator, TargetGroupClient], None, None]:
    """Yield an emulator with delays on a virtual clock, and a client of the emulator."""
    clock = VirtualClock()
    with (
        mock_vpc_lattice(
            clock=clock, create_seconds=create_seconds, drain_seconds=drain_seconds, delete_seconds=delete_seconds
        ) as lattice,
        clients.create_client(region_name="eu-west-1", clock=clock, retry=retry) as client,
    ):
        yield lattice, client


def create_client(lattice: VpcLatticeEmulator) -> TargetGroupClient:
    """Return another client of ``lattice`` on the clock of ``lattice``. The client is always a blocking client."""
    return TargetGroupClient(region_name="eu-west-1", clock=lattice.clock)


def list_operations(lattice: VpcLatticeEmulator, start: int = 0) -> list[str]:
    """Return the operations of the received requests, in order.

    Consecutive requests of the same operation, such as polls, are listed once.
    """
    names = [call.operation for call in lattice.calls[start:]]
    return [name for index, name in enumerate(names) if name != (names[index - 1] if index else "")]


def list_changes(lattice: VpcLatticeEmulator, start: int = 0) -> list[str]:
    """Return the operations of all requests other than Get and List requests, in order."""
    return [name for name in list_operations(lattice, start) if not name.startswith(("Get", "List"))]


def read_state(client: TargetGroupClient) -> list[tuple[object, ...]]:
    """Wait until all groups are ACTIVE, and return each group with its tags and targets.

    The ids and the times of the groups are removed.
    """
    return [_read_group(client, client.wait_until_active(summary)) for summary in client.list()]


def _read_group(client: TargetGroupClient, group: TargetGroup) -> tuple[object, ...]:
    targets = {(item.id, item.port) for item in client.list_targets(group) if item.status != "DRAINING"}
    plain: Any = evolve(group, id="", arn="", created_at=None, last_updated_at=None)
    return plain, dict(client.tags(group)), targets
