"""The emulated operations on listeners and rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from lattice_tg.testing.backend import IdempotencyRecord, RegionBackend
from lattice_tg.testing.errors import EmulatedServiceError, Violation, conflict, not_found, validation_error
from lattice_tg.testing.listeners import (
    TLS_PASSTHROUGH,
    Action,
    Listener,
    Rule,
    action_violations,
    default_port,
    id_from_arn,
    listener_item,
    listener_response,
    protocol_violation,
    rule_item,
    rule_response,
    timestamps,
    weighted_groups,
)
from lattice_tg.testing.pagination import make_page_request, paginate
from lattice_tg.testing.routing import Service

Params = Mapping[str, Any]
Result = dict[str, Any]

# No public source documents the name of default rules. The priority comes from public scripts that select default rules
# by this number, which exceeds the maximum in the service model.
_DEFAULT_RULE_NAME = "default"
_DEFAULT_RULE_PRIORITY = 99999


def create_listener(backend: RegionBackend, params: Params, now: float) -> Result:
    """Create a listener and its default rule."""
    if (record := _find_record(backend, "CreateListener", params)) is not None:
        return dict(record.response)
    service = _find_service(backend, params["serviceIdentifier"])
    siblings = [listener for listener in backend.listeners.values() if listener.service_id == service.id]
    _validate_unique(siblings, "name", params["name"], "Listener")
    action = params["defaultAction"]
    _validate_action(backend, "defaultAction", action, service.arn, params["protocol"], now=now, allow_unknown=True)
    listener = _make_listener(backend, service, params, now)
    backend.listeners[listener.id] = listener
    _save_rule(backend, _make_rule(backend, listener.service_arn, listener.id, _default_rule_params(action), now))
    return _record(backend, "CreateListener", params, listener.id, listener_response(listener, action))


def _make_listener(backend: RegionBackend, service: Service, params: Params, now: float) -> Listener:
    listener_id = backend.new_id("listener-")
    return Listener(
        id=listener_id,
        arn=f"{service.arn}/listener/{listener_id}",
        name=params["name"],
        protocol=params["protocol"],
        port=params.get("port", default_port(params["protocol"])),
        service_id=service.id,
        service_arn=service.arn,
        number=backend.next_number(),
        created_at=now,
        updated_at=now,
        tags=params.get("tags", {}),
    )


def _default_rule_params(action: Action) -> Params:
    return {"name": _DEFAULT_RULE_NAME, "priority": _DEFAULT_RULE_PRIORITY, "action": action}


def get_listener(backend: RegionBackend, params: Params, now: float) -> Result:  # noqa: ARG001
    """Return the details of a listener."""
    listener = _find_listener(backend, params)
    return listener_response(listener, _default_rule(backend, listener).action) | timestamps(listener, backend.epoch)


def list_listeners(backend: RegionBackend, params: Params, now: float) -> Result:  # noqa: ARG001
    """List the listeners of a service."""
    service = _find_service(backend, params["serviceIdentifier"])
    listeners = (listener for listener in backend.listeners.values() if listener.service_id == service.id)
    page, token = paginate(make_page_request("ListListeners", params), listeners)
    return {"items": [listener_item(listener, backend.epoch) for listener in page], **token}


def update_listener(backend: RegionBackend, params: Params, now: float) -> Result:
    """Replace the default action of a listener."""
    listener, action = _find_listener(backend, params), params["defaultAction"]
    _validate_action(backend, "defaultAction", action, listener.service_arn, listener.protocol, now=now)
    backend.listeners[listener.id] = evolve(listener, updated_at=now)
    _save_rule(backend, evolve(_default_rule(backend, listener), action=action, updated_at=now))
    return listener_response(listener, action)


def delete_listener(backend: RegionBackend, params: Params, now: float) -> Result:  # noqa: ARG001
    """Delete a listener and its rules."""
    listener = _find_listener(backend, params)
    # User Guide, "Delete a listener": deleting a listener also deletes its rules.
    for rule in list(_rules_of(backend, listener.id)):
        del backend.rules[rule.id]
    del backend.listeners[listener.id]
    return {}


def create_rule(backend: RegionBackend, params: Params, now: float) -> Result:
    """Create a rule.

    As in moto, the service and the listener need not exist.
    """
    if (record := _find_record(backend, "CreateRule", params)) is not None:
        return dict(record.response)
    service = backend.environment.find_service(params["serviceIdentifier"])
    service_arn = params["serviceIdentifier"] if service is None else service.arn
    listener = backend.listeners.get(id_from_arn(params["listenerIdentifier"]))
    protocol = None if listener is None else listener.protocol
    if listener is not None:
        _validate_unique(_rules_of(backend, listener.id), "name", params["name"], "Rule")
        _validate_unique(_rules_of(backend, listener.id), "priority", params["priority"], "Rule")
    if protocol == TLS_PASSTHROUGH:
        # User Guide, "TLS listeners": only the default rule forwards requests.
        raise validation_error([Violation("listenerIdentifier", f"A {protocol} listener has only a default rule")])
    _validate_action(backend, "action", params["action"], service_arn, protocol, now=now, allow_unknown=True)
    rule = _make_rule(backend, service_arn, id_from_arn(params["listenerIdentifier"]), params, now)
    return _record(backend, "CreateRule", params, _save_rule(backend, rule).id, rule_response(rule))


def _make_rule(backend: RegionBackend, service_arn: str, listener_id: str, params: Params, now: float) -> Rule:
    rule_id = backend.new_id("rule-")
    return Rule(
        id=rule_id,
        arn=f"{service_arn}/listener/{listener_id}/rule/{rule_id}",
        name=params["name"],
        priority=params["priority"],
        match=params.get("match"),
        action=params["action"],
        listener_id=listener_id,
        service_arn=service_arn,
        number=backend.next_number(),
        created_at=now,
        updated_at=now,
        tags=params.get("tags", {}),
    )


def get_rule(backend: RegionBackend, params: Params, now: float) -> Result:  # noqa: ARG001
    """Return the details of a rule, which may be a default rule."""
    rule = _find_rule(backend, params, params["ruleIdentifier"])
    return rule_response(rule) | {"isDefault": rule.is_default} | timestamps(rule, backend.epoch)


def list_rules(backend: RegionBackend, params: Params, now: float) -> Result:  # noqa: ARG001
    """List the rules of a listener, including the default rule."""
    rules = _rules_of(backend, _find_listener(backend, params).id)
    page, token = paginate(make_page_request("ListRules", params), rules)
    return {"items": [rule_item(rule, backend.epoch) for rule in page], **token}


def update_rule(backend: RegionBackend, params: Params, now: float) -> Result:
    """Update the action, match or priority of a rule."""
    rule = _update_rule(backend, params, params, now)
    _validate_priorities(backend, {rule.id: rule})
    return rule_response(_save_rule(backend, rule)) | {"isDefault": False}


def batch_update_rule(backend: RegionBackend, params: Params, now: float) -> Result:
    """Update several rules, and list the rules that cannot be updated under ``unsuccessful``.

    Priorities are compared after all updates, so that rules can swap their priorities.
    """
    updated, unsuccessful = dict[str, Rule](), list[Result]()
    for changes in params["rules"]:
        try:
            rule = _update_rule(backend, params, changes, now)
        except EmulatedServiceError as error:
            unsuccessful.append(_failure_item(changes["ruleIdentifier"], error))
        else:
            updated[rule.id] = rule
    _validate_priorities(backend, updated)
    successful = [rule_response(_save_rule(backend, rule)) | {"isDefault": False} for rule in updated.values()]
    return {"successful": successful, "unsuccessful": unsuccessful}


def _failure_item(identifier: str, error: EmulatedServiceError) -> Result:
    # No public source documents the failure codes of rules.
    response = error.response
    return {"ruleIdentifier": identifier, "failureCode": response.code, "failureMessage": response.message}


def _update_rule(backend: RegionBackend, params: Params, changes: Params, now: float) -> Rule:
    rule = _find_rule(backend, params, changes["ruleIdentifier"])
    if rule.is_default:
        # API reference, UpdateRule. The error code is not documented.
        message = "You can't modify a default listener rule. To modify a default listener rule, use UpdateListener"
        raise validation_error([Violation("ruleIdentifier", message)])
    members = {name: changes[name] for name in ("action", "match", "priority") if name in changes}
    if "action" in members:
        listener = backend.listeners.get(rule.listener_id)
        protocol = None if listener is None else listener.protocol
        _validate_action(backend, "action", members["action"], rule.service_arn, protocol, now=now)
    return evolve(rule, updated_at=now, **members)


def delete_rule(backend: RegionBackend, params: Params, now: float) -> Result:  # noqa: ARG001
    """Delete a rule."""
    rule = _find_rule(backend, params, params["ruleIdentifier"])
    if rule.is_default:
        # API reference, DeleteRule. The error code is not documented.
        raise validation_error([Violation("ruleIdentifier", "You cannot delete the default rule")])
    del backend.rules[rule.id]
    return {}


LISTENER_OPERATIONS: dict[str, Callable[[RegionBackend, Params, float], Result]] = {
    "CreateListener": create_listener,
    "GetListener": get_listener,
    "ListListeners": list_listeners,
    "UpdateListener": update_listener,
    "DeleteListener": delete_listener,
    "CreateRule": create_rule,
    "GetRule": get_rule,
    "ListRules": list_rules,
    "UpdateRule": update_rule,
    "BatchUpdateRule": batch_update_rule,
    "DeleteRule": delete_rule,
}


def _find_service(backend: RegionBackend, identifier: str) -> Service:
    service = backend.environment.find_service(identifier)
    if service is None:
        raise not_found(identifier, "Service")
    return service


def _find_listener(backend: RegionBackend, params: Params) -> Listener:
    identifier = params["listenerIdentifier"]
    listener = backend.listeners.get(id_from_arn(identifier))
    if listener is None or listener.service_id != id_from_arn(params["serviceIdentifier"]):
        raise not_found(identifier, "Listener")
    return listener


def _find_rule(backend: RegionBackend, params: Params, identifier: str) -> Rule:
    rule = backend.rules.get(id_from_arn(identifier))
    parents = id_from_arn(params["serviceIdentifier"]), id_from_arn(params["listenerIdentifier"])
    if rule is None or (id_from_arn(rule.service_arn), rule.listener_id) != parents:
        raise not_found(identifier, "Rule")
    return rule


def _rules_of(backend: RegionBackend, listener_id: str) -> Iterator[Rule]:
    return (rule for rule in backend.rules.values() if rule.listener_id == listener_id)


def _default_rule(backend: RegionBackend, listener: Listener) -> Rule:
    return next(rule for rule in _rules_of(backend, listener.id) if rule.is_default)


def _save_rule(backend: RegionBackend, rule: Rule) -> Rule:
    backend.rules[rule.id] = rule
    backend.service_usage.ignored.pop(rule.id, None)
    return rule


def _validate_unique(siblings: Iterable[Listener | Rule], member: str, value: str | int, resource: str) -> None:
    for sibling in siblings:
        if getattr(sibling, member) == value:
            message = f"{resource} with {member} {value} already exists"
            raise conflict(message, sibling.id, resource.upper())


def _validate_priorities(backend: RegionBackend, updated: Mapping[str, Rule]) -> None:
    for rule in updated.values():
        siblings = (updated.get(sibling.id, sibling) for sibling in _rules_of(backend, rule.listener_id))
        _validate_unique((sibling for sibling in siblings if sibling.id != rule.id), "priority", rule.priority, "Rule")


def _validate_action(
    backend: RegionBackend,
    path: str,
    action: Action,
    service_arn: str,
    protocol: str | None,
    *,
    now: float,
    allow_unknown: bool = False,
) -> None:
    violations = list(action_violations(path, action, protocol))
    for position, named in enumerate(weighted_groups(action)):
        identifier = named["targetGroupIdentifier"]
        group = backend.groups.get(id_from_arn(identifier))
        if group is None or group.is_deleted(now):
            if not allow_unknown:
                raise not_found(identifier)
            continue
        if set(backend.configured_services(group.id)) - {service_arn}:
            # The message is quoted from AWS Gateway API Controller, issue 77. The error code is not documented.
            message = f"TargetGroup {group.id} has been associated with other services"
            raise conflict(message, group.id)
        name = f"{path}.forward.targetGroups[{position}].targetGroupIdentifier"
        if (violation := protocol_violation(name, group, protocol)) is not None:
            violations.append(violation)
    if violations:
        raise validation_error(violations)


def _find_record(backend: RegionBackend, operation: str, params: Params) -> IdempotencyRecord | None:
    record = backend.creations.get((operation, params.get("clientToken", "")))
    if record is not None and record.params != params:
        raise backend.token_mismatch(record.resource_id)
    return record


def _record(backend: RegionBackend, operation: str, params: Params, resource_id: str, response: Result) -> Result:
    if "clientToken" in params:
        key = (operation, params["clientToken"])
        backend.creations[key] = IdempotencyRecord(params, resource_id, response)
    return response
