"""Pagination and chunking."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from lattice_tg.errors import LatticeError

T = TypeVar("T")

_PAGE_SIZE = 100  # service model, MaxResults: the most


def paginate(
    fetch: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    request: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], T],
) -> Iterator[T]:
    """What ``read`` makes of each row, page by page as they are reached; a row without an id tells of nothing.

    Raises:
        LatticeError: The service names the same next page twice, so that the list would never end; or names it with
            something other than text.

    """
    wanted: dict[str, Any] = {**request, "maxResults": _PAGE_SIZE}
    named: set[str] = set()
    while True:
        page = fetch(wanted)
        yield from [read(row) for row in page.get("items") or () if row and row.get("id")]
        token = page.get("nextToken")
        if not token:
            return
        if not isinstance(token, str):
            raise LatticeError(f"the list breaks off: the service named its next page {token!r}; list again")
        if token in named:
            raise LatticeError("the list has no end: the service named the same next page twice; list again")
        named.add(token)
        wanted["nextToken"] = token


def chunked(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """The values in tuples of ``size``, the last one shorter; read from ``values`` only as they are taken."""
    iterator = iter(values)
    while chunk := tuple(islice(iterator, size)):
        yield chunk
