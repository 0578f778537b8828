"""Validation of the config against the service model and additional documented rules."""

from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import ROUTED, VPC, fields

pytestmark = pytest.mark.usefixtures("lattice")

TCP = {"protocol": "TCP", "port": 53, "vpcIdentifier": VPC}
NO_CHECK = "Target Group does not support health check config"


def rejected_fields(client: Any, group_type: str, config: dict[str, Any]) -> dict[str, str]:
    """Create a group and return the rejected fields with their messages."""
    return fields(client.create_target_group, name="orders", type=group_type, config=config)


def not_supported(group_type: str) -> str:
    """Return the message for a member that the group type does not support."""
    return f"Not supported if the target group type is {group_type}"


def required(group_type: str) -> str:
    """Return the message for a missing member that the group type requires."""
    return f"Required if the target group type is {group_type}"


@pytest.mark.parametrize(
    ("group_type", "config", "expected"),
    [
        (
            "IP",
            {**ROUTED, "lambdaEventStructureVersion": "V1"},
            {"config.lambdaEventStructureVersion": not_supported("IP")},
        ),
        ("INSTANCE", {**ROUTED, "ipAddressType": "IPV4"}, {"config.ipAddressType": not_supported("INSTANCE")}),
        ("ALB", {**ROUTED, "ipAddressType": "IPV4"}, {"config.ipAddressType": not_supported("ALB")}),
        ("ALB", {**ROUTED, "healthCheck": {"enabled": False}}, {"config.healthCheck": f"ALB {NO_CHECK}"}),
        (
            "LAMBDA",
            {**ROUTED, "port": 80, "protocolVersion": "HTTP1", "ipAddressType": "IPV4", "healthCheck": {"path": "/"}},
            {
                "config.port": not_supported("LAMBDA"),
                "config.protocol": not_supported("LAMBDA"),
                "config.protocolVersion": not_supported("LAMBDA"),
                "config.vpcIdentifier": not_supported("LAMBDA"),
                "config.ipAddressType": not_supported("LAMBDA"),
                "config.healthCheck": f"LAMBDA {NO_CHECK}",
            },
        ),
    ],
)
def test_unsupported_members_are_rejected(
    client: Any, group_type: str, config: dict[str, Any], expected: dict[str, str]
) -> None:
    """All members that the group type does not support are reported."""
    assert rejected_fields(client, group_type, config) == expected


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE", "ALB"])
def test_required_members_are_reported(client: Any, group_type: str) -> None:
    """Groups of all types except LAMBDA require a protocol and a VPC."""
    expected = {"config.protocol": required(group_type), "config.vpcIdentifier": required(group_type)}

    assert rejected_fields(client, group_type, {}) == expected
    assert fields(client.create_target_group, name="orders", type=group_type) == expected


@pytest.mark.parametrize(
    ("group_type", "config", "expected"),
    [
        ("ALB", TCP, {"config.protocol": "TCP is not supported if the target group type is ALB"}),
        ("IP", {**TCP, "protocolVersion": "HTTP1"}, {"config.protocolVersion": "Not supported if the protocol is TCP"}),
        ("IP", {"protocol": "TCP", "vpcIdentifier": VPC}, {"config.port": "Required if the protocol is TCP"}),
        (
            "IP",
            {**TCP, "healthCheck": {"enabled": True}},
            {
                "config.healthCheck.protocol": "Required to enable health checks of a TCP group, version None",
                "config.healthCheck.protocolVersion": "Required to enable health checks of a TCP group, version None",
            },
        ),
        (
            "IP",
            {**ROUTED, "protocolVersion": "GRPC", "healthCheck": {"enabled": True}},
            {"config.healthCheck.protocolVersion": "Required to enable health checks of a HTTP group, version GRPC"},
        ),
    ],
)
def test_protocol_rules(client: Any, group_type: str, config: dict[str, Any], expected: dict[str, str]) -> None:
    """Configs that violate the rules for TCP and GRPC are rejected."""
    assert rejected_fields(client, group_type, config) == expected


