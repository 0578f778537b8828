"""Lists that come in pieces."""

from operator import itemgetter
from typing import Any

import pytest

from lattice_tg import LatticeError
from lattice_tg.sending.pagination import chunked, paginate


def test_each_page_is_asked_for_by_its_name() -> None:
    """A page is asked for as the first was, at its most, and by the name that the one before it told;
    rows without an id tell of nothing."""
    asked: list[dict[str, Any]] = []

    def fetch(request: Any) -> dict[str, Any]:
        asked.append(dict(request))
        return {"items": [None, {}, {"id": len(asked)}], "nextToken": {1: "a", 2: "b"}.get(len(asked))}

    found = list(paginate(fetch, {"type": "x"}, itemgetter("id")))

    first = {"type": "x", "maxResults": 100}
    assert found == [1, 2, 3]
    assert asked == [first, {**first, "nextToken": "a"}, {**first, "nextToken": "b"}]


@pytest.mark.parametrize("token", [5, True, ["a"], {"a": "b"}])
def test_a_next_page_that_cannot_be_named(token: object) -> None:
    """What is no text cannot be sent back: the list is told to break off, after the rows that came."""
    found = paginate(lambda _: {"items": [{"id": 1}], "nextToken": token}, {}, itemgetter("id"))

    assert next(found) == 1
    with pytest.raises(
        LatticeError, match=r"The list is incomplete: VPC Lattice returned nextToken=.*, expected a string. List again."
    ):
        next(found)


def test_empty_pages() -> None:
    """A page without rows may have a next one."""
    pages: dict[Any, dict[str, Any]] = {
        None: {"items": [], "nextToken": "a"},
        "a": {"items": None, "nextToken": "b"},
        "b": {"items": [{"id": 1}, {"id": 2}], "nextToken": ""},
    }

    found = list(paginate(lambda request: pages[request.get("nextToken")], {"type": "x"}, itemgetter("id")))

    assert found == [1, 2]


def test_chunks_are_read_as_they_are_taken() -> None:
    """Nothing is read before it is needed, and the last chunk is what is left."""
    source = iter(range(5))
    chunks = chunked(source, 2)

    assert (next(chunks), next(source), list(chunks)) == ((0, 1), 2, [(3, 4)])
