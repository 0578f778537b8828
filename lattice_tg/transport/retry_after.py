"""Parsing of the Retry-After header."""

import re
from collections.abc import MutableMapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

_SECONDS_PATTERN = r"[0-9]+(\.[0-9]+)?"
_MAX_SECONDS = 1e9
"""Longer than any client waits."""

Headers = MutableMapping[str, str]


def parse_retry_after(value: str, date: str | None) -> float | None:
    """Return the number of seconds to wait, or None if ``value`` is malformed.

    The number is finite and not negative. RFC 9110, section 10.2.3, defines the format.

    Args:
        value: Value of the Retry-After header: a number of seconds or an HTTP date.
        date: Date header of the same response. If ``value`` is an HTTP date, the wait is the time from ``date`` to
            ``value``.

    """
    value = value.strip()
    if re.fullmatch(_SECONDS_PATTERN, value):
        return limit_seconds(float(value))
    retry_at, sent_at = _parse_date(value), _parse_date(date or "")
    return None if retry_at is None or sent_at is None else limit_seconds((retry_at - sent_at).total_seconds())


def limit_seconds(seconds: float) -> float:
    """Return ``seconds`` as a float that is finite and not negative. NaN becomes 0."""
    # max() returns its first argument if the second is NaN. float() raises an error for an integer of 400 digits.
    return float(min(max(0, seconds), _MAX_SECONDS))


def _parse_date(value: str) -> datetime | None:
    """Parse an HTTP date, or return None if ``value`` is malformed.

    Depending on the part that is out of range, the standard library raises one of several errors.
    """
    try:
        parsed = parsedate_to_datetime(value)
        # The standard library returns a date without a time zone for the zone -0000, which means UTC.
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
    except (ValueError, TypeError, LookupError, ArithmeticError):
        return None


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
