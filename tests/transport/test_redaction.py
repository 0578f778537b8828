"""Removal of secrets from messages. Other tests check the messages of errors."""

import pytest

from lattice_tg.transport.redaction import redact


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Failed to parse: http://user:first\nsecond", "Failed to parse: ***"),
        ("Invalid header value first\nsecond", "Invalid header value ***"),
        (
            "X-Amz-Security-Token: token, x-amz-security-token: token",
            "X-Amz-Security-Token: *** x-amz-security-token: ***",
        ),
    ],
)
def test_line_breaks_and_capitals_hide_no_secret(text: str, redacted: str) -> None:
    """A secret may contain a line break, and the names of headers may contain capitals."""
    assert redact(text) == redacted
