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
    key_of,
    merge_health_check,
    target_item,
    to_wire,
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
Answer = dict[str, Any]


def create_target_group(realm: RegionBackend, params: Params, now: float) -> Answer:
    """A new group, or the one that the same clientToken made before."""
    wanted = {name: value for name, value in params.items() if name != "clientToken"}
    token: str | None = params.get("clientToken")
    if token in realm.creations:
        return _replay_create(realm, realm.creations[token], wanted, now)
    _validate_new(realm, wanted, now)
    group = realm.save(_new_group(realm, wanted, now))
    answer = create_response(group, "CREATE_IN_PROGRESS")
    if token is not None:
        realm.creations[token] = IdempotencyRecord(wanted, group.id, answer)
    return answer


def get_target_group(realm: RegionBackend, params: Params, now: float) -> Answer:
    """All that there is to know of one group."""
    return get_response(realm.get(params["targetGroupIdentifier"], now), now, realm.epoch)


def list_target_groups(realm: RegionBackend, params: Params, now: float) -> Answer:
    """The groups of this account and Region, of one VPC or type where that is asked for."""
    vpc, group_type = params.get("vpcIdentifier"), params.get("targetGroupType")
    rows = (group for group in realm.existing_groups(now) if _matches_filters(group, vpc, group_type))
    shown, token = paginate(page_request("ListTargetGroups", params), rows)
    return {"items": [group_item(group, now, realm.epoch) for group in shown], **token}


def update_target_group(realm: RegionBackend, params: Params, now: float) -> Answer:
    """The group with its health check changed."""
    group, changes = realm.get_active(params["targetGroupIdentifier"], now), params["healthCheck"]
    config = group.config or {}
    merged = merge_health_check(config.get("healthCheck", {}), changes, config)
    if violations := list(update_violations(group.type, config, changes, merged)):
        raise validation_error(violations)
    updated = evolve(group, config={**config, "healthCheck": merged}, updated_at=now)
    return create_response(realm.save(updated), updated.status(now))


def delete_target_group(realm: RegionBackend, params: Params, now: float) -> Answer:
    """A deletion begun; one that is under way already stays as it is."""
    group = realm.get(params["targetGroupIdentifier"], now)
    if group.status(now) != "DELETE_IN_PROGRESS":
        _check_deletable(group, now)
        ends_at = now + realm.durations.delete_seconds
        passage = Transition(ends_at, realm.wishes.failing_deletions.pop(group.id, None))
        group = realm.save(evolve(group, deletion=passage))
    return {"id": group.id, "arn": group.arn, "status": "DELETE_IN_PROGRESS"}


def _replay_create(realm: RegionBackend, creation: IdempotencyRecord, wanted: Params, now: float) -> Answer:
    if creation.params != wanted:
        message = "The clientToken was used with other parameters"
        raise _token_reused(realm, message, creation.group_id)
    group = realm.groups[creation.group_id]
    return dict(creation.reply) if group.is_gone(now) else create_response(group, group.status(now))


def _token_reused(realm: RegionBackend, message: str, group_id: str) -> Exception:
    if realm.token_mismatch_error == TOKEN_MISMATCH_DEFAULT:
        return conflict(message, group_id)
    return validation_error([Violation("clientToken", message)])


def _validate_new(realm: RegionBackend, wanted: Params, now: float) -> None:
    given = config_violations(wanted["type"], wanted.get("config", {}))
    if violations := [*given, *tag_violations(wanted.get("tags", {}), {})]:
        raise validation_error(violations)
    namesake = realm.get_by_name(wanted["name"], now)
    if namesake is not None and namesake.status(now) != "CREATE_FAILED":
        message = f"Target group with name {namesake.name} already exists"
        raise conflict(message, namesake.id)
    quota = realm.wishes.quotas.get("target_groups")
    if quota is not None and len(list(realm.existing_groups(now))) >= quota:
        raise quota_exceeded("Too many target groups", TARGET_GROUP)


