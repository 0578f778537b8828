"""Models of the shapes in the VPC Lattice API, and the names of the shapes' members."""

from functools import cache
from typing import Any, TypeGuard

import attrs

from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
from lattice_tg.models.targets import Target

MODELS: tuple[type[attrs.AttrsInstance], ...] = (
    HealthCheck,
    Matcher,
    Target,
    TargetFailure,
    TargetGroup,
    TargetGroupConfig,
    TargetGroupDeletion,
    TargetGroupSpec,
    TargetGroupSummary,
    TargetSummary,
    UnknownMatcher,
)

UNKNOWN_MEMBER = "SDK_UNKNOWN_MEMBER"
"""The key under which botocore reports a union member that is not in its service model."""

_NAME_OVERRIDES: dict[type, dict[str, str]] = {
    HealthCheck: {
        "interval_seconds": "healthCheckIntervalSeconds",
        "timeout_seconds": "healthCheckTimeoutSeconds",
    },
    UnknownMatcher: {"member_name": "name"},
}


_LIBRARY_FIELDS: dict[type, tuple[str, ...]] = {TargetFailure: ("registered_ports",)}
"""Fields that the library adds to the members of a shape."""


def is_model(cls: Any) -> TypeGuard[type[attrs.AttrsInstance]]:
    """Return whether ``cls`` is in ``MODELS`` or is a subclass of a class in ``MODELS``."""
    return isinstance(cls, type) and _is_model_class(cls)


@cache
def _is_model_class(cls: type) -> bool:
    return issubclass(cls, MODELS)


def base_model(cls: type[attrs.AttrsInstance]) -> type[attrs.AttrsInstance]:
    """Return the first class in the MRO of ``cls`` that is in ``MODELS``, or else ``cls``."""
    return next((parent for parent in cls.__mro__ if parent in MODELS), cls)


@cache
def wire_names(cls: type[attrs.AttrsInstance]) -> dict[str, str]:
    """Return the name that the VPC Lattice API uses for each field of ``cls`` that is a member of the API's shape."""
    overrides = _NAME_OVERRIDES.get(base_model(cls), {})
    names = [field.name for field in attrs.fields(cls) if field.name not in _LIBRARY_FIELDS.get(base_model(cls), ())]
    return {name: overrides.get(name, _to_camel_case(name)) for name in names}


def _to_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
