"""Tags of target groups."""

from typing import Any

import pytest

from support.emulator_requests import UNKNOWN_ID, answer, code_and_message, fields

ARN = f"arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/{UNKNOWN_ID}"


@pytest.fixture
def arn(client: Any, group_id: str) -> str:
    return str(client.get_target_group(targetGroupIdentifier=group_id)["arn"])


def tags(client: Any, arn: str) -> dict[str, str]:
    return dict(client.list_tags_for_resource(resourceArn=arn)["tags"])


def test_tag_and_untag(client: Any, arn: str) -> None:
    """Tags are added and changed by key, and taken away by key; a key that is not there does no harm."""
    answers = [
        answer(client.tag_resource(resourceArn=arn, tags={"team": "shop", "stage": "test"})),
        answer(client.tag_resource(resourceArn=arn, tags={"stage": "live", "empty": ""})),
    ]
    after_tagging = tags(client, arn)

    answers.append(answer(client.untag_resource(resourceArn=arn, tagKeys=["team", "nothing"])))

    assert answers == [{}, {}, {}]
    assert after_tagging == {"team": "shop", "stage": "live", "empty": ""}
    assert tags(client, arn) == {"stage": "live", "empty": ""}


def test_tags_of_a_creation(lattice: Any, client: Any) -> None:
    """Tags can be given when a group is created, and are not part of the reply."""
    created = client.create_target_group(name="resize", type="LAMBDA", tags={"team": "shop"})

    assert "tags" not in created
    assert tags(client, created["arn"]) == {"team": "shop"}


@pytest.mark.parametrize(
    ("given", "rows"),
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
def test_refused_tags(client: Any, arn: str, given: dict[str, str], rows: dict[str, str]) -> None:
    """Tags are held to the documented lengths, letters and prefixes, when tagging and when creating."""
    assert fields(client.tag_resource, resourceArn=arn, tags=given) == rows
    assert fields(client.create_target_group, name="resize", type="LAMBDA", tags=given) == rows
    assert tags(client, arn) == {}


def test_letters_of_any_script(client: Any, arn: str) -> None:
    """Letters are not only those of ASCII."""
    client.tag_resource(resourceArn=arn, tags={"Größe": "左 2_.:/=+-@"})

    assert tags(client, arn) == {"Größe": "左 2_.:/=+-@"}


def test_fifty_tags(client: Any, arn: str) -> None:
    """A group has fifty tags at most; changing one of them is not one more."""
    client.tag_resource(resourceArn=arn, tags={f"key-{number}": "" for number in range(50)})

    client.tag_resource(resourceArn=arn, tags={"key-0": "changed"})
    refused = fields(client.tag_resource, resourceArn=arn, tags={"one-more": ""})

    assert refused == {"tags": "A resource has at most 50 tags"}


@pytest.mark.parametrize(
    ("method", "more"),
    [("tag_resource", {"tags": {}}), ("untag_resource", {"tagKeys": ["team"]}), ("list_tags_for_resource", {})],
)
def test_an_unknown_group(lattice: Any, client: Any, method: str, more: dict[str, Any]) -> None:
    """Tags of a group that is not there are not found."""
    refused = code_and_message(getattr(client, method), resourceArn=ARN, **more)

    assert refused == ("ResourceNotFoundException", f"Target group {ARN} not found")
