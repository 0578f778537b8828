"""Plans made by ``make_plan`` for desired states and existing groups."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.change import Change
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.plan_steps import CreateStep, DeleteStep, RegisterStep, TagStep, UpdateHealthCheckStep
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
from support.strategies import limited_examples, valid_specs

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
"""The defaults of an HTTP1 group (AWS user guide, "Health checks")."""


# groups


def test_a_missing_group_is_created_with_tags_and_targets() -> None:
    """A missing group is created with its tags, and its targets are registered afterwards."""
    spec = evolve(ORDERS, tags={"team": "shop"})

    assert plan_steps(DesiredState(spec, [Target.ip("10.0.0.1")])) == [
        CreateStep(spec),
        RegisterStep((Target.ip("10.0.0.1"),)),
    ]


def test_a_group_being_deleted_is_created_afterwards() -> None:
    """If the old group is being deleted, the create step names the old group."""
    group_being_deleted = existing_group(with_config(ORDERS, port=99), status="DELETE_IN_PROGRESS")

    assert plan_steps(
        DesiredState(ORDERS, [], prune=True), group_being_deleted, targets=[target_summary("10.0.0.1")]
    ) == [CreateStep(ORDERS, after=ID)]


@given(valid_specs)
@limited_examples
def test_a_created_group_needs_no_change(spec: TargetGroupSpec) -> None:
    """For any valid spec, the plan for the group that the service creates is empty."""
    assert not make_plan(DesiredState(spec), existing_group(spec), spec.tags)


def test_only_set_fields_are_compared() -> None:
    """Fields that the spec omits may have any value in the existing group."""
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
def test_defaults_are_not_differences(spec: TargetGroupSpec, config: TargetGroupConfig) -> None:
    """If the spec sets a default that the group's details omit, the plan is empty."""
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
def test_undocumented_defaults_are_not_assumed(config: dict[str, Any], field: str, value: object) -> None:
    """Defaults of HTTPS, TCP and GRPC groups that AWS does not document are not assumed."""
    check = with_service_defaults(existing_group(with_config(ORDERS, **config))).config.health_check

    assert getattr(check, field) == value


def test_fields_of_a_summary_are_compared() -> None:
    """Fields of a list item are compared without reading the whole group."""
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
def test_details_are_needed_for_fields_that_a_summary_lacks(config: dict[str, Any], needed: bool) -> None:
    """Only a protocol version or a health check in the spec requires reading the whole group."""
    assert needs_description(with_config(ORDERS, **config)) == needed


# health check and tags


def test_a_health_check_update_sends_all_set_fields() -> None:
    """The step lists only the differences, but sends all fields that the spec sets.

    The service may not keep the fields that are omitted.
    """
    check = HealthCheck(path="/ready", interval_seconds=10, timeout_seconds=5)

    steps = plan_steps(with_config(ORDERS, health_check=check), existing_group())

    changes = (
        Change("config.health_check.path", "/", "/ready"),
        Change("config.health_check.interval_seconds", 30, 10),
    )
    assert steps == [UpdateHealthCheckStep(changes, check)]


def test_tags_are_added_and_changed_and_never_removed() -> None:
    """Tags outside the spec remain, and tags that already have the right value are not sent."""
    spec = evolve(ORDERS, tags={"team": "shop", "cost": "", "env": "dev"})

    steps = plan_steps(spec, existing_group(), {"team": "store", "env": "dev", "owner": "other", "aws:x": "y"})

    changes = (Change("tags['team']", "store", "shop"), Change("tags['cost']", None, ""))
    assert steps == [TagStep(changes, {"team": "shop", "cost": ""})]


# replacement


