"""``clientToken``: repeated creates."""

from typing import Any, Literal

import pytest

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from support.emulator_requests import ROUTED, error_response, members_of

TOKEN = "one-and-the-same"


def test_the_same_request_returns_the_same_group(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The same token with the same parameters returns the same group in its current state."""
    params = {"name": "orders", "type": "IP", "config": ROUTED, "clientToken": TOKEN}
    created = members_of(client.create_target_group(**params))

    again = members_of(client.create_target_group(**params))

    assert again == created | {"status": "ACTIVE"}
    assert len(client.list_target_groups()["items"]) == 1


@pytest.mark.parametrize(
    ("code", "http_status", "members"),
    [
        ("ConflictException", 409, {"resourceType": "TARGET_GROUP"}),
        ("ValidationException", 400, {"reason": "fieldValidationFailed"}),
    ],
)
def test_other_parameters_are_rejected(
    client: Any,
    code: Literal["ConflictException", "ValidationException"],
    http_status: int,
    members: dict[str, str],
) -> None:
    """The same token with other parameters is rejected with the configured code."""
    with mock_vpc_lattice(token_mismatch_error=code):
        client.create_target_group(name="orders", type="LAMBDA", clientToken=TOKEN)

        rejected = error_response(client.create_target_group, name="resize", type="LAMBDA", clientToken=TOKEN)

    assert rejected["Error"]["Code"] == code
    assert "The clientToken was used with other parameters" in rejected["Error"]["Message"]
    assert rejected["ResponseMetadata"]["HTTPStatusCode"] == http_status
    assert members.items() <= rejected.items()


def test_a_token_outlives_its_group(lattice: VpcLatticeEmulator, client: Any) -> None:
    """After the group is deleted, the first response is returned again."""
    params = {"name": "orders", "type": "LAMBDA", "clientToken": TOKEN}
    created = members_of(client.create_target_group(**params))
    client.delete_target_group(targetGroupIdentifier=created["id"])

    again = members_of(client.create_target_group(**params))

    assert again == created
    assert client.list_target_groups()["items"] == []


def test_a_rejected_create_consumes_no_token(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The token of a rejected create can be used again."""
    client.create_target_group(name="orders", type="LAMBDA")
    error_response(client.create_target_group, name="orders", type="LAMBDA", clientToken=TOKEN)

    created = client.create_target_group(name="resize", type="LAMBDA", clientToken=TOKEN)

    assert created["name"] == "resize"


def test_tokens_are_regional(lattice: VpcLatticeEmulator, session: Any, client: Any) -> None:
    """A token is unknown in another Region."""
    client.create_target_group(name="orders", type="LAMBDA", clientToken=TOKEN)

    abroad = session.client("vpc-lattice", region_name="us-west-2")

    assert abroad.create_target_group(name="resize", type="LAMBDA", clientToken=TOKEN)["name"] == "resize"
