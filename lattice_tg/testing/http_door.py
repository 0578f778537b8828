"""What is answered over HTTP: the emulator's service, moto's services, and three paths to watch and steer it by."""

import json
from collections.abc import Mapping
from typing import Any

from lattice_tg.testing.control import call_to_json, run_command
from lattice_tg.testing.emulator import VpcLatticeEmulator
from lattice_tg.testing.http_values import DroppedResponse, Response
from lattice_tg.testing.moto_bridge import handle_http


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
