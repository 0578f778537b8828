"""An HTTP client for JSON responses that does not use an SDK."""

import json
import urllib.error
import urllib.request
from typing import Any

JSON = dict[str, Any]


def fetch(url: str, body: JSON | bytes | None = None) -> tuple[int, Any]:
    """Send a request and return the status and the parsed body."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
