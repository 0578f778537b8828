"""What the frozen mapping promises."""

import copy
import pickle

import pytest

from lattice_tg.models.base import FrozenMapping


def test_reads_like_the_mapping_it_was_made_from() -> None:
    """It has the items it was made from, in their order."""
    mapping = FrozenMapping({"b": 1, "a": 2})

    items = (list(mapping), mapping["a"], len(mapping), "c" in mapping, mapping.get("c"))

    assert items == (["b", "a"], 2, 2, False, None)


def test_is_empty_by_default() -> None:
    """Made from nothing or None, it is empty."""
    assert (dict(FrozenMapping[str, str]()), dict(FrozenMapping[str, str](None))) == ({}, {})


def test_equals_any_mapping_with_the_same_items() -> None:
    """It is compared by its items, whatever their order and whatever holds them."""
    mapping = FrozenMapping({"a": 1, "b": 2})

    assert mapping == {"b": 2, "a": 1}
    assert mapping == FrozenMapping({"b": 2, "a": 1})
    assert mapping != {"a": 1}


def test_equal_mappings_hash_alike() -> None:
    """Equal mappings find each other in a set."""
    mappings = {FrozenMapping({"a": 1, "b": 2}), FrozenMapping({"b": 2, "a": 1}), FrozenMapping({"a": 1})}

    assert len(mappings) == 2


def test_does_not_follow_the_dict_it_was_made_from() -> None:
    """Changing the dict it was made from does not change it."""
    source = {"a": 1}
    mapping = FrozenMapping(source)

    source["a"] = 2

    assert mapping == {"a": 1}


def test_cannot_be_changed() -> None:
    """No item and no attribute can be set or deleted."""
    mapping = FrozenMapping({"a": 1})

    with pytest.raises(TypeError):
        mapping["a"] = 2  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    with pytest.raises(TypeError):
        del mapping["a"]  # type: ignore[attr-defined]  # pyright: ignore[reportIndexIssue]
    with pytest.raises(AttributeError, match=r"^cannot set _items to \{\}: FrozenMapping is immutable$"):
        mapping._items = {}  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(AttributeError, match=r"^cannot delete _items: FrozenMapping is immutable$"):
        del mapping._items  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(AttributeError):
        mapping.other = 1  # pyright: ignore[reportAttributeAccessIssue]
    assert mapping == {"a": 1}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_survives_pickling(protocol: int) -> None:
    """It comes out of a pickle of any protocol as it went in."""
    mapping = FrozenMapping({"a": (1, 2)})

    restored = pickle.loads(pickle.dumps(mapping, protocol))

    assert (type(restored), restored) == (FrozenMapping, mapping)


def test_survives_copying() -> None:
    """Copies, deep and shallow, are equal and frozen, too."""
    mapping = FrozenMapping({"a": (1, 2)})

    copies = [copy.copy(mapping), copy.deepcopy(mapping)]

    assert copies == [mapping, mapping]
    assert [type(each) for each in copies] == [FrozenMapping, FrozenMapping]


def test_prints_like_a_dict() -> None:
    """Its repr is that of a dict, which every place that takes it takes, too."""
    assert repr(FrozenMapping({"a": "b"})) == "{'a': 'b'}"
