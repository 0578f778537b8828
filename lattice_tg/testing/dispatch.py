"""From an operation's name and parameters to its answer: first the model's rules, then the service's own."""

from collections.abc import Callable
from typing import Any

from lattice_tg.testing.group_operations import (
    create_target_group,
    delete_target_group,
    get_target_group,
    list_target_groups,
    update_target_group,
)
from lattice_tg.testing.http_values import Response, error_response, success_response
from lattice_tg.testing.model import operation_model
from lattice_tg.testing.realm import RegionBackend
from lattice_tg.testing.refusals import EmulatedServiceError, validation_error
from lattice_tg.testing.routes import ParsedRequest
from lattice_tg.testing.shapes import shape_violations
from lattice_tg.testing.tag_operations import list_tags_for_resource, tag_resource, untag_resource
from lattice_tg.testing.target_operations import deregister_targets, list_targets, register_targets

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
