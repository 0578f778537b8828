"""Removal of secrets from URLs and from messages that botocore, urllib3 and VPC Lattice write."""

import re
from collections.abc import Iterator

_PLACEHOLDER = "***"

_SECRETS = (
    # The user name and password of a URL. The pattern prefers to remove too much because a password may contain
    # unescaped delimiters.
    r'(://)[^"]*(?=@)',
    # The user name and password of a URL without a scheme.
    r"((?:^|[\s\"'(]))[^\s\"'(/@]*:[^\s\"/@]*(?=@)",
    # urllib3 and urllib show the part of a URL that they cannot parse, such as a password with unescaped delimiters.
    r"(?s)(Failed to parse: |Port could not be cast to integer value as ).*",
    # http.client shows a header that contains a line break, such as a session token that was read from a file.
    r"(?s)(Invalid header value ).*",
    # VPC Lattice repeats the signed headers if the signature of a request is wrong.
    r"(?i)(x-amz-security-token['\"]?\s*[:=]\s*)[^\s&'\"]+",
)
_USERINFO = r"^([^/@]*://)?[^/?#]*@"


def redact(text: str) -> str:
    """Return ``text`` without the user names and passwords of URLs and without session tokens."""
    for pattern in _SECRETS:
        text = re.sub(pattern, rf"\1{_PLACEHOLDER}", text)
    return text


def redact_exception(error: BaseException) -> None:
    """Remove secrets from the messages of ``error`` and of its causes, which tracebacks show."""
    for each in _iter_chain(error):
        redacted = tuple(redact(arg) if isinstance(arg, str) else arg for arg in each.args)
        if redacted != each.args:
            each.args = redacted


def remove_userinfo(url: str) -> str:
    """Return ``url`` without user name and password."""
    return re.sub(_USERINFO, r"\1", url)


def _iter_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and, recursively, its causes and contexts."""
    pending, seen = [error], set[int]()
    while pending:
        each = pending.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            pending.extend(linked for linked in (each.__cause__, each.__context__) if linked is not None)
