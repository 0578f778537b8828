"""HTTP requests to the emulated service and to its control API."""

import json
from collections.abc import Mapping
from typing import Any

from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.http_messages import DroppedResponse, Response
from lattice_tg.testing.moto_adapter import handle_http
from lattice_tg.testing.state import RecordedCall
from lattice_tg.testing.validation import is_object

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


def handle_request(
    lattice: VpcLatticeEmulator, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Response | DroppedResponse:
    """The reply to one request; ``target`` is its path with its query."""
    match method, target:
        case "GET", "/_health":
            return _json(200, {"status": "ok"})
        case "GET", "/_calls":
            return _json(200, [call_to_json(call) for call in lattice.calls])
        case "POST", "/_faults":
            return _handle_fault_request(lattice, body)
        case _:
            return _handle_service_request(method, target, headers, body)


def _handle_fault_request(lattice: VpcLatticeEmulator, body: bytes) -> Response:
    try:
        run_command(lattice, body)
    except ValueError as not_understood:
        return _json(400, {"message": str(not_understood)})
    return _json(200, {})


def _handle_service_request(
    method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Response | DroppedResponse:
    try:
        return handle_http(method, target, headers, body)
    except NotImplementedError as not_mocked:
        return _json(501, {"message": str(not_mocked)})


def _json(http_status: int, value: Any) -> Response:
    return Response(http_status, {"Content-Type": "application/json"}, json.dumps(value).encode())
