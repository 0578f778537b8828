"""Classification of 409 responses by operation and message."""

import pytest

from lattice_tg import ConflictKind
from lattice_tg.transport.error_mapping import classify_conflict, is_transient
from support.sample_groups import ID

CREATE, UPDATE, DELETE, REGISTER = "CreateTargetGroup", "UpdateTargetGroup", "DeleteTargetGroup", "RegisterTargets"
STATUS = f"Invalid resource status for this operation, resource id {ID}, status:"


@pytest.mark.parametrize(
    ("operation", "message", "kind"),
    [
        (CREATE, "Target group orders already exists", "name_exists"),
        (CREATE, "A TargetGroup with that name ALREADY EXISTS.", "name_exists"),
        (CREATE, "TargetGroup with name auth-token already exists", "name_exists"),
        (CREATE, "TargetGroup with name idempotent already exists", "name_exists"),
        (CREATE, "TargetGroup with name in-use already exists", "name_exists"),
        (CREATE, "The clientToken was used with other parameters", "token_reused"),
        (CREATE, "The client token already exists with other parameters", "token_reused"),
        (CREATE, "Idempotent parameter mismatch", "token_reused"),
        (CREATE, f"{STATUS} CREATE_IN_PROGRESS.", "unknown"),
        (CREATE, "", "unknown"),
        (UPDATE, f"{STATUS} CREATE_IN_PROGRESS.", "wrong_status"),
        (REGISTER, f"{STATUS} DELETE_IN_PROGRESS.", "wrong_status"),
        (UPDATE, f"{STATUS} CREATE_FAILED.", "wrong_status"),
        (DELETE, "The creation of the target group is in progress", "wrong_status"),
        (DELETE, "The target group is being created", "wrong_status"),
        (DELETE, "TargetGroup has targets registered with it", "has_targets"),
        (DELETE, "Deregister the registered targets of this service first", "has_targets"),
        (DELETE, "Targets are draining", "has_targets"),
        (DELETE, f"Target group {ID} is in use", "in_use"),
        (DELETE, "The target group is used by a listener rule", "in_use"),
        (DELETE, "Associated with svc-1", "in_use"),
        (DELETE, "Target group already exists", "unknown"),
        (DELETE, "Unknown token", "unknown"),
        (DELETE, "No", "unknown"),
    ],
)
def test_conflict_classification(operation: str, message: str, kind: ConflictKind) -> None:
    """Conflicts are classified by operation and by message. The messages are messages that users have reported."""
    assert classify_conflict(operation, message) == kind


@pytest.mark.parametrize(
    ("kind", "message", "transient"),
    [
        ("wrong_status", f"{STATUS} CREATE_IN_PROGRESS.", True),
        ("wrong_status", "The creation of the target group is in progress", True),
        ("wrong_status", "The target group is being created", True),
        ("wrong_status", f"{STATUS} CREATE_FAILED.", False),
        ("wrong_status", f"{STATUS} DELETE_IN_PROGRESS.", False),
        ("wrong_status", "The target group to create was deleted in the past", False),
        ("in_use", f"{STATUS} CREATE_IN_PROGRESS.", False),
        ("unknown", "creation in progress", False),
    ],
)
def test_transient_conflicts(kind: ConflictKind, message: str, transient: bool) -> None:
    """A conflict is transient only if the target group is still being created."""
    assert is_transient(kind, message) is transient
