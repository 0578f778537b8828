"""Conversion while freezegun has replaced ``datetime`` in the modules of the library."""

from collections.abc import Generator
from datetime import datetime

import pytest

from lattice_tg.conversion import converter, from_boto3, strict_structuring, to_boto3
from lattice_tg.models.target_group import TargetGroup
from support.model_examples import TARGET_GROUP


class FakeDatetimeMeta(type):
    """A metaclass with the checks of freezegun's."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, datetime)


class FakeDatetime(datetime, metaclass=FakeDatetimeMeta):
    """A replacement for ``datetime`` that, like freezegun's, is not equal to the class."""


@pytest.fixture(autouse=True)
def frozen_time(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Replace ``datetime`` before the converters are created, and forget these converters afterwards."""
    caches = converter._default_converter, strict_structuring._converter  # pyright: ignore[reportPrivateUsage]
    for module in (converter, strict_structuring):
        monkeypatch.setattr(module, "datetime", FakeDatetime)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


@pytest.mark.parametrize("strict", [False, True])
def test_times_are_converted(strict: bool) -> None:
    """A group with times is converted, leniently and strictly."""
    data = to_boto3(TARGET_GROUP)

    assert from_boto3(TargetGroup, data, strict=strict) == TARGET_GROUP
    assert from_boto3(TargetGroup, {**data, "createdAt": "2026-01-31T12:00:00Z"}, strict=strict) == TARGET_GROUP