CREATE_ONLY: list[tuple[dict[str, Any], Change]] = [
    ({"config": evolve(CONFIG, port=81)}, Change("config.port", 80, 81)),
    ({"config": evolve(CONFIG, protocol="HTTPS")}, Change("config.protocol", "HTTP", "HTTPS")),
    ({"config": evolve(CONFIG, protocol_version="GRPC")}, Change("config.protocol_version", "HTTP1", "GRPC")),
    ({"config": evolve(CONFIG, vpc_identifier="vpc-00000000")}, Change("config.vpc_identifier", VPC, "vpc-00000000")),
    ({"config": evolve(CONFIG, ip_address_type="IPV6")}, Change("config.ip_address_type", "IPV4", "IPV6")),
    ({"type": "INSTANCE"}, Change("type", "IP", "INSTANCE")),
]


@pytest.mark.parametrize(("desired", "change"), CREATE_ONLY, ids=[change.field for _, change in CREATE_ONLY])
def test_a_create_only_field_requires_a_replacement(desired: dict[str, Any], change: Change) -> None:
    """The error has the field and both values. With ``replace``, the plan replaces the group."""
    spec = evolve(ORDERS, **desired)

    error = replacement_error(DesiredState(spec), existing_group())

    assert (error.changes, error.name, error.service_arns) == ((change,), "orders", ())
    assert plan_steps(DesiredState(spec, replace=True), existing_group()) == [
        DeleteStep(ID, (change,)),
        CreateStep(spec),
    ]


def test_another_event_structure_version_requires_a_replacement() -> None:
    """A LAMBDA group whose details omit the version has version V1."""
    spec = with_config(RESIZE, lambda_event_structure_version="V2")

    error = replacement_error(DesiredState(spec), existing_group(RESIZE))

    assert error.changes == (Change("config.lambda_event_structure_version", "V1", "V2"),)


def test_all_create_only_fields_are_reported_together() -> None:
    """One error lists every field that cannot change, and no other field."""
    spec = with_config(ORDERS, port=1, ip_address_type="IPV6", health_check=HealthCheck(path="/x"))

    error = replacement_error(DesiredState(evolve(spec, tags={"a": "b"})), existing_group())

    assert error.changes == (Change("config.port", 80, 1), Change("config.ip_address_type", "IPV4", "IPV6"))


def test_a_replaced_group_has_only_the_desired_targets() -> None:
    """A replacement registers only the desired targets.

    The delete step lists the old group's targets, except targets that are draining.
    """
    spec = with_config(ORDERS, port=81)
    targets = [target_summary("10.0.0.1"), target_summary("10.0.0.2"), target_summary("10.0.0.3", status="DRAINING")]

    steps = plan_steps(DesiredState(spec, [Target.ip("10.0.0.1")], replace=True), existing_group(), targets=targets)

    assert steps == [
        DeleteStep(ID, (Change("config.port", 80, 81),), (Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80))),
        CreateStep(spec),
        RegisterStep((Target.ip("10.0.0.1"),)),
    ]


def test_a_group_in_use_is_not_replaced() -> None:
    """The error names the services that use the group."""
    error = replacement_error(
        DesiredState(with_config(ORDERS, port=81), replace=True), existing_group(service_arns=(SERVICE_ARN,))
    )

    assert (error.service_arns, error.changes) == ((SERVICE_ARN,), (Change("config.port", 80, 81),))


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETE_FAILED"])
def test_a_failed_group_is_recreated_only_with_replace(status: str) -> None:
    """A failed group requires replacement, even if its fields match the spec."""
    change = Change("status", status, "ACTIVE")

    error = replacement_error(DesiredState(ORDERS), existing_group(status=status))

    assert error.changes == (change,)
    assert plan_steps(DesiredState(ORDERS, replace=True), existing_group(status=status)) == [
        DeleteStep(ID, (change,)),
        CreateStep(ORDERS),
    ]


def test_replace_alone_replaces_nothing() -> None:
    """``replace`` permits a replacement but does not cause a replacement."""
    spec = with_config(ORDERS, health_check=HealthCheck(path="/x"))

    assert [type(step) for step in plan_steps(DesiredState(spec, replace=True), existing_group())] == [
        UpdateHealthCheckStep
    ]
