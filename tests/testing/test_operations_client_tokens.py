"""clientToken: one intention makes one group."""

from typing import Any, Literal

import pytest

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from support.emulator_requests import ROUTED, answer, refusal

TOKEN = "one-and-the-same"


def test_the_same_again(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The same token with the same parameters is answered with the same group, as it is now."""
    params = {"name": "orders", "type": "IP", "config": ROUTED, "clientToken": TOKEN}
    created = answer(client.create_target_group(**params))

    again = answer(client.create_target_group(**params))

    assert again == created | {"status": "ACTIVE"}
    assert len(client.list_target_groups()["items"]) == 1


@pytest.mark.parametrize(
    ("code", "http_status", "members"),
    [
        ("ConflictException", 409, {"resourceType": "TARGET_GROUP"}),
        ("ValidationException", 400, {"reason": "fieldValidationFailed"}),
    ],
)
def test_other_parameters(
    client: Any,
    code: Literal["ConflictException", "ValidationException"],
    http_status: int,
    members: dict[str, str],
) -> None:
    """The same token with other parameters is refused, with the code that the test chose."""
    with mock_vpc_lattice(token_mismatch_error=code):
        client.create_target_group(name="orders", type="LAMBDA", clientToken=TOKEN)

        refused = refusal(client.create_target_group, name="resize", type="LAMBDA", clientToken=TOKEN)

    assert refused["Error"]["Code"] == code
    assert "The clientToken was used with other parameters" in refused["Error"]["Message"]
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == http_status
    assert members.items() <= refused.items()


def test_after_the_group_is_gone(lattice: VpcLatticeEmulator, client: Any) -> None:
    """A token outlives its group: the first reply is given again, though there is no such group any more."""
    params = {"name": "orders", "type": "LAMBDA", "clientToken": TOKEN}
    created = answer(client.create_target_group(**params))
    client.delete_target_group(targetGroupIdentifier=created["id"])

    again = answer(client.create_target_group(**params))

    assert again == created
    assert client.list_target_groups()["items"] == []


def test_a_refused_create_spends_no_token(lattice: VpcLatticeEmulator, client: Any) -> None:
    """The token of a create that was refused is good for another."""
    client.create_target_group(name="orders", type="LAMBDA")
    refusal(client.create_target_group, name="orders", type="LAMBDA", clientToken=TOKEN)

    created = client.create_target_group(name="resize", type="LAMBDA", clientToken=TOKEN)

    assert created["name"] == "resize"


def test_tokens_of_two_regions(lattice: VpcLatticeEmulator, session: Any, client: Any) -> None:
    """Another Region knows nothing of a token."""
    client.create_target_group(name="orders", type="LAMBDA", clientToken=TOKEN)

    abroad = session.client("vpc-lattice", region_name="us-west-2")

    assert abroad.create_target_group(name="resize", type="LAMBDA", clientToken=TOKEN)["name"] == "resize"
