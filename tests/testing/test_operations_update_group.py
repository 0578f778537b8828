"""Updating and deleting groups."""

from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import REGION, ROUTED, UNKNOWN_ID, code_and_message, error_response, fields, members_of
from support.health_checks import CHECKED, UNCHECKED

pytestmark = pytest.mark.usefixtures("lattice")


def test_update_merges_the_health_check(client: Any, group_id: str, lattice: VpcLatticeEmulator) -> None:
    """An update changes only the members in the request."""
    client.update_target_group(targetGroupIdentifier=group_id, healthCheck={"path": "/up", "port": 81})

    updated = client.update_target_group(targetGroupIdentifier=group_id, healthCheck={"healthyThresholdCount": 3})

    expected = {**CHECKED, "path": "/up", "port": 81, "healthyThresholdCount": 3}
    assert updated["config"]["healthCheck"] == expected
    assert updated["status"] == "ACTIVE"
    assert client.get_target_group(targetGroupIdentifier=group_id)["config"] == updated["config"]


def test_update_resets_members(client: Any, group_id: str) -> None:
    """0 and an empty string reset a member to its default. The port has no default."""
    changed = {"path": "/up", "port": 81, "healthyThresholdCount": 3, "matcher": {"httpCode": "200-299"}}
    client.update_target_group(targetGroupIdentifier=group_id, healthCheck={**changed, "enabled": False})
    reset = {"path": "", "port": 0, "healthyThresholdCount": 0, "matcher": {"httpCode": ""}}

    updated = client.update_target_group(targetGroupIdentifier=group_id, healthCheck=reset)

    assert updated["config"]["healthCheck"] == UNCHECKED


@pytest.mark.parametrize("group_type", ["ALB", "LAMBDA"])
def test_alb_and_lambda_groups_have_no_health_check(client: Any, group_type: str) -> None:
    """The health check of an ALB or LAMBDA group cannot be updated."""
    config = {"config": ROUTED} if group_type == "ALB" else {}
    created = client.create_target_group(name="orders", type=group_type, **config)

    rejected = fields(client.update_target_group, targetGroupIdentifier=created["id"], healthCheck={"enabled": True})

    assert rejected == {"healthCheck": f"{group_type} Target Group does not support health check config"}


def test_delete(client: Any, group_id: str) -> None:
    """The response has DELETE_IN_PROGRESS. Without a delay, the group is deleted immediately."""
    group = client.get_target_group(targetGroupIdentifier=group_id)

    deleted = members_of(client.delete_target_group(targetGroupIdentifier=group_id))

    assert deleted == {"id": group_id, "arn": group["arn"], "status": "DELETE_IN_PROGRESS"}
    assert code_and_message(client.get_target_group, targetGroupIdentifier=group_id)[0] == "ResourceNotFoundException"
    assert client.list_target_groups()["items"] == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("get_target_group", {}),
        ("delete_target_group", {}),
        ("update_target_group", {"healthCheck": {"path": "/"}}),
        ("register_targets", {"targets": [{"id": "10.0.0.1"}]}),
        ("deregister_targets", {"targets": [{"id": "10.0.0.1"}]}),
        ("list_targets", {}),
    ],
)
def test_unknown_groups_are_not_found(client: Any, method: str, params: dict[str, Any]) -> None:
    """Each operation on an unknown group fails with a 404 that contains the requested id."""
    rejected = error_response(getattr(client, method), targetGroupIdentifier=UNKNOWN_ID, **params)

    assert rejected["Error"]["Code"] == "ResourceNotFoundException"
    assert (rejected["resourceId"], rejected["resourceType"]) == (UNKNOWN_ID, "TARGET_GROUP")
    assert rejected["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_arn_must_match_completely(client: Any, group_id: str) -> None:
    """An ARN with the id of a group and another account does not identify the group."""
    arn = f"arn:aws:vpc-lattice:{REGION}:999999999999:targetgroup/{group_id}"

    rejected = code_and_message(client.get_target_group, targetGroupIdentifier=arn)

    assert rejected == ("ResourceNotFoundException", f"Target group {arn} not found")


def test_group_quota(client: Any, lattice: VpcLatticeEmulator) -> None:
    """A request that would exceed the quota fails with a 402 that names the quota."""
    lattice.set_quota("target_groups", 1)
    client.create_target_group(name="orders", type="LAMBDA")

    rejected = error_response(client.create_target_group, name="resize", type="LAMBDA")

    members = {name: rejected[name] for name in ("resourceType", "serviceCode", "quotaCode")}
    assert rejected["Error"] == {"Code": "ServiceQuotaExceededException", "Message": "Too many target groups"}
    assert members == {"resourceType": "TARGET_GROUP", "serviceCode": "vpc-lattice", "quotaCode": "L-EMULATOR"}
    assert rejected["ResponseMetadata"]["HTTPStatusCode"] == 402


def test_an_unknown_quota_is_rejected(lattice: VpcLatticeEmulator) -> None:
    """The error lists the known quotas."""
    quota: Any = "rules"

    with pytest.raises(
        ValueError, match=r"quota='rules': must be the name of a quota\. Use one of target_groups, targets_per_targ"
    ):
        lattice.set_quota(quota, 1)
