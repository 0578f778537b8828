"""Names of fields in the service's API."""

from functools import cache

import attrs

from lattice_tg.models.base import ReprMixin
from lattice_tg.models.health_check import HealthCheck, UnknownMatcher

_NAME_OVERRIDES: dict[type, dict[str, str]] = {
    HealthCheck: {
        "interval_seconds": "healthCheckIntervalSeconds",
        "timeout_seconds": "healthCheckTimeoutSeconds",
    },
    UnknownMatcher: {"member_name": "name"},
}

UNKNOWN_MEMBER = "SDK_UNKNOWN_MEMBER"
"""What botocore puts in place of a union member that it does not know."""


@cache
def wire_names(model: type[attrs.AttrsInstance]) -> dict[str, str]:
    """The service's name of each field of ``model``."""
    own = _NAME_OVERRIDES.get(base_model(model), {})
    return {field.name: own.get(field.name, _camel_case(field.name)) for field in attrs.fields(model)}


def base_model(cls: type[attrs.AttrsInstance]) -> type[attrs.AttrsInstance]:
    """The model that a user's own class adds to; the model itself, where it is ours."""
    return next((parent for parent in reversed(cls.__mro__) if ReprMixin in parent.__bases__), cls)


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
