"""The ``Retry-After`` header."""

import re
from collections.abc import MutableMapping
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_MAX_SECONDS = 1e9  # longer than anybody waits; a number without end would not fit any integer

Headers = MutableMapping[str, str]


def parse_retry_after(retry_after: str, date: str | None) -> float | None:
    """The seconds in a Retry-After (RFC 9110, 10.2.3): a number, or a date, which is held against the answer's own."""
    told = retry_after.strip()
    if _NUMBER.fullmatch(told):
        return min(float(told), _MAX_SECONDS)
    try:
        then, now = parsedate_to_datetime(told), parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return max(0.0, then.timestamp() - now.timestamp())


def normalize_retry_after(response_dict: dict[str, Any], **_: object) -> None:
    """Write an answer's Retry-After as whole seconds, or take it off: botocore fails on any other form of it."""
    if response_dict["status_code"] < 300:  # noqa: PLR2004 - an answer that refuses nothing asks for no wait
        return
    headers: Headers = response_dict["headers"]
    told = headers.get("Retry-After")
    if told is None:
        return
    seconds = parse_retry_after(told, headers.get("Date"))
    del headers["Retry-After"]
    if seconds is not None:
        headers["Retry-After"] = str(ceil(seconds))
