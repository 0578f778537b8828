"""What the tests of the client create, and the requests that this takes."""

from typing import Any

from lattice_tg import HealthCheck, TargetGroupConfig, TargetGroupSpec
from lattice_tg.testing import VpcLatticeEmulator

VPC = "vpc-0123456789abcdefg"
ID = "tg-0123456789abcdefg"
ARN = f"arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/{ID}"

CONFIG = TargetGroupConfig(
    port=8080, protocol="HTTP", vpc_identifier=VPC, health_check=HealthCheck.http("/ready", interval_seconds=10)
)
SPEC = TargetGroupSpec(name="orders", type="IP", config=CONFIG, tags={"team": "shop"})
FUNCTION = TargetGroupSpec(name="resize", type="LAMBDA")


def wire_group(**members: Any) -> dict[str, Any]:
    """A description of a group as the service writes one."""
    return {"id": ID, "arn": ARN, "name": "orders", "type": "IP", "status": "ACTIVE", **members}


def asked_for(lattice: VpcLatticeEmulator) -> list[tuple[str, int | None]]:
    """The operation and status of each request that the emulator got."""
    return [(call.operation, call.status) for call in lattice.calls]


def tokens_of(lattice: VpcLatticeEmulator) -> list[Any]:
    """The client token of each create that the emulator got."""
    return [call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup"]


REQUESTS: dict[str, dict[str, Any]] = {
    "create_target_group": {"name": "orders", "type": "LAMBDA"},
    "get_target_group": {"targetGroupIdentifier": ID},
    "list_target_groups": {},
    "update_target_group": {"targetGroupIdentifier": ID, "healthCheck": {}},
    "delete_target_group": {"targetGroupIdentifier": ID},
    "register_targets": {"targetGroupIdentifier": ID, "targets": [{"id": "i-1"}]},
    "deregister_targets": {"targetGroupIdentifier": ID, "targets": [{"id": "i-1"}]},
    "list_targets": {"targetGroupIdentifier": ID},
    "list_tags_for_resource": {"resourceArn": ARN},
    "tag_resource": {"resourceArn": ARN, "tags": {"a": "b"}},
    "untag_resource": {"resourceArn": ARN, "tagKeys": ["a"]},
}
"""A request for each method of the gateway."""


def operation_of(method: str) -> str:
    return "".join(word.capitalize() for word in method.split("_"))
