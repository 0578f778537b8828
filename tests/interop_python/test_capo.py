"""capo-vpc-lattice, a client that is generated from the service model and does not use botocore."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from lattice_tg.testing import RunningServer

# Only `nox -s interop_python` installs the packages that these tests use, so type checkers cannot import them.
CAPO: Any = import_module("capo_vpc_lattice")
ERRORS: Any = import_module("capo_vpc_lattice.errors")
CONFIG = {"port": 80, "protocol": "HTTP", "vpc_identifier": "vpc-12345678"}
UNKNOWN = "tg-00000000000000000"


def make_options(server: RunningServer) -> dict[str, Any]:
    credentials = {"access_key": "111122223333", "secret_key": "testing"}
    return {"endpoint": server.url, "region": "eu-west-1", "credentials": credentials}


def test_blocking_client(server: RunningServer) -> None:
    """The blocking client creates a group, registers targets, and reports rejected targets and unknown groups."""
    client = CAPO.VPCLatticeClient(**make_options(server))

    group = client.create_target_group(name="orders", type="IP", config=CONFIG, tags={"team": "shop"})
    identifier = {"target_group_identifier": group["id"]}
    registered = client.register_targets(**identifier, targets=[{"id": "10.0.0.1"}, {"id": "db"}])

    assert group["arn"] == f"arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/{group['id']}"
    assert registered["successful"] == [{"id": "10.0.0.1", "port": 80}]
    assert [target["failure_code"] for target in registered["unsuccessful"]] == ["UnsupportedTarget"]
    assert [target["id"] for target in client.list_targets(**identifier)["items"]] == ["10.0.0.1"]
    assert client.list_tags_for_resource(resource_arn=group["arn"])["tags"] == {"team": "shop"}
    with pytest.raises(ERRORS.ResourceNotFoundException):
        client.get_target_group(target_group_identifier=UNKNOWN)


def test_async_client(server: RunningServer) -> None:
    """The async client retries a throttled request, and deletes a group."""

    async def main() -> tuple[Any, Any]:
        async with CAPO.AsyncVPCLatticeClient(**make_options(server)) as client:
            created = await client.create_target_group(name="orders", type="LAMBDA")
            server.lattice.throttle("GetTargetGroup")
            group = await client.get_target_group(target_group_identifier=created["id"])
            return group, await client.delete_target_group(target_group_identifier=created["id"])

    group, deleted = asyncio.run(main())

    assert (group["status"], deleted["status"]) == ("ACTIVE", "DELETE_IN_PROGRESS")
    assert [(call.operation, call.status) for call in server.lattice.calls] == [
        ("CreateTargetGroup", 201),
        ("GetTargetGroup", 429),
        ("GetTargetGroup", 200),
        ("DeleteTargetGroup", 200),
    ]