def _new_group(realm: RegionBackend, wanted: Params, now: float) -> TargetGroup:
    group_id, name = realm.new_id("tg-"), wanted["name"]
    ends_at = now + realm.durations.create_seconds
    return TargetGroup(
        id=group_id,
        arn=realm.arn(f"targetgroup/{group_id}"),
        name=name,
        type=wanted["type"],
        config=with_defaults(wanted["type"], wanted.get("config")),
        number=realm.next_number(),
        created_at=now,
        updated_at=now,
        creation=Transition(ends_at, realm.wishes.failing_creations.pop(name, None)),
        tags=wanted.get("tags", {}),
    )


def _matches_filters(group: TargetGroup, vpc: str | None, group_type: str | None) -> bool:
    in_vpc = vpc is None or (group.config or {}).get("vpcIdentifier") == vpc
    return in_vpc and group_type in (None, group.type)


def _check_deletable(group: TargetGroup, now: float) -> None:
    if (status := group.status(now)) == "CREATE_IN_PROGRESS":
        raise wrong_status(group.id, status)
    if group.service_arns:
        message = f"TargetGroup {group.id} is in use by {', '.join(group.service_arns)}"
        raise conflict(message, group.id)
    if group.existing_targets(now):
        # text as observed by alchemy-run/alchemy
        message = "TargetGroup has targets registered with it"
        raise conflict(message, group.id)


def register_targets(realm: RegionBackend, params: Params, now: float) -> Answer:
    """The targets that the group has from now on, and those it cannot have."""
    group = realm.get_active(params["targetGroupIdentifier"], now)
    present, successful, unsuccessful = group.existing_targets(now), list[Answer](), list[Answer]()
    for wanted in params["targets"]:
        key = key_of(wanted, group.port)
        refusal = _rejection(realm, group, wanted, {*present, key})
        if refusal is not None:
            unsuccessful.append(failure_item(wanted, refusal.code, refusal.message))
            continue
        present[key] = _registered(realm, present.get(key), key, now)
        successful.append(to_wire(present[key]))
    _check_quota(realm, len(present))
    realm.save(evolve(group, targets=present))
    return {"successful": successful, "unsuccessful": unsuccessful}


def deregister_targets(realm: RegionBackend, params: Params, now: float) -> Answer:
    """The targets that drain or are gone from now on, and those that were not there."""
    group = realm.get(params["targetGroupIdentifier"], now)
    present, leaving, unsuccessful = group.existing_targets(now), dict[TargetKey, Target](), list[Answer]()
    for wanted in params["targets"]:
        key = key_of(wanted, group.port)
        if key in present:
            leaving[key] = _start_draining(present[key], now + _drain_seconds(realm, group))
        else:
            unsuccessful.append(failure_item(wanted, "TargetNotFound", "The target is not registered"))
    realm.save(evolve(group, targets={**present, **leaving}))
    return {"successful": [to_wire(target) for target in leaving.values()], "unsuccessful": unsuccessful}


def list_targets(realm: RegionBackend, params: Params, now: float) -> Answer:
    """The targets of a group with their statuses, or those of them that are asked for."""
    group = realm.get(params["targetGroupIdentifier"], now)
    present, wanted = group.existing_targets(now), params.get("targets", [])
    keys = {key_of(target, group.port) for target in wanted} if wanted else set(present)
    shown, token = paginate(page_request("ListTargets", params), (present[key] for key in keys & present.keys()))
    watch = group.health_context(realm.durations.initial_seconds)
    return {"items": [target_item(target, watch, now) for target in shown], **token}


def _rejection(
    realm: RegionBackend, group: TargetGroup, wanted: Mapping[str, Any], keys: set[TargetKey]
) -> Failure | None:
    if asked_for := realm.wishes.refused_targets.get(wanted["id"]):
        return asked_for
    message = rejection_reason(group, Owner(realm.account, realm.region), wanted)
    if message is None and group.type in SINGLE_TARGET_TYPES and len(keys) > 1:
        message = f"A target group of type {group.type} has one target"
    return None if message is None else Failure(UNSUPPORTED, message)


def _registered(realm: RegionBackend, known: Target | None, key: TargetKey, now: float) -> Target:
    if known is None:
        return Target(key[0], key[1], realm.next_number(), now)
    if known.drained_at is not None:
        return evolve(known, registered_at=now, drained_at=None, forced=None)
    return known


