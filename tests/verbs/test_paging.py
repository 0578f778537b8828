"""Lists that come in pieces."""

from typing import Any

import pytest

from lattice_tg import LatticeError
from lattice_tg.paging import rows


def test_each_page_is_asked_for_by_its_name() -> None:
    """A page is asked for as the first was, at its most, and by the name that the one before it told."""
    asked: list[dict[str, Any]] = []

    def fetch(request: Any) -> dict[str, Any]:
        asked.append(dict(request))
        return {"items": [None, len(asked)], "nextToken": {1: "a", 2: "b"}.get(len(asked))}

    found = list(rows(fetch, {"type": "x"}))

    first = {"type": "x", "maxResults": 100}
    assert found == [1, 2, 3]
    assert asked == [first, {**first, "nextToken": "a"}, {**first, "nextToken": "b"}]


@pytest.mark.parametrize("token", [5, True, ["a"], {"a": "b"}])
def test_a_next_page_that_cannot_be_named(token: object) -> None:
    """What is no text cannot be sent back: the list is told to break off, after the rows that came."""
    listed = rows(lambda _: {"items": [1], "nextToken": token}, {})

    assert next(listed) == 1
    with pytest.raises(LatticeError, match=r"the list breaks off: the service named its next page .*; list again"):
        next(listed)
