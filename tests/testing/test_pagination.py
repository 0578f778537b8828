"""Pagination of groups and targets."""

import base64
from typing import Any

import pytest

from support.emulator_requests import fields

INVALID = {"nextToken": "Invalid token"}


@pytest.fixture
def group_ids(lattice: Any, client: Any) -> list[str]:
    """Create groups and return their ids."""
    return [client.create_target_group(name=f"group-{n}", type="LAMBDA")["id"] for n in range(5)]


def ids(page: dict[str, Any]) -> list[str]:
    """Return the ids of the items on a page."""
    return [item["id"] for item in page["items"]]


def test_boto3_paginator_yields_every_group_once(client: Any, group_ids: list[str]) -> None:
    """boto3's paginator yields every group once, in order, in pages of the requested size."""
    pages = list(client.get_paginator("list_target_groups").paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert [group_id for page in pages for group_id in ids(page)] == group_ids


def test_targets_are_paginated(client: Any, group_id: str) -> None:
    """boto3's paginator yields every target once."""
    targets = [{"id": f"10.0.0.{last}"} for last in range(5)]
    client.register_targets(targetGroupIdentifier=group_id, targets=targets)

    paginator = client.get_paginator("list_targets")
    pages = list(paginator.paginate(targetGroupIdentifier=group_id, PaginationConfig={"PageSize": 3}))

    assert [ids(page) for page in pages] == [["10.0.0.0", "10.0.0.1", "10.0.0.2"], ["10.0.0.3", "10.0.0.4"]]


def test_the_last_page_has_no_token(client: Any, group_ids: list[str]) -> None:
    """The page with the last item has no token, even if the page is full."""
    assert "nextToken" not in client.list_target_groups(maxResults=5)
    assert "nextToken" not in client.list_target_groups()


def test_changes_between_pages_skip_and_repeat_nothing(client: Any, group_ids: list[str]) -> None:
    """Creating or deleting groups between pages does not skip or repeat other groups."""
    first = client.list_target_groups(maxResults=2)
    for deleted_id in (group_ids[0], group_ids[1], group_ids[2]):
        client.delete_target_group(targetGroupIdentifier=deleted_id)
    added = client.create_target_group(name="late", type="LAMBDA")["id"]

    rest = client.list_target_groups(nextToken=first["nextToken"])

    assert ids(rest) == [group_ids[3], group_ids[4], added]


@pytest.mark.parametrize("token", ["x", "not base64!", "ö", base64.urlsafe_b64encode(b"00000000-9").decode()])
def test_invalid_tokens_are_rejected(client: Any, group_ids: list[str], token: str) -> None:
    """A token that no response contained is rejected."""
    assert fields(client.list_target_groups, nextToken=token) == INVALID


def test_a_token_of_another_request_is_rejected(client: Any, group_ids: list[str]) -> None:
    """A token is valid only with the filters of the request that returned the token."""
    token = client.list_target_groups(maxResults=2)["nextToken"]

    assert fields(client.list_target_groups, nextToken=token, targetGroupType="LAMBDA") == INVALID
    assert ids(client.list_target_groups(nextToken=token, maxResults=1)) == [group_ids[2]]


@pytest.mark.parametrize(("size", "limit"), [(0, "greater than or equal to 1"), (101, "less than or equal to 100")])
def test_invalid_page_sizes_are_rejected(unchecked_client: Any, group_ids: list[str], size: int, limit: str) -> None:
    """The page size must be between 1 and 100."""
    assert fields(unchecked_client.list_target_groups, maxResults=size) == {
        "maxResults": f"Member must have value {limit}"
    }


def test_the_default_page_size_is_100(client: Any, group_id: str) -> None:
    """If no page size is requested, a page has up to 100 items."""
    for chunk in range(2):
        targets = [{"id": f"10.0.{chunk}.{last}"} for last in range(60)]
        client.register_targets(targetGroupIdentifier=group_id, targets=targets)

    page = client.list_targets(targetGroupIdentifier=group_id)

    assert (len(page["items"]), "nextToken" in page) == (100, True)
