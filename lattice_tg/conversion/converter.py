"""cattrs hooks for the models.

The hooks are lenient because a client must not fail when VPC Lattice adds an enum value, a member or a matcher type.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import repeat
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin
from weakref import WeakSet

import attrs
from cattrs import Converter
from cattrs.fns import identity
from cattrs.gen import (
    make_dict_structure_fn_from_attrs,  # pyright: ignore[reportUnknownVariableType]
    make_dict_unstructure_fn,
    override,
)

from lattice_tg.conversion.field_names import UNKNOWN_MEMBER, base_model, is_model, wire_names
from lattice_tg.formatting import short_repr
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.responses import TargetSummary

T = TypeVar("T", bound=attrs.AttrsInstance)
StructureHook = Callable[..., Any]
UnstructureHook = Callable[[Any], Any]

MATCHER_UNION = Matcher | UnknownMatcher | None
_UNION_ORIGINS = (Union, type(MATCHER_UNION))
_our_hooks = WeakSet[StructureHook]()


def configure_converter(converter: Converter) -> None:
    """Register hooks for all models of this library with a cattrs converter.

    ``converter.structure(response, TargetGroup)`` then works like ``from_boto3``, and ``converter.unstructure(spec)``
    works like ``to_boto3``. The hooks also apply to models inside your own attrs classes. Hooks for other classes do
    not change. A converter from ``cattrs.preconf`` still serializes times in its usual format. A hook that you register
    for one of the models, before or after this call, takes precedence.

    Like ``from_boto3`` without ``strict=True``, the hooks never reject unknown enum values, unknown keys, missing keys
    or values of the wrong type, regardless of ``detailed_validation`` and ``forbid_extra_keys``. The hooks raise
    TypeError only if the value to structure is not a mapping. To find problems in a spec, call ``find_problems(spec)``.

    Args:
        converter: The converter to configure, such as ``cattrs.Converter()``.

    """
    converter.register_structure_hook_factory(is_model, _make_structure_hook)
    converter.register_structure_hook(MATCHER_UNION, _structure_matcher)
    converter.register_unstructure_hook_factory(is_model, _make_unstructure_hook)


def structure_fn(cls: type[T]) -> Callable[[Mapping[str, Any]], T]:
    """Return the function that creates instances of ``cls`` from boto3 dicts."""
    return cast("Callable[[Mapping[str, Any]], T]", _default_converter().get_structure_hook(cls))


def structure_list_fn(cls: type[T]) -> Callable[[Sequence[Mapping[str, Any]]], list[T]]:
    """Return the function that creates instances of ``cls`` from a list of boto3 dicts.

    The function sets one field of all instances at a time and does not call ``__init__()``, which would take most of
    the time. ``cls`` must have slots, constant defaults, and no attrs converters or validators.
    """
    return cast("Callable[[Sequence[Mapping[str, Any]]], list[T]]", _make_list_structure_fn(cls))


@cache
def _make_list_structure_fn(cls: type[attrs.AttrsInstance]) -> Callable[[Sequence[Mapping[str, Any]]], list[Any]]:
    names, structure, converter = wire_names(cls), structure_fn(cls), _default_converter()
    fields: list[tuple[Callable[[Any, Any], None], str, Any, StructureHook | None]] = [
        (vars(cls)[field.name].__set__, names[field.name], field.default, _find_field_hook(cls, field, converter))
        for field in attrs.fields(cls)
    ]

    def structure_list(values: Sequence[Mapping[str, Any]]) -> list[Any]:
        instances = [object.__new__(cls) for _ in values]
        try:
            for set_member, name, default, hook in fields:
                if default is attrs.NOTHING:
                    members = [value[name] for value in values]
                else:
                    members = [value.get(name, default) for value in values]
                structured: Iterable[Any] = members if hook is None else map(hook, members, repeat(None))
                deque(map(set_member, instances, structured), maxlen=0)
        except (KeyError, TypeError):  # A required member is missing, or a value is not a mapping.
            return [*map(structure, values)]
        return instances

    return structure_list


def unstructure_fn(cls: type[attrs.AttrsInstance]) -> UnstructureHook:
    """Return the function that converts instances of ``cls`` to boto3 dicts."""
    return _default_converter().get_unstructure_hook(cls)


@cache
def _default_converter() -> Converter:
    converter = Converter(detailed_validation=False)
    configure_converter(converter)
    return converter


def is_mapping(value: Any) -> bool:
    """Return whether ``value`` is a mapping."""
    return type(value) is dict or isinstance(value, Mapping)  # the first check is much faster than the second


def union_members(type_: Any) -> tuple[Any, ...]:
    """Return the members of a union except None, or only ``type_`` if ``type_`` is not a union."""
    members = get_args(type_) if get_origin(type_) in _UNION_ORIGINS else (type_,)
    return tuple(member for member in members if member is not type(None))


def is_datetime(type_: Any) -> bool:
    """Return whether ``type_`` is ``datetime``, even if freezegun has replaced the class here or in the models."""
    return isinstance(type_, type) and issubclass(type_, datetime)


def _make_structure_hook(cls: type[attrs.AttrsInstance], converter: Converter) -> StructureHook:
    structure = _structure_unknown_matcher if cls is UnknownMatcher else _make_structure_fn(cls, converter)
    names = wire_names(cls)
    missing = {names[field.name]: "" for field in attrs.fields(cls) if field.default is attrs.NOTHING}

    def hook(value: Any, _: Any = cls) -> Any:
        if not is_mapping(value):
            raise TypeError(f"{cls.__name__} requires a mapping, got {short_repr(value)}")
        try:
            return structure(value, cls)
        except KeyError:
            return structure({**missing, **value}, cls)

    _our_hooks.add(hook)
    return hook


def _make_structure_fn(cls: type[attrs.AttrsInstance], converter: Converter) -> StructureHook:
    fields, names, overrides = list[Any](), wire_names(cls), dict[str, Any]()
    for field in attrs.fields(cls):
        if field.name not in names:
            fields.append(field)
            overrides[field.name] = override(omit=True)
            continue
        hook = _find_field_hook(cls, field, converter)
        # If a field has an attrs converter, the code that cattrs generates does not call the hook.
        fields.append(field.evolve(converter=identity if hook is None else None))
        overrides[field.name] = override(rename=names[field.name], struct_hook=hook)
    return make_dict_structure_fn_from_attrs(
        fields,
        cls,
        converter,
        _cattrs_detailed_validation=False,
        _cattrs_forbid_extra_keys=False,
        _cattrs_prefer_attrib_converters=True,
        _cattrs_use_linecache=False,
        **overrides,
    )


def _find_field_hook(
    cls: type[attrs.AttrsInstance], field: "attrs.Attribute[Any]", converter: Converter
) -> StructureHook | None:
    """Return the hook for values of a field, or None if values are kept unchanged."""
    is_listed_port = base_model(cls) is TargetSummary and field.name == "port"
    return _structure_listed_port if is_listed_port else _find_structure_hook(field.type, converter)


def _find_structure_hook(type_: Any, converter: Converter) -> StructureHook | None:
    """Return the hook for values of ``type_``, or None if values are kept unchanged."""
    if type_ == MATCHER_UNION:
        return _structure_matcher
    members = union_members(type_)
    if all(_is_plain(member) for member in members):
        return None
    if is_datetime(members[0]):
        return _make_datetime_hook(members[0], converter)
    if get_origin(type_) is tuple:
        return _structure_string_tuple
    if is_model(members[0]):
        return _make_nested_model_hook(members[0], type_, converter)
    return converter.get_structure_hook(type_)  # a field that a user's subclass adds


def _structure_listed_port(value: Any, _: Any) -> Any:
    """Return the port of a listed target. Some responses contain port 0 for Lambda functions, which have no port."""
    return value or None


def _is_plain(type_: Any) -> bool:
    return type_ in (str, int, bool) or get_origin(type_) in (Literal, Mapping)


def _make_nested_model_hook(model: type[attrs.AttrsInstance], type_: Any, converter: Converter) -> StructureHook:
    """Return a hook that leaves non-mappings unchanged so that validation can report them.

    If the field does not accept None, the hook converts None to an empty model. If the user has registered a hook for
    the model, the user's hook also structures non-mappings.
    """
    structure = converter.get_structure_hook(model)
    is_ours = structure in _our_hooks
    null_value = structure({}, model) if type_ is model else None

    def hook(value: Any, _: Any) -> Any:
        if is_mapping(value) or not (is_ours or value is None):
            return structure(value, model)
        return null_value if value is None else value

    return hook


def _make_datetime_hook(type_: type[datetime], converter: Converter) -> StructureHook:
    """Return a hook for datetimes, ISO 8601 strings and other formats that ``converter`` parses."""

    def hook(value: Any, _: Any) -> Any:
        if value is None or isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value) if isinstance(value, str) else converter.structure(value, type_)
        except Exception:  # noqa: BLE001 - the converter may raise anything, but responses are never rejected
            return value

    return hook


def _structure_string_tuple(value: list[str] | tuple[str, ...] | None, _: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else value or ()


def _structure_matcher(value: Any, _: Any) -> Any:
    if not is_mapping(value):
        return value
    members = {name: member for name, member in value.items() if member is not None}
    if "httpCode" in members:
        return Matcher(http_code=members["httpCode"])
    return _structure_unknown_matcher(members, UnknownMatcher) if members else None


def _structure_unknown_matcher(value: Mapping[str, Any], _: Any) -> UnknownMatcher:
    """Return an UnknownMatcher with the name of the unknown member.

    botocore reports the name under the key ``SDK_UNKNOWN_MEMBER``. In data that botocore has not parsed, the first key
    is the name.
    """
    reported: Any = value.get(UNKNOWN_MEMBER)
    return UnknownMatcher(member_name=reported.get("name", "") if is_mapping(reported) else next(iter(value), ""))


def _make_unstructure_hook(cls: type[attrs.AttrsInstance], converter: Converter) -> UnstructureHook:
    # VPC Lattice rejects unknown members, so the fields that a user's subclass adds are omitted.
    model = base_model(cls)
    overrides, omitted_if_empty = dict[str, Any](), list[str]()
    for field in attrs.fields(model):
        name, hook = wire_names(model).get(field.name), _find_unstructure_hook(field.type, converter)
        if name is None:
            overrides[field.name] = override(omit=True)
            continue
        overrides[field.name] = override(rename=name, omit_if_default=field.default is None, unstruct_hook=hook)
        if _can_be_empty(field):
            omitted_if_empty.append(name)
    unstructure = make_dict_unstructure_fn(model, converter, _cattrs_use_linecache=False, **overrides)
    if model is UnknownMatcher:
        return lambda instance: {UNKNOWN_MEMBER: unstructure(instance)}
    return _omit_empty(unstructure, omitted_if_empty) if omitted_if_empty else unstructure


def _can_be_empty(field: "attrs.Attribute[Any]") -> bool:
    """Return whether a value of ``field`` can be empty without being None.

    For example, a health check without fields is empty.
    """
    return field.default not in (None, attrs.NOTHING) or HealthCheck in union_members(field.type)


def _omit_empty(unstructure: UnstructureHook, names: list[str]) -> UnstructureHook:
    def hook(instance: Any) -> dict[str, Any]:
        data: dict[str, Any] = unstructure(instance)
        for name in names:
            if name in data and not data[name]:
                del data[name]
        return data

    return hook


def _unstructure_mapping(value: Any) -> Any:
    return dict(value.items()) if is_mapping(value) else value


def _unstructure_tuple(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value


def _find_unstructure_hook(type_: Any, converter: Converter) -> UnstructureHook:
    """Return the hook for values of ``type_``.

    The hook leaves values of other types unchanged so that validation can report them.
    """
    members = union_members(type_)
    models = tuple(member for member in members if is_model(member))
    if models:
        return lambda value: converter.unstructure(value) if isinstance(value, models) else value
    if get_origin(type_) is Mapping:
        return _unstructure_mapping
    if get_origin(type_) is tuple:
        return _unstructure_tuple
    if is_datetime(members[0]):
        return lambda value: converter.unstructure(value) if isinstance(value, datetime) else value
    return identity
