"""Telling an emulator by JSON what is to go wrong: the way for tests that are not written in Python."""

import json
from typing import Any

from lattice_tg.testing.calls import RecordedCall
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.json_values import is_object

METHODS = (
    "throttle",
    "fail",
    "drop_response",
    "delay",
    "rate_limit",
    "set_quota",
    "reject_target",
    "set_target_status",
    "attach_to_service",
    "detach_from_services",
    "fail_next_create",
    "fail_next_delete",
    "clear_faults",
    "reset",
)
_EXAMPLE = '{"method": "throttle", "arguments": {"operation": "CreateTargetGroup", "times": 3}}'


def run_command(lattice: VpcLatticeEmulator, text: bytes) -> None:
    """Call the method of the emulator that the JSON names; a ValueError says what is wrong with it."""
    wanted: Any = json.loads(text or b"null")
    if not is_object(wanted) or not is_object(arguments := wanted.get("arguments", {})):
        message = f"not understood; send JSON such as {_EXAMPLE}"
        raise ValueError(message)
    method = wanted.get("method")
    if method not in METHODS:
        message = f"method={method!r}: no such fault; write one of {', '.join(METHODS)}"
        raise ValueError(message)
    try:
        getattr(lattice, method)(**arguments)
    except TypeError as wrong_arguments:
        raise ValueError(str(wrong_arguments)) from wrong_arguments


def call_to_json(call: RecordedCall) -> dict[str, Any]:
    """A call as JSON."""
    return {"operation": call.operation, "params": dict(call.params), "time": call.time, "status": call.status}
