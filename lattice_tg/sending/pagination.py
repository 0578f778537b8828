"""Pagination and chunking."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from lattice_tg.errors import LatticeError

T = TypeVar("T")

_PAGE_SIZE = 100  # Service model, maximum of MaxResults.


def paginate(
    fetch: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    request: Mapping[str, Any],
    parse: Callable[[Mapping[str, Any]], T],
) -> Iterator[T]:
    """Yield the items of a list operation. Request each page only when it is needed.

    Items without an id are skipped.

    Args:
        fetch: Function that sends one request and returns the response.
        request: Parameters of the request, without ``maxResults`` and ``nextToken``.
        parse: Function that converts an item of the response.

    Raises:
        LatticeError: If VPC Lattice returns a ``nextToken`` that is not a string, or the same ``nextToken`` twice. With
            a repeated ``nextToken``, the list would never end.

    """
    page_request: dict[str, Any] = {**request, "maxResults": _PAGE_SIZE}
    tokens: set[str] = set()
    while True:
        page = fetch(page_request)
        yield from [parse(item) for item in page.get("items") or () if item and item.get("id")]
        token = page.get("nextToken")
        if not token:
            return
        if not isinstance(token, str):
            raise LatticeError(
                f"The list is incomplete: nextToken={token!r} in the response must be a string. Repeat the call."
            )
        if token in tokens:
            raise LatticeError(
                "The list is incomplete: VPC Lattice returned the same nextToken twice. Repeat the call."
            )
        tokens.add(token)
        page_request["nextToken"] = token


def chunked(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield ``values`` lazily in tuples of length ``size``. The last tuple may be shorter."""
    iterator = iter(values)
    while chunk := tuple(islice(iterator, size)):
        yield chunk
