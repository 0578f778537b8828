"""The five operations on target groups themselves."""

from typing import Any

from attrs import evolve

from lattice_tg.testing.config_rules import config_violations, update_violations
from lattice_tg.testing.defaults import filled, merged_check
from lattice_tg.testing.groups import Passage, TargetGroup, details, reply, summary
from lattice_tg.testing.pages import listing, page
from lattice_tg.testing.realm import TOKEN_REUSED, Creation, Realm
from lattice_tg.testing.refusals import TARGET_GROUP, Violation, conflict, invalid, over_quota, wrong_status
from lattice_tg.testing.tag_rules import tag_violations

Params = dict[str, Any]
Answer = dict[str, Any]


def create_target_group(realm: Realm, params: Params, now: float) -> Answer:
    """A new group, or the one that the same clientToken made before."""
    wanted = {name: value for name, value in params.items() if name != "clientToken"}
    token: str | None = params.get("clientToken")
    if token in realm.creations:
        return _repeated(realm, realm.creations[token], wanted, now)
    _check_new(realm, wanted, now)
    group = realm.keep(_new_group(realm, wanted, now))
    answer = reply(group, "CREATE_IN_PROGRESS")
    if token is not None:
        realm.creations[token] = Creation(wanted, group.id, answer)
    return answer


def get_target_group(realm: Realm, params: Params, now: float) -> Answer:
    """All that there is to know of one group."""
    return details(realm.find(params["targetGroupIdentifier"], now), now, realm.zero)


def list_target_groups(realm: Realm, params: Params, now: float) -> Answer:
    """The groups of this account and Region, of one VPC or type where that is asked for."""
    vpc, group_type = params.get("vpcIdentifier"), params.get("targetGroupType")
    rows = (group for group in realm.present(now) if _is_among(group, vpc, group_type))
    shown, token = page(listing("ListTargetGroups", params), rows)
    return {"items": [summary(group, now, realm.zero) for group in shown], **token}


def update_target_group(realm: Realm, params: Params, now: float) -> Answer:
    """The group with its health check changed."""
    group, changes = realm.find_active(params["targetGroupIdentifier"], now), params["healthCheck"]
    config = group.config or {}
    merged = merged_check(config.get("healthCheck", {}), changes, config)
    if violations := list(update_violations(group.type, config, changes, merged)):
        raise invalid(violations)
    updated = evolve(group, config={**config, "healthCheck": merged}, updated_at=now)
    return reply(realm.keep(updated), updated.status(now))


def delete_target_group(realm: Realm, params: Params, now: float) -> Answer:
    """A deletion begun; one that is under way already stays as it is."""
    group = realm.find(params["targetGroupIdentifier"], now)
    if group.status(now) != "DELETE_IN_PROGRESS":
        _check_deletable(group, now)
        ends_at = now + realm.durations.delete_seconds
        passage = Passage(ends_at, realm.wishes.failing_deletions.pop(group.id, None))
        group = realm.keep(evolve(group, deletion=passage))
    return {"id": group.id, "arn": group.arn, "status": "DELETE_IN_PROGRESS"}


def _repeated(realm: Realm, creation: Creation, wanted: Params, now: float) -> Answer:
    if creation.params != wanted:
        message = "The clientToken was used with other parameters"
        raise _token_reused(realm, message, creation.group_id)
    group = realm.groups[creation.group_id]
    return dict(creation.reply) if group.is_gone(now) else reply(group, group.status(now))


def _token_reused(realm: Realm, message: str, group_id: str) -> Exception:
    if realm.token_mismatch == TOKEN_REUSED:
        return conflict(message, group_id)
    return invalid([Violation("clientToken", message)])


def _check_new(realm: Realm, wanted: Params, now: float) -> None:
    given = config_violations(wanted["type"], wanted.get("config", {}))
    if violations := [*given, *tag_violations(wanted.get("tags", {}), {})]:
        raise invalid(violations)
    namesake = realm.named(wanted["name"], now)
    if namesake is not None and namesake.status(now) != "CREATE_FAILED":
        message = f"Target group with name {namesake.name} already exists"
        raise conflict(message, namesake.id)
    quota = realm.wishes.quotas.get("target_groups")
    if quota is not None and len(list(realm.present(now))) >= quota:
        raise over_quota("Too many target groups", TARGET_GROUP)


def _new_group(realm: Realm, wanted: Params, now: float) -> TargetGroup:
    group_id, name = realm.new_id("tg-"), wanted["name"]
    ends_at = now + realm.durations.create_seconds
    return TargetGroup(
        id=group_id,
        arn=realm.arn(f"targetgroup/{group_id}"),
        name=name,
        type=wanted["type"],
        config=filled(wanted["type"], wanted.get("config")),
        number=realm.next_number(),
        created_at=now,
        updated_at=now,
        creation=Passage(ends_at, realm.wishes.failing_creations.pop(name, None)),
        tags=wanted.get("tags", {}),
    )


def _is_among(group: TargetGroup, vpc: str | None, group_type: str | None) -> bool:
    in_vpc = vpc is None or (group.config or {}).get("vpcIdentifier") == vpc
    return in_vpc and group_type in (None, group.type)


def _check_deletable(group: TargetGroup, now: float) -> None:
    if (status := group.status(now)) == "CREATE_IN_PROGRESS":
        raise wrong_status(group.id, status)
    if group.service_arns:
        message = f"TargetGroup {group.id} is in use by {', '.join(group.service_arns)}"
        raise conflict(message, group.id)
    if group.present(now):
        # text as observed by alchemy-run/alchemy
        message = "TargetGroup has targets registered with it"
        raise conflict(message, group.id)
