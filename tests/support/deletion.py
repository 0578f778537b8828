"""A delete against the stand-in, what it comes to, and groups that are hard to delete."""

import pytest

from lattice_tg.models.responses import TargetGroupDeletion
from lattice_tg.operations.delete import delete
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.testing import VirtualClock
from support.targets import ID, conflict

HAS_TARGETS = conflict("TargetGroup has targets registered with it")
lasting = pytest.mark.vpc_lattice(
    clock=VirtualClock(), create_seconds=10, initial_seconds=5, drain_seconds=300, delete_seconds=30
)


def deleted(
    calls: RequestSender,
    *,
    missing_ok: bool = False,
    drain: bool = False,
    wait: bool = False,
    timeout_seconds: float = 600.0,
) -> TargetGroupDeletion | None:
    return delete(calls, ID, missing_ok=missing_ok, drain=drain, wait=wait, timeout_seconds=timeout_seconds)
