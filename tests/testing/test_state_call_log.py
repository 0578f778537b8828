"""The call log, and concurrent clients."""

import json
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lattice_tg.testing import RecordedCall, VirtualClock, VpcLatticeEmulator
from lattice_tg.testing.http_messages import Request
from lattice_tg.testing.state import EmulatedService
from support.emulator_requests import ACCOUNT, REGION, ROUTED


def test_a_recorded_call_is_complete(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A recorded call has the operation, the parameters, the time and the status."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED, clientToken="t")
    clock.advance(10)
    client.list_targets(targetGroupIdentifier=created["arn"], maxResults=5, targets=[{"id": "10.0.0.1"}])
    client.untag_resource(resourceArn=created["arn"], tagKeys=["a", "b c"])

    calls = slow.calls

    assert calls == (
        RecordedCall(
            "CreateTargetGroup", {"name": "orders", "type": "IP", "config": ROUTED, "clientToken": "t"}, 0, 201
        ),
        RecordedCall(
            "ListTargets",
            {"targetGroupIdentifier": created["arn"], "maxResults": 5, "targets": [{"id": "10.0.0.1"}]},
            10,
            200,
        ),
        RecordedCall("UntagResource", {"resourceArn": created["arn"], "tagKeys": ["a", "b c"]}, 10, 200),
    )


def test_concurrent_creates_of_one_name(lattice: VpcLatticeEmulator, client: Any) -> None:
    """If many threads create a group with the same name, one succeeds. All calls are recorded."""

    def create(_: int) -> bool:
        """Create a group."""
        try:
            client.create_target_group(name="orders", type="LAMBDA")
        except client.exceptions.ConflictException:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        created = list(threads.map(create, range(64)))

    assert sum(created) == 1
    assert sorted(call.status or 0 for call in lattice.calls) == [201] + [409] * 63


@pytest.fixture
def switch_threads_often() -> Generator[None]:
    """Switch threads as often as possible."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("switch_threads_often")
def test_calls_are_serialized() -> None:
    """Concurrent calls do not exceed a quota, because calls are processed one at a time."""
    service, barrier = EmulatedService(), threading.Barrier(8)
    emulator = VpcLatticeEmulator(service)
    emulator.set_quota("target_groups", 1)

    def create(number: int) -> None:
        """Create a group."""
        body = json.dumps({"name": f"orders-{number}", "type": "LAMBDA"}).encode()
        barrier.wait()
        service.handle(Request("POST", "/targetgroups", "", body, ACCOUNT, REGION))

    for _ in range(10):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(create, range(8)))
        assert sorted(call.status or 0 for call in emulator.calls) == [201] + [402] * 7
        emulator.reset()
        emulator.set_quota("target_groups", 1)


def test_concurrent_creates_with_one_token(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Threads that create a group with the same token get the same group."""

    def create(_: int) -> str:
        """Create a group."""
        return str(client.create_target_group(name="orders", type="LAMBDA", clientToken="t")["id"])

    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(create, range(64)))

    assert len(ids) == 1
