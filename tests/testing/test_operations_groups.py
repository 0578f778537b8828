"""Creating, reading and listing groups."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import ACCOUNT, REGION, ROUTED, VPC, error_response, members_of
from support.health_checks import CHECKED, UNCHECKED

pytestmark = pytest.mark.usefixtures("lattice")

DEFAULTS_WITHOUT_PROTOCOL = {
    name: value for name, value in UNCHECKED.items() if name not in ("protocol", "protocolVersion")
}


def test_create_response(client: Any) -> None:
    """The response has an id and ARN as in AWS, the config with defaults, and a status."""
    created = members_of(client.create_target_group(name="orders", type="IP", config=ROUTED))

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
    ("group_type", "config", "defaults"),
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
            "INSTANCE",
            {**ROUTED, "protocol": "TCP", "port": 53},
            {"healthCheck": DEFAULTS_WITHOUT_PROTOCOL},
            id="tcp is not checked",
        ),
        pytest.param(
            "IP",
            {**ROUTED, "ipAddressType": "IPV6", "healthCheck": {"path": "/up", "port": 81}},
            {"port": 80, "protocolVersion": "HTTP1", "healthCheck": {**CHECKED, "path": "/up", "port": 81}},
            id="explicit values are kept",
        ),
        pytest.param("ALB", ROUTED, {"port": 80, "protocolVersion": "HTTP1"}, id="alb has no health check"),
        pytest.param(
            "ALB", {**ROUTED, "healthCheck": {}}, {"port": 80, "protocolVersion": "HTTP1"}, id="alb, empty check"
        ),
        pytest.param("LAMBDA", {"lambdaEventStructureVersion": "V2"}, {}, id="lambda"),
    ],
)
def test_defaults_depend_on_type_and_protocol(
    client: Any, group_type: str, config: dict[str, Any], defaults: dict[str, Any]
) -> None:
    """Defaults depend on the group type and the protocol."""
    created = client.create_target_group(name="orders", type=group_type, config=config)

    expected = {name: value for name, value in config.items() if name != "healthCheck"} | defaults
    assert created["config"] == expected


@pytest.mark.parametrize("config", [{}, {"config": {}}])
def test_a_lambda_group_without_a_config_has_no_config(client: Any, config: dict[str, Any]) -> None:
    """Responses have no ``config`` if there is no config, as in an example of the AWS CLI."""
    created = client.create_target_group(name="resize", type="LAMBDA", **config)

    assert "config" not in created
    assert "config" not in client.get_target_group(targetGroupIdentifier=created["id"])


def test_get_response(client: Any) -> None:
    """The response has timestamps and service ARNs, and the group is ACTIVE."""
    created = members_of(client.create_target_group(name="orders", type="IP", config=ROUTED))

    response = members_of(client.get_target_group(targetGroupIdentifier=created["arn"]))

    history: dict[str, Any] = {
        "createdAt": response["createdAt"],
        "lastUpdatedAt": response["createdAt"],
        "serviceArns": [],
    }
    assert response == created | history | {"status": "ACTIVE"}
    assert abs(response["createdAt"] - datetime.now(UTC)) < timedelta(seconds=60)


def test_list_item(client: Any) -> None:
    """A list item has some members of the config and has no health check."""
    created = client.create_target_group(name="orders", type="IP", config=ROUTED)

    [item] = client.list_target_groups()["items"]

    assert item == {
        "id": created["id"],
        "arn": created["arn"],
        "name": "orders",
        "type": "IP",
        "port": 80,
        "protocol": "HTTP",
        "ipAddressType": "IPV4",
        "vpcIdentifier": VPC,
        "createdAt": item["createdAt"],
        "lastUpdatedAt": item["createdAt"],
        "status": "ACTIVE",
        "serviceArns": [],
    }


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, ["orders", "other", "resize"]),
        ({"vpcIdentifier": VPC}, ["orders"]),
        ({"targetGroupType": "LAMBDA"}, ["resize"]),
        ({"vpcIdentifier": VPC, "targetGroupType": "LAMBDA"}, []),
    ],
)
def test_list_filters(client: Any, params: dict[str, str], names: list[str]) -> None:
    """Groups are filtered by VPC and type and listed in the order of creation."""
    client.create_target_group(name="orders", type="IP", config=ROUTED)
    client.create_target_group(name="other", type="INSTANCE", config={**ROUTED, "vpcIdentifier": "vpc-87654321"})
    client.create_target_group(name="resize", type="LAMBDA")

    items = client.list_target_groups(**params)["items"]

    assert [item["name"] for item in items] == names


def test_a_duplicate_name_is_a_conflict(client: Any, lattice: VpcLatticeEmulator) -> None:
    """Creating a second group with the same name fails, and the error has the first group's id."""
    created = client.create_target_group(name="orders", type="LAMBDA")

    rejected = error_response(client.create_target_group, name="orders", type="LAMBDA")

    assert rejected["Error"] == {"Code": "ConflictException", "Message": "Target group with name orders already exists"}
    assert (rejected["resourceId"], rejected["resourceType"]) == (created["id"], "TARGET_GROUP")
    assert rejected["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_name_is_available_after_deletion(client: Any) -> None:
    """After a group is deleted, its name can be used again."""
    created = client.create_target_group(name="orders", type="LAMBDA")
    client.delete_target_group(targetGroupIdentifier=created["id"])

    second = client.create_target_group(name="orders", type="LAMBDA")

    assert second["id"] != created["id"]


def test_accounts_and_regions_are_separate(session: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each account and Region has its own groups and names."""
    other_client = session.client("vpc-lattice", region_name="cn-north-1")
    client.create_target_group(name="orders", type="LAMBDA")
    other_client.create_target_group(name="orders", type="LAMBDA")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    client.create_target_group(name="orders", type="LAMBDA")

    arns = [item["arn"] for client in (client, other_client) for item in client.list_target_groups()["items"]]

    assert [arn.rpartition("/")[0] for arn in arns] == [f"arn:aws:vpc-lattice:{REGION}:111122223333:targetgroup"]


def test_arns_have_the_partition_of_their_region(session: Any) -> None:
    """ARNs have the partition of their Region."""
    regions = {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov", "us-west-2": "aws"}
    clients = {region: session.client("vpc-lattice", region_name=region) for region in regions}

    arns = {region: clients[region].create_target_group(name="orders", type="LAMBDA")["arn"] for region in regions}

    assert {region: arn.split(":")[1] for region, arn in arns.items()} == regions
