"""The five operations on target groups themselves."""

from typing import Any

from attrs import evolve

from lattice_tg.testing.config_rules import config_violations, update_violations
from lattice_tg.testing.defaults import merge_health_check, with_defaults
from lattice_tg.testing.groups import TargetGroup, Transition, create_response, get_response, list_item
from lattice_tg.testing.pages import page_request, paginate
from lattice_tg.testing.realm import TOKEN_MISMATCH_DEFAULT, IdempotencyRecord, RegionBackend
from lattice_tg.testing.refusals import (
    TARGET_GROUP,
    Violation,
    conflict,
    quota_exceeded,
    validation_error,
    wrong_status,
)
from lattice_tg.testing.tag_rules import tag_violations

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
    return {"items": [list_item(group, now, realm.epoch) for group in shown], **token}


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
