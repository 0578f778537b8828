"""get, find, list: what there is."""

from typing import Any

import pytest

from conftest import MakeClient
from lattice_tg import (
    HealthCheck,
    InvalidArgumentError,
    LatticeError,
    Matcher,
    ResourceNotFoundError,
    ServiceError,
    TargetGroup,
    TargetGroupClient,
    TargetGroupConfig,
    TargetGroupSpec,
    TargetGroupSummary,
)
from lattice_tg.testing import VpcLatticeEmulator
from support.http_stub import answer, answering, refusal
from support.sample_groups import ARN, FUNCTION, ID, SPEC, VPC, operations_and_statuses, wire_group

LIST = "ListTargetGroups"


def functions(count: int) -> list[TargetGroupSpec]:
    return [TargetGroupSpec(name=f"resize-{number:03}", type="LAMBDA") for number in range(count)]


def test_get(client: TargetGroupClient) -> None:
    """A group is read with the service's defaults in it."""
    created = client.create(SPEC)

    group = client.get(created.id)

    assert group == TargetGroup(
        id=created.id,
        arn=created.arn,
        name="orders",
        type="IP",
        status="CREATE_IN_PROGRESS",
        config=TargetGroupConfig(
            port=8080,
            protocol="HTTP",
            protocol_version="HTTP1",
            vpc_identifier=VPC,
            ip_address_type="IPV4",
            health_check=HealthCheck(
                enabled=True,
                protocol="HTTP",
                protocol_version="HTTP1",
                path="/ready",
                interval_seconds=10,
                timeout_seconds=5,
                healthy_threshold_count=5,
                unhealthy_threshold_count=2,
                matcher=Matcher(http_code="200"),
            ),
        ),
        created_at=group.created_at,
        last_updated_at=group.last_updated_at,
    )
    assert group.created_at is not None


def test_all_that_names_a_group(client: TargetGroupClient) -> None:
    """An id, an ARN, a group and a row of the list all name it."""
    created = client.create(SPEC)
    (row,) = client.list()

    found = [client.get(name) for name in (created.id, created.arn, created, row)]

    assert [group.id for group in found] == [created.id] * 4
    assert isinstance(row, TargetGroupSummary)


def test_no_such_group(client: TargetGroupClient) -> None:
    """A group that is not there is a ResourceNotFoundError with its id."""
    with pytest.raises(ResourceNotFoundError, match="check the id, the account and the Region") as caught:
        client.get("tg-00000000000000000")

    assert caught.value.resource_id == "tg-00000000000000000"


