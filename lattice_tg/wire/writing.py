"""Writing the dicts that boto3 takes: only what is set."""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import UnknownMatcher
from lattice_tg.models.observed import TargetGroup
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.wire.names import UNKNOWN_MEMBER, wire_names
from lattice_tg.wire.reading import is_list, is_mapping

Writer = Callable[[Any], Any]

_NOT_SENT_WHEN_EMPTY: dict[type, str] = {
    TargetGroupSpec: "config",
    TargetGroup: "config",
    TargetGroupConfig: "healthCheck",
}


@cache
def writer() -> Converter:
    """The converter that writes; its hooks are compiled on first use."""
    converter = Converter(omit_if_default=True)
    converter.register_unstructure_hook_factory(attrs.has, _model_writer)
    return converter


def _model_writer(cls: type[attrs.AttrsInstance], converter: Converter) -> Writer:
    names = wire_names(cls)
    overrides: dict[str, Any] = {
        field.name: override(rename=names[field.name], unstruct_hook=_field_writer(field.type, converter))
        for field in attrs.fields(cls)
    }
    write = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True, **overrides)
    if cls is UnknownMatcher:
        return lambda model: {UNKNOWN_MEMBER: write(model)}
    member = _NOT_SENT_WHEN_EMPTY.get(cls)
    return write if member is None else lambda model: _without_empty(write(model), member)


def _without_empty(data: dict[str, Any], member: str) -> dict[str, Any]:
    """Without a member that says nothing: an empty config or health check is not sent."""
    if not data.get(member, True):
        del data[member]
    return data


def _field_writer(kind: Any, converter: Converter) -> Writer:
    if is_list(kind):
        return list
    if is_mapping(kind):
        return dict
    if any(attrs.has(part) for part in (kind, *get_args(kind))):
        return converter.unstructure
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
