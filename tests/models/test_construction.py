"""Tests of the constructors, converters and factory methods of the models."""

from typing import Any

import attrs
import pytest

from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.model_examples import ALB_ARN, ARN, CONFIG, ID, LAMBDA_ARN, SPEC, TARGET_GROUP


def test_config_is_empty_by_default() -> None:
    """The default config of a spec and of a target group is empty, not None."""
    configs = (TargetGroupSpec(name="a", type="IP").config, TargetGroupSummary, TARGET_GROUP.config)

    assert configs == (TargetGroupConfig(), TargetGroupSummary, CONFIG)
    assert TargetGroup(id=ID, arn=ARN, name="a", type="IP", status="ACTIVE").config == TargetGroupConfig()


def test_tags_are_frozen() -> None:
    """A spec stores an immutable copy of the tags that are passed to the constructor."""
    tags = {"team": "shop"}
    spec = TargetGroupSpec(name="orders", type="IP", tags=tags)

    tags["team"] = "other"

    assert spec.tags == {"team": "shop"}
    assert isinstance(spec.tags, FrozenMapping)


def test_frozen_tags_are_shared() -> None:
    """Tags that are already a FrozenMapping are not copied."""
    assert attrs.evolve(SPEC, name="other").tags is SPEC.tags


def test_tags_of_none_are_empty() -> None:
    """Passing None as the tags is the same as passing no tags."""
    untyped: Any = None

    assert TargetGroupSpec(name="orders", type="IP", tags=untyped) == TargetGroupSpec(name="orders", type="IP")


def test_http_health_check_sets_protocol_version_and_path() -> None:
    """``HealthCheck.http()`` enables checks and sets the protocol, its version and the path."""
    assert HealthCheck.http() == HealthCheck(enabled=True, protocol="HTTP", protocol_version="HTTP1", path="/")


def test_https_health_check_sets_protocol_version_and_path() -> None:
    """``HealthCheck.https()`` enables checks and sets the protocol, its version and the path."""
    assert HealthCheck.https() == HealthCheck(enabled=True, protocol="HTTPS", protocol_version="HTTP1", path="/")


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS"])
def test_health_check_factories_accept_every_field(protocol: Any) -> None:
    """``http()`` and ``https()`` have a parameter for every field of a health check."""
    create = {"HTTP": HealthCheck.http, "HTTPS": HealthCheck.https}[protocol]

    check = create(
        "/ready",
        version="HTTP2",
        port=8080,
        interval_seconds=10,
        timeout_seconds=4,
        healthy_threshold_count=3,
        unhealthy_threshold_count=6,
        success_codes="200-299",
    )

    assert check == HealthCheck(
        enabled=True,
        protocol=protocol,
        protocol_version="HTTP2",
        port=8080,
        path="/ready",
        interval_seconds=10,
        timeout_seconds=4,
        healthy_threshold_count=3,
        unhealthy_threshold_count=6,
        matcher=Matcher(http_code="200-299"),
    )


def test_empty_success_codes_are_kept() -> None:
    """Empty success codes are not treated as None, so that validation can report them."""
    checks = HealthCheck.http(success_codes=""), HealthCheck.https(success_codes="")

    assert [check.matcher for check in checks] == [Matcher(http_code="")] * 2


def test_disabled_health_check_sets_only_enabled() -> None:
    """``HealthCheck.disabled()`` sets ``enabled`` to False and leaves all other fields unset."""
    assert HealthCheck.disabled() == HealthCheck(enabled=False)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target.ip("10.0.0.1"), Target(id="10.0.0.1")),
        (Target.ip("2001:db8::1", 8080), Target(id="2001:db8::1", port=8080)),
        (Target.instance("i-0a"), Target(id="i-0a")),
        (Target.instance("i-0a", 8080), Target(id="i-0a", port=8080)),
        (Target.alb(ALB_ARN), Target(id=ALB_ARN)),
        (Target.alb(ALB_ARN, 443), Target(id=ALB_ARN, port=443)),
        (Target.lambda_(LAMBDA_ARN), Target(id=LAMBDA_ARN)),
    ],
)
def test_target_factories_set_id_and_port(target: Target, expected: Target) -> None:
    """``Target`` has a factory method for each type of target."""
    assert target == expected


def test_to_spec_returns_the_spec_of_a_group() -> None:
    """``to_spec()`` copies the name, type and config of the group."""
    assert TARGET_GROUP.to_spec() == TargetGroupSpec(name="orders", type="IP", config=CONFIG)


def test_to_spec_accepts_tags() -> None:
    """``to_spec()`` has a parameter for the tags, because a ``TargetGroup`` has no tags."""
    spec = TARGET_GROUP.to_spec(tags={"team": "shop"})

    assert spec == TargetGroupSpec(name="orders", type="IP", config=CONFIG, tags={"team": "shop"})
