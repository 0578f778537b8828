"""What a spec may say: the rules of each type and protocol, and what ties fields together."""

from collections.abc import Iterator, Mapping

from lattice_tg.errors import InvalidSpecError
from lattice_tg.literals import IpAddressType, LambdaEventStructureVersion, Protocol, ProtocolVersion, TargetGroupType
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.validation.health_check import health_check_problems
from lattice_tg.validation.tags import tag_problems
from lattice_tg.validation.validators import (
    Rule,
    Validator,
    first_per_field,
    instance_of,
    integer,
    may_be_new_literal,
    one_of,
    string,
    validate_fields,
    validate_literals,
)

NAME_PATTERN = r"(?!tg-)(?!-)(?!.*-\Z)(?!.*--)[a-z0-9-]+"
"""Service model, TargetGroupName."""

VPC_PATTERN = r"vpc-([0-9a-z]{8}|[0-9a-z]{17})"
"""Service model, VpcId."""

NAME_VALIDATOR = string(
    NAME_PATTERN,
    3,
    128,
    "must be 3 to 128 characters from a-z, 0-9 and single inner hyphens, and must not start with tg-",
)
"""The form of a group's name."""

VPC_IDENTIFIER = string(VPC_PATTERN, 12, 21, "must be a VPC id: vpc- and 8 or 17 characters from 0-9 and a-z")
"""The form of a VPC's id."""

_SPEC = instance_of(TargetGroupSpec)
_CONFIG = instance_of(TargetGroupConfig)
_TYPE = one_of(TargetGroupType)
_NAME_VALIDATORS: dict[str, Validator] = {"name": NAME_VALIDATOR}
_LITERAL_VALIDATORS: dict[str, Validator] = {
    "protocol": one_of(Protocol),
    "protocol_version": one_of(ProtocolVersion),
    "ip_address_type": one_of(IpAddressType),
    "lambda_event_structure_version": one_of(LambdaEventStructureVersion),
}

_FIELD_VALIDATORS: dict[str, Validator] = {
    "port": integer(
        1,
        65535,
        zero=Rule("must be an integer from 1 to 65535", "Omit it to use the default for HTTP (80) or HTTPS (443)"),
    ),
    "vpc_identifier": VPC_IDENTIFIER,
    "health_check": instance_of(HealthCheck),
}

# API reference, TargetGroupConfig and HealthCheckConfig: "supported only if", "not supported if"
_NOT_FOR: Mapping[str | None, tuple[str, ...]] = {
    "IP": ("lambda_event_structure_version",),
    "INSTANCE": ("ip_address_type", "lambda_event_structure_version"),
    "ALB": ("ip_address_type", "lambda_event_structure_version", "health_check"),
    "LAMBDA": ("port", "protocol", "protocol_version", "vpc_identifier", "ip_address_type", "health_check"),
}

# user guide, create a target group: a protocol and a VPC are chosen for every type but Lambda
_REQUIRED_FOR: Mapping[str | None, tuple[str, ...]] = {
    "IP": ("protocol", "vpc_identifier"),
    "INSTANCE": ("protocol", "vpc_identifier"),
    "ALB": ("protocol", "vpc_identifier"),
}

_HEALTH_CHECK_REQUIRED: Mapping[str | None, tuple[str, ...]] = {
    "TCP": ("protocol", "protocol_version"),
    "GRPC": ("protocol_version",),
}


def find_problems(spec: TargetGroupSpec, *, allow_unknown: bool = False) -> tuple[Problem, ...]:
    """All that is wrong with ``spec``, one problem a field; empty where nothing is.

    Args:
        spec: What is wanted.
        allow_unknown: Let words pass that this library does not know, for a service that is newer; by default they
            are problems.

    """
    if rule := _SPEC(spec):
        return (Problem("spec", spec, rule.text, "Call build() on a builder"),)
    return first_per_field(_all_problems(spec, allow_unknown=allow_unknown))


