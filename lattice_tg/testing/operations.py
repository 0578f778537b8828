"""The emulated API operations."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from attrs import evolve, frozen

from lattice_tg.testing.backend import TOKEN_MISMATCH_DEFAULT, IdempotencyRecord, RegionBackend
from lattice_tg.testing.errors import (
    TARGET_GROUP,
    EmulatedServiceError,
    Violation,
    conflict,
    quota_exceeded,
    validation_error,
    wrong_status,
)
from lattice_tg.testing.http_messages import ParsedRequest, Response, error_response, success_response
from lattice_tg.testing.service_model import operation_model
from lattice_tg.testing.target_group import (
    Failure,
    Target,
    TargetGroup,
    TargetKey,
    Transition,
    create_response,
    failure_item,
    get_response,
    group_item,
    make_target_key,
    merge_health_check,
    target_item,
    target_to_wire,
    with_defaults,
)
from lattice_tg.testing.validation import (
    SINGLE_TARGET_TYPES,
    UNSUPPORTED,
    Owner,
    config_violations,
    rejection_reason,
    shape_violations,
    tag_violations,
    update_violations,
)

Params = dict[str, Any]
Result = dict[str, Any]

_MAX_RESULTS = 100


def dispatch(backend: RegionBackend, request: ParsedRequest, now: float) -> Response:
    """Execute the operation of ``request`` and return the success or error response."""
    try:
        result = _execute(backend, request, now)
    except EmulatedServiceError as error:
        return error_response(error.response)
    return success_response(operation_model(request.operation).http["responseCode"], result)


def _execute(backend: RegionBackend, request: ParsedRequest, now: float) -> Result:
    if request.parse_error is not None:
        raise request.parse_error
    if violations := list(shape_violations(operation_model(request.operation).input_shape, request.params)):
        raise validation_error(violations)
    return _OPERATIONS[request.operation](backend, request.params, now)


def create_target_group(backend: RegionBackend, params: Params, now: float) -> Result:
    """Create a target group, or return the group that was created with the same clientToken."""
    attributes = {name: value for name, value in params.items() if name != "clientToken"}
    token: str | None = params.get("clientToken")
    if token in backend.creations:
        return _replay_create(backend, backend.creations[token], attributes, now)
    _validate_new_group(backend, attributes, now)
    group = backend.save(_make_group(backend, attributes, now))
    response = create_response(group, "CREATE_IN_PROGRESS")
    if token is not None:
        backend.creations[token] = IdempotencyRecord(attributes, group.id, response)
    return response


def _replay_create(backend: RegionBackend, creation: IdempotencyRecord, attributes: Params, now: float) -> Result:
    if creation.params != attributes:
        raise _token_mismatch(backend, creation.group_id)
    group = backend.groups[creation.group_id]
    return dict(creation.response) if group.is_deleted(now) else create_response(group, group.status(now))


def _token_mismatch(backend: RegionBackend, group_id: str) -> EmulatedServiceError:
    message = "The clientToken was used with other parameters"
    if backend.token_mismatch_error == TOKEN_MISMATCH_DEFAULT:
        return conflict(message, group_id)
    return validation_error([Violation("clientToken", message)])


def _validate_new_group(backend: RegionBackend, attributes: Params, now: float) -> None:
    violations = [
        *config_violations(attributes["type"], attributes.get("config", {})),
        *tag_violations(attributes.get("tags", {}), {}),
    ]
    if violations:
        raise validation_error(violations)
    existing = backend.get_by_name(attributes["name"], now)
    if existing is not None and existing.status(now) != "CREATE_FAILED":
        message = f"Target group with name {existing.name} already exists"
        raise conflict(message, existing.id)
    quota = backend.overrides.quotas.get("target_groups")
    if quota is not None and len(list(backend.existing_groups(now))) >= quota:
        raise quota_exceeded("Too many target groups", TARGET_GROUP)


def _make_group(backend: RegionBackend, attributes: Params, now: float) -> TargetGroup:
    group_id, name = backend.new_id("tg-"), attributes["name"]
    ends_at = now + backend.durations.create_seconds
    return TargetGroup(
        id=group_id,
        arn=backend.arn(f"targetgroup/{group_id}"),
        name=name,
        type=attributes["type"],
        config=with_defaults(attributes["type"], attributes.get("config")),
        number=backend.next_number(),
        created_at=now,
        updated_at=now,
        creation=Transition(ends_at, backend.overrides.failing_creates.pop(name, None)),
        tags=attributes.get("tags", {}),
    )


def get_target_group(backend: RegionBackend, params: Params, now: float) -> Result:
    """Return the details of a target group."""
    return get_response(backend.get(params["targetGroupIdentifier"], now), now, backend.epoch)


def list_target_groups(backend: RegionBackend, params: Params, now: float) -> Result:
    """List the target groups of the account and Region, optionally filtered by VPC and type."""
    vpc, group_type = params.get("vpcIdentifier"), params.get("targetGroupType")
    groups = (group for group in backend.existing_groups(now) if _matches_filters(group, vpc, group_type))
    page, token = _paginate(_make_page_request("ListTargetGroups", params), groups)
    return {"items": [group_item(group, now, backend.epoch) for group in page], **token}


def _matches_filters(group: TargetGroup, vpc: str | None, group_type: str | None) -> bool:
    in_vpc = vpc is None or (group.config or {}).get("vpcIdentifier") == vpc
    return in_vpc and group_type in (None, group.type)


def update_target_group(backend: RegionBackend, params: Params, now: float) -> Result:
    """Update the health check of a target group."""
    group, changes = backend.get_active(params["targetGroupIdentifier"], now), params["healthCheck"]
    config = group.config or {}
    merged = merge_health_check(config.get("healthCheck", {}), changes, config)
    if violations := list(update_violations(group.type, config, changes, merged)):
        raise validation_error(violations)
    updated = evolve(group, config={**config, "healthCheck": merged}, updated_at=now)
    return create_response(backend.save(updated), updated.status(now))


def delete_target_group(backend: RegionBackend, params: Params, now: float) -> Result:
    """Start the deletion of a target group.

    If the group is already being deleted, the request has no effect.
    """
    group = backend.get(params["targetGroupIdentifier"], now)
    if group.status(now) != "DELETE_IN_PROGRESS":
        _validate_deletable(group, now)
        ends_at = now + backend.durations.delete_seconds
        deletion = Transition(ends_at, backend.overrides.failing_deletes.pop(group.id, None))
        group = backend.save(evolve(group, deletion=deletion))
    return {"id": group.id, "arn": group.arn, "status": "DELETE_IN_PROGRESS"}


def _validate_deletable(group: TargetGroup, now: float) -> None:
    if (status := group.status(now)) == "CREATE_IN_PROGRESS":
        raise wrong_status(group.id, status)
    if group.service_arns:
        message = f"TargetGroup {group.id} is in use by {', '.join(group.service_arns)}"
        raise conflict(message, group.id)
    if group.existing_targets(now):
        # The message is quoted from the real service, as observed by alchemy-run/alchemy.
        message = "TargetGroup has targets registered with it"
        raise conflict(message, group.id)


def register_targets(backend: RegionBackend, params: Params, now: float) -> Result:
    """Register targets and return the accepted and rejected targets."""
    group = backend.get_active(params["targetGroupIdentifier"], now)
    targets, successful, unsuccessful = group.existing_targets(now), list[Result](), list[Result]()
    for requested in params["targets"]:
        key = make_target_key(requested, group.port)
        failure = _rejection(backend, group, requested, {*targets, key})
        if failure is not None:
            unsuccessful.append(failure_item(requested, failure.code, failure.message))
            continue
        targets[key] = _register(backend, targets.get(key), key, now)
        successful.append(target_to_wire(*key))
    _validate_target_quota(backend, len(targets))
    backend.save(evolve(group, targets=targets))
    return {"successful": successful, "unsuccessful": unsuccessful}


def _rejection(
    backend: RegionBackend, group: TargetGroup, target: Mapping[str, Any], keys: set[TargetKey]
) -> Failure | None:
    if failure := backend.overrides.rejected_targets.get(target["id"]):
        return failure
    message = rejection_reason(group, Owner(backend.account, backend.region), target)
    if message is None and group.type in SINGLE_TARGET_TYPES and len(keys) > 1:
        message = f"A target group of type {group.type} has one target"
    return None if message is None else Failure(UNSUPPORTED, message)


def _register(backend: RegionBackend, existing: Target | None, key: TargetKey, now: float) -> Target:
    if existing is None:
        return Target(key[0], key[1], backend.next_number(), now)
    if existing.drained_at is not None:
        return evolve(existing, registered_at=now, drained_at=None, forced_health=None)
    return existing


def _validate_target_quota(backend: RegionBackend, count: int) -> None:
    if count > backend.overrides.quotas.get("targets_per_target_group", count):
        raise quota_exceeded("Too many targets in the target group", "TARGET")


def deregister_targets(backend: RegionBackend, params: Params, now: float) -> Result:
    """Start to drain targets, and list unregistered targets under ``unsuccessful``."""
    group = backend.get(params["targetGroupIdentifier"], now)
    targets, deregistered, unsuccessful = group.existing_targets(now), dict[TargetKey, Target](), list[Result]()
    for requested in params["targets"]:
        key = make_target_key(requested, group.port)
        if key in targets:
            deregistered[key] = _start_draining(targets[key], now + _drain_seconds(backend, group))
        else:
            unsuccessful.append(failure_item(requested, "TargetNotFound", "The target is not registered"))
    backend.save(evolve(group, targets={**targets, **deregistered}))
    return {"successful": [target_to_wire(*key) for key in deregistered], "unsuccessful": unsuccessful}


def _start_draining(target: Target, drained_at: float) -> Target:
    return target if target.drained_at is not None else evolve(target, drained_at=drained_at, forced_health=None)


def _drain_seconds(backend: RegionBackend, group: TargetGroup) -> float:
    # Targets of a group that no service uses do not drain (AWS Gateway API Controller, pull request 330).
    return backend.durations.drain_seconds if group.service_arns else 0


def list_targets(backend: RegionBackend, params: Params, now: float) -> Result:
    """List the targets of a group and their statuses, optionally filtered by target."""
    group = backend.get(params["targetGroupIdentifier"], now)
    targets, requested = group.existing_targets(now), params.get("targets", [])
    keys = {make_target_key(target, group.port) for target in requested} if requested else set(targets)
    page, token = _paginate(_make_page_request("ListTargets", params), (targets[key] for key in keys & targets.keys()))
    context = group.health_context(backend.durations.initial_seconds)
    return {"items": [target_item(target, context, now) for target in page], **token}


def tag_resource(backend: RegionBackend, params: Params, now: float) -> Result:
    """Add tags to a target group, replacing the values of existing keys."""
    group = backend.get(params["resourceArn"], now)
    if violations := list(tag_violations(params["tags"], group.tags)):
        raise validation_error(violations)
    backend.save(evolve(group, tags={**group.tags, **params["tags"]}))
    return {}


def untag_resource(backend: RegionBackend, params: Params, now: float) -> Result:
    """Remove tags from a target group, ignoring keys that do not exist."""
    group = backend.get(params["resourceArn"], now)
    remaining = {key: value for key, value in group.tags.items() if key not in params["tagKeys"]}
    backend.save(evolve(group, tags=remaining))
    return {}


def list_tags_for_resource(backend: RegionBackend, params: Params, now: float) -> Result:
    """Return the tags of a target group."""
    return {"tags": dict(backend.get(params["resourceArn"], now).tags)}


_OPERATIONS: dict[str, Callable[[RegionBackend, Params, float], Result]] = {
    "CreateTargetGroup": create_target_group,
    "GetTargetGroup": get_target_group,
    "ListTargetGroups": list_target_groups,
    "UpdateTargetGroup": update_target_group,
    "DeleteTargetGroup": delete_target_group,
    "RegisterTargets": register_targets,
    "DeregisterTargets": deregister_targets,
    "ListTargets": list_targets,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}


class _HasNumber(Protocol):
    """A group or target, numbered in the order of creation."""

    @property
    def number(self) -> int: ...


_NumberedT = TypeVar("_NumberedT", bound=_HasNumber)


@frozen
class _PageRequest:
    """A request for one page of a list."""

    fingerprint: str
    """The operation and the filters, which must be the same for every page of a list."""
    max_results: int
    next_token: str | None


def _make_page_request(operation: str, params: Params) -> _PageRequest:
    paging = ("maxResults", "nextToken")
    filters = sorted((name, str(value)) for name, value in params.items() if name not in paging)
    return _PageRequest(f"{operation} {filters}", params.get("maxResults", _MAX_RESULTS), params.get("nextToken"))


def _paginate(request: _PageRequest, items: Iterable[_NumberedT]) -> tuple[list[_NumberedT], dict[str, str]]:
    """Return one page of ``items``, and the ``nextToken`` member if more pages follow.

    A token contains the number of the last item on the page. Therefore, creating or deleting items between two requests
    does not cause other items to be skipped or repeated.
    """
    last_number = -1 if request.next_token is None else _decode_token(request, request.next_token)
    remaining = sorted((item for item in items if item.number > last_number), key=lambda item: item.number)
    page = remaining[: request.max_results]
    token = {"nextToken": _encode_token(request, page[-1].number)} if len(remaining) > len(page) else {}
    return page, token


def _encode_token(request: _PageRequest, number: int) -> str:
    content = f"{binascii.crc32(request.fingerprint.encode()):08x}{number}"
    return base64.urlsafe_b64encode(content.encode()).decode()


def _decode_token(request: _PageRequest, token: str) -> int:
    try:
        number = int(base64.urlsafe_b64decode(token)[8:])
    except ValueError:
        raise _invalid_token() from None
    if _encode_token(request, number) != token:
        raise _invalid_token()
    return number


def _invalid_token() -> EmulatedServiceError:
    return validation_error([Violation("nextToken", "Invalid token")])
