"""What a health check may say. Sources: API reference, HealthCheckConfig; user guide, health checks.

The ranges are the documented ones; the service model's are wider, since 0 and "" in an update mean "back to the
default".
"""

from collections.abc import Collection, Iterator

from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problems import Problem, problem
from lattice_tg.rules.forms import (
    Form,
    boolean,
    broken_forms,
    broken_words,
    first_of_each_field,
    instance_of,
    one_of,
    text,
    whole_number,
)
from lattice_tg.vocabulary import HealthCheckProtocol, HealthCheckProtocolVersion, ResettableHealthCheckField

_RESET = (
    "means back to the default, to the service; leave the field out, "
    "or update_health_check(reset=…) to reset it on a group that exists"
)

UNCHECKED = ("ALB", "LAMBDA")
"""The types whose targets the service does not check: API reference, TargetGroupConfig."""

_HEALTH_CHECK = instance_of(HealthCheck)
_MATCHER = instance_of(Matcher)

WORDS: dict[str, Form] = {
    # user guide, health checks: HTTP or HTTPS; the service model shares a word list that has TCP, too
    "protocol": one_of(HealthCheckProtocol),
    "protocol_version": one_of(HealthCheckProtocolVersion),
}

FORMS: dict[str, Form] = {
    "enabled": boolean,
    "port": whole_number(1, 65535, zero=_RESET),
    "path": text(
        r"/[a-zA-Z0-9@:%_+.~#?&/=-]*",  # service model, HealthCheckPath
        1,
        2048,
        "must start with / and have at most 2048 of a-z A-Z 0-9 @:%_+.~#?&/=-",
        empty=_RESET,
    ),
    "interval_seconds": whole_number(5, 300, zero=_RESET),
    "timeout_seconds": whole_number(1, 120, zero=_RESET),
    "healthy_threshold_count": whole_number(2, 10, zero=_RESET),
    "unhealthy_threshold_count": whole_number(2, 10, zero=_RESET),
}

_MATCHER_FORMS: dict[str, Form] = {
    # service model, HttpCodeMatcher, has only digits, commas and hyphens; the code lists and ranges are the guide's
    "http_code": text(
        r"[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*",
        3,
        2000,
        "must be HTTP status codes such as '200', '200,202' or '200-299'",
        empty=_RESET,
    ),
}


def health_check_problems(check: HealthCheck, path: str, *, allow_unknown: bool) -> Iterator[Problem]:
    """What is wrong with a health check by itself, whatever group it is for."""
    yield from broken_words(check, WORDS, path, allow_unknown=allow_unknown)
    yield from broken_forms(check, FORMS, path)
    yield from _matcher_problems(check.matcher, f"{path}matcher")


def _matcher_problems(matcher: Matcher | UnknownMatcher | None, path: str) -> Iterator[Problem]:
    if matcher is None:
        return
    if isinstance(matcher, UnknownMatcher):
        yield problem(path, matcher, "can be read but not sent; write a Matcher(http_code=…)")
    elif rule := _MATCHER(matcher):
        yield problem(path, matcher, rule)
    elif matcher.http_code is None:  # pyright: ignore[reportUnnecessaryComparison] - a caller may be untyped
        yield problem(f"{path}.http_code", None, "is required; write HTTP status codes such as '200'")
    else:
        yield from broken_forms(matcher, _MATCHER_FORMS, f"{path}.")
        yield from _backward_ranges(matcher.http_code, f"{path}.http_code")


def _backward_ranges(http_code: object, path: str) -> Iterator[Problem]:
    for part in str(http_code).split(","):
        low, hyphen, high = part.partition("-")
        if hyphen and low > high:
            yield problem(path, http_code, f"the range {part} runs backwards; write {high}-{low}")


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
    if kind in UNCHECKED:
        return (problem("health_check", check, f"is not for {kind} groups, which have none; leave the update out"),)
    if rule := _HEALTH_CHECK(check):
        return (problem("health_check", check, rule),)
    found = (
        *health_check_problems(check, "health_check.", allow_unknown=allow_unknown),
        *_reset_problems(check, reset),
    )
    return first_of_each_field(found)


def _reset_problems(check: HealthCheck, reset: Collection[ResettableHealthCheckField]) -> Iterator[Problem]:
    resettable = one_of(ResettableHealthCheckField)
    for index, field in enumerate(reset):
        if rule := resettable(field):
            yield problem(f"reset[{index}]", field, rule)
        elif (value := getattr(check, field)) is not None:
            yield problem(f"reset[{index}]", field, f"is set, too, to {value!r}; set it or reset it")
    if check == HealthCheck() and not reset:
        yield problem("health_check", check, "says nothing to change; set a field, or name one in reset")
