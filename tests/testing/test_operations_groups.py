"""Groups as the emulator makes them, shows them and tells them apart."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import ACCOUNT, REGION, ROUTED, VPC, answer, refusal
from support.health_checks import CHECKED, UNCHECKED

pytestmark = pytest.mark.usefixtures("lattice")

UNSAID = {name: value for name, value in UNCHECKED.items() if name not in ("protocol", "protocolVersion")}


def test_a_created_group(client: Any) -> None:
    """The reply has an id and ARN of the real pattern, the config with defaults, and the status of a creation."""
    created = answer(client.create_target_group(name="orders", type="IP", config=ROUTED))

    assert re.fullmatch(r"tg-[0-9a-z]{17}", created["id"])
    assert created == {
        "id": created["id"],
        "arn": f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}:targetgroup/{created['id']}",
        "name": "orders",
        "type": "IP",
        "config": {
            **ROUTED,
            "port": 80,
            "protocolVersion": "HTTP1",
            "ipAddressType": "IPV4",
            "healthCheck": CHECKED,
        },
        "status": "CREATE_IN_PROGRESS",
    }


@pytest.mark.parametrize(
    ("group_type", "config", "filled"),
    [
        pytest.param(
            "INSTANCE",
            {**ROUTED, "protocol": "HTTPS", "port": 8443},
            {"port": 8443, "protocolVersion": "HTTP1", "healthCheck": CHECKED},
            id="instance, https",
        ),
        pytest.param(
            "INSTANCE",
            {**ROUTED, "protocol": "HTTPS"},
            {"port": 443, "protocolVersion": "HTTP1", "healthCheck": CHECKED},
            id="https has port 443",
        ),
        pytest.param(
            "INSTANCE",
            {**ROUTED, "protocolVersion": "HTTP2"},
            {"port": 80, "healthCheck": UNCHECKED},
            id="http2 is not checked",
        ),
        pytest.param(
            "INSTANCE",
            {**ROUTED, "protocolVersion": "GRPC"},
            {"port": 80, "healthCheck": {k: v for k, v in UNCHECKED.items() if k != "protocolVersion"}},
            id="grpc is not checked",
        ),
        pytest.param(
            "INSTANCE", {**ROUTED, "protocol": "TCP", "port": 53}, {"healthCheck": UNSAID}, id="tcp is not checked"
        ),
        pytest.param(
            "IP",
            {**ROUTED, "ipAddressType": "IPV6", "healthCheck": {"path": "/up", "port": 81}},
            {"port": 80, "protocolVersion": "HTTP1", "healthCheck": {**CHECKED, "path": "/up", "port": 81}},
            id="what is said stays",
        ),
        pytest.param("ALB", ROUTED, {"port": 80, "protocolVersion": "HTTP1"}, id="alb has no health check"),
        pytest.param(
            "ALB", {**ROUTED, "healthCheck": {}}, {"port": 80, "protocolVersion": "HTTP1"}, id="alb, empty check"
        ),
        pytest.param("LAMBDA", {"lambdaEventStructureVersion": "V2"}, {}, id="lambda"),
    ],
)
def test_defaults(client: Any, group_type: str, config: dict[str, Any], filled: dict[str, Any]) -> None:
    """The service fills in what it has a default for, by type and protocol."""
    created = client.create_target_group(name="orders", type=group_type, config=config)

    wanted = {name: value for name, value in config.items() if name != "healthCheck"} | filled
    assert created["config"] == wanted


@pytest.mark.parametrize("config", [{}, {"config": {}}])
def test_a_lambda_group_without_a_config_has_none(client: Any, config: dict[str, Any]) -> None:
    """The reply has no ``config`` at all, as the AWS CLI's example shows."""
    created = client.create_target_group(name="resize", type="LAMBDA", **config)

    assert "config" not in created
    assert "config" not in client.get_target_group(targetGroupIdentifier=created["id"])


def test_get(client: Any) -> None:
    """Get adds the times and the services, and says that the group is active."""
    created = answer(client.create_target_group(name="orders", type="IP", config=ROUTED))

    got = answer(client.get_target_group(targetGroupIdentifier=created["arn"]))

    history: dict[str, Any] = {"createdAt": got["createdAt"], "lastUpdatedAt": got["createdAt"], "serviceArns": []}
    assert got == created | history | {"status": "ACTIVE"}
    assert abs(got["createdAt"] - datetime.now(UTC)) < timedelta(seconds=60)


def test_the_summary_has_no_config(client: Any) -> None:
    """A row of the list has some members of the config, and no health check."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED)

    [row] = client.list_target_groups()["items"]

    assert row == {
        "id": created["id"],
        "arn": created["arn"],
        "name": "orders",
        "type": "IP",
        "port": 80,
        "protocol": "HTTP",
        "ipAddressType": "IPV4",
        "vpcIdentifier": VPC,
        "createdAt": row["createdAt"],
        "lastUpdatedAt": row["createdAt"],
        "status": "ACTIVE",
        "serviceArns": [],
    }


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["orders", "other", "resize"]),
        ({"vpcIdentifier": VPC}, ["orders"]),
        ({"targetGroupType": "LAMBDA"}, ["resize"]),
        ({"vpcIdentifier": VPC, "targetGroupType": "LAMBDA"}, []),
    ],
)
def test_list_filters(client: Any, asked: dict[str, str], names: list[str]) -> None:
    """The list is narrowed by VPC and by type, in the order in which groups were made."""
    client.create_target_group(name="orders", type="IP", config=ROUTED)
    client.create_target_group(name="other", type="INSTANCE", config={**ROUTED, "vpcIdentifier": "vpc-87654321"})
    client.create_target_group(name="resize", type="LAMBDA")

    rows = client.list_target_groups(**asked)["items"]

    assert [row["name"] for row in rows] == names


def test_a_name_is_taken(client: Any, lattice: VpcLatticeEmulator) -> None:
    """A second group of the same name is a conflict that names the first."""
    created = client.create_target_group(name="orders", type="LAMBDA")

    refused = refusal(client.create_target_group, name="orders", type="LAMBDA")

    assert refused["Error"] == {"Code": "ConflictException", "Message": "Target group with name orders already exists"}
    assert (refused["resourceId"], refused["resourceType"]) == (created["id"], "TARGET_GROUP")
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_name_is_free_again(client: Any) -> None:
    """Once a group is gone its name can be used."""
    created = client.create_target_group(name="orders", type="LAMBDA")
    client.delete_target_group(targetGroupIdentifier=created["id"])

    again = client.create_target_group(name="orders", type="LAMBDA")

    assert again["id"] != created["id"]


def test_accounts_and_regions_are_apart(session: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same name can be used in each Region and account, and none sees the others' groups."""
    abroad = session.client("vpc-lattice", region_name="cn-north-1")
    client.create_target_group(name="orders", type="LAMBDA")
    abroad.create_target_group(name="orders", type="LAMBDA")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    client.create_target_group(name="orders", type="LAMBDA")

    arns = [row["arn"] for client in (client, abroad) for row in client.list_target_groups()["items"]]

    assert [arn.rpartition("/")[0] for arn in arns] == [f"arn:aws:vpc-lattice:{REGION}:111122223333:targetgroup"]


def test_partitions(session: Any) -> None:
    """ARNs name the partition of their Region."""
    regions = {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov", "us-west-2": "aws"}
    clients = {region: session.client("vpc-lattice", region_name=region) for region in regions}

    arns = {region: clients[region].create_target_group(name="orders", type="LAMBDA")["arn"] for region in regions}

    assert {region: arn.split(":")[1] for region, arn in arns.items()} == regions