def _start_draining(target: Target, drained_at: float) -> Target:
    return target if target.drained_at is not None else evolve(target, drained_at=drained_at, forced=None)


def _drain_seconds(realm: RegionBackend, group: TargetGroup) -> float:
    """Targets of a group that nothing uses go at once (Gateway API Controller, pull request 330)."""
    return realm.durations.drain_seconds if group.service_arns else 0


def _check_quota(realm: RegionBackend, count: int) -> None:
    if count > realm.wishes.quotas.get("targets_per_target_group", count):
        raise quota_exceeded("Too many targets in the target group", "TARGET")


def tag_resource(realm: RegionBackend, params: Params, now: float) -> Answer:
    """Tags added, or changed where the key is there already."""
    group = realm.get(params["resourceArn"], now)
    if violations := list(tag_violations(params["tags"], group.tags)):
        raise validation_error(violations)
    realm.save(evolve(group, tags={**group.tags, **params["tags"]}))
    return {}


def untag_resource(realm: RegionBackend, params: Params, now: float) -> Answer:
    """Tags taken away; keys that are not there do no harm."""
    group = realm.get(params["resourceArn"], now)
    left = {key: value for key, value in group.tags.items() if key not in params["tagKeys"]}
    realm.save(evolve(group, tags=left))
    return {}


def list_tags_for_resource(realm: RegionBackend, params: Params, now: float) -> Answer:
    """All tags."""
    return {"tags": dict(realm.get(params["resourceArn"], now).tags)}


MAX_RESULTS = 100


class HasNumber(Protocol):
    """What can be paged: rows numbered in the order in which they were made."""

    @property
    def number(self) -> int:
        """The row's place in the order."""
        ...


NumberedT = TypeVar("NumberedT", bound=HasNumber)


@frozen
class PageRequest:
    """One question that is answered in pages; a token is good for its own question only."""

    fingerprint: str
    max_results: int
    next_token: str | None


def page_request(operation: str, params: dict[str, Any]) -> PageRequest:
    """The listing that these parameters ask for."""
    paging = ("maxResults", "nextToken")
    question = f"{operation} {sorted((name, str(value)) for name, value in params.items() if name not in paging)}"
    return PageRequest(question, params.get("maxResults", MAX_RESULTS), params.get("nextToken"))


def paginate(listed: PageRequest, rows: Iterable[NumberedT]) -> tuple[list[NumberedT], dict[str, str]]:
    """One page of ``rows``, and the member ``nextToken`` where more follow."""
    after = -1 if listed.next_token is None else _decode_token(listed)
    left = sorted((row for row in rows if row.number > after), key=lambda row: row.number)
    shown = left[: listed.max_results]
    return shown, {"nextToken": _encode_token(listed, shown[-1].number)} if len(left) > len(shown) else {}


def _encode_token(listed: PageRequest, number: int) -> str:
    text = f"{binascii.crc32(listed.fingerprint.encode()):08x}{number}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decode_token(listed: PageRequest) -> int:
    token = listed.next_token or ""
    try:
        number = int(base64.urlsafe_b64decode(token)[8:])
    except ValueError:
        raise _invalid_token() from None
    if _encode_token(listed, number) != token:
        raise _invalid_token()
    return number


def _invalid_token() -> EmulatedServiceError:
    return validation_error([Violation("nextToken", "Invalid token")])


_OPERATIONS: dict[str, Callable[[RegionBackend, dict[str, Any], float], dict[str, Any]]] = {
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


def dispatch(realm: RegionBackend, wanted: ParsedRequest, now: float) -> Response:
    """What the service answers to a readable or unreadable request."""
    try:
        return success_response(operation_model(wanted.operation).http["responseCode"], _handle(realm, wanted, now))
    except EmulatedServiceError as refused:
        return error_response(refused.refusal)


def _handle(realm: RegionBackend, wanted: ParsedRequest, now: float) -> dict[str, Any]:
    if wanted.parse_error is not None:
        raise wanted.parse_error
    violations = list(shape_violations(operation_model(wanted.operation).input_shape, wanted.params))
    if violations:
        raise validation_error(violations)
    return _OPERATIONS[wanted.operation](realm, wanted.params, now)
