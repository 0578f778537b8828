"""Validation of health checks.

Sources: AWS API reference, HealthCheckConfig; AWS user guide, "Health checks".
The ranges come from the API reference. The ranges in the service model are wider because 0 or "" in an update resets a
field to its default.
"""

from collections.abc import Collection, Iterator

from lattice_tg.formatting import short_repr
from lattice_tg.literals import HealthCheckProtocol, HealthCheckProtocolVersion, ResettableHealthCheckField
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.validation.validators import (
    Rule,
    Validator,
    boolean,
    first_per_field,
    instance_of,
    integer,
    one_of,
    string,
    validate_fields,
    validate_literals,
)

_RESET_RULE = Rule(
    "is reserved for resetting the field to its default",
    "Omit the field, or call update_health_check(reset=...) to reset an existing target group",
)

_SUPPORTED_TYPES_HINT = "Update health checks of IP and INSTANCE target groups only"

TYPES_WITHOUT_HEALTH_CHECK = ("ALB", "LAMBDA")
"""The types that do not support health checks. Source: AWS API reference, TargetGroupConfig."""

_HEALTH_CHECK_VALIDATOR = instance_of(HealthCheck)
_MATCHER_VALIDATOR = instance_of(Matcher)

LITERAL_VALIDATORS: dict[str, Validator] = {
    # AWS user guide, "Health checks": the protocol is HTTP or HTTPS. The service model uses the same enum for target
    # groups, and this enum also contains TCP.
    "protocol": one_of(HealthCheckProtocol),
    "protocol_version": one_of(HealthCheckProtocolVersion),
}

FIELD_VALIDATORS: dict[str, Validator] = {
    "enabled": boolean,
    "port": integer(1, 65535, zero=_RESET_RULE),
    "path": string(
        r"/[a-zA-Z0-9@:%_+.~#?&/=-]*",  # Source: service model, HealthCheckPath.
        1,
        2048,
        "must start with / and have at most 2,048 characters from a-z, A-Z, 0-9 and @:%_+.~#?&/=-",
        empty=_RESET_RULE,
    ),
    "interval_seconds": integer(5, 300, zero=_RESET_RULE),
    "timeout_seconds": integer(1, 120, zero=_RESET_RULE),
    "healthy_threshold_count": integer(2, 10, zero=_RESET_RULE),
    "unhealthy_threshold_count": integer(2, 10, zero=_RESET_RULE),
}

_MATCHER_FIELD_VALIDATORS: dict[str, Validator] = {
    # AWS user guide, "Health checks": the value is a list of codes and ranges of codes. The pattern in the service
    # model (HttpCodeMatcher) accepts any digits, commas and hyphens.
    "http_code": string(
        r"[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*",
        3,
        2000,
        "must be HTTP status codes such as '200', '200,202' or '200-299'",
        empty=_RESET_RULE,
    ),
}


def health_check_problems(check: HealthCheck, path: str, *, allow_unknown: bool) -> Iterator[Problem]:
    """Yield the problems that a health check has independently of the target group."""
    yield from validate_literals(check, LITERAL_VALIDATORS, path, allow_unknown=allow_unknown)
    yield from validate_fields(check, FIELD_VALIDATORS, path)
    yield from _matcher_problems(check.matcher, f"{path}matcher")


def _matcher_problems(matcher: Matcher | UnknownMatcher | None, path: str) -> Iterator[Problem]:
    if matcher is None:
        return
    if isinstance(matcher, UnknownMatcher):
        yield Problem(
            path, matcher, "must be a Matcher because an UnknownMatcher cannot be sent", "Use Matcher(http_code='200')"
        )
    elif rule := _MATCHER_VALIDATOR(matcher):
        yield Problem(path, matcher, *rule)
    elif matcher.http_code is None:  # pyright: ignore[reportUnnecessaryComparison] - callers may not use type checking
        yield Problem(f"{path}.http_code", None, "is required", "Set HTTP status codes such as '200'")
    elif problems := tuple(validate_fields(matcher, _MATCHER_FIELD_VALIDATORS, f"{path}.")):
        yield from problems
    else:
        yield from _reversed_ranges(matcher.http_code, f"{path}.http_code")


def _reversed_ranges(http_code: str, path: str) -> Iterator[Problem]:
    for part in http_code.split(","):
        low, hyphen, high = part.partition("-")
        if hyphen and low > high:
            yield Problem(path, http_code, f"must not contain the reversed range {part}", f"Write {high}-{low}")


def update_problems(
    check: HealthCheck,
    reset: Collection[ResettableHealthCheckField],
    *,
    group_type: str | None = None,
    allow_unknown: bool = False,
) -> tuple[Problem, ...]:
    """Return the problems in a health check update, at most one per field.

    Args:
        check: The fields to set.
        reset: The names of the fields to reset to their defaults.
        group_type: The type of the target group, or None if the type is unknown. Default: None.
        allow_unknown: Whether to accept enum values that this library does not know. Default: False.

    """
    if group_type in TYPES_WITHOUT_HEALTH_CHECK:
        return (
            Problem("health_check", check, f"is not supported for {group_type} target groups", _SUPPORTED_TYPES_HINT),
        )
    if rule := _HEALTH_CHECK_VALIDATOR(check):
        return (Problem("health_check", check, *rule),)
    problems = (
        *health_check_problems(check, "health_check.", allow_unknown=allow_unknown),
        *_reset_problems(check, reset),
    )
    return first_per_field(problems)


def _reset_problems(check: HealthCheck, reset: Collection[ResettableHealthCheckField]) -> Iterator[Problem]:
    validate = one_of(ResettableHealthCheckField)
    for index, field in enumerate(reset):
        if rule := validate(field):
            yield Problem(f"reset[{index}]", field, *rule)
        elif (value := getattr(check, field)) is not None:
            yield Problem(
                f"reset[{index}]", field, f"is also set to {short_repr(value)}", "Either set or reset the field"
            )
    if check == HealthCheck() and not reset:
        yield Problem(
            "health_check", check, "has no fields to update", "Set a field, or pass the fields to reset as reset=[...]"
        )
