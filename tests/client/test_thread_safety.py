"""Clients made and used on many threads at once."""

import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from botocore.exceptions import ParamValidationError

from lattice_tg import Target, TargetGroupBuilder, TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.session import _builtin_handlers, _loaders  # pyright: ignore[reportPrivateUsage]

T = TypeVar("T")
THREADS = 8


@pytest.fixture(autouse=True)
def hasty_threads() -> Generator[None]:
    """Threads that give way to each other as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[int], T]) -> list[T]:
    """What each of a few threads came to, all of which began together."""
    start = Barrier(THREADS)

    def begin(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_clients_are_made_at_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """What they share is made once or more, and fits all of them."""
    _builtin_handlers.cache_clear()
    _loaders.clear()

    clients = at_once(lambda _: TargetGroupClient(region_name="eu-west-1"))

    assert [list(client.list()) for client in clients] == [[]] * THREADS
    assert len(_loaders) == 1


def test_one_client_is_used_at_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """Each thread's requests are its own: those that our rules have checked, and those that nobody has."""
    client = TargetGroupClient(region_name="eu-west-1")

    def live(number: int) -> tuple[int, int, int]:
        spec = TargetGroupBuilder.ip(f"orders-{number}", vpc_identifier="vpc-12345678").http().build()
        targets = [Target.ip(f"10.0.{number}.{last}", 80) for last in range(1, 121)]
        group, refused = client.create(spec), 0
        report = client.register_targets(group, targets)
        for wrong in ("", "short", 5):
            with pytest.raises(ParamValidationError):
                ask_raw(client, wrong)
            refused += client.get(group).name == spec.name
        return len(report.successful), len(list(client.list_targets(group))), refused

    assert at_once(live) == [(120, 120, 3)] * THREADS


def ask_raw(client: TargetGroupClient, identifier: Any) -> None:
    client.boto3_client.get_target_group(targetGroupIdentifier=identifier)
