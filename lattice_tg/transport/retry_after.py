"""Parsing of the Retry-After header."""

import re
from collections.abc import MutableMapping
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)
# Longer than any client waits. Without a limit, a long number would become infinity, and ceil() would raise an error.
_MAX_SECONDS = 1e9

Headers = MutableMapping[str, str]


def parse_retry_after(value: str, date: str | None) -> float | None:
    """Return the number of seconds to wait, or None if ``value`` is malformed.

    RFC 9110, section 10.2.3, defines the format.

    Args:
        value: Value of the Retry-After header: a number of seconds or an HTTP date.
        date: Date header of the same response. If ``value`` is an HTTP date, the wait is the time from ``date`` to
            ``value``.

    """
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), _MAX_SECONDS)
    try:
        retry_at, sent_at = parsedate_to_datetime(value), parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return max(0.0, retry_at.timestamp() - sent_at.timestamp())


def normalize_retry_after(response_dict: dict[str, Any], **_: object) -> None:
    """Convert the Retry-After header of an error response to a whole number of seconds.

    A malformed header is removed because botocore raises an error if the value is not an integer.
    """
    if response_dict["status_code"] < 300:  # noqa: PLR2004 - only error responses ask the client to wait
        return
    headers: Headers = response_dict["headers"]
    value = headers.get("Retry-After")
    if value is None:
        return
    seconds = parse_retry_after(value, headers.get("Date"))
    del headers["Retry-After"]
    if seconds is not None:
        headers["Retry-After"] = str(ceil(seconds))
