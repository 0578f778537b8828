"""What a health check may say. Sources: API reference, HealthCheckConfig; user guide, health checks.

The ranges are the documented ones; the service model's are wider, since 0 and "" in an update mean "back to the
default".
"""

from collections.abc import Collection, Iterator

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
    "means reset to default",
    "Omit the field, or call update_health_check(reset=...) to reset an existing target group",
)

TYPES_WITHOUT_HEALTH_CHECK = ("ALB", "LAMBDA")
"""The types whose targets the service does not check: API reference, TargetGroupConfig."""

_HEALTH_CHECK = instance_of(HealthCheck)
_MATCHER = instance_of(Matcher)

LITERAL_VALIDATORS: dict[str, Validator] = {
    # user guide, health checks: HTTP or HTTPS; the service model shares a word list that has TCP, too
    "protocol": one_of(HealthCheckProtocol),
    "protocol_version": one_of(HealthCheckProtocolVersion),
}

FIELD_VALIDATORS: dict[str, Validator] = {
    "enabled": boolean,
    "port": integer(1, 65535, zero=_RESET_RULE),
    "path": string(
        r"/[a-zA-Z0-9@:%_+.~#?&/=-]*",  # service model, HealthCheckPath
        1,
        2048,
        "must start with / and have at most 2048 characters from a-z A-Z 0-9 @:%_+.~#?&/=-",
        empty=_RESET_RULE,
    ),
    "interval_seconds": integer(5, 300, zero=_RESET_RULE),
    "timeout_seconds": integer(1, 120, zero=_RESET_RULE),
    "healthy_threshold_count": integer(2, 10, zero=_RESET_RULE),
    "unhealthy_threshold_count": integer(2, 10, zero=_RESET_RULE),
}

_MATCHER_FORMS: dict[str, Validator] = {
    # service model, HttpCodeMatcher, has only digits, commas and hyphens; the code lists and ranges are the guide's
    "http_code": string(
        r"[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*",
        3,
        2000,
        "must be HTTP status codes such as '200', '200,202' or '200-299'",
        empty=_RESET_RULE,
    ),
}


def health_check_problems(check: HealthCheck, path: str, *, allow_unknown: bool) -> Iterator[Problem]:
    """What is wrong with a health check by itself, whatever group it is for."""
    yield from validate_literals(check, LITERAL_VALIDATORS, path, allow_unknown=allow_unknown)
    yield from validate_fields(check, FIELD_VALIDATORS, path)
    yield from _matcher_problems(check.matcher, f"{path}matcher")


def _matcher_problems(matcher: Matcher | UnknownMatcher | None, path: str) -> Iterator[Problem]:
    if matcher is None:
        return
    if isinstance(matcher, UnknownMatcher):
        yield Problem(
            path, matcher, "is an unknown matcher, which can be read but not sent", "Use Matcher(http_code='200')"
        )
    elif rule := _MATCHER(matcher):
        yield Problem(path, matcher, *rule)
    elif matcher.http_code is None:  # pyright: ignore[reportUnnecessaryComparison] - a caller may be untyped
        yield Problem(f"{path}.http_code", None, "is required", "Set HTTP status codes such as '200'")
    else:
        yield from validate_fields(matcher, _MATCHER_FORMS, f"{path}.")
        yield from _reversed_ranges(matcher.http_code, f"{path}.http_code")


def _reversed_ranges(http_code: object, path: str) -> Iterator[Problem]:
    for part in str(http_code).split(","):
        low, hyphen, high = part.partition("-")
        if hyphen and low > high:
            yield Problem(path, http_code, f"the range {part} is reversed", f"Write {high}-{low}")


def update_problems(
    check: HealthCheck,
    reset: Collection[ResettableHealthCheckField],
    *,
    kind: str | None = None,
    allow_unknown: bool = False,
) -> tuple[Problem, ...]:
    """What is wrong with an update of a group's health check that sets ``check`` and resets fields.

    ``kind`` is the group's type, where it is known.
    """
    if kind in TYPES_WITHOUT_HEALTH_CHECK:
        return (Problem("health_check", check, f"is not supported for {kind} target groups", "Do not update it"),)
    if rule := _HEALTH_CHECK(check):
        return (Problem("health_check", check, *rule),)
    found = (
        *health_check_problems(check, "health_check.", allow_unknown=allow_unknown),
        *_reset_problems(check, reset),
    )
    return first_per_field(found)


def _reset_problems(check: HealthCheck, reset: Collection[ResettableHealthCheckField]) -> Iterator[Problem]:
    resettable = one_of(ResettableHealthCheckField)
    for index, field in enumerate(reset):
        if rule := resettable(field):
            yield Problem(f"reset[{index}]", field, *rule)
        elif (value := getattr(check, field)) is not None:
            yield Problem(f"reset[{index}]", field, f"is also set to {value!r}", "Either set it or reset it")
    if check == HealthCheck() and not reset:
        yield Problem("health_check", check, "has no changes", "Set a field, or name one in reset")
