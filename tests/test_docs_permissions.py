"""The page on IAM permissions: the requests of each call, and the policy."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lattice_tg import HealthCheck, TargetGroup, TargetGroupClient
from lattice_tg.testing import VpcLatticeEmulator
from support.api_operations import OPERATIONS, ROUTE_OPERATIONS
from support.sample_groups import SPEC
from support.targets import create_client, create_ip_group, make_targets

PAGE = (Path(__file__).parents[1] / "docs/permissions.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+\(.*)\| ((?:[A-Z]\w+(?:, )?)+) \|$", PAGE, re.MULTILINE))
TARGETS = make_targets(2)
NEW = SPEC
CALLS: dict[str, Callable[[TargetGroupClient, TargetGroup], Any]] = {
    "create(spec)`": lambda client, _: client.create(NEW),
    "create(spec, wait=True)`": lambda client, _: client.create(NEW, wait=True),
    "get(group)`": lambda client, group: client.get(group),
    "find(name)`": lambda client, group: client.find(group.name),
    "list()`": lambda client, _: list(client.list()),
    "update_health_check(group, health_check)`": lambda client, group: client.update_health_check(
        group, HealthCheck(path="/ready")
    ),
    "delete(group)`": lambda client, group: client.delete(group),
    "delete(group, wait=True)`": lambda client, group: client.delete(group, wait=True),
    "delete(group, drain=True, wait=True)`": lambda client, group: client.delete(group, drain=True, wait=True),
    "register_targets(group, targets)`": lambda client, group: client.register_targets(group, TARGETS),
    "deregister_targets(group, targets)`": lambda client, group: client.deregister_targets(group, TARGETS),
    "deregister_targets(group, targets, wait=True)`": lambda client, group: client.deregister_targets(
        group, TARGETS, wait=True
    ),
    "deregister_targets(group, targets, min_healthy=0)`": lambda client, group: client.deregister_targets(
        group, TARGETS, min_healthy=0
    ),
    "list_targets(group)`": lambda client, group: list(client.list_targets(group)),
    "tags(group)`": lambda client, group: client.tags(group),
    "tag(group, tags)`": lambda client, group: client.tag(group, {"team": "shop"}),
    "untag(group, keys)`": lambda client, group: client.untag(group, ["team"]),
    "wait_until_active(group)`": lambda client, group: client.wait_until_active(group),
    "wait_until_drained(group)`": lambda client, group: client.wait_until_drained(group),
    "plan(spec)`": lambda client, group: client.plan(group.to_spec()),
    "plan(spec, targets=targets)`": lambda client, group: client.plan(group.to_spec(), targets=TARGETS),
    "ensure(spec)` of a new group": lambda client, _: client.ensure(NEW),
    "ensure(spec)` of an existing group": lambda client, group: client.ensure(group.to_spec()),
    "ensure(spec, targets=targets)` of a new group": lambda client, _: client.ensure(NEW, targets=TARGETS),
}
"""The call of each row of the table."""


def test_every_row_is_tested() -> None:
    """The calls of this file are the rows of the table."""
    assert [row.strip() for row in ROWS] == list(CALLS)


@pytest.mark.parametrize("row", CALLS)
def test_requests_are_those_of_the_table(vpc_lattice: VpcLatticeEmulator, row: str) -> None:
    """Each call sends the requests that the table lists, in this order."""
    expected = next(requests for each, requests in ROWS.items() if each.strip() == row)
    client = create_client(vpc_lattice)
    group = create_ip_group(client, "filled")
    if row not in ("delete(group)`", "delete(group, wait=True)`"):  # VPC Lattice deletes only empty groups.
        client.register_targets(group, TARGETS)
    start = len(vpc_lattice.calls)

    CALLS[row](client, group)

    assert [call.operation for call in vpc_lattice.calls[start:]] == expected.split(", ")


def test_the_policy_allows_every_operation() -> None:
    """The policy lists the action of each operation on target groups, and no other action."""
    policy = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
    names = {operation.name for method, operation in OPERATIONS.items() if method not in ROUTE_OPERATIONS}

    assert policy["Statement"][0]["Action"] == sorted(f"vpc-lattice:{name}" for name in names)


def test_the_read_only_policy_allows_plans(vpc_lattice: VpcLatticeEmulator) -> None:
    """The read-only policy lists the action of each operation that a plan can send, and no other action."""
    policy = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
    client = create_client(vpc_lattice)
    group = create_ip_group(client, "filled")
    start = len(vpc_lattice.calls)

    client.plan(group.to_spec(tags={"team": "shop"}), targets=TARGETS)

    names = {call.operation for call in vpc_lattice.calls[start:]}
    assert policy["Statement"][0]["Action"] == sorted(f"vpc-lattice:{name}" for name in names)
