"""What the service refuses in a config: by its model, and by rules of its own."""

from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import ROUTED, VPC, fields

pytestmark = pytest.mark.usefixtures("lattice")

TCP = {"protocol": "TCP", "port": 53, "vpcIdentifier": VPC}
NO_CHECK = "Target Group does not support health check config"


def refused(client: Any, group_type: str, config: dict[str, Any]) -> dict[str, str]:
    return fields(client.create_target_group, name="orders", type=group_type, config=config)


def not_for(group_type: str) -> str:
    return f"Not supported if the target group type is {group_type}"


def required_for(group_type: str) -> str:
    return f"Required if the target group type is {group_type}"


@pytest.mark.parametrize(
    ("group_type", "config", "rows"),
    [
        ("IP", {**ROUTED, "lambdaEventStructureVersion": "V1"}, {"config.lambdaEventStructureVersion": not_for("IP")}),
        ("INSTANCE", {**ROUTED, "ipAddressType": "IPV4"}, {"config.ipAddressType": not_for("INSTANCE")}),
        ("ALB", {**ROUTED, "ipAddressType": "IPV4"}, {"config.ipAddressType": not_for("ALB")}),
        ("ALB", {**ROUTED, "healthCheck": {"enabled": False}}, {"config.healthCheck": f"ALB {NO_CHECK}"}),
        (
            "LAMBDA",
            {**ROUTED, "port": 80, "protocolVersion": "HTTP1", "ipAddressType": "IPV4", "healthCheck": {"path": "/"}},
            {
                "config.port": not_for("LAMBDA"),
                "config.protocol": not_for("LAMBDA"),
                "config.protocolVersion": not_for("LAMBDA"),
                "config.vpcIdentifier": not_for("LAMBDA"),
                "config.ipAddressType": not_for("LAMBDA"),
                "config.healthCheck": f"LAMBDA {NO_CHECK}",
            },
        ),
    ],
)
def test_what_a_type_does_not_have(client: Any, group_type: str, config: dict[str, Any], rows: dict[str, str]) -> None:
    """A member that a type does not have is refused, and every such member is named."""
    assert refused(client, group_type, config) == rows


@pytest.mark.parametrize("group_type", ["IP", "INSTANCE", "ALB"])
def test_what_a_type_must_have(client: Any, group_type: str) -> None:
    """Groups that are not of type LAMBDA need a protocol and a VPC."""
    rows = {"config.protocol": required_for(group_type), "config.vpcIdentifier": required_for(group_type)}

    assert refused(client, group_type, {}) == rows
    assert fields(client.create_target_group, name="orders", type=group_type) == rows


@pytest.mark.parametrize(
    ("group_type", "config", "rows"),
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
def test_protocols(client: Any, group_type: str, config: dict[str, Any], rows: dict[str, str]) -> None:
    """TCP takes no version, needs a port and is not for ALB; TCP and GRPC need their checks spelled out."""
    assert refused(client, group_type, config) == rows


@pytest.mark.parametrize(
    ("check", "name", "message"),
    [
        ({"healthCheckIntervalSeconds": 4}, "healthCheckIntervalSeconds", "5, or 0 for the default"),
        ({"healthyThresholdCount": 1}, "healthyThresholdCount", "2, or 0 for the default"),
        ({"unhealthyThresholdCount": 1}, "unhealthyThresholdCount", "2, or 0 for the default"),
    ],
)
def test_real_ranges(client: Any, group_id: str, check: dict[str, int], name: str, message: str) -> None:
    """The service's ranges are narrower than its model's, in a creation and in an update."""
    text = f"Member must have value greater than or equal to {message}"

    assert refused(client, "IP", {**ROUTED, "healthCheck": check}) == {f"config.healthCheck.{name}": text}
    assert fields(client.update_target_group, targetGroupIdentifier=group_id, healthCheck=check) == {
        f"healthCheck.{name}": text
    }


@pytest.mark.parametrize(
    ("check", "rows"),
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
def test_refused_updates(client: Any, group_id: str, check: dict[str, Any], rows: dict[str, str]) -> None:
    """An update is held to the same rules as a creation, and a refused one changes nothing."""
    before = client.get_target_group(targetGroupIdentifier=group_id)["config"]

    assert fields(client.update_target_group, targetGroupIdentifier=group_id, healthCheck=check) == rows
    assert client.get_target_group(targetGroupIdentifier=group_id)["config"] == before


def test_enabling_checks_of_a_tcp_group(client: Any) -> None:
    """What an update leaves out counts as the group has it: a TCP group has no check protocol to begin with."""
    group_id = client.create_target_group(name="dns", type="IP", config=TCP)["id"]
    named = {"targetGroupIdentifier": group_id}

    rows = fields(client.update_target_group, **named, healthCheck={"enabled": True})
    client.update_target_group(**named, healthCheck={"protocol": "HTTP", "protocolVersion": "HTTP2"})
    updated = client.update_target_group(**named, healthCheck={"enabled": True})

    text = "Required to enable health checks of a TCP group, version None"
    assert rows == {"healthCheck.protocol": text, "healthCheck.protocolVersion": text}
    assert updated["config"]["healthCheck"]["enabled"]


@pytest.mark.parametrize(
    ("code", "accepted"), [("200", "200"), ("200,202", "200,202"), ("200-299", "200-299"), ("", "200")]
)
def test_matchers(client: Any, code: str, accepted: str) -> None:
    """A matcher is a code, a list or a range; an empty one is the default."""
    config = {**ROUTED, "healthCheck": {"matcher": {"httpCode": code}}}

    created = client.create_target_group(name="orders", type="IP", config=config)

    assert created["config"]["healthCheck"]["matcher"] == {"httpCode": accepted}


@pytest.mark.parametrize("name", ["tg-orders", "-orders", "orders-", "or--ders", "Orders", "orders\n", "a" * 129])
def test_names(client: Any, name: str) -> None:
    """A name must match the model's pattern as a whole, and its length."""
    rows = fields(client.create_target_group, name=name, type="LAMBDA")

    assert rows.keys() == {"name"}


def test_everything_at_once(unchecked_client: Any, lattice: VpcLatticeEmulator) -> None:
    """All that is wrong with a request is told in one answer, each with the path to it."""
    config = {"port": 0, "protocol": "UDP", "vpcIdentifier": "vpc-1", "healthCheck": {"path": "up"}}

    rows = fields(unchecked_client.create_target_group, name="x", config=config, clientToken="t" * 65)

    told = {name: message.partition(" pattern: ")[0] for name, message in rows.items()}  # botocore rewrites patterns
    assert told == {
        "type": "Member must not be null",
        "name": "Member must have length greater than or equal to 3",
        "config.port": "Member must have value greater than or equal to 1",
        "config.protocol": "Member must satisfy enum value set: [HTTP, HTTPS, TCP]",
        "config.vpcIdentifier": "Member must satisfy regular expression",
        "config.healthCheck.path": "Member must satisfy regular expression",
        "clientToken": "Member must have length less than or equal to 64",
    }
    assert lattice.calls[-1].status == 400
