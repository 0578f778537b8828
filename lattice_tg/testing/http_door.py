"""What is answered over HTTP: the emulator's service, moto's services, and three paths to watch and steer it by."""

import json
from collections.abc import Mapping
from typing import Any

from lattice_tg.testing.control import ask_for, call_row
from lattice_tg.testing.emulator import VpcLattice
from lattice_tg.testing.http_values import LostReply, Reply
from lattice_tg.testing.moto_bridge import answer_http


def respond(
    lattice: VpcLattice, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Reply | LostReply:
    """The reply to one request; ``target`` is its path with its query."""
    match method, target:
        case "GET", "/_health":
            return _json(200, {"status": "ok"})
        case "GET", "/_calls":
            return _json(200, [call_row(call) for call in lattice.calls])
        case "POST", "/_faults":
            return _asked_for(lattice, body)
        case _:
            return _of_the_service(method, target, headers, body)


def _asked_for(lattice: VpcLattice, body: bytes) -> Reply:
    try:
        ask_for(lattice, body)
    except ValueError as not_understood:
        return _json(400, {"message": str(not_understood)})
    return _json(200, {})


def _of_the_service(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply | LostReply:
    try:
        return answer_http(method, target, headers, body)
    except NotImplementedError as not_mocked:
        return _json(501, {"message": str(not_mocked)})


def _json(http_status: int, value: Any) -> Reply:
    return Reply(http_status, {"Content-Type": "application/json"}, json.dumps(value).encode())
