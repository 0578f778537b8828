"""Sample specs, requests and responses for the tests of the client."""

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
    """Return a target group in the format of the API's responses."""
    return {"id": ID, "arn": ARN, "name": "orders", "type": "IP", "status": "ACTIVE", **members}


def operations_and_statuses(lattice: VpcLatticeEmulator) -> list[tuple[str, int | None]]:
    """Return the operation and the HTTP status of each request that the emulator received."""
    return [(call.operation, call.status) for call in lattice.calls]


def tokens_of(lattice: VpcLatticeEmulator) -> list[Any]:
    """Return the client token of each CreateTargetGroup request that the emulator received."""
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
"""A valid request for each method of the boto3 client."""


def operation_of(method: str) -> str:
    return "".join(word.capitalize() for word in method.split("_"))
