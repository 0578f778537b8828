"""The three operations on the targets of a group."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from lattice_tg.testing.groups import Failure, TargetGroup
from lattice_tg.testing.pages import page_request, paginate
from lattice_tg.testing.realm import RegionBackend
from lattice_tg.testing.refusals import quota_exceeded
from lattice_tg.testing.target_rules import SINGLE_TARGET_TYPES, UNSUPPORTED, Owner, rejection_reason
from lattice_tg.testing.targets import Target, TargetKey, failure_item, key_of, list_item, to_wire

Params = dict[str, Any]
Answer = dict[str, Any]


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
    return {"items": [list_item(target, watch, now) for target in shown], **token}


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
