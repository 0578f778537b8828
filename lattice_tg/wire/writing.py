"""Writing the dicts that boto3 takes: only what is set."""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

import attrs
from cattrs import Converter
from cattrs.fns import identity
from cattrs.gen import make_dict_unstructure_fn, override

from lattice_tg.models.health_check import HealthCheck, UnknownMatcher
from lattice_tg.wire.names import UNKNOWN_MEMBER, our_model, wire_names
from lattice_tg.wire.reading import has_members, is_list, is_mapping

Writer = Callable[[Any], Any]


@cache
def writer(cls: type[attrs.AttrsInstance]) -> Writer:
    """What writes the models of a class; it is compiled on first use."""
    hook: Writer = _converter().get_unstructure_hook(cls)
    return hook


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook_factory(attrs.has, _model_writer)
    return converter


def _model_writer(of: type[attrs.AttrsInstance], converter: Converter) -> Writer:
    cls = our_model(of)  # what a user's own class adds is no member of the service's
    names, fields = wire_names(cls), attrs.fields(cls)
    maybe_empty = {field.name for field in fields if _may_be_empty(field)}
    overrides: dict[str, Any] = {
        field.name: override(
            rename=names[field.name],
            unstruct_hook=_field_writer(field.type, converter),
            omit_if_default=field.name not in maybe_empty,  # to compare with {} is slower than to take it out
        )
        for field in fields
    }
    write = make_dict_unstructure_fn(cls, converter, **overrides)
    if cls is UnknownMatcher:
        return lambda model: {UNKNOWN_MEMBER: write(model)}
    members = tuple(names[name] for name in maybe_empty)
    return (lambda model: _without_empty(write(model), members)) if members else write


def _may_be_empty(field: "attrs.Attribute[Any]") -> bool:
    """Whether what is written for a field may say nothing, as an empty config, health check or list does."""
    return field.default not in (None, attrs.NOTHING) or HealthCheck in get_args(field.type)


def _without_empty(data: dict[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    for member in members:
        if not data[member]:
            del data[member]
    return data


def _field_writer(kind: Any, converter: Converter) -> Writer:
    """What writes the values of a field; one of another kind is carried as it is, for whoever reads it to refuse."""
    if is_list(kind):
        return _listed
    if is_mapping(kind):
        return lambda value: dict(value) if has_members(value) else value
    models = tuple(part for part in (kind, *get_args(kind)) if attrs.has(part))
    if not models:
        return identity  # which cattrs knows, and does not call
    write: Writer = converter.get_unstructure_hook(models[0]) if len(models) == 1 else converter.unstructure
    return lambda value: write(value) if isinstance(value, models) else value


def _listed(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value
