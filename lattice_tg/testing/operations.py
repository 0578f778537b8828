"""The emulated API operations."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from lattice_tg.testing.backend import IdempotencyRecord, RegionBackend
from lattice_tg.testing.errors import (
    TARGET_GROUP,
    EmulatedServiceError,
    conflict,
    quota_exceeded,
    validation_error,
    wrong_status,
)
from lattice_tg.testing.http_messages import ParsedRequest, Response, error_response, success_response
from lattice_tg.testing.listener_operations import LISTENER_OPERATIONS
from lattice_tg.testing.pagination import make_page_request, paginate
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

# As in moto, the ids and names of services, listeners and rules need not match the patterns of the service model.
_UNCHECKED_MEMBERS = ("serviceIdentifier", "listenerIdentifier", "ruleIdentifier")


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
    violations = shape_violations(operation_model(request.operation).input_shape, request.params)
    if relevant := [item for item in violations if not _is_ignored(request.operation, item.name)]:
        raise validation_error(relevant)
    return _OPERATIONS[request.operation](backend, request.params, now)


def _is_ignored(operation: str, name: str) -> bool:
    if operation not in LISTENER_OPERATIONS:
        return False
    is_create = operation in ("CreateListener", "CreateRule")
    return name in _UNCHECKED_MEMBERS or (is_create and (name == "name" or name.endswith("targetGroupIdentifier")))


def create_target_group(backend: RegionBackend, params: Params, now: float) -> Result:
    """Create a target group, or return the group that was created with the same clientToken."""
    attributes = {name: value for name, value in params.items() if name != "clientToken"}
    key = ("CreateTargetGroup", params.get("clientToken", ""))
    if key in backend.creations:
        return _replay_create(backend, backend.creations[key], attributes, now)
    _validate_new_group(backend, attributes, now)
    group = backend.save(_make_group(backend, attributes, now))
    response = create_response(group, "CREATE_IN_PROGRESS")
    if "clientToken" in params:
        backend.creations[key] = IdempotencyRecord(attributes, group.id, response)
    return response


def _replay_create(backend: RegionBackend, creation: IdempotencyRecord, attributes: Params, now: float) -> Result:
    if creation.params != attributes:
        raise backend.token_mismatch(creation.resource_id)
    group = backend.groups[creation.resource_id]
    return dict(creation.response) if group.is_deleted(now) else create_response(group, group.status(now))


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
    page, token = paginate(make_page_request("ListTargetGroups", params), groups)
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
        _validate_deletable(backend, group, now)
        ends_at = now + backend.durations.delete_seconds
        deletion = Transition(ends_at, backend.overrides.failing_deletes.pop(group.id, None))
        group = backend.save(evolve(group, deletion=deletion))
    return {"id": group.id, "arn": group.arn, "status": "DELETE_IN_PROGRESS"}


def _validate_deletable(backend: RegionBackend, group: TargetGroup, now: float) -> None:
    if (status := group.status(now)) == "CREATE_IN_PROGRESS":
        raise wrong_status(group.id, status)
    if group.service_arns:
        message = f"TargetGroup {group.id} is in use by {', '.join(group.service_arns)}"
        raise conflict(message, group.id)
    if arns := backend.configured_services(group.id):
        # AWS Gateway API Controller: this conflict can occur while ``serviceArns`` is empty.
        message = f"TargetGroup is referenced in routing configuration, listeners or rules of service {', '.join(arns)}"
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
    if target["id"] in backend.environment.stopped_instances:
        message = f"{target['id']} is not in the running state"
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
    return 0 if group.in_service_since is None else backend.durations.drain_seconds


def list_targets(backend: RegionBackend, params: Params, now: float) -> Result:
    """List the targets of a group and their statuses, optionally filtered by target."""
    group = backend.get(params["targetGroupIdentifier"], now)
    targets, requested = group.existing_targets(now), params.get("targets", [])
    keys = {make_target_key(target, group.port) for target in requested} if requested else set(targets)
    page, token = paginate(make_page_request("ListTargets", params), (targets[key] for key in keys & targets.keys()))
    context = group.health_context(backend.durations.initial_seconds)
    return {"items": [target_item(target, context, now) for target in page], **token}


def tag_resource(backend: RegionBackend, params: Params, now: float) -> Result:
    """Add tags to a resource, replacing the values of existing keys."""
    tags = backend.tags_of(params["resourceArn"], now)
    if violations := list(tag_violations(params["tags"], tags)):
        raise validation_error(violations)
    backend.save_tags(params["resourceArn"], {**tags, **params["tags"]}, now)
    return {}


def untag_resource(backend: RegionBackend, params: Params, now: float) -> Result:
    """Remove tags from a resource, ignoring keys that do not exist."""
    tags = backend.tags_of(params["resourceArn"], now)
    remaining = {key: value for key, value in tags.items() if key not in params["tagKeys"]}
    backend.save_tags(params["resourceArn"], remaining, now)
    return {}


def list_tags_for_resource(backend: RegionBackend, params: Params, now: float) -> Result:
    """Return the tags of a resource."""
    return {"tags": dict(backend.tags_of(params["resourceArn"], now))}


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
    **LISTENER_OPERATIONS,
}
