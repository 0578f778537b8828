"""What the client's verbs are called with, checked before anything is sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.targets import Target
from lattice_tg.rules import NAME, VPC_IDENTIFIER, tag_key_problems, tag_problems, target_problems, update_problems
from lattice_tg.rules.forms import one_of
from lattice_tg.tokens import is_client_token
from lattice_tg.vocabulary import ResettableHealthCheckField, TargetGroupType
from lattice_tg.wire import to_boto3

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


def checked_name(name: str) -> str:
    """A name that a group can have."""
    if rule := NAME(name):
        _refuse([problem("name", name, rule)])
    return name


def list_filters(kind: str | None, vpc_identifier: str | None, *, allow_unknown: bool) -> Mapping[str, str]:
    """The request that lists the groups of a type and a VPC, where these are given."""
    problems: list[Problem] = []
    if kind is not None and not allow_unknown and (rule := one_of(TargetGroupType)(kind)):
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
    given: Sequence[str] = keys if isinstance(keys, str) else tuple(keys)
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
    given = tuple(targets)
    _refuse(target_problems(given))
    return given


def named_targets(targets: Iterable[Target] | None) -> tuple[Target, ...] | None:
    """Targets of the right form, or None where none are named."""
    return None if targets is None else checked_targets(targets)


def checked_seconds(**seconds: float) -> None:
    """Refuse a timeout below 0, and a poll that would not wait."""
    problems: list[Problem] = []
    for name, value in seconds.items():
        if name == "poll_seconds" and not value > 0:
            problems.append(problem(name, value, "must be above 0 seconds"))
        elif not value >= 0:
            problems.append(problem(name, value, "must be at least 0 seconds"))
    _refuse(problems)


def health_check_update(
    check: HealthCheck, reset: Iterable[ResettableHealthCheckField], *, allow_unknown: bool
) -> dict[str, Any]:
    """The part of an update that sets what is set in ``check`` and resets what is named in ``reset``."""
    if isinstance(reset, str):
        _refuse([problem("reset", reset, f"must be several fields; write [{reset!r}]")])
    fields = tuple(reset)
    _refuse(update_problems(check, fields, allow_unknown=allow_unknown))
    return {**to_boto3(check), **dict(_RESETTING[field] for field in fields)}
