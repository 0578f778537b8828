"""Lists that come, or have to be sent, in pieces."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")

_PAGE_SIZE = 100  # service model, MaxResults: the most


def rows(fetch: Callable[[Mapping[str, Any]], Mapping[str, Any]], request: Mapping[str, Any]) -> Iterator[Any]:
    """Each row of each page, fetched when it is reached."""
    page = fetch({**request, "maxResults": _PAGE_SIZE})
    yield from page.get("items", ())
    while token := page.get("nextToken"):
        page = fetch({**request, "maxResults": _PAGE_SIZE, "nextToken": token})
        yield from page.get("items", ())


def chunked(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """The values in tuples of ``size``, the last one shorter; read from ``values`` only as they are taken."""
    iterator = iter(values)
    while chunk := tuple(islice(iterator, size)):
        yield chunk
