# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Typing examples of the models and the conversion functions. See builders.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_type

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.conversion.type_defs import (
    CreateTargetGroupRequestTypeDef,
    GetTargetGroupResponseTypeDef,
    HealthCheckConfigTypeDef,
    TargetGroupConfigTypeDef,
    TargetTypeDef,
)
from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.validation import find_problems


def infer_types(spec: TargetGroupSpec, group: TargetGroup) -> None:
    """Fields, factory methods and conversion functions have exact types."""
    assert_type(spec.name, str)
    assert_type(spec.config.port, int | None)
    assert_type(spec.config.health_check, HealthCheck | None)
    assert_type(spec.tags, Mapping[str, str])
    assert_type(HealthCheck.http("/ready", success_codes="200"), HealthCheck)
    assert_type(HealthCheck.https(), HealthCheck)
    assert_type(HealthCheck.disabled(), HealthCheck)
    assert_type(HealthCheck().matcher, Matcher | UnknownMatcher | None)
    assert_type(Target.ip("10.0.0.1", 80), Target)
    assert_type(Target.lambda_("arn"), Target)
    assert_type(group.to_spec(tags={"team": "shop"}), TargetGroupSpec)
    assert_type(group.created_at, datetime | None)
    assert_type(group.service_arns, tuple[str, ...])
    assert_type(to_boto3(spec), CreateTargetGroupRequestTypeDef)
    assert_type(to_boto3(spec.config), TargetGroupConfigTypeDef)
    assert_type(to_boto3(HealthCheck()), HealthCheckConfigTypeDef)
    assert_type(to_boto3(Target.ip("10.0.0.1")), TargetTypeDef)
    assert_type(to_boto3(group), GetTargetGroupResponseTypeDef)
    assert_type(from_boto3(TargetGroup, {}), TargetGroup)
    assert_type(from_boto3(TargetSummary, {}, strict=True), TargetSummary)
    assert_type(find_problems(spec), tuple[Problem, ...])
    assert_type(FrozenMapping({"a": 1}), FrozenMapping[str, int])


def pass_valid_values() -> None:
    """Tags may be any mapping, and response models accept unknown enum values."""
    TargetGroupSpec(name="orders", type="IP", tags={"team": "shop"})
    TargetGroupSpec(name="orders", type="IP", tags=FrozenMapping({"team": "shop"}))
    TargetGroup(id="tg", arn="arn", name="orders", type="POD", status="PAUSED")
    TargetGroupSummary(id="tg", arn="arn", name="orders", type="IP", status="ACTIVE", protocol="QUIC")
    TargetSummary(id="10.0.0.1", status="SLEEPING")


def omit_required_arguments() -> None:
    """Fields that identify an object are required, and all arguments are keyword-only."""
    TargetGroupSpec(name="orders")  # type: ignore[call-arg]
    TargetGroupSpec(type="IP")  # type: ignore[call-arg]
    TargetGroupSpec("orders", "IP")  # type: ignore[call-arg]
    Target()  # type: ignore[call-arg]
    Matcher()  # type: ignore[call-arg]
    HealthCheck("/")  # type: ignore[call-arg, arg-type]
    Target.lambda_("arn", 80)  # type: ignore[call-arg]
    HealthCheck.http("/", 80)  # type: ignore[call-arg, arg-type]
    HealthCheck.disabled(path="/")  # type: ignore[call-arg]


def pass_invalid_values() -> None:
    """Values that are not in a ``Literal`` and values of other types are errors."""
    TargetGroupSpec(name="orders", type="POD")  # type: ignore[arg-type]
    TargetGroupConfig(protocol="UDP")  # type: ignore[arg-type]
    TargetGroupConfig(protocol_version="HTTP3")  # type: ignore[arg-type]
    TargetGroupConfig(ip_address_type="IPV5")  # type: ignore[arg-type]
    TargetGroupConfig(lambda_event_structure_version="V3")  # type: ignore[arg-type]
    TargetGroupConfig(port="80")  # type: ignore[arg-type]
    HealthCheck(protocol="TCP")  # type: ignore[arg-type]
    HealthCheck(protocol_version="GRPC")  # type: ignore[arg-type]
    HealthCheck(matcher="200")  # type: ignore[arg-type]
    HealthCheck.http(version="GRPC")  # type: ignore[arg-type]
    HealthCheck.https(version="GRPC")  # type: ignore[arg-type]
    HealthCheck(interval="30")  # type: ignore[call-arg]
    TargetGroupSpec(name="orders", type="IP", tags={"team": 5})  # type: ignore[dict-item]


def assign_fields(spec: TargetGroupSpec, check: HealthCheck, group: TargetGroup, problem: Problem) -> None:
    """Fields of models cannot be assigned."""
    spec.name = "other"  # type: ignore[misc]
    spec.config.port = 80  # type: ignore[misc]
    spec.tags["team"] = "shop"  # type: ignore[index]
    check.path = "/"  # type: ignore[misc]
    group.status = "ACTIVE"  # type: ignore[misc]
    problem.rule = ""  # type: ignore[misc]
