"""The log of calls, and many callers at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lattice_tg.testing import Call, VirtualClock, VpcLattice
from testing.requests_made import ROUTED


def test_calls(slow: VpcLattice, clock: VirtualClock, client: Any) -> None:
    """Each call is told with its operation, its parameters under their wire names, its time and its status."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED, clientToken="t")
    clock.advance(10)
    client.list_targets(targetGroupIdentifier=created["arn"], maxResults=5, targets=[{"id": "10.0.0.1"}])
    client.untag_resource(resourceArn=created["arn"], tagKeys=["a", "b c"])

    calls = slow.calls

    assert calls == (
        Call("CreateTargetGroup", {"name": "orders", "type": "IP", "config": ROUTED, "clientToken": "t"}, 0, 201),
        Call(
            "ListTargets",
            {"targetGroupIdentifier": created["arn"], "maxResults": 5, "targets": [{"id": "10.0.0.1"}]},
            10,
            200,
        ),
        Call("UntagResource", {"resourceArn": created["arn"], "tagKeys": ["a", "b c"]}, 10, 200),
    )


def test_many_callers(lattice: VpcLattice, client: Any) -> None:
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


def test_one_token_of_many_callers(lattice: VpcLattice, client: Any) -> None:
    """Threads that create with one token get one and the same group."""

    def create(_: int) -> str:
        return str(client.create_target_group(name="orders", type="LAMBDA", clientToken="t")["id"])

    with ThreadPoolExecutor(16) as threads:
        ids = set(threads.map(create, range(64)))

    assert len(ids) == 1
