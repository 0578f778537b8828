"""Helpers for deletion tests: emulator delays, a conflict response and ``delete_group()``."""

import pytest

from lattice_tg.models.responses import TargetGroupDeletion
from lattice_tg.operations.delete import delete
from lattice_tg.sending.request_sender import RequestSender
from lattice_tg.testing import VirtualClock
from support.clients import run
from support.targets import ID, conflict_response

HAS_TARGETS = conflict_response("TargetGroup has targets registered with it")
with_delays = pytest.mark.vpc_lattice(
    clock=VirtualClock(), create_seconds=10, initial_seconds=5, drain_seconds=300, delete_seconds=30
)


def delete_group(
    sender: RequestSender,
    *,
    missing_ok: bool = False,
    drain: bool = False,
    wait_for_services: bool = False,
    wait: bool = False,
    timeout_seconds: float = 600.0,
) -> TargetGroupDeletion | None:
    """Delete the group ``ID`` with a sender of ``make_stub_sender()``."""
    return run(
        delete,
        sender,
        ID,
        missing_ok=missing_ok,
        drain=drain,
        wait_for_services=wait_for_services,
        wait=wait,
        timeout_seconds=timeout_seconds,
    )