@pytest.mark.parametrize(
    ("check", "name", "message"),
    [
        ({"healthCheckIntervalSeconds": 4}, "healthCheckIntervalSeconds", "5, or 0 for the default"),
        ({"healthyThresholdCount": 1}, "healthyThresholdCount", "2, or 0 for the default"),
        ({"unhealthyThresholdCount": 1}, "unhealthyThresholdCount", "2, or 0 for the default"),
    ],
)
def test_ranges_are_narrower_than_the_model(
    client: Any, group_id: str, check: dict[str, int], name: str, message: str
) -> None:
    """Creations and updates are validated with narrower ranges than in the service model."""
    text = f"Member must have value greater than or equal to {message}"

    assert rejected_fields(client, "IP", {**ROUTED, "healthCheck": check}) == {f"config.healthCheck.{name}": text}
    assert fields(client.update_target_group, targetGroupIdentifier=group_id, healthCheck=check) == {
        f"healthCheck.{name}": text
    }


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ({"protocol": "TCP"}, {"healthCheck.protocol": "Health checks are made over HTTP or HTTPS"}),
        (
            {"matcher": {"httpCode": "20"}},
            {"healthCheck.matcher.httpCode": "Member must have length greater than or equal to 3"},
        ),
        (
            {"healthCheckIntervalSeconds": 301, "healthCheckTimeoutSeconds": 121},
            {
                "healthCheck.healthCheckIntervalSeconds": "Member must have value less than or equal to 300",
                "healthCheck.healthCheckTimeoutSeconds": "Member must have value less than or equal to 120",
            },
        ),
        (
            {"protocolVersion": "GRPC"},
            {"healthCheck.protocolVersion": "Member must satisfy enum value set: [HTTP1, HTTP2]"},
        ),
    ],
)
def test_invalid_updates_change_nothing(
    client: Any, group_id: str, check: dict[str, Any], expected: dict[str, str]
) -> None:
    """Invalid updates are rejected and do not change the config."""
    before = client.get_target_group(targetGroupIdentifier=group_id)["config"]

    assert fields(client.update_target_group, targetGroupIdentifier=group_id, healthCheck=check) == expected
    assert client.get_target_group(targetGroupIdentifier=group_id)["config"] == before


def test_an_update_is_validated_with_the_existing_config(client: Any) -> None:
    """An update is validated together with the current values of the omitted members."""
    group_id = client.create_target_group(name="dns", type="IP", config=TCP)["id"]
    identifier = {"targetGroupIdentifier": group_id}

    problems = fields(client.update_target_group, **identifier, healthCheck={"enabled": True})
    client.update_target_group(**identifier, healthCheck={"protocol": "HTTP", "protocolVersion": "HTTP2"})
    updated = client.update_target_group(**identifier, healthCheck={"enabled": True})

    text = "Required to enable health checks of a TCP group, version None"
    assert problems == {"healthCheck.protocol": text, "healthCheck.protocolVersion": text}
    assert updated["config"]["healthCheck"]["enabled"]


@pytest.mark.parametrize(
    ("code", "accepted"), [("200", "200"), ("200,202", "200,202"), ("200-299", "200-299"), ("", "200")]
)
def test_matchers(client: Any, code: str, accepted: str) -> None:
    """A matcher can be a code, a list or a range. An empty matcher means the default."""
    config = {**ROUTED, "healthCheck": {"matcher": {"httpCode": code}}}

    created = client.create_target_group(name="orders", type="IP", config=config)

    assert created["config"]["healthCheck"]["matcher"] == {"httpCode": accepted}


@pytest.mark.parametrize("name", ["tg-orders", "-orders", "orders-", "or--ders", "Orders", "orders\n", "a" * 129])
def test_invalid_names_are_rejected(client: Any, name: str) -> None:
    """A name must have the pattern and length that the service model defines."""
    problems = fields(client.create_target_group, name=name, type="LAMBDA")

    assert problems.keys() == {"name"}


def test_all_problems_are_reported_together(unchecked_client: Any, lattice: VpcLatticeEmulator) -> None:
    """One response reports all problems in a request, with the path of each problem."""
    config = {"port": 0, "protocol": "UDP", "vpcIdentifier": "vpc-1", "healthCheck": {"path": "up"}}

    problems = fields(unchecked_client.create_target_group, name="x", config=config, clientToken="t" * 65)

    messages = {
        name: message.partition(" pattern: ")[0] for name, message in problems.items()
    }  # botocore rewrites patterns
    assert messages == {
        "type": "Member must not be null",
        "name": "Member must have length greater than or equal to 3",
        "config.port": "Member must have value greater than or equal to 1",
        "config.protocol": "Member must satisfy enum value set: [HTTP, HTTPS, TCP]",
        "config.vpcIdentifier": "Member must satisfy regular expression",
        "config.healthCheck.path": "Member must satisfy regular expression",
        "clientToken": "Member must have length less than or equal to 64",
    }
    assert lattice.calls[-1].status == 400
