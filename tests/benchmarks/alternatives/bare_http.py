"""Lower bound: urllib3 and json, without signing, validation or timestamp parsing."""

import json
from typing import Any

import urllib3

from alternatives.five_calls import FiveCalls
from service.responses import CREATE_REQUEST, GROUP_ID, TARGETS

TOKEN = "7a43d2a4-4a4d-4b4d-9d4e-1c8f2b1e5a11"


def calls(url: str) -> FiveCalls:
    """Return the five benchmark calls as plain HTTP requests."""
    pool = urllib3.PoolManager()
    group = f"{url}/targetgroups/{GROUP_ID}"

    def send(method: str, address: str, request: Any = None) -> Any:
        body = None if request is None else json.dumps(request)
        headers = {"Content-Type": "application/json"}
        return json.loads(pool.request(method, address, body=body, headers=headers).data)

    return FiveCalls(
        create=lambda: send("POST", f"{url}/targetgroups", {**CREATE_REQUEST, "clientToken": TOKEN}),
        get=lambda: send("GET", group),
        list_groups=lambda: send("GET", f"{url}/targetgroups?maxResults=100")["items"],
        list_targets=lambda: send("POST", f"{group}/listtargets?maxResults=100", {})["items"],
        register=lambda: send("POST", f"{group}/registertargets", {"targets": TARGETS})["successful"],
    )
