"""What models are made from, and what their constructors fill in."""

from typing import Any

import attrs
import pytest

from lattice_tg.models.base import FrozenMapping
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target
from support.model_examples import ALB_ARN, ARN, CONFIG, ID, LAMBDA_ARN, SPEC, TARGET_GROUP


def test_a_config_is_empty_by_default() -> None:
    """Without a config, a spec and a group have an empty one, never None."""
    configs = (TargetGroupSpec(name="a", type="IP").config, TargetGroupSummary, TARGET_GROUP.config)

    assert configs == (TargetGroupConfig(), TargetGroupSummary, CONFIG)
    assert TargetGroup(id=ID, arn=ARN, name="a", type="IP", status="ACTIVE").config == TargetGroupConfig()


def test_tags_are_frozen() -> None:
    """A spec keeps its own unchangeable copy of the tags it is given."""
    tags = {"team": "shop"}
    spec = TargetGroupSpec(name="orders", type="IP", tags=tags)

    tags["team"] = "other"

    assert spec.tags == {"team": "shop"}
    assert isinstance(spec.tags, FrozenMapping)


def test_frozen_tags_are_shared() -> None:
    """Tags that are frozen already are not copied again."""
    assert attrs.evolve(SPEC, name="other").tags is SPEC.tags


def test_tags_of_none_are_no_tags() -> None:
    """None means not set, for tags, too."""
    untyped: Any = None

    assert TargetGroupSpec(name="orders", type="IP", tags=untyped) == TargetGroupSpec(name="orders", type="IP")


def test_a_health_check_over_http() -> None:
    """``HealthCheck.http()`` switches checks on and sets protocol, version and path."""
    assert HealthCheck.http() == HealthCheck(enabled=True, protocol="HTTP", protocol_version="HTTP1", path="/")


def test_a_health_check_over_https() -> None:
    """``HealthCheck.https()`` does the same over HTTPS."""
    assert HealthCheck.https() == HealthCheck(enabled=True, protocol="HTTPS", protocol_version="HTTP1", path="/")


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS"])
def test_a_health_check_with_everything(protocol: Any) -> None:
    """``http`` and ``https`` take all that a health check has."""
    make = {"HTTP": HealthCheck.http, "HTTPS": HealthCheck.https}[protocol]

    check = make(
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
    """Empty success codes are not taken for none, so that the rules can name them."""
    checks = HealthCheck.http(success_codes=""), HealthCheck.https(success_codes="")

    assert [check.matcher for check in checks] == [Matcher(http_code="")] * 2


def test_no_health_check() -> None:
    """``HealthCheck.disabled()`` sets nothing but the switch."""
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
def test_targets(target: Target, expected: Target) -> None:
    """Each type of target has its own way to be written."""
    assert target == expected


def test_a_group_says_the_spec_that_makes_it_again() -> None:
    """``to_spec`` has the name, type and config of the group."""
    assert TARGET_GROUP.to_spec() == TargetGroupSpec(name="orders", type="IP", config=CONFIG)


def test_a_group_says_its_spec_with_tags() -> None:
    """``to_spec`` takes the tags, which are not in a group's description."""
    spec = TARGET_GROUP.to_spec(tags={"team": "shop"})

    assert spec == TargetGroupSpec(name="orders", type="IP", config=CONFIG, tags={"team": "shop"})
