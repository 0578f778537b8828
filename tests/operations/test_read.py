"""Reading target groups with get(), find() and list()."""

from typing import Any

import pytest

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
from support.clients import MakeClient
from support.http_stub import error_response, http_response, serve
from support.sample_groups import ARN, FUNCTION, ID, SPEC, VPC, operations_and_statuses, wire_group

LIST = "ListTargetGroups"


def make_lambda_specs(count: int) -> list[TargetGroupSpec]:
    """Return ``count`` specs of LAMBDA groups with different names."""
    return [TargetGroupSpec(name=f"resize-{number:03}", type="LAMBDA") for number in range(count)]


def test_get_returns_all_fields_with_service_defaults(client: TargetGroupClient) -> None:
    """get() returns every field, including the defaults that the service sets."""
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


def test_get_accepts_id_arn_group_and_summary(client: TargetGroupClient) -> None:
    """get() accepts an id, an ARN, a TargetGroup and a TargetGroupSummary."""
    created = client.create(SPEC)
    (summary,) = client.list()

    groups = [client.get(identifier) for identifier in (created.id, created.arn, created, summary)]

    assert [group.id for group in groups] == [created.id] * 4
    assert isinstance(summary, TargetGroupSummary)


def test_get_of_missing_group_raises_resource_not_found(client: TargetGroupClient) -> None:
    """get() raises ResourceNotFoundError with the id of the missing group."""
    with pytest.raises(ResourceNotFoundError, match="Check the id, the account and the Region") as caught:
        client.get("tg-00000000000000000")

    assert caught.value.resource_id == "tg-00000000000000000"


def test_list_reads_pages_lazily(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """list() yields every group exactly once and requests a page when the iteration reaches it."""
    created_ids = [client.create(spec).id for spec in make_lambda_specs(230)]
    requests_before = len(lattice.calls)

    listed = client.list()
    first = next(listed)
    requests_for_first = len(lattice.calls) - requests_before
    other_ids = [summary.id for summary in listed]

    assert sorted([first.id, *other_ids]) == sorted(created_ids)
    assert requests_for_first == 1
    assert operations_and_statuses(lattice)[requests_before:] == [(LIST, 200)] * 3
    assert {call.params.get("maxResults") for call in lattice.calls[requests_before:]} == {100}


def test_list_sends_filters_to_the_service(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """VPC Lattice filters the groups by type and VPC."""
    orders, resize = client.create(SPEC).id, client.create(FUNCTION).id

    filtered = [
        [summary.id for summary in client.list(type="LAMBDA")],
        [summary.id for summary in client.list(vpc_identifier=VPC)],
        [summary.id for summary in client.list(type="LAMBDA", vpc_identifier=VPC)],
    ]

    assert filtered == [[resize], [orders], []]
    assert dict(lattice.calls[-1].params) == {"maxResults": 100, "targetGroupType": "LAMBDA", "vpcIdentifier": VPC}


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"type": "lambda"}, "type='lambda': must be one of IP, INSTANCE, ALB, LAMBDA"),
        ({"type": ""}, "type='': must be one of IP, INSTANCE, ALB, LAMBDA"),
        (
            {"vpc_identifier": "vpc"},
            "vpc_identifier='vpc': must be a VPC id: vpc- followed by 8 or 17 characters from 0-9 and a-z",
        ),
        (
            {"vpc_identifier": ""},
            "vpc_identifier='': must be a VPC id: vpc- followed by 8 or 17 characters from 0-9 and a-z",
        ),
        (
            {"vpc_identifier": 5},
            "vpc_identifier=5: must be a VPC id: vpc- followed by 8 or 17 characters from 0-9 and a-z",
        ),
    ],
)
def test_invalid_filter_is_rejected_at_the_call(
    filters: Any, message: str, client: TargetGroupClient, lattice: VpcLatticeEmulator
) -> None:
    """list() rejects an invalid filter immediately, before the first item is requested."""
    with pytest.raises(InvalidArgumentError) as caught:
        client.list(**filters)

    assert [str(problem) for problem in caught.value.problems] == [message]
    assert lattice.calls == ()


