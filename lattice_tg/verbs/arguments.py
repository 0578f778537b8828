"""What the client's verbs are called with, checked before anything is sent."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

from lattice_tg.errors import ConfigurationError, InvalidSpecError
from lattice_tg.identifiers import TargetGroupLike, is_identifier
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.targets import Target
from lattice_tg.retry import RetryEvent, RetryPolicy
from lattice_tg.rules import NAME, VPC_IDENTIFIER, tag_key_problems, tag_problems, target_problems, update_problems
from lattice_tg.rules.forms import is_word, one_of, whole_number
from lattice_tg.tokens import is_client_token
from lattice_tg.vocabulary import ResettableHealthCheckField, TargetGroupType
from lattice_tg.wire import to_boto3

T = TypeVar("T")

# user guide, health checks: what the service reads as "back to the default"
_RESETTING: Mapping[ResettableHealthCheckField, tuple[str, Any]] = {
    "port": ("port", 0),
    "path": ("path", ""),
    "interval_seconds": ("healthCheckIntervalSeconds", 0),
    "timeout_seconds": ("healthCheckTimeoutSeconds", 0),
    "healthy_threshold_count": ("healthyThresholdCount", 0),
    "unhealthy_threshold_count": ("unhealthyThresholdCount", 0),
    "matcher": ("matcher", {"httpCode": ""}),
}


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise InvalidSpecError(found)


def several(field: str, values: Iterable[T]) -> tuple[T, ...]:
    """The values; see :func:`refuse_alone`."""
    refuse_alone(field, values)
    return tuple(values)


def refuse_alone(field: str, values: Iterable[object]) -> None:
    """Refuse one value where several belong, and text, whose letters Python would hand over."""
    if isinstance(values, str):
        raise InvalidSpecError((problem(field, values, f"must be several; write [{values!r}]"),))
    if not isinstance(values, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        raise InvalidSpecError((problem(field, values, "must be several; write a list"),))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def checked_options(
    retry: RetryPolicy, on_retry: Callable[[RetryEvent], object] | None, max_requests_per_second: float | None = None
) -> None:
    """Refuse options that a client cannot work with.

    Raises:
        ConfigurationError: It says what each has to be.

    """
    wrong: list[str] = []
    if not isinstance(retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        wrong.append(f"retry={retry!r}: must be a RetryPolicy, such as RetryPolicy(max_attempts=5)")
    if not (on_retry is None or callable(on_retry)):
        wrong.append(f"on_retry={on_retry!r}: must be a function that takes a RetryEvent")
    rate = max_requests_per_second
    if not (rate is None or (_is_number(rate) and rate > 0)):
        wrong.append(f"max_requests_per_second={rate!r}: must be above 0, or left out for what the service bears")
    if wrong:
        raise ConfigurationError("; ".join(wrong))


def checked_name(name: str) -> str:
    """A name that a group can have."""
    rule = "is an id or ARN, and no name; get(…) takes it" if is_identifier(name) else NAME(name)
    if rule:
        _refuse([problem("name", name, rule)])
    return name


def list_filters(kind: str | None, vpc_identifier: str | None, *, allow_unknown: bool) -> Mapping[str, str]:
    """The request that lists the groups of a type and a VPC, where these are given."""
    problems: list[Problem] = []
    if kind is not None and (rule := one_of(TargetGroupType)(kind)) and not (allow_unknown and is_word(kind)):
        problems.append(problem("type", kind, rule))
    if vpc_identifier is not None and (rule := VPC_IDENTIFIER(vpc_identifier)):
        problems.append(problem("vpc_identifier", vpc_identifier, rule))
    _refuse(problems)
    filters = {"targetGroupType": kind, "vpcIdentifier": vpc_identifier}
    return {name: value for name, value in filters.items() if value is not None}


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags that can be put on a group; none at all is a mistake."""
    if not tags:
        _refuse([problem("tags", tags, "names no tag; write at least one")])
    _refuse(tag_problems(tags))
    return dict(tags)


def checked_tag_keys(keys: Iterable[str]) -> list[str]:
    """Keys of tags that can be taken off; none at all is a mistake."""
    given = several("keys", keys)
    if not given:
        _refuse([problem("keys", given, "names no tag; write at least one")])
    _refuse(tag_key_problems(given))
    return list(given)


def checked_token(client_token: str) -> str:
    """A token that the service takes."""
    if not is_client_token(client_token):
        rule = "must be text of 1 to 64 characters, one of them visible; leave it out to have one made"
        _refuse([problem("client_token", client_token, rule)])
    return client_token


def checked_targets(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Targets of the right form."""
    given = several("targets", targets)
    _refuse(target_problems(given))
    return given


def named_targets(targets: Iterable[Target] | None) -> tuple[Target, ...] | None:
    """Targets of the right form, or None where none are named."""
    return None if targets is None else checked_targets(targets)


def checked_salt(salt: str | None) -> None:
    """Refuse a salt that is no text: another run could not be sure to write it in the same way."""
    if not (salt is None or isinstance(salt, str)):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        _refuse([problem("salt", salt, "must be text that names the run; leave it out to have one drawn")])


def checked_executor(executor: Executor | None, on_progress: Callable[..., object] | None) -> None:
    """Refuse what cannot run a fleet, and what cannot be told of it."""
    problems: list[Problem] = []
    if not (executor is None or callable(getattr(executor, "submit", None))):
        problems.append(problem("executor", executor, "must be a concurrent.futures.Executor"))
    if not (on_progress is None or callable(on_progress)):
        problems.append(problem("on_progress", on_progress, "must be a function that takes a FleetProgress"))
    _refuse(problems)


def checked_workers(max_workers: int) -> None:
    """Refuse a number of workers that could do nothing."""
    if rule := whole_number(1, 1000)(max_workers):
        _refuse([problem("max_workers", max_workers, rule)])


def checked_seconds(**seconds: float) -> None:
    """Refuse a timeout below 0, and a poll that would not wait."""
    problems: list[Problem] = []
    for name, value in seconds.items():
        if name == "poll_seconds" and not (_is_number(value) and value > 0):
            problems.append(problem(name, value, "must be a number of seconds, above 0"))
        elif not (_is_number(value) and value >= 0):
            problems.append(problem(name, value, "must be a number of seconds, at least 0"))
    _refuse(problems)


def health_check_update(
    target_group: TargetGroupLike,
    check: HealthCheck,
    reset: Iterable[ResettableHealthCheckField],
    *,
    allow_unknown: bool,
) -> dict[str, Any]:
    """The part of an update that sets what is set in ``check`` and resets what is named in ``reset``."""
    fields = several("reset", reset)
    kind = None if isinstance(target_group, str) else target_group.type
    _refuse(update_problems(check, fields, kind=kind, allow_unknown=allow_unknown))
    return {**to_boto3(check), **dict(_RESETTING[field] for field in fields)}
