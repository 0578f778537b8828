"""Removal of secrets from messages that botocore, urllib3 and VPC Lattice write."""

import re
from collections.abc import Iterator

_PLACEHOLDER = "***"

_SECRETS = (
    # The user name and password of a URL. A password may contain unescaped delimiters.
    re.compile(r'(://)[^\s"]*(?=@)'),
    # VPC Lattice repeats the signed headers if the signature of a request is wrong.
    re.compile(r"(x-amz-security-token['\"]?\s*[:=]\s*)[^\s&'\"]+", re.IGNORECASE),
    # http.client shows a header that contains a line break, such as a session token from a file.
    re.compile(r"(Invalid header value ).*", re.DOTALL),
)


def redact(text: str) -> str:
    """Return ``text`` without the user names and passwords of URLs and without session tokens."""
    for pattern in _SECRETS:
        text = pattern.sub(rf"\1{_PLACEHOLDER}", text)
    return text


def redact_exception(error: BaseException) -> None:
    """Remove secrets from the messages of ``error`` and of its causes, which tracebacks show."""
    for each in _iter_chain(error):
        if any(isinstance(arg, str) and redact(arg) != arg for arg in each.args):
            each.args = tuple(redact(arg) if isinstance(arg, str) else arg for arg in each.args)


def has_userinfo(url: object) -> bool:
    """Return whether ``url`` contains a user name or password."""
    return redact(str(url)) != str(url)


def remove_userinfo(url: str) -> str:
    """Return ``url`` without user name and password."""
    return redact(url).replace(f"{_PLACEHOLDER}@", "", 1)


def _iter_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error``, its causes and their contexts, each one time."""
    pending, seen = [error], set[int]()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        pending.extend(linked for linked in (each.__cause__, each.__context__) if linked is not None)
