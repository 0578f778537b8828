"""What moto knows of listeners and rules, and what it lacks: changing and deleting them.

So a group can be taken out of service as it is done at AWS. These are kept in moto's backend, where its CreateListener
and CreateRule put them; like those two, changes are not among the emulator's calls, and no fault strikes them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.backends import get_backend

from lattice_tg.testing.http_values import Request, Response, error_response, success_response
from lattice_tg.testing.model import operation_model
from lattice_tg.testing.realm import Forward
from lattice_tg.testing.refusals import EmulatedServiceError, service_error, validation_error
from lattice_tg.testing.routes import ParsedRequest, parse_request
from lattice_tg.testing.shapes import shape_violations

Params = Mapping[str, Any]
_IDENTIFIERS = ("serviceIdentifier", "listenerIdentifier", "ruleIdentifier")


def iter_forwards(account: str, region: str) -> Iterator[Forward]:
    """What moto's listeners and rules of this account and Region forward to."""
    backend = _backend(account, region)
    if backend is None:
        return
    for listener in list(backend.listeners.values()):
        yield from _forwards_of(listener.arn, listener.default_action, listener.service_arn)
    for rule in list(backend.rules.values()):
        yield from _forwards_of(rule.arn, rule.action, _service_arn(backend, rule.service_identifier))


def handle_listener_request(request: Request) -> Response | None:
    """The reply to a request that changes or deletes a listener or a rule; None where it is no such request."""
    wanted = parse_request(request, tuple(_OPERATIONS))
    if wanted is None:
        return None
    try:
        answer = _handle(_backend(request.account, request.region), wanted)
    except EmulatedServiceError as refusal:
        return error_response(refusal.refusal)
    return success_response(operation_model(wanted.operation).http["responseCode"], answer)


def _handle(backend: Any, wanted: ParsedRequest) -> dict[str, Any]:
    if wanted.parse_error is not None:
        raise wanted.parse_error
    found = shape_violations(operation_model(wanted.operation).input_shape, wanted.params)
    if violations := [row for row in found if row.name not in _IDENTIFIERS]:  # moto's own ids break the patterns
        raise validation_error(violations)
    return _OPERATIONS[wanted.operation](backend, wanted.params)


def _update_listener(backend: Any, params: Params) -> dict[str, Any]:
    listener = _listener(backend, params)
    listener.default_action = params["defaultAction"]
    told: dict[str, Any] = listener.to_dict()
    return told


def _delete_listener(backend: Any, params: Params) -> dict[str, Any]:
    """User guide, delete a listener: its rules go with it."""
    listener = _listener(backend, params)
    for rule in [rule for rule in backend.rules.values() if _id_from_arn(rule.listener_identifier) == listener.id]:
        del backend.rules[rule.id]
    del backend.listeners[listener.id]
    return {}


def _update_rule(backend: Any, params: Params) -> dict[str, Any]:
    rule = _rule(backend, params)
    for member in ("action", "match", "priority"):
        setattr(rule, member, params.get(member, getattr(rule, member)))
    return {**rule.to_dict(), "isDefault": False}


def _delete_rule(backend: Any, params: Params) -> dict[str, Any]:
    rule = _rule(backend, params)
    del backend.rules[rule.id]
    return {}


# a rule's path is a listener's with more behind it, so rules come first
_OPERATIONS: dict[str, Callable[[Any, Params], dict[str, Any]]] = {
    "UpdateRule": _update_rule,
    "DeleteRule": _delete_rule,
    "UpdateListener": _update_listener,
    "DeleteListener": _delete_listener,
}


def _listener(backend: Any, params: Params) -> Any:
    identifier = params["listenerIdentifier"]
    found = backend and backend.listeners.get(_id_from_arn(identifier))
    if not found or found.service_identifier != _id_from_arn(params["serviceIdentifier"]):
        raise _not_found("Listener", identifier)
    return found


def _rule(backend: Any, params: Params) -> Any:
    identifier = params["ruleIdentifier"]
    found = backend and backend.rules.get(_id_from_arn(identifier))
    named = ("service_identifier", "serviceIdentifier"), ("listener_identifier", "listenerIdentifier")
    if not found or any(_id_from_arn(getattr(found, field)) != _id_from_arn(params[member]) for field, member in named):
        raise _not_found("Rule", identifier)
    return found


def _not_found(kind: str, identifier: str) -> EmulatedServiceError:
    message = f"{kind} {identifier} not found"
    return service_error("ResourceNotFoundException", message, resourceId=identifier, resourceType=kind.upper())


def _backend(account: str, region: str) -> Any:
    accounts: Any = get_backend("vpc-lattice")
    return accounts.get(account, {}).get(region)


def _forwards_of(source: str, action: Mapping[str, Any], service_arn: str) -> Iterator[Forward]:
    forward: Mapping[str, Any] = action.get("forward") or {}
    for named in forward.get("targetGroups", []):
        yield Forward(source, _id_from_arn(named["targetGroupIdentifier"]), service_arn)


def _service_arn(backend: Any, service: str) -> str:
    known = backend.services.get(_id_from_arn(service))
    return service if known is None else str(known.arn)


def _id_from_arn(identifier: str) -> str:
    """The id, which an ARN ends with."""
    return identifier.rpartition("/")[2]
