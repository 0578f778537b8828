"""Thread safety of the client."""

import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from botocore.exceptions import ParamValidationError

from lattice_tg import Target, TargetGroupBuilder, TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.session import _loaders  # pyright: ignore[reportPrivateUsage]

T = TypeVar("T")
THREADS = 8


@pytest.fixture(autouse=True)
def switch_threads_often() -> Generator[None]:
    """Switch threads as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def run_concurrently(work: Callable[[int], T]) -> list[T]:
    """Run ``work`` in several threads that start together, and return the results."""
    start = Barrier(THREADS)

    def start_together(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start_together, range(THREADS)))


def test_clients_can_be_created_concurrently(vpc_lattice: VpcLatticeEmulator) -> None:
    """Clients that are created concurrently work, and share one loader of service models."""
    _loaders.clear()

    clients = run_concurrently(lambda _: TargetGroupClient(region_name="eu-west-1"))

    assert [list(client.list()) for client in clients] == [[]] * THREADS
    assert len(_loaders) == 1


def test_one_client_can_be_used_concurrently(vpc_lattice: VpcLatticeEmulator) -> None:
    """Threads that share a client send valid requests while botocore rejects invalid requests."""
    client = TargetGroupClient(region_name="eu-west-1")

    def use_client(number: int) -> tuple[int, int, int]:
        spec = TargetGroupBuilder.ip(f"orders-{number}", vpc_identifier="vpc-12345678").http().build()
        targets = [Target.ip(f"10.0.{number}.{last}", 80) for last in range(1, 121)]
        group, rejected = client.create(spec), 0
        result = client.register_targets(group, targets)
        for identifier in ("", "short", 5):
            with pytest.raises(ParamValidationError):
                send_raw_request(client, identifier)
            rejected += client.get(group).name == spec.name
        return len(result.successful), len(list(client.list_targets(group))), rejected

    assert run_concurrently(use_client) == [(120, 120, 3)] * THREADS


def send_raw_request(client: TargetGroupClient, identifier: Any) -> None:
    client.boto3_client.get_target_group(targetGroupIdentifier=identifier)
