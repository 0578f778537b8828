"""An emulated service on virtual time, a client of it, and what is there in the end."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.models.target_group import TargetGroup
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.testing import VirtualClock, mock_vpc_lattice
from lattice_tg.testing.emulator import VpcLatticeEmulator


@contextmanager
def virtual_service(
    *,
    create_seconds: float = 3,
    drain_seconds: float = 60,
    delete_seconds: float = 5,
    retry: RetryPolicy = RetryPolicy(),
) -> Generator[tuple[VpcLatticeEmulator, TargetGroupClient], None, None]:
    """A service where everything takes its time, and no time passes."""
    clock = VirtualClock()
    with (
        mock_vpc_lattice(
            clock=clock, create_seconds=create_seconds, drain_seconds=drain_seconds, delete_seconds=delete_seconds
        ) as lattice,
        TargetGroupClient(region_name="eu-west-1", clock=clock, retry=retry) as client,
    ):
        yield lattice, client


def another(lattice: VpcLatticeEmulator) -> TargetGroupClient:
    """One more client of the same service, on the same time."""
    return TargetGroupClient(region_name="eu-west-1", clock=lattice.clock)


def operations(lattice: VpcLatticeEmulator, start: int = 0) -> list[str]:
    """The requests that came in, by the name of the operation; looks at what is being waited for count once."""
    names = [call.operation for call in lattice.calls[start:]]
    return [name for index, name in enumerate(names) if name != (names[index - 1] if index else "")]


def changing(lattice: VpcLatticeEmulator, start: int = 0) -> list[str]:
    """The requests that change something, in order."""
    return [name for name in operations(lattice, start) if not name.startswith(("Get", "List"))]


def state(client: TargetGroupClient) -> list[tuple[object, ...]]:
    """All that there is, but for ids and times, once it is ACTIVE."""
    return [_facts(client, client.wait_until_active(summary)) for summary in client.list()]


def _facts(client: TargetGroupClient, group: TargetGroup) -> tuple[object, ...]:
    targets = {(row.id, row.port) for row in client.list_targets(group) if row.status != "DRAINING"}
    plain: Any = evolve(group, id="", arn="", created_at=None, last_updated_at=None)
    return plain, dict(client.tags(group)), targets
