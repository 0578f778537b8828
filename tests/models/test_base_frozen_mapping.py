"""Tests of FrozenMapping."""

import copy
import pickle

import pytest

from lattice_tg.models.base import FrozenMapping


def test_frozen_mapping_keeps_items_in_order() -> None:
    """A frozen mapping has the items of its source, in the same order."""
    mapping = FrozenMapping({"b": 1, "a": 2})

    items = (list(mapping), mapping["a"], len(mapping), "c" in mapping, mapping.get("c"))

    assert items == (["b", "a"], 2, 2, False, None)


def test_frozen_mapping_is_empty_by_default() -> None:
    """A frozen mapping that is created without an argument or from None is empty."""
    assert (dict(FrozenMapping[str, str]()), dict(FrozenMapping[str, str](None))) == ({}, {})


def test_frozen_mapping_equals_any_mapping_with_the_same_items() -> None:
    """A frozen mapping equals any mapping with the same items, regardless of their order."""
    mapping = FrozenMapping({"a": 1, "b": 2})

    assert mapping == {"b": 2, "a": 1}
    assert mapping == FrozenMapping({"b": 2, "a": 1})
    assert mapping != {"a": 1}


def test_equal_frozen_mappings_have_equal_hashes() -> None:
    """Equal frozen mappings are one element in a set."""
    mappings = {FrozenMapping({"a": 1, "b": 2}), FrozenMapping({"b": 2, "a": 1}), FrozenMapping({"a": 1})}

    assert len(mappings) == 2


def test_frozen_mapping_is_independent_of_its_source() -> None:
    """Changing the source dict does not change the frozen mapping."""
    source = {"a": 1}
    mapping = FrozenMapping(source)

    source["a"] = 2

    assert mapping == {"a": 1}


def test_frozen_mapping_is_immutable() -> None:
    """Items and attributes of a frozen mapping cannot be set or deleted."""
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
def test_frozen_mapping_survives_pickling(protocol: int) -> None:
    """Pickling with any protocol restores an equal frozen mapping."""
    mapping = FrozenMapping({"a": (1, 2)})

    restored = pickle.loads(pickle.dumps(mapping, protocol))

    assert (type(restored), restored) == (FrozenMapping, mapping)


def test_frozen_mapping_survives_copying() -> None:
    """Shallow and deep copies are equal frozen mappings."""
    mapping = FrozenMapping({"a": (1, 2)})

    copies = [copy.copy(mapping), copy.deepcopy(mapping)]

    assert copies == [mapping, mapping]
    assert [type(each) for each in copies] == [FrozenMapping, FrozenMapping]


def test_frozen_mapping_has_the_repr_of_a_dict() -> None:
    """The repr looks like a dict, because a dict can be passed wherever a frozen mapping is accepted."""
    assert repr(FrozenMapping({"a": "b"})) == "{'a': 'b'}"
