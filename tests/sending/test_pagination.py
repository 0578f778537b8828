"""Pagination and chunking."""

from collections.abc import Iterable
from typing import Any

import pytest

from lattice_tg import LatticeError
from lattice_tg.runtime.blocking import iterate_pages
from lattice_tg.sending.pagination import ResponsePages, chunked


def find_ids(items: Iterable[Any]) -> list[Any]:
    return [item["id"] for item in items]


def test_next_page_is_requested_with_its_token() -> None:
    """Each request has the maximum page size and the previous page's nextToken. Items without an id are skipped."""
    requests: list[dict[str, Any]] = []

    async def fetch(request: Any) -> dict[str, Any]:
        requests.append(dict(request))
        return {"items": [None, {}, {"id": len(requests)}], "nextToken": {1: "a", 2: "b"}.get(len(requests))}

    items = list(iterate_pages(ResponsePages(fetch, [{"type": "x"}], find_ids)))

    first = {"type": "x", "maxResults": 100}
    assert items == [1, 2, 3]
    assert requests == [first, {**first, "nextToken": "a"}, {**first, "nextToken": "b"}]


@pytest.mark.parametrize("token", [5, True, ["a"], {"a": "b"}])
def test_token_that_is_not_a_string_raises(token: object) -> None:
    """If a nextToken is not a string, the items of the page are returned before an error is raised."""

    async def fetch(_: Any) -> dict[str, Any]:
        return {"items": [{"id": 1}], "nextToken": token}

    items = iterate_pages(ResponsePages(fetch, [{}], find_ids))

    assert next(items) == 1
    with pytest.raises(
        LatticeError, match=r"The list is incomplete: nextToken=.* in the response must be a string. Repeat the call."
    ):
        next(items)


def test_empty_page_can_have_a_next_page() -> None:
    """A page without items can have a nextToken, so the next page is requested."""
    pages: dict[Any, dict[str, Any]] = {
        None: {"items": [], "nextToken": "a"},
        "a": {"items": None, "nextToken": "b"},
        "b": {"items": [{"id": 1}, {"id": 2}], "nextToken": ""},
    }

    async def fetch(request: Any) -> dict[str, Any]:
        return pages[request.get("nextToken")]

    items = list(iterate_pages(ResponsePages(fetch, [{"type": "x"}], find_ids)))

    assert items == [1, 2]


def test_chunks_are_read_lazily() -> None:
    """Each chunk reads only the values that the chunk contains, and the last chunk may be shorter."""
    source = iter(range(5))
    chunks = chunked(source, 2)

    assert (next(chunks), next(source), list(chunks)) == ((0, 1), 2, [(3, 4)])
