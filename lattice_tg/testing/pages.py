"""Pages: a token says after which row the next page begins, so rows that come or go between pages do no harm."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from attrs import frozen

from lattice_tg.testing.refusals import RefusedError, Violation, invalid

MOST_ROWS = 100


class Numbered(Protocol):
    """What can be paged: rows numbered in the order in which they were made."""

    @property
    def number(self) -> int:
        """The row's place in the order."""
        ...


NumberedT = TypeVar("NumberedT", bound=Numbered)


@frozen
class Listing:
    """One question that is answered in pages; a token is good for its own question only."""

    question: str
    max_results: int
    next_token: str | None


def listing(operation: str, params: dict[str, Any]) -> Listing:
    """The listing that these parameters ask for."""
    paging = ("maxResults", "nextToken")
    question = f"{operation} {sorted((name, str(value)) for name, value in params.items() if name not in paging)}"
    return Listing(question, params.get("maxResults", MOST_ROWS), params.get("nextToken"))


def page(listed: Listing, rows: Iterable[NumberedT]) -> tuple[list[NumberedT], dict[str, str]]:
    """One page of ``rows``, and the member ``nextToken`` where more follow."""
    after = -1 if listed.next_token is None else _number_in(listed)
    left = sorted((row for row in rows if row.number > after), key=lambda row: row.number)
    shown = left[: listed.max_results]
    return shown, {"nextToken": _token(listed, shown[-1].number)} if len(left) > len(shown) else {}


def _token(listed: Listing, number: int) -> str:
    text = f"{binascii.crc32(listed.question.encode()):08x}{number}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _number_in(listed: Listing) -> int:
    token = listed.next_token or ""
    try:
        number = int(base64.urlsafe_b64decode(token)[8:])
    except ValueError:
        raise _invalid_token() from None
    if _token(listed, number) != token:
        raise _invalid_token()
    return number


def _invalid_token() -> RefusedError:
    return invalid([Violation("nextToken", "Invalid token")])