def validate(spec: TargetGroupSpec, *, allow_unknown: bool = False) -> None:
    """Raise one :class:`InvalidSpecError` with all problems of ``spec``, if it has any.

    Args:
        spec: What is wanted.
        allow_unknown: Let words pass that this library does not know, for a service that is newer; by default they
            are problems.

    """
    if found := find_problems(spec, allow_unknown=allow_unknown):
        raise InvalidSpecError(found)


def _all_problems(spec: TargetGroupSpec, *, allow_unknown: bool) -> Iterator[Problem]:
    yield from validate_fields(spec, _NAME_VALIDATORS, "")
    if spec.name is None:  # pyright: ignore[reportUnnecessaryComparison] - a caller may be untyped
        yield Problem("name", None, "is required", "Set it")
    kind = spec.type if may_be_new_literal(spec.type) else None
    if (rule := _TYPE(spec.type)) and not (allow_unknown and kind):
        yield Problem("type", spec.type, *rule)
    if rule := _CONFIG(spec.config):
        yield Problem("config", spec.config, *rule)
    else:
        yield from _config_problems(kind, spec.config, allow_unknown=allow_unknown)
    yield from tag_problems(spec.tags)


def _config_problems(kind: str | None, config: TargetGroupConfig, *, allow_unknown: bool) -> Iterator[Problem]:
    yield from _unsupported_fields(kind, config)
    yield from _missing_fields(kind, config)
    yield from _protocol_problems(kind, config)
    yield from validate_literals(config, _LITERAL_VALIDATORS, "config.", allow_unknown=allow_unknown)
    yield from validate_fields(config, _FIELD_VALIDATORS, "config.")
    if isinstance(config.health_check, HealthCheck) and "health_check" not in _NOT_FOR.get(kind, ()):
        yield from _missing_health_check_fields(config, config.health_check)
        yield from health_check_problems(config.health_check, "config.health_check.", allow_unknown=allow_unknown)


def _unsupported_fields(kind: str | None, config: TargetGroupConfig) -> Iterator[Problem]:
    for field in _NOT_FOR.get(kind, ()):
        value = getattr(config, field)
        if value is not None and value != HealthCheck():  # an empty health check is not sent
            yield Problem(f"config.{field}", value, f"is not supported for {kind} target groups", "Remove it")


def _missing_fields(kind: str | None, config: TargetGroupConfig) -> Iterator[Problem]:
    for field in _REQUIRED_FOR.get(kind, ()):
        if getattr(config, field) is None:
            yield Problem(f"config.{field}", None, f"is required for {kind} target groups", "Set it")


def _protocol_problems(kind: str | None, config: TargetGroupConfig) -> Iterator[Problem]:
    if config.protocol != "TCP":
        return
    if kind == "ALB":  # user guide, TLS listeners and ALB targets
        yield Problem("config.protocol", "TCP", "is not supported for ALB target groups", "Use HTTP or HTTPS")
    elif kind != "LAMBDA":
        # user guide, TLS listeners; AWS Gateway API controller: "protocolVersion is not supported for TCP"
        if config.protocol_version is not None:
            yield Problem(
                "config.protocol_version",
                config.protocol_version,
                "is not supported for TCP target groups",
                "Remove it",
            )
        if config.port is None:  # API reference: defaults exist for HTTP and HTTPS only
            yield Problem(
                "config.port", None, "is required for TCP target groups, which have no default port", "Set it"
            )


def _missing_health_check_fields(config: TargetGroupConfig, check: HealthCheck) -> Iterator[Problem]:
    """User guide, health checks: where checks are off by default, an enabled one must say how it is made."""
    group = "TCP" if config.protocol == "TCP" else config.protocol_version
    needed = _HEALTH_CHECK_REQUIRED.get(group, ()) if check.enabled and may_be_new_literal(group) else ()
    for field in needed:
        if getattr(check, field) is None:
            yield Problem(
                f"config.health_check.{field}",
                None,
                f"is required for health checks of {group} target groups",
                "Set it",
            )
