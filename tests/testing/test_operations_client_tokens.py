"""Repeated create requests with a ``clientToken``."""

from typing import Any, Literal

import pytest

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from support.emulator_requests import ROUTED, error_response, members_of

TOKEN = "one-and-the-same"


def test_the_same_request_returns_the_same_group(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A repeated request with the same token returns the same group with its current status."""
    params = {"name": "orders", "type": "IP", "config": ROUTED, "clientToken": TOKEN}
    created = members_of(client.create_target_group(**params))

    repeated = members_of(client.create_target_group(**params))

    assert repeated == created | {"status": "ACTIVE"}
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
    """A request with the same token and other parameters is rejected with the configured code."""
    with mock_vpc_lattice(token_mismatch_error=code):
        client.create_target_group(name="orders", type="LAMBDA", clientToken=TOKEN)

        rejected = error_response(client.create_target_group, name="resize", type="LAMBDA", clientToken=TOKEN)

    assert rejected["Error"]["Code"] == code
    assert "The clientToken was used with other parameters" in rejected["Error"]["Message"]
    assert rejected["ResponseMetadata"]["HTTPStatusCode"] == http_status
    assert members.items() <= rejected.items()


def test_a_token_outlives_its_group(lattice: VpcLatticeEmulator, client: Any) -> None:
    """If the group has been deleted, a repeated request returns the original response."""
    params = {"name": "orders", "type": "LAMBDA", "clientToken": TOKEN}
    created = members_of(client.create_target_group(**params))
    client.delete_target_group(targetGroupIdentifier=created["id"])

    repeated = members_of(client.create_target_group(**params))

    assert repeated == created
    assert client.list_target_groups()["items"] == []


def test_a_rejected_request_does_not_use_up_its_token(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The token of a rejected create request can be used again."""
    client.create_target_group(name="orders", type="LAMBDA")
    error_response(client.create_target_group, name="orders", type="LAMBDA", clientToken=TOKEN)

    created = client.create_target_group(name="resize", type="LAMBDA", clientToken=TOKEN)

    assert created["name"] == "resize"


def test_tokens_are_regional(lattice: VpcLatticeEmulator, session: Any, client: Any) -> None:
    """A token that was used in one Region can be used in another Region."""
    client.create_target_group(name="orders", type="LAMBDA", clientToken=TOKEN)

    other_client = session.client("vpc-lattice", region_name="us-west-2")

    assert other_client.create_target_group(name="resize", type="LAMBDA", clientToken=TOKEN)["name"] == "resize"