def test_all_invalid_filters_are_reported_at_once(client: TargetGroupClient) -> None:
    """One error reports all invalid filters."""
    filters: Any = {"type": "X", "vpc_identifier": "Y"}

    with pytest.raises(InvalidArgumentError) as caught:
        client.list(**filters)

    assert [problem.field for problem in caught.value.problems] == ["type", "vpc_identifier"]


def test_list_accepts_unknown_type_with_allow_unknown(make_client: MakeClient) -> None:
    """With allow_unknown=True, list() accepts an unknown type as a filter."""
    group_type: Any = "CONTAINER"

    with serve(http_response(200, {"items": [wire_group(type="CONTAINER")]})) as stub:
        (summary,) = make_client(endpoint_url=stub.url, allow_unknown=True).list(type=group_type)

    assert summary.type == "CONTAINER"
    assert "targetGroupType=CONTAINER" in stub.requests[0].line


def test_find_returns_the_group_with_the_exact_name(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """find() matches the whole name on any page and returns the full group."""
    for spec in make_lambda_specs(120):
        client.create(spec)
    created = client.create(SPEC)

    assert client.find("orders") == client.get(created)
    assert (client.find("order"), client.find("orders-2")) == (None, None)


def test_find_stops_at_the_page_with_the_group(make_client: MakeClient) -> None:
    """find() requests no pages after the page that contains the group."""
    page = http_response(200, {"items": [wire_group(name="other"), wire_group()], "nextToken": "more"})

    with serve(page, http_response(200, wire_group())) as stub:
        group = make_client(endpoint_url=stub.url).find("orders")

    assert (group is not None, len(stub.requests)) == (True, 2)


def test_find_returns_none_if_group_is_deleted_meanwhile(make_client: MakeClient) -> None:
    """find() returns None if the group is deleted between ListTargetGroups and GetTargetGroup."""
    with serve(http_response(200, {"items": [wire_group()]}), error_response(404, "ResourceNotFoundException")) as stub:
        assert make_client(endpoint_url=stub.url).find("orders") is None


@pytest.mark.parametrize("name", ["", "tg-1", "Orders", "a--b", None, 5])
def test_find_rejects_invalid_name(name: Any, client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """find() rejects an invalid name before a request is sent."""
    with pytest.raises(InvalidArgumentError, match=r"name=.*must have 3 to 128 characters from a-z"):
        client.find(name)

    assert lattice.calls == ()


@pytest.mark.parametrize("value", [ID, ARN])
def test_find_rejects_id_and_suggests_get(value: str, client: TargetGroupClient) -> None:
    """find() rejects an id or ARN, and the error names get()."""
    with pytest.raises(
        InvalidArgumentError, match=r"name='.*': must be a name, not an id or ARN\. Pass ids and ARNs to get\(\)\.$"
    ):
        client.find(value)


def test_list_retries_a_failed_page(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """list() retries a failed page and yields no group twice."""
    created_ids = [client.create(spec).id for spec in make_lambda_specs(130)]
    listed = client.list()
    first_ids = [next(listed).id for _ in range(100)]
    lattice.drop_response(LIST)
    lattice.throttle(LIST)

    remaining_ids = [summary.id for summary in listed]

    assert sorted(first_ids + remaining_ids) == sorted(created_ids)


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_repeated_page_token_raises(tokens: list[str], make_client: MakeClient) -> None:
    """If the service returns the same page token twice, list() raises LatticeError."""
    pages = [http_response(200, {"items": [wire_group()], "nextToken": token}) for token in tokens]

    with serve(*pages) as stub:
        listed = make_client(endpoint_url=stub.url).list()
        with pytest.raises(LatticeError, match="The list is incomplete: VPC Lattice returned the same nextToken twice"):
            list(listed)

    assert len(stub.requests) == len(tokens)


def test_access_denied_error_names_the_iam_action(client: TargetGroupClient, lattice: VpcLatticeEmulator) -> None:
    """The error of a denied request names the action that the caller's IAM policy must allow."""
    lattice.fail(LIST, "AccessDeniedException")

    with pytest.raises(ServiceError, match="Allow vpc-lattice:ListTargetGroups in the caller's IAM policy"):
        client.find("orders")
