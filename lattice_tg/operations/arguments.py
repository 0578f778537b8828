"""What the client's verbs are called with, checked before anything is sent."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from typing import Any

from lattice_tg.conversion import to_boto3
from lattice_tg.errors import ConfigurationError, InvalidArgumentError
from lattice_tg.literals import ResettableHealthCheckField, TargetGroupType
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problem import Problem, make_problem
from lattice_tg.results import RetryEvent
from lattice_tg.sending.client_tokens import is_client_token
from lattice_tg.sending.retry_policy import RetryPolicy
from lattice_tg.validation import (
    NAME_VALIDATOR,
    VPC_IDENTIFIER,
    tag_key_problems,
    tag_problems,
    update_problems,
)
from lattice_tg.validation.arguments import is_number, raise_if_any, to_tuple
from lattice_tg.validation.identifiers import TargetGroupLike, is_identifier
from lattice_tg.validation.validators import Rule, integer, may_be_new_literal, one_of

# user guide, health checks: what the service reads as "back to the default"
_RESET_VALUES: Mapping[ResettableHealthCheckField, tuple[str, Any]] = {
    "port": ("port", 0),
    "path": ("path", ""),
    "interval_seconds": ("healthCheckIntervalSeconds", 0),
    "timeout_seconds": ("healthCheckTimeoutSeconds", 0),
    "healthy_threshold_count": ("healthyThresholdCount", 0),
    "unhealthy_threshold_count": ("unhealthyThresholdCount", 0),
    "matcher": ("matcher", {"httpCode": ""}),
}


def validate_options(
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
        wrong.append(f"on_retry={on_retry!r}: must be a function that accepts a RetryEvent")
    rate = max_requests_per_second
    if not (rate is None or (is_number(rate) and rate > 0)):
        wrong.append(f"max_requests_per_second={rate!r}: must be above 0, or left out for what the service bears")
    if wrong:
        raise ConfigurationError("; ".join(wrong))


def validate_name(name: str) -> str:
    """A name that a group can have."""
    rule = Rule("is an id or ARN, not a name", "Pass it to get()") if is_identifier(name) else NAME_VALIDATOR(name)
    if rule:
        _raise_if_any([Problem("name", name, *rule)], InvalidArgumentError)
    return name


def list_filters(kind: str | None, vpc_identifier: str | None, *, allow_unknown: bool) -> Mapping[str, str]:
    """The request that lists the groups of a type and a VPC, where these are given."""
    problems: list[Problem] = []
    if (
        kind is not None
        and (rule := one_of(TargetGroupType)(kind))
        and not (allow_unknown and may_be_new_literal(kind))
    ):
        problems.append(Problem("type", kind, *rule))
    if vpc_identifier is not None and (rule := VPC_IDENTIFIER(vpc_identifier)):
        problems.append(Problem("vpc_identifier", vpc_identifier, *rule))
    _raise_if_any(problems, InvalidArgumentError)
    filters = {"targetGroupType": kind, "vpcIdentifier": vpc_identifier}
    return {name: value for name, value in filters.items() if value is not None}


def validate_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags that can be put on a group; none at all is a mistake."""
    if not tags:
        raise_if_any([make_problem("tags", tags, "must not be empty. Name at least one tag.")])
    raise_if_any(tag_problems(tags))
    return dict(tags)


def validate_tag_keys(keys: Iterable[str]) -> list[str]:
    """Keys of tags that can be taken off; none at all is a mistake."""
    given = to_tuple("keys", keys)
    if not given:
        raise_if_any([make_problem("keys", given, "must not be empty. Name at least one tag.")])
    raise_if_any(tag_key_problems(given))
    return list(given)


def validate_client_token(client_token: str) -> str:
    """A token that the service takes."""
    if not is_client_token(client_token):
        rule = "must be a string of 1 to 64 characters, at least one of them visible. Omit it to use a random token."
        raise_if_any([make_problem("client_token", client_token, rule)], InvalidArgumentError)
    return client_token


def validate_run_id(run_id: str | None) -> None:
    """Refuse a run_id that is no text: another run could not be sure to write it in the same way."""
    if not (run_id is None or isinstance(run_id, str)):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        raise_if_any(
            [make_problem("run_id", run_id, "must be a string. Omit it to use a random one.")],
            InvalidArgumentError,
        )


def validate_executor(executor: Executor | None, on_progress: Callable[..., object] | None) -> None:
    """Refuse what cannot run a fleet, and what cannot be told of it."""
    problems: list[Problem] = []
    if not (executor is None or callable(getattr(executor, "submit", None))):
        problems.append(make_problem("executor", executor, "must be a concurrent.futures.Executor"))
    if not (on_progress is None or callable(on_progress)):
        problems.append(make_problem("on_progress", on_progress, "must be a function that accepts a BatchProgress"))
    raise_if_any(problems, InvalidArgumentError)


def validate_max_workers(max_workers: int) -> None:
    """Refuse a number of workers that could do nothing."""
    if rule := integer(1, 1000)(max_workers):
        _raise_if_any([Problem("max_workers", max_workers, *rule)], InvalidArgumentError)


def validate_seconds(**seconds: float) -> None:
    """Refuse a timeout below 0, and a poll that would not wait."""
    problems: list[Problem] = []
    for name, value in seconds.items():
        if name == "poll_seconds" and not (_is_number(value) and value > 0):
            problems.append(make_problem(name, value, "must be a number of seconds greater than 0"))
        elif not (_is_number(value) and value >= 0):
            problems.append(make_problem(name, value, "must be a number of seconds of at least 0"))
    _raise_if_any(problems, InvalidArgumentError)


def health_check_update(
    target_group: TargetGroupLike,
    check: HealthCheck,
    reset: Iterable[ResettableHealthCheckField],
    *,
    allow_unknown: bool,
) -> dict[str, Any]:
    """The part of an update that sets what is set in ``check`` and resets what is named in ``reset``."""
    fields = to_tuple("reset", reset)
    kind = None if isinstance(target_group, str) else target_group.type
    _raise_if_any(update_problems(check, fields, group_type=kind, allow_unknown=allow_unknown))
    return {**to_boto3(check), **dict(_RESET_VALUES[field] for field in fields)}
