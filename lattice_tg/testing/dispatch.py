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
from lattice_tg.testing.http_values import Reply, error, success
from lattice_tg.testing.model import operation_model
from lattice_tg.testing.realm import Realm
from lattice_tg.testing.refusals import RefusedError, invalid
from lattice_tg.testing.routes import Asked
from lattice_tg.testing.shapes import shape_violations
from lattice_tg.testing.tag_operations import list_tags_for_resource, tag_resource, untag_resource
from lattice_tg.testing.target_operations import deregister_targets, list_targets, register_targets

_OPERATIONS: dict[str, Callable[[Realm, dict[str, Any], float], dict[str, Any]]] = {
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


def perform(realm: Realm, wanted: Asked, now: float) -> Reply:
    """What the service answers to a readable or unreadable request."""
    try:
        return success(operation_model(wanted.operation).http["responseCode"], _answer(realm, wanted, now))
    except RefusedError as refused:
        return error(refused.refusal)


def _answer(realm: Realm, wanted: Asked, now: float) -> dict[str, Any]:
    if wanted.defect is not None:
        raise wanted.defect
    violations = list(shape_violations(operation_model(wanted.operation).input_shape, wanted.params))
    if violations:
        raise invalid(violations)
    return _OPERATIONS[wanted.operation](realm, wanted.params, now)