def test_listing_over_many_pages(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Every group is listed once, over as many pages as it takes, each read when it is reached."""
    made = [client.create(spec).id for spec in functions(230)]
    before = len(lattice.calls)

    listed = client.list()
    first = next(listed)
    after_one = len(lattice.calls) - before
    others = [row.id for row in listed]

    assert sorted([first.id, *others]) == sorted(made)
    assert after_one == 1
    assert operations_and_statuses(lattice)[before:] == [(LIST, 200)] * 3
    assert {call.params.get("maxResults") for call in lattice.calls[before:]} == {100}


def test_filters(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Type and VPC are the service's to filter by."""
    orders, resize = client.create(SPEC).id, client.create(FUNCTION).id

    found = [
        [row.id for row in client.list(type="LAMBDA")],
        [row.id for row in client.list(vpc_identifier=VPC)],
        [row.id for row in client.list(type="LAMBDA", vpc_identifier=VPC)],
    ]

    assert found == [[resize], [orders], []]
    assert dict(lattice.calls[-1].params) == {"maxResults": 100, "targetGroupType": "LAMBDA", "vpcIdentifier": VPC}


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"type": "lambda"}, "type='lambda': must be one of IP, INSTANCE, ALB, LAMBDA"),
        ({"type": ""}, "type='': must be one of IP, INSTANCE, ALB, LAMBDA"),
        (
            {"vpc_identifier": "vpc"},
            "vpc_identifier='vpc': must be a VPC id: vpc- and 8 or 17 characters from 0-9 and a-z",
        ),
        ({"vpc_identifier": ""}, "vpc_identifier='': must be a VPC id: vpc- and 8 or 17 characters from 0-9 and a-z"),
        ({"vpc_identifier": 5}, "vpc_identifier=5: must be a VPC id: vpc- and 8 or 17 characters from 0-9 and a-z"),
    ],
)
def test_wrong_filters(filters: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A wrong filter is refused at the call, before the first row is asked for."""
    with pytest.raises(InvalidArgumentError) as caught:
        client.list(**filters)

    assert [str(problem) for problem in caught.value.problems] == [message]
    assert lattice.calls == ()


def test_all_wrong_filters_at_once(client: TargetGroupClient) -> None:
    """Several wrong filters are one error."""
    filters: Any = {"type": "X", "vpc_identifier": "Y"}

    with pytest.raises(InvalidArgumentError) as caught:
        client.list(**filters)

    assert [problem.field for problem in caught.value.problems] == ["type", "vpc_identifier"]


def test_types_of_a_newer_service(make_client: MakeClient) -> None:
    """A type that is not known is asked for where unknown words may pass."""
    kind: Any = "CONTAINER"

    with answering(answer(200, {"items": [wire_group(type="CONTAINER")]})) as stub:
        (row,) = make_client(endpoint_url=stub.url, allow_unknown=True).list(type=kind)

    assert row.type == "CONTAINER"
    assert "targetGroupType=CONTAINER" in stub.asked[0].line


def test_find(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A group is found by its whole name on whatever page it is, and read in full."""
    for spec in functions(120):
        client.create(spec)
    created = client.create(SPEC)

    assert client.find("orders") == client.get(created)
    assert (client.find("order"), client.find("orders-2")) == (None, None)


def test_find_reads_no_further_than_it_must(make_client: MakeClient) -> None:
    """Pages after the one with the group are not read."""
    page = answer(200, {"items": [wire_group(name="other"), wire_group()], "nextToken": "more"})

    with answering(page, answer(200, wire_group())) as stub:
        found = make_client(endpoint_url=stub.url).find("orders")

    assert (found is not None, len(stub.asked)) == (True, 2)


def test_a_group_that_goes_meanwhile(make_client: MakeClient) -> None:
    """A group that is deleted between the list and the look is not there."""
    with answering(answer(200, {"items": [wire_group()]}), refusal(404, "ResourceNotFoundException")) as stub:
        assert make_client(endpoint_url=stub.url).find("orders") is None


@pytest.mark.parametrize("name", ["", "tg-1", "Orders", "a--b", None, 5])
def test_what_is_no_name(name: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """What no group can be named is refused, not looked for."""
    with pytest.raises(InvalidArgumentError, match=r"name=.*must be 3 to 128 characters from a-z"):
        client.find(name)

    assert lattice.calls == ()


@pytest.mark.parametrize("value", [ID, ARN])
def test_an_id_is_no_name(value: str, client: TargetGroupClient) -> None:
    """Where a name belongs, an id is sent to the method that takes one."""
    with pytest.raises(InvalidArgumentError, match=r"name='.*': is an id or ARN, not a name\. Pass it to get\(\)\.$"):
        client.find(value)


def test_a_fault_amid_pages(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """A page that fails is asked for again; what was listed already is not listed again."""
    made = [client.create(spec).id for spec in functions(130)]
    listed = client.list()
    first = [next(listed).id for _ in range(100)]
    lattice.drop_response(LIST)
    lattice.throttle(LIST)

    rest = [row.id for row in listed]

    assert sorted(first + rest) == sorted(made)


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_a_list_without_an_end(tokens: list[str], make_client: MakeClient) -> None:
    """A service that names the same next page twice is told off: nobody lists for ever."""
    pages = [answer(200, {"items": [wire_group()], "nextToken": token}) for token in tokens]

    with answering(*pages) as stub:
        listed = make_client(endpoint_url=stub.url).list()
        with pytest.raises(LatticeError, match="the list has no end: the service named the same next page twice"):
            list(listed)

    assert len(stub.asked) == len(tokens)


def test_no_access(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """Denied access says which action the policy must allow."""
    lattice.fail(LIST, "AccessDeniedException")

    with pytest.raises(ServiceError, match="the caller's IAM policy must allow vpc-lattice:ListTargetGroups"):
        client.find("orders")
