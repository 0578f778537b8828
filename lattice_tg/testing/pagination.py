"""Pages of lists, and the tokens that identify the next page."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from attrs import frozen

from lattice_tg.testing.errors import EmulatedServiceError, Violation, validation_error

_MAX_RESULTS = 100


class HasNumber(Protocol):
    """A resource, numbered in the order of creation."""

    @property
    def number(self) -> int:
        """The number of the resource."""
        ...


_NumberedT = TypeVar("_NumberedT", bound=HasNumber)


@frozen
class PageRequest:
    """A request for one page of a list."""

    fingerprint: str
    """The operation and the filters, which must be the same for every page of a list."""
    max_results: int
    next_token: str | None


def make_page_request(operation: str, params: Mapping[str, Any]) -> PageRequest:
    """Return the page that the parameters of a list operation request."""
    paging = ("maxResults", "nextToken")
    filters = sorted((name, str(value)) for name, value in params.items() if name not in paging)
    return PageRequest(f"{operation} {filters}", params.get("maxResults", _MAX_RESULTS), params.get("nextToken"))


def paginate(request: PageRequest, items: Iterable[_NumberedT]) -> tuple[list[_NumberedT], dict[str, str]]:
    """Return one page of ``items``, and the ``nextToken`` member if more pages follow.

    A token contains the number of the last item on the page. Therefore, creating or deleting items between two requests
    does not cause other items to be skipped or repeated.
    """
    last_number = -1 if request.next_token is None else _decode_token(request, request.next_token)
    remaining = sorted((item for item in items if item.number > last_number), key=lambda item: item.number)
    page = remaining[: request.max_results]
    token = {"nextToken": _encode_token(request, page[-1].number)} if len(remaining) > len(page) else {}
    return page, token


def _encode_token(request: PageRequest, number: int) -> str:
    content = f"{binascii.crc32(request.fingerprint.encode()):08x}{number}"
    return base64.urlsafe_b64encode(content.encode()).decode()


def _decode_token(request: PageRequest, token: str) -> int:
    try:
        number = int(base64.urlsafe_b64decode(token)[8:])
    except ValueError:
        raise _invalid_token() from None
    if _encode_token(request, number) != token:
        raise _invalid_token()
    return number


def _invalid_token() -> EmulatedServiceError:
    return validation_error([Violation("nextToken", "Invalid token")])
