"""Target groups, listeners and rules in the Resource Groups Tagging API."""

from typing import Any

import moto
import pytest

from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice, serve
from support.emulator_requests import ACCOUNT, REGION

NOT_FOUND = {"fixedResponse": {"statusCode": 404}}
GROUP_TYPE = "vpc-lattice:targetgroup"


@pytest.fixture
def tagging(session: Any) -> Any:
    """Return a client of the Resource Groups Tagging API."""
    return session.client("resourcegroupstaggingapi")


def create_group(client: Any, name: str, **tags: str) -> str:
    """Create a group with tags and return its ARN."""
    return str(client.create_target_group(name=name, type="LAMBDA", tags=tags)["arn"])


def find(tagging: Any, **filters: Any) -> dict[str, dict[str, str]]:
    """Return the tags of the resources that match the filters, by ARN."""
    pages = tagging.get_paginator("get_resources").paginate(**filters)
    return {
        item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]}
        for page in pages
        for item in page["ResourceTagMappingList"]
    }


@pytest.mark.usefixtures("lattice")
def test_groups_are_found_by_tag(client: Any, tagging: Any) -> None:
    """Tag filters, resource type filters and lists of ARNs find target groups. Groups without tags are not found."""
    orders = create_group(client, "orders", team="shop", stage="test")
    prices = create_group(client, "prices", team="shop", stage="live")
    bills = create_group(client, "bills", team="finance")
    create_group(client, "untagged")
    tags = {
        orders: {"team": "shop", "stage": "test"},
        prices: {"team": "shop", "stage": "live"},
        bills: {"team": "finance"},
    }

    found = [
        find(tagging),
        find(tagging, TagFilters=[{"Key": "team", "Values": ["shop", "stock"]}]),
        find(tagging, TagFilters=[{"Key": "team"}, {"Key": "stage", "Values": ["live"]}]),
        find(tagging, ResourceTypeFilters=["vpc-lattice"]),
        find(tagging, ResourceTypeFilters=[GROUP_TYPE], TagFilters=[{"Key": "team", "Values": ["finance"]}]),
        find(tagging, ResourceTypeFilters=["vpc-lattice:service", "s3"]),
        find(tagging, ResourceARNList=[prices, bills]),
    ]

    expected = [
        [orders, prices, bills],
        [orders, prices],
        [prices],
        [orders, prices, bills],
        [bills],
        [],
        [prices, bills],
    ]
    assert found == [{arn: tags[arn] for arn in arns} for arns in expected]


