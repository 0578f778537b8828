"""Pagination and chunking."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from lattice_tg.errors import LatticeError
from lattice_tg.runtime.base import Pages

T = TypeVar("T")

_PAGE_SIZE = 100  # Service model, maximum of MaxResults.


class ResponsePages(Generic[T]):
    """The pages of one or more list requests. Each page is requested only when it is needed.

    Items without an id are skipped.

    Args:
        fetch: Coroutine function that sends one request and returns the response.
        requests: Parameters of each list request, without ``maxResults`` and ``nextToken``.
        parse_items: Function that converts the items of a response.

    """

    def __init__(
        self,
        fetch: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]],
        requests: Iterable[Mapping[str, Any]],
        parse_items: Callable[[Sequence[Mapping[str, Any]]], Sequence[T]],
    ) -> None:
        self._fetch = fetch
        self._parse_items = parse_items
        self._requests = iter(requests)
        self._request: Mapping[str, Any] = {}
        self._next_token: object = None
        self._tokens: set[object] = set()

    async def next_page(self) -> Sequence[T] | None:
        """Return the items of the next page, or None at the end.

        Raises:
            LatticeError: If VPC Lattice returned a ``nextToken`` that is not a string, or the same ``nextToken`` twice.
                With a repeated ``nextToken``, the list would never end.

        """
        if self._next_token:
            page_request = {**self._request, "nextToken": self._validate_token(self._next_token)}
        elif (request := next(self._requests, None)) is not None:
            page_request = self._request = {**request, "maxResults": _PAGE_SIZE}
            self._tokens.clear()
        else:
            return None
        page = await self._fetch(page_request)
        self._next_token = page.get("nextToken")
        return self._parse_items([item for item in page.get("items") or () if item and item.get("id")])

    def _validate_token(self, token: object) -> str:
        if not isinstance(token, str):
            raise LatticeError(
                f"The list is incomplete: nextToken={token!r} in the response must be a string. Repeat the call."
            )
        if token in self._tokens:
            raise LatticeError(
                "The list is incomplete: VPC Lattice returned the same nextToken twice. Repeat the call."
            )
        self._tokens.add(token)
        return token


async def collect(pages: Pages[T]) -> tuple[T, ...]:
    """Return the items of all pages."""
    items: list[T] = []
    while (page := await pages.next_page()) is not None:
        items += page
    return tuple(items)


def chunked(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield ``values`` lazily in tuples of length ``size``. The last tuple may be shorter."""
    iterator = iter(values)
    while chunk := tuple(islice(iterator, size)):
        yield chunk
