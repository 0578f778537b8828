"""Validation of specs: fields, types, protocols and their combinations."""

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
"""Source: service model, TargetGroupName."""

VPC_PATTERN = r"vpc-([0-9a-z]{8}|[0-9a-z]{17})"
"""Source: service model, VpcId."""

NAME_VALIDATOR = string(
    NAME_PATTERN,
    3,
    128,
    "must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-",
)
"""Validator for target group names."""

VPC_IDENTIFIER = string(VPC_PATTERN, 12, 21, "must be a VPC id: vpc- followed by 8 or 17 characters from 0-9 and a-z")
"""Validator for VPC ids."""

_SPEC_VALIDATOR = instance_of(TargetGroupSpec)
_CONFIG_VALIDATOR = instance_of(TargetGroupConfig)
_TYPE_VALIDATOR = one_of(TargetGroupType)
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
        zero=Rule("must be an integer from 1 to 65535", "For HTTP and HTTPS, omit it to use the default (80 or 443)"),
    ),
    "vpc_identifier": VPC_IDENTIFIER,
    "health_check": instance_of(HealthCheck),
}

# AWS API reference, TargetGroupConfig and HealthCheckConfig: the notes "supported only if" and "not supported if".
_UNSUPPORTED_FIELDS: Mapping[str | None, tuple[str, ...]] = {
    "IP": ("lambda_event_structure_version",),
    "INSTANCE": ("ip_address_type", "lambda_event_structure_version"),
    "ALB": ("ip_address_type", "lambda_event_structure_version", "health_check"),
    "LAMBDA": ("port", "protocol", "protocol_version", "vpc_identifier", "ip_address_type", "health_check"),
}

# AWS user guide, "Create a target group": every type except LAMBDA requires a protocol and a VPC.
_REQUIRED_FIELDS: Mapping[str | None, tuple[str, ...]] = {
    "IP": ("protocol", "vpc_identifier"),
    "INSTANCE": ("protocol", "vpc_identifier"),
    "ALB": ("protocol", "vpc_identifier"),
}

# AWS user guide, "Health checks": if health checks are disabled by default, an enabled check requires the fields below.
_REQUIRED_HEALTH_CHECK_FIELDS: Mapping[str | None, tuple[str, ...]] = {
    "TCP": ("protocol", "protocol_version"),
    "GRPC": ("protocol_version",),
}


def find_problems(spec: TargetGroupSpec, *, allow_unknown: bool = False) -> tuple[Problem, ...]:
    """Return the problems in ``spec``, at most one per field.

    Args:
        spec: The spec to validate.
        allow_unknown: Whether to accept enum values that this library does not know. Default: False.

    """
    if rule := _SPEC_VALIDATOR(spec):
        return (Problem("spec", spec, rule.text, "Call build() on a builder, or pass the spec of a DesiredState"),)
    return first_per_field(_all_problems(spec, allow_unknown=allow_unknown))


def validate(spec: TargetGroupSpec, *, allow_unknown: bool = False) -> None:
    """Raise an error that lists all problems in ``spec``, if there are any.

    Args:
        spec: The spec to validate.
        allow_unknown: Whether to accept enum values that this library does not know. Default: False.

    Raises:
        InvalidSpecError: If the spec violates a rule.

    """
    if problems := find_problems(spec, allow_unknown=allow_unknown):
        raise InvalidSpecError(problems)


def _all_problems(spec: TargetGroupSpec, *, allow_unknown: bool) -> Iterator[Problem]:
    yield from validate_fields(spec, _NAME_VALIDATORS, "")
    if spec.name is None:  # pyright: ignore[reportUnnecessaryComparison] - callers may not use type checking
        yield Problem("name", None, "is required", "Set it")
    group_type = spec.type if may_be_new_literal(spec.type) else None
    if (rule := _TYPE_VALIDATOR(spec.type)) and not (allow_unknown and group_type):
        yield Problem("type", spec.type, *rule)
    if rule := _CONFIG_VALIDATOR(spec.config):
        yield Problem("config", spec.config, *rule)
    else:
        yield from _config_problems(group_type, spec.config, allow_unknown=allow_unknown)
    yield from tag_problems(spec.tags)


def _config_problems(group_type: str | None, config: TargetGroupConfig, *, allow_unknown: bool) -> Iterator[Problem]:
    yield from _unsupported_fields(group_type, config)
    yield from _missing_fields(group_type, config)
    yield from _protocol_problems(group_type, config)
    yield from validate_literals(config, _LITERAL_VALIDATORS, "config.", allow_unknown=allow_unknown)
    yield from validate_fields(config, _FIELD_VALIDATORS, "config.")
    if isinstance(config.health_check, HealthCheck) and "health_check" not in _UNSUPPORTED_FIELDS.get(group_type, ()):
        yield from _missing_health_check_fields(config, config.health_check)
        yield from health_check_problems(config.health_check, "config.health_check.", allow_unknown=allow_unknown)


def _unsupported_fields(group_type: str | None, config: TargetGroupConfig) -> Iterator[Problem]:
    for field in _UNSUPPORTED_FIELDS.get(group_type, ()):
        value = getattr(config, field)
        if value is not None and value != HealthCheck():  # The client does not send empty health checks.
            yield Problem(f"config.{field}", value, f"is not supported for {group_type} target groups", "Remove it")


def _missing_fields(group_type: str | None, config: TargetGroupConfig) -> Iterator[Problem]:
    for field in _REQUIRED_FIELDS.get(group_type, ()):
        if getattr(config, field) is None:
            yield Problem(f"config.{field}", None, f"is required for {group_type} target groups", "Set it")


def _protocol_problems(group_type: str | None, config: TargetGroupConfig) -> Iterator[Problem]:
    if config.protocol != "TCP":
        return
    if group_type == "ALB":  # Source: AWS user guide, "TLS listeners" and "ALB targets".
        yield Problem("config.protocol", "TCP", "is not supported for ALB target groups", "Use HTTP or HTTPS")
    elif group_type != "LAMBDA":
        # Sources: AWS user guide, "TLS listeners"; AWS Gateway API Controller, "protocolVersion is not supported for
        # TCP".
        if config.protocol_version is not None:
            yield Problem(
                "config.protocol_version",
                config.protocol_version,
                "is not supported for TCP target groups",
                "Remove it",
            )
        if config.port is None:  # AWS API reference: only HTTP and HTTPS have default ports.
            yield Problem(
                "config.port", None, "is required for TCP target groups, which have no default port", "Set it"
            )


def _missing_health_check_fields(config: TargetGroupConfig, check: HealthCheck) -> Iterator[Problem]:
    protocol = "TCP" if config.protocol == "TCP" else config.protocol_version
    required = _REQUIRED_HEALTH_CHECK_FIELDS.get(protocol, ()) if check.enabled and may_be_new_literal(protocol) else ()
    for field in required:
        if getattr(check, field) is None:
            yield Problem(
                f"config.health_check.{field}",
                None,
                f"is required for health checks of {protocol} target groups",
                "Set it",
            )
