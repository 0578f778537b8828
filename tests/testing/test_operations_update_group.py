"""Updates and deletions of groups in the emulator, and what it refuses."""

from typing import Any

import pytest

from lattice_tg.testing import VpcLatticeEmulator
from support.emulator_requests import REGION, ROUTED, UNKNOWN_ID, answer, code_and_message, fields, refusal
from support.health_checks import CHECKED, UNCHECKED

pytestmark = pytest.mark.usefixtures("lattice")


def test_update_merges(client: Any, group_id: str, lattice: VpcLatticeEmulator) -> None:
    """An update changes what it names and leaves the rest of the health check."""
    client.update_target_group(targetGroupIdentifier=group_id, healthCheck={"path": "/up", "port": 81})

    updated = client.update_target_group(targetGroupIdentifier=group_id, healthCheck={"healthyThresholdCount": 3})

    wanted = {**CHECKED, "path": "/up", "port": 81, "healthyThresholdCount": 3}
    assert updated["config"]["healthCheck"] == wanted
    assert updated["status"] == "ACTIVE"
    assert client.get_target_group(targetGroupIdentifier=group_id)["config"] == updated["config"]


def test_update_resets(client: Any, group_id: str) -> None:
    """0 and an empty text bring the default back; a port's default is to have none."""
    changed = {"path": "/up", "port": 81, "healthyThresholdCount": 3, "matcher": {"httpCode": "200-299"}}
    client.update_target_group(targetGroupIdentifier=group_id, healthCheck={**changed, "enabled": False})
    reset = {"path": "", "port": 0, "healthyThresholdCount": 0, "matcher": {"httpCode": ""}}

    updated = client.update_target_group(targetGroupIdentifier=group_id, healthCheck=reset)

    assert updated["config"]["healthCheck"] == UNCHECKED


@pytest.mark.parametrize("group_type", ["ALB", "LAMBDA"])
def test_no_health_check_to_update(client: Any, group_type: str) -> None:
    """Groups of type ALB and LAMBDA have no health check that could be updated."""
    config = {"config": ROUTED} if group_type == "ALB" else {}
    created = client.create_target_group(name="orders", type=group_type, **config)

    refused = fields(client.update_target_group, targetGroupIdentifier=created["id"], healthCheck={"enabled": True})

    assert refused == {"healthCheck": f"{group_type} Target Group does not support health check config"}


def test_delete(client: Any, group_id: str) -> None:
    """The reply to a deletion says that it is under way; with no time to take, the group is gone right after."""
    got = client.get_target_group(targetGroupIdentifier=group_id)

    deleted = answer(client.delete_target_group(targetGroupIdentifier=group_id))

    assert deleted == {"id": group_id, "arn": got["arn"], "status": "DELETE_IN_PROGRESS"}
    assert code_and_message(client.get_target_group, targetGroupIdentifier=group_id)[0] == "ResourceNotFoundException"
    assert client.list_target_groups()["items"] == []


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("get_target_group", {}),
        ("delete_target_group", {}),
        ("update_target_group", {"healthCheck": {"path": "/"}}),
        ("register_targets", {"targets": [{"id": "10.0.0.1"}]}),
        ("deregister_targets", {"targets": [{"id": "10.0.0.1"}]}),
        ("list_targets", {}),
    ],
)
def test_not_found(client: Any, method: str, more: dict[str, Any]) -> None:
    """Every operation on a group that is not there answers 404 with the id that was asked for."""
    refused = refusal(getattr(client, method), targetGroupIdentifier=UNKNOWN_ID, **more)

    assert refused["Error"]["Code"] == "ResourceNotFoundException"
    assert (refused["resourceId"], refused["resourceType"]) == (UNKNOWN_ID, "TARGET_GROUP")
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_arn_of_another_account(client: Any, group_id: str) -> None:
    """An ARN finds a group only if all of it is the group's."""
    arn = f"arn:aws:vpc-lattice:{REGION}:999999999999:targetgroup/{group_id}"

    refused = code_and_message(client.get_target_group, targetGroupIdentifier=arn)

    assert refused == ("ResourceNotFoundException", f"Target group {arn} not found")


def test_quota_of_groups(client: Any, lattice: VpcLatticeEmulator) -> None:
    """Beyond a quota that a test sets, 402 names it; without one there is none."""
    lattice.set_quota("target_groups", 1)
    client.create_target_group(name="orders", type="LAMBDA")

    refused = refusal(client.create_target_group, name="resize", type="LAMBDA")

    members = {name: refused[name] for name in ("resourceType", "serviceCode", "quotaCode")}
    assert refused["Error"] == {"Code": "ServiceQuotaExceededException", "Message": "Too many target groups"}
    assert members == {"resourceType": "TARGET_GROUP", "serviceCode": "vpc-lattice", "quotaCode": "L-EMULATOR"}
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == 402


def test_an_unknown_quota(lattice: VpcLatticeEmulator) -> None:
    """A quota that does not exist is an error that names those that do."""
    quota: Any = "rules"

    with pytest.raises(ValueError, match="quota='rules': no such quota; write one of target_groups, targets_per_targ"):
        lattice.set_quota(quota, 1)
