"""The log of calls, and many callers at once."""

import json
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lattice_tg.testing import RecordedCall, VirtualClock, VpcLatticeEmulator
from lattice_tg.testing.http_messages import Request
from support.emulator_requests import ACCOUNT, REGION, ROUTED


def test_calls(slow: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """Each call is told with its operation, its parameters under their wire names, its time and its status."""
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


def test_many_callers(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Of many threads that create a group of one name, one does; all calls are in the log."""

    def create(_: int) -> bool:
        try:
            client.create_target_group(name="orders", type="LAMBDA")
        except client.exceptions.ConflictException:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        made = list(threads.map(create, range(64)))

    assert sum(made) == 1
    assert sorted(call.status or 0 for call in lattice.calls) == [201] + [409] * 63


@pytest.fixture
def switching() -> Generator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("switching")
def test_one_call_at_a_time() -> None:
    """Calls that come in at once are worked off one after the other: of a quota of one, one group is made."""
    emulator, together = VpcLatticeEmulator(), threading.Barrier(8)
    emulator.set_quota("target_groups", 1)

    def create(number: int) -> None:
        body = json.dumps({"name": f"orders-{number}", "type": "LAMBDA"}).encode()
        together.wait()
        emulator.handle_request(Request("POST", "/targetgroups", "", body, ACCOUNT, REGION))

    for _ in range(10):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(create, range(8)))
        assert sorted(call.status or 0 for call in emulator.calls) == [201] + [402] * 7
        emulator.reset()
        emulator.set_quota("target_groups", 1)


def test_one_token_of_many_callers(lattice: VpcLatticeEmulator, client: Any) -> None:
    """Threads that create with one token get one and the same group."""

    def create(_: int) -> str:
        return str(client.create_target_group(name="orders", type="LAMBDA", clientToken="t")["id"])

    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(create, range(64)))

    assert len(ids) == 1