@pytest.mark.usefixtures("lattice")
def test_groups_are_found_page_by_page(client: Any, tagging: Any) -> None:
    """Pages contain target groups and the resources of moto, and each resource once."""
    arns = {create_group(client, f"orders-{number}", team="shop") for number in range(4)}
    arns.add(client.create_service(name="shop", tags={"team": "shop"})["arn"])

    first = tagging.get_resources(ResourcesPerPage=2)
    create_group(client, "later", team="shop")
    second = tagging.get_resources(ResourcesPerPage=2, PaginationToken=first["PaginationToken"])
    third = tagging.get_resources(ResourcesPerPage=2, PaginationToken=second["PaginationToken"])

    pages = [[item["ResourceARN"] for item in page["ResourceTagMappingList"]] for page in (first, second, third)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert set().union(*pages) == arns
    assert not third.get("PaginationToken")


@pytest.mark.usefixtures("lattice")
def test_tags_are_changed(client: Any, tagging: Any) -> None:
    """TagResources and UntagResources change the tags of target groups, listeners, rules and moto's resources."""
    group = create_group(client, "orders", team="shop")
    service = client.create_service(name="shop", tags={"team": "shop"})
    listener = client.create_listener(
        serviceIdentifier=service["id"], name="http", protocol="HTTP", defaultAction=NOT_FOUND, tags={"team": "shop"}
    )
    [rule] = client.list_rules(serviceIdentifier=service["id"], listenerIdentifier=listener["id"])["items"]
    arns = [group, service["arn"], listener["arn"], rule["arn"]]

    tagged = tagging.tag_resources(ResourceARNList=arns, Tags={"stage": "test", "team": "stock"})
    untagged = tagging.untag_resources(ResourceARNList=arns, TagKeys=["team", "unknown"])

    assert (tagged["FailedResourcesMap"], untagged["FailedResourcesMap"]) == ({}, {})
    for arn in arns:
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test"}
    assert find(tagging, TagFilters=[{"Key": "stage"}]) == {arn: {"stage": "test"} for arn in arns}
    types = ["vpc-lattice:rule", "vpc-lattice:listener"]
    assert find(tagging, ResourceTypeFilters=types).keys() == {listener["arn"], rule["arn"]}


@pytest.mark.usefixtures("lattice")
def test_failures_are_listed_by_arn(client: Any, tagging: Any) -> None:
    """Unknown groups and invalid tags are listed in FailedResourcesMap, and the other resources are changed."""
    group = create_group(client, "orders")
    unknown = f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}:targetgroup/tg-00000000000000000"

    not_found = tagging.tag_resources(ResourceARNList=[unknown, group], Tags={"team": "shop"})["FailedResourcesMap"]
    invalid = tagging.tag_resources(ResourceARNList=[group], Tags={"aws:team": "shop"})["FailedResourcesMap"]
    removed = tagging.untag_resources(ResourceARNList=[unknown], TagKeys=["team"])["FailedResourcesMap"]

    failure = {
        "StatusCode": 404,
        "ErrorCode": "InvalidParameterException",
        "ErrorMessage": f"Target group {unknown} not found",
    }
    assert not_found == removed == {unknown: failure}
    assert (invalid[group]["StatusCode"], invalid[group]["ErrorCode"]) == (400, "InvalidParameterException")
    assert client.list_tags_for_resource(resourceArn=group)["tags"] == {"team": "shop"}


@pytest.mark.usefixtures("lattice")
def test_keys_and_values_of_tags(client: Any, tagging: Any) -> None:
    """GetTagKeys and GetTagValues include the tags of target groups."""
    create_group(client, "orders", team="shop")

    assert tagging.get_tag_keys()["TagKeys"] == ["team"]
    assert tagging.get_tag_values(Key="team")["TagValues"] == ["shop"]


def test_deleted_groups_and_other_regions_are_not_found(
    lattice: VpcLatticeEmulator, session: Any, client: Any, tagging: Any
) -> None:
    """Deleted groups and groups of other Regions are not found. Requests for tags are not recorded."""
    group = create_group(client, "orders", team="shop")
    other = session.client("resourcegroupstaggingapi", region_name="us-iso-east-1")
    before = (find(tagging), find(other))
    client.delete_target_group(targetGroupIdentifier=group)

    assert before == ({group: {"team": "shop"}}, {})
    assert find(tagging) == {}
    assert [call.operation for call in lattice.calls] == ["CreateTargetGroup", "DeleteTargetGroup"]


def test_moto_finds_its_own_groups_afterwards(client: Any, tagging: Any) -> None:
    """When the emulator has ended inside an outer ``mock_aws``, moto finds its own groups only."""
    with moto.mock_aws():
        own = create_group(client, "moto-group", team="shop")
        with mock_vpc_lattice():
            emulated = create_group(client, "emulated", team="shop")
            inside = set(find(tagging))
        after = set(find(tagging))

    assert (inside, after) == ({emulated}, {own})


@pytest.mark.usefixtures("lattice")
def test_the_server_finds_groups(session: Any, client: Any) -> None:
    """The HTTP server passes requests for tags to moto's tagging API, which finds target groups."""
    group = create_group(client, "orders", team="shop")

    with serve() as served:
        tagging = session.client("resourcegroupstaggingapi", endpoint_url=served.url)
        assert find(tagging, TagFilters=[{"Key": "team"}]) == {group: {"team": "shop"}}
