"""Hypothesis strategies for specs, responses with unknown values, and arbitrary values."""

from typing import Any

from hypothesis import HealthCheck as SlowExamples
from hypothesis import settings
from hypothesis import strategies as st

from lattice_tg.literals import TargetGroupType
from lattice_tg.models.health_check import HealthCheck, Matcher
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec

limited_examples = settings(
    derandomize=True,
    max_examples=100,
    deadline=None,
    suppress_health_check=[SlowExamples.too_slow, SlowExamples.filter_too_much],
)
"""Settings for a limited number of reproducible examples."""


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy that draws None or a value of ``strategy``."""
    return st.none() | strategy


names = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){1,4}", fullmatch=True).filter(
    lambda name: not name.startswith("tg-")
)
vpcs = st.from_regex(r"vpc-([0-9a-z]{8}|[0-9a-z]{17})", fullmatch=True)
ports = st.integers(1, 65535)
paths = st.from_regex(r"/[a-zA-Z0-9@:%_+.~#?&/=-]{0,20}", fullmatch=True)
http_codes = st.sampled_from(["200", "200,202", "200-299", "200,301-302,404"])

_tag_strings = st.text(st.sampled_from("abcXYZ019éß中 _.:/=+-@"), max_size=12).map(str.strip)
_tag_strings = _tag_strings.filter(lambda value: not value.startswith("aws:"))
tags = st.dictionaries(_tag_strings.filter(bool), _tag_strings, max_size=4)

any_health_check = st.builds(
    HealthCheck,
    enabled=maybe(st.booleans()),
    protocol=maybe(st.sampled_from(["HTTP", "HTTPS"])),
    protocol_version=maybe(st.sampled_from(["HTTP1", "HTTP2"])),
    port=maybe(ports),
    path=maybe(paths),
    interval_seconds=maybe(st.integers(5, 300)),
    timeout_seconds=maybe(st.integers(1, 120)),
    healthy_threshold_count=maybe(st.integers(2, 10)),
    unhealthy_threshold_count=maybe(st.integers(2, 10)),
    matcher=maybe(st.builds(Matcher, http_code=http_codes)),
)
explicit_health_check = any_health_check.filter(
    lambda check: (
        check != HealthCheck()
        and (not check.enabled or (check.protocol is not None and check.protocol_version is not None))
    )
)
"""Health checks that are valid for every group, because they set all required fields."""


def _specs(
    group_type: TargetGroupType, config: st.SearchStrategy[TargetGroupConfig]
) -> st.SearchStrategy[TargetGroupSpec]:
    return st.builds(TargetGroupSpec, name=names, type=st.just(group_type), config=config, tags=tags)


def _http(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[TargetGroupConfig]:
    return st.builds(
        TargetGroupConfig,
        protocol=st.sampled_from(["HTTP", "HTTPS"]),
        protocol_version=maybe(st.sampled_from(["HTTP1", "HTTP2", "GRPC"])),
        port=maybe(ports),
        vpc_identifier=vpcs,
        **fields,
    )


def _tcp(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[TargetGroupConfig]:
    return st.builds(TargetGroupConfig, protocol=st.just("TCP"), port=ports, vpc_identifier=vpcs, **fields)


_health_check: dict[str, st.SearchStrategy[Any]] = {"health_check": maybe(explicit_health_check)}
_ip_address_type: dict[str, st.SearchStrategy[Any]] = {"ip_address_type": maybe(st.sampled_from(["IPV4", "IPV6"]))}
_event_structure_version = maybe(st.sampled_from(["V1", "V2"]))

valid_specs = st.one_of(
    _specs("IP", _http(**_health_check, **_ip_address_type) | _tcp(**_health_check, **_ip_address_type)),
    _specs("INSTANCE", _http(**_health_check) | _tcp(**_health_check)),
    _specs("ALB", _http()),
    _specs("LAMBDA", st.builds(TargetGroupConfig, lambda_event_structure_version=_event_structure_version)),
)
"""Specs that pass validation."""

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.integers() | st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=2),
    st.sets(st.integers(), max_size=2),
    st.sampled_from([object, HealthCheck(), Matcher(http_code="200"), TargetGroupConfig(), "IP", "TCP", "LAMBDA"]),
)
"""Arbitrary values."""


def _subsets(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for dicts with any subset of ``members``."""
    return st.fixed_dictionaries({}, optional=members)


_enum_value = st.sampled_from(["HTTP", "IP", "ACTIVE", "QUIC", "HTTP3", "PAUSED"])
_matcher_response = st.sampled_from(
    [
        {"httpCode": "200"},
        {"SDK_UNKNOWN_MEMBER": {"name": "grpcCode"}},
    ]
)
_health_check_response = _subsets(
    {
        "enabled": st.booleans(),
        "protocol": _enum_value,
        "protocolVersion": _enum_value,
        "port": st.integers(0, 70000),
        "path": st.text(max_size=5),
        "healthCheckIntervalSeconds": st.integers(0, 400),
        "healthCheckTimeoutSeconds": st.integers(0, 400),
        "healthyThresholdCount": st.integers(0, 20),
        "unhealthyThresholdCount": st.integers(0, 20),
        "matcher": _matcher_response,
    }
).filter(bool)
_config_response = _subsets(
    {
        "port": st.integers(0, 70000),
        "protocol": _enum_value,
        "protocolVersion": _enum_value,
        "vpcIdentifier": st.text(max_size=5),
        "ipAddressType": _enum_value,
        "lambdaEventStructureVersion": _enum_value,
        "healthCheck": _health_check_response,
    }
).filter(bool)

target_group_responses = st.fixed_dictionaries(
    {
        "id": st.text(max_size=5),
        "arn": st.text(max_size=5),
        "name": st.text(max_size=5),
        "type": _enum_value,
        "status": _enum_value,
    },
    optional={
        "config": _config_response,
        "createdAt": st.datetimes(),
        "lastUpdatedAt": st.datetimes(),
        "serviceArns": st.lists(st.text(max_size=3), min_size=1, max_size=2),
        "failureCode": st.text(max_size=3),
        "failureMessage": st.text(max_size=3),
    },
)
"""Target groups in responses, with known and unknown enum values."""

unknown_members = st.dictionaries(st.sampled_from(["ResponseMetadata", "x", "name_"]), junk, max_size=3)
"""Response members that this library does not know."""
