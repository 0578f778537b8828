"""Pages: a token says after which row the next page begins, so rows that come or go between pages do no harm."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from attrs import frozen

from lattice_tg.testing.errors import EmulatedServiceError, Violation, validation_error

MAX_RESULTS = 100


class HasNumber(Protocol):
    """What can be paged: rows numbered in the order in which they were made."""

    @property
    def number(self) -> int:
        """The row's place in the order."""
        ...


NumberedT = TypeVar("NumberedT", bound=HasNumber)


@frozen
class PageRequest:
    """One question that is answered in pages; a token is good for its own question only."""

    fingerprint: str
    max_results: int
    next_token: str | None


def page_request(operation: str, params: dict[str, Any]) -> PageRequest:
    """The listing that these parameters ask for."""
    paging = ("maxResults", "nextToken")
    question = f"{operation} {sorted((name, str(value)) for name, value in params.items() if name not in paging)}"
    return PageRequest(question, params.get("maxResults", MAX_RESULTS), params.get("nextToken"))


def paginate(listed: PageRequest, rows: Iterable[NumberedT]) -> tuple[list[NumberedT], dict[str, str]]:
    """One page of ``rows``, and the member ``nextToken`` where more follow."""
    after = -1 if listed.next_token is None else _decode_token(listed)
    left = sorted((row for row in rows if row.number > after), key=lambda row: row.number)
    shown = left[: listed.max_results]
    return shown, {"nextToken": _encode_token(listed, shown[-1].number)} if len(left) > len(shown) else {}


def _encode_token(listed: PageRequest, number: int) -> str:
    text = f"{binascii.crc32(listed.fingerprint.encode()):08x}{number}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decode_token(listed: PageRequest) -> int:
    token = listed.next_token or ""
    try:
        number = int(base64.urlsafe_b64decode(token)[8:])
    except ValueError:
        raise _invalid_token() from None
    if _encode_token(listed, number) != token:
        raise _invalid_token()
    return number


def _invalid_token() -> EmulatedServiceError:
    return validation_error([Violation("nextToken", "Invalid token")])
