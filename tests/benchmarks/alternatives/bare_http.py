"""The limit: urllib3 and json, nothing signed, nothing checked, times left as text."""

import json
from typing import Any

import urllib3

from alternatives.five_calls import FiveCalls
from service.responses import GROUP_ID, TARGETS, WANTED

TOKEN = "7a43d2a4-4a4d-4b4d-9d4e-1c8f2b1e5a11"


def calls(url: str) -> FiveCalls:
    pool = urllib3.PoolManager()
    group = f"{url}/targetgroups/{GROUP_ID}"

    def sent(method: str, address: str, request: Any = None) -> Any:
        body = None if request is None else json.dumps(request)
        headers = {"Content-Type": "application/json"}
        return json.loads(pool.request(method, address, body=body, headers=headers).data)

    return FiveCalls(
        create=lambda: sent("POST", f"{url}/targetgroups", {**WANTED, "clientToken": TOKEN}),
        get=lambda: sent("GET", group),
        list_groups=lambda: sent("GET", f"{url}/targetgroups?maxResults=100")["items"],
        list_targets=lambda: sent("POST", f"{group}/listtargets?maxResults=100", {})["items"],
        register=lambda: sent("POST", f"{group}/registertargets", {"targets": TARGETS})["successful"],
    )
