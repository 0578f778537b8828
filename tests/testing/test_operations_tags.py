"""Tags of target groups."""

from typing import Any

import pytest

from support.emulator_requests import UNKNOWN_ID, code_and_message, fields, members_of

ARN = f"arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/{UNKNOWN_ID}"


@pytest.fixture
def arn(client: Any, group_id: str) -> str:
    """Return the ARN of the group."""
    return str(client.get_target_group(targetGroupIdentifier=group_id)["arn"])


def tags(client: Any, arn: str) -> dict[str, str]:
    """Return the tags of a resource."""
    return dict(client.list_tags_for_resource(resourceArn=arn)["tags"])


def test_tag_and_untag(client: Any, arn: str) -> None:
    """Tags can be added, changed and removed, and removing an unknown key succeeds."""
    responses = [
        members_of(client.tag_resource(resourceArn=arn, tags={"team": "shop", "stage": "test"})),
        members_of(client.tag_resource(resourceArn=arn, tags={"stage": "live", "empty": ""})),
    ]
    after_tagging = tags(client, arn)

    responses.append(members_of(client.untag_resource(resourceArn=arn, tagKeys=["team", "nothing"])))

    assert responses == [{}, {}, {}]
    assert after_tagging == {"team": "shop", "stage": "live", "empty": ""}
    assert tags(client, arn) == {"stage": "live", "empty": ""}


def test_create_with_tags(lattice: Any, client: Any) -> None:
    """Tags can be set at creation and are not part of the response."""
    created = client.create_target_group(name="resize", type="LAMBDA", tags={"team": "shop"})

    assert "tags" not in created
    assert tags(client, created["arn"]) == {"team": "shop"}


@pytest.mark.parametrize(
    ("given", "items"),
    [
        ({"aws:team": "shop"}, {"tags key 'aws:team'": "The prefix aws: is reserved"}),
        ({"team": "AWS:shop"}, {"tags.team": "The prefix aws: is reserved"}),
        ({" team": "shop"}, {"tags key ' team'": "Leading and trailing spaces are not allowed"}),
        ({"team": "shop "}, {"tags.team": "Leading and trailing spaces are not allowed"}),
        ({"team": "a*b"}, {"tags.team": "Only letters, digits, spaces and _ . : / = + - @ are allowed"}),
        ({"k" * 129: ""}, {f"tags key {'k' * 129!r}": "Member must have length less than or equal to 128"}),
        ({"team": "v" * 257}, {"tags.team": "Member must have length less than or equal to 256"}),
    ],
)
def test_invalid_tags_are_rejected(client: Any, arn: str, given: dict[str, str], items: dict[str, str]) -> None:
    """Tags that violate the documented rules are rejected by TagResource and CreateTargetGroup."""
    assert fields(client.tag_resource, resourceArn=arn, tags=given) == items
    assert fields(client.create_target_group, name="resize", type="LAMBDA", tags=given) == items
    assert tags(client, arn) == {}


def test_letters_of_any_script_are_accepted(client: Any, arn: str) -> None:
    """Non-ASCII letters are accepted."""
    client.tag_resource(resourceArn=arn, tags={"Größe": "左 2_.:/=+-@"})

    assert tags(client, arn) == {"Größe": "左 2_.:/=+-@"}


def test_fifty_tags_are_the_maximum(client: Any, arn: str) -> None:
    """A group can have at most 50 tags, and a change to an existing tag does not count."""
    client.tag_resource(resourceArn=arn, tags={f"key-{number}": "" for number in range(50)})

    client.tag_resource(resourceArn=arn, tags={"key-0": "changed"})
    rejected = fields(client.tag_resource, resourceArn=arn, tags={"one-more": ""})

    assert rejected == {"tags": "A resource has at most 50 tags"}


@pytest.mark.parametrize(
    ("method", "more"),
    [("tag_resource", {"tags": {}}), ("untag_resource", {"tagKeys": ["team"]}), ("list_tags_for_resource", {})],
)
def test_tags_of_an_unknown_group_are_not_found(lattice: Any, client: Any, method: str, more: dict[str, Any]) -> None:
    """Tag operations on an unknown group fail with ResourceNotFoundException."""
    rejected = code_and_message(getattr(client, method), resourceArn=ARN, **more)

    assert rejected == ("ResourceNotFoundException", f"Target group {ARN} not found")
