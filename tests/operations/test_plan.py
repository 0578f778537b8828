"""What a plan has in it: pure, over values."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.plan_steps import Change, CreateStep, DeleteStep, RegisterStep, TagStep, UpdateHealthCheckStep
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.planning.defaults import with_service_defaults
from lattice_tg.planning.plan import make_plan, needs_description
from support.desired_states import (
    CONFIG,
    ORDERS,
    RESIZE,
    existing_group,
    plan_steps,
    replacement_error,
    target_summary,
    with_config,
)
from support.model_examples import ARN, ID, SERVICE_ARN, VPC
from support.strategies import legal_specs, modestly

MINIMAL_CHECK = HealthCheck(
    enabled=True,
    protocol="HTTP",
    protocol_version="HTTP1",
    path="/",
    interval_seconds=30,
    timeout_seconds=5,
    healthy_threshold_count=5,
    unhealthy_threshold_count=2,
    matcher=Matcher(http_code="200"),
)
"""User guide, health checks: the defaults of an HTTP1 group."""


# groups


def test_a_group_that_is_not_there_is_created_and_filled() -> None:
    """Tags come with the creation, targets after it."""
    spec = evolve(ORDERS, tags={"team": "shop"})

    assert plan_steps(DesiredState(spec, [Target.ip("10.0.0.1")])) == [
        CreateStep(spec),
        RegisterStep((Target.ip("10.0.0.1"),)),
    ]


def test_a_group_that_is_going_is_created_once_it_is_gone() -> None:
    """The name is not free before."""
    going = existing_group(with_config(ORDERS, port=99), status="DELETE_IN_PROGRESS")

    assert plan_steps(DesiredState(ORDERS, [], prune=True), going, targets=[target_summary("10.0.0.1")]) == [
        CreateStep(ORDERS, after=ID)
    ]


@given(legal_specs)
@modestly
def test_a_group_that_was_made_for_a_spec_needs_nothing(spec: TargetGroupSpec) -> None:
    """For any spec, the group that the service makes of it is as it should be."""
    assert not make_plan(DesiredState(spec), existing_group(spec), spec.tags)


def test_only_what_is_set_is_compared() -> None:
    """A port, version, family and health check that the spec leaves out may be any."""
    other = with_config(
        ORDERS, port=8080, protocol_version="GRPC", ip_address_type="IPV6", health_check=HealthCheck.https("/x")
    )

    assert plan_steps(ORDERS, existing_group(other)) == []


@pytest.mark.parametrize(
    ("spec", "config"),
    [
        (with_config(ORDERS, port=80, protocol_version="HTTP1", ip_address_type="IPV4"), CONFIG),
        (
            with_config(ORDERS, protocol="HTTPS", port=443),
            TargetGroupConfig(protocol="HTTPS", vpc_identifier=VPC),
        ),
        (with_config(ORDERS, health_check=MINIMAL_CHECK), CONFIG),
        (with_config(ORDERS, health_check=HealthCheck()), CONFIG),
        (
            with_config(
                ORDERS, protocol_version="HTTP2", health_check=HealthCheck(enabled=False, protocol_version="HTTP1")
            ),
            TargetGroupConfig(protocol="HTTP", protocol_version="HTTP2", vpc_identifier=VPC),
        ),
        (
            with_config(ORDERS, protocol="TCP", port=9, health_check=HealthCheck(enabled=False)),
            TargetGroupConfig(protocol="TCP", port=9, vpc_identifier=VPC),
        ),
        (with_config(RESIZE, lambda_event_structure_version="V1"), TargetGroupConfig()),
    ],
)
def test_defaults_are_no_difference(spec: TargetGroupSpec, config: TargetGroupConfig) -> None:
    """A spec that writes a default out asks for nothing of a group whose description leaves it out."""
    assert (
        plan_steps(spec, TargetGroup(id=ID, arn=ARN, name=spec.name, type=spec.type, status="ACTIVE", config=config))
        == []
    )


@pytest.mark.parametrize(
    ("config", "field", "value"),
    [
        ({"protocol": "HTTPS"}, "protocol", None),
        ({"protocol": "TCP", "port": 9}, "protocol", None),
        ({"protocol": "TCP", "port": 9}, "protocol_version", None),
        ({"protocol_version": "GRPC"}, "protocol_version", None),
        ({"protocol_version": "GRPC"}, "enabled", False),
        ({}, "port", None),
    ],
)
def test_what_is_not_settled_is_not_filled_in(config: dict[str, Any], field: str, value: object) -> None:
    """Over what an HTTPS group is checked is not documented, nor what TCP and GRPC groups have before it is set."""
    check = with_service_defaults(existing_group(with_config(ORDERS, **config))).config.health_check

    assert getattr(check, field) == value


def test_a_summary_is_enough_for_what_it_tells() -> None:
    """A difference in a field of the list row is found without the description."""
    summary = TargetGroupSummary(
        id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE", port=80, protocol="HTTP", vpc_identifier=VPC
    )
    same, other = with_config(ORDERS, port=80, ip_address_type="IPV4"), with_config(ORDERS, ip_address_type="IPV6")

    assert plan_steps(same, summary) == []
    with pytest.raises(ReplacementRequiredError, match=r"config\.ip_address_type: 'IPV4' -> 'IPV6'"):
        plan_steps(other, summary)


@pytest.mark.parametrize(
    ("config", "needed"),
    [
        ({}, False),
        ({"port": 1, "ip_address_type": "IPV6", "lambda_event_structure_version": "V2"}, False),
        ({"health_check": HealthCheck()}, False),
        ({"health_check": HealthCheck(path="/")}, True),
        ({"protocol_version": "HTTP2"}, True),
    ],
)
def test_the_description_is_needed_for_what_a_summary_lacks(config: dict[str, Any], needed: bool) -> None:
    """Only the protocol version and the health check are worth a Get."""
    assert needs_description(with_config(ORDERS, **config)) == needed


# health check and tags


def test_a_health_check_is_updated_with_all_that_is_wanted() -> None:
    """The step names what differs and sends what the spec sets, as the service may not keep the rest."""
    check = HealthCheck(path="/ready", interval_seconds=10, timeout_seconds=5)

    found = plan_steps(with_config(ORDERS, health_check=check), existing_group())

    changes = (
        Change("config.health_check.path", "/", "/ready"),
        Change("config.health_check.interval_seconds", 30, 10),
    )
    assert found == [UpdateHealthCheckStep(changes, check)]


def test_tags_are_added_and_changed_and_never_taken_off() -> None:
    """Tags that the spec does not name stay, and those that are right are not sent."""
    spec = evolve(ORDERS, tags={"team": "shop", "cost": "", "env": "dev"})

    found = plan_steps(spec, existing_group(), {"team": "store", "env": "dev", "owner": "them", "aws:x": "y"})

    changes = (Change("tags['team']", "store", "shop"), Change("tags['cost']", None, ""))
    assert found == [TagStep(changes, {"team": "shop", "cost": ""})]


# replacement


CREATE_ONLY: list[tuple[dict[str, Any], Change]] = [
    ({"config": evolve(CONFIG, port=81)}, Change("config.port", 80, 81)),
    ({"config": evolve(CONFIG, protocol="HTTPS")}, Change("config.protocol", "HTTP", "HTTPS")),
    ({"config": evolve(CONFIG, protocol_version="GRPC")}, Change("config.protocol_version", "HTTP1", "GRPC")),
    ({"config": evolve(CONFIG, vpc_identifier="vpc-00000000")}, Change("config.vpc_identifier", VPC, "vpc-00000000")),
    ({"config": evolve(CONFIG, ip_address_type="IPV6")}, Change("config.ip_address_type", "IPV4", "IPV6")),
    ({"type": "INSTANCE"}, Change("type", "IP", "INSTANCE")),
]


@pytest.mark.parametrize(("wanted", "change"), CREATE_ONLY, ids=[change.field for _, change in CREATE_ONLY])
def test_what_cannot_change_requires_a_replacement(wanted: dict[str, Any], change: Change) -> None:
    """The error names the field, old and new; the same wish with ``replace`` drains, deletes and creates."""
    spec = evolve(ORDERS, **wanted)

    error = replacement_error(DesiredState(spec), existing_group())

    assert (error.changes, error.name, error.service_arns) == ((change,), "orders", ())
    assert plan_steps(DesiredState(spec, replace=True), existing_group()) == [
        DeleteStep(ID, (change,)),
        CreateStep(spec),
    ]


def test_a_lambda_group_requires_a_replacement_for_another_event() -> None:
    """V1 is what a group without a version has."""
    spec = with_config(RESIZE, lambda_event_structure_version="V2")

    error = replacement_error(DesiredState(spec), existing_group(RESIZE))

    assert error.changes == (Change("config.lambda_event_structure_version", "V1", "V2"),)


def test_all_that_cannot_change_is_named_at_once() -> None:
    """One error has every field; what could change is not among them."""
    spec = with_config(ORDERS, port=1, ip_address_type="IPV6", health_check=HealthCheck(path="/x"))

    error = replacement_error(DesiredState(evolve(spec, tags={"a": "b"})), existing_group())

    assert error.changes == (Change("config.port", 80, 1), Change("config.ip_address_type", "IPV4", "IPV6"))


def test_a_replaced_group_has_the_named_targets_and_no_others() -> None:
    """The step shows the targets that go with the group; those that leave already are not counted."""
    spec = with_config(ORDERS, port=81)
    rows = [target_summary("10.0.0.1"), target_summary("10.0.0.2"), target_summary("10.0.0.3", status="DRAINING")]

    found = plan_steps(DesiredState(spec, [Target.ip("10.0.0.1")], replace=True), existing_group(), targets=rows)

    assert found == [
        DeleteStep(ID, (Change("config.port", 80, 81),), (Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80))),
        CreateStep(spec),
        RegisterStep((Target.ip("10.0.0.1"),)),
    ]


def test_a_group_in_use_is_not_replaced() -> None:
    """The error says which services use it."""
    error = replacement_error(
        DesiredState(with_config(ORDERS, port=81), replace=True), existing_group(service_arns=(SERVICE_ARN,))
    )

    assert (error.service_arns, error.changes) == ((SERVICE_ARN,), (Change("config.port", 80, 81),))


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETE_FAILED"])
def test_a_group_that_failed_is_made_again_only_with_replace(status: str) -> None:
    """A group that cannot become ACTIVE is in the way, even where all else is right."""
    change = Change("status", status, "ACTIVE")

    error = replacement_error(DesiredState(ORDERS), existing_group(status=status))

    assert error.changes == (change,)
    assert plan_steps(DesiredState(ORDERS, replace=True), existing_group(status=status)) == [
        DeleteStep(ID, (change,)),
        CreateStep(ORDERS),
    ]


def test_replace_replaces_nothing_that_need_not_be() -> None:
    """``replace`` allows; it does not ask."""
    spec = with_config(ORDERS, health_check=HealthCheck(path="/x"))

    assert [type(step) for step in plan_steps(DesiredState(spec, replace=True), existing_group())] == [
        UpdateHealthCheckStep
    ]
