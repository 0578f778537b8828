"""Corrections of keys that users write in other tools' spellings or places, such as ``VpcIdentifier``.

The value of a misspelled key is parsed as if the key was correct. One mistake is therefore one problem.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

import attrs
from attrs import define, field, frozen

from lattice_tg.conversion.converter import is_mapping, union_members
from lattice_tg.conversion.field_names import is_model, wire_names
from lattice_tg.formatting import format_key
from lattice_tg.models.problem import Problem

_RULE = "unknown key"
_MAX_COMPARED_LENGTH = 100  # Comparing long strings takes much memory.

_ALIASES = {
    "interval": "healthCheckIntervalSeconds",
    "timeout": "healthCheckTimeoutSeconds",
    "healthythreshold": "healthyThresholdCount",
    "unhealthythreshold": "unhealthyThresholdCount",
    "value": "httpCode",  # Terraform: matcher { value = "200-299" }
    "successcodes": "httpCode",
    "targettype": "type",
    "vpc": "vpcIdentifier",
    "vpcid": "vpcIdentifier",
}
"""Names that other tools and services use for a key, in lowercase without underscores."""

_RESPONSE_HINT = "Remove it. Only responses contain this key"
_HINTS = {
    "targets": "Remove the key and call plan(spec, targets=...), or use DesiredState(spec, targets)",
    "clienttoken": "Remove it. Pass client_token=... to create() if you need a token of your own",
    **dict.fromkeys(("arn", "id", "status", "createdat", "lastupdatedat", "servicearns"), _RESPONSE_HINT),
    **dict.fromkeys(("failurecode", "failuremessage", "responsemetadata"), _RESPONSE_HINT),
}
"""How to replace a key that specs do not support, by the key in lowercase without underscores."""

_LIST_HINT = "Write the list of specs itself, without this key"
_TEMPLATE_HINT = "Write a list of specs with only the properties of each target group"
_WRAPPER_HINTS = {
    **dict.fromkeys(("items", "groups", "targetgroups", "specs"), _LIST_HINT),
    **dict.fromkeys(("properties", "resources", "resource"), _TEMPLATE_HINT),
}
"""How to replace a mapping that contains the specs, by its key in lowercase without underscores."""

_Path = tuple[str, ...]


def parent_paths(path: str) -> Iterator[str]:
    """Return the parent paths of ``path``, starting with the nearest parent."""
    return (path[:end] for end in range(len(path) - 1, 0, -1) if path[end] in ".[")


@frozen
class Correction:
    """Data in which the keys are correct, and the problems of the original keys."""

    data: object
    """The corrected data. If the data contains specs but is not a spec, the value is None."""

    problems: tuple[Problem, ...] = ()
    """A problem for each key of the original data that is unknown."""

    original_paths: Mapping[str, str] = {}
    """The path in the original data for each path that differs in the corrected data."""

    guessed_paths: frozenset[str] = frozenset()
    """The paths in the original data of keys that resemble a known key. The values may not belong to this key."""

    def restore_paths(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield the problems with their paths in the original data, except problems of guessed values."""
        for problem in problems:
            path = self.original_path(problem.field)
            if self.guessed_paths.isdisjoint((path, *parent_paths(path))):
                yield attrs.evolve(problem, field=path)

    def original_path(self, path: str) -> str:
        """Return the path in the original data of a path in the corrected data."""
        known_paths = (parent for parent in (path, *parent_paths(path)) if parent in self.original_paths)
        known_path = next(known_paths, "")
        return self.original_paths.get(known_path, "") + path[len(known_path) :]


def correct_keys(cls: type[attrs.AttrsInstance], data: object) -> Correction:
    """Correct the keys of ``data``, which a user wrote for an instance of ``cls``."""
    if not is_mapping(data):
        return Correction(data)
    mapping = cast("Mapping[object, object]", data)
    if _known_keys(cls).isdisjoint(mapping) and (
        wrappers := {key: _WRAPPER_HINTS[_normalize(key)] for key in mapping if _normalize(key) in _WRAPPER_HINTS}
    ):
        problems = (Problem(format_key(key), mapping[key], _RULE, hint) for key, hint in wrappers.items())
        return Correction(None, tuple(problems))
    corrector = _Corrector()
    corrected = corrector.correct(cls, mapping, "", "")
    return Correction(
        corrected, tuple(corrector.problems), corrector.original_paths, frozenset(corrector.guessed_paths)
    )


@define
class _Corrector:
    problems: list[Problem] = field(factory=list[Problem])
    original_paths: dict[str, str] = field(factory=dict[str, str])
    guessed_paths: set[str] = field(factory=set[str])

    def correct(
        self, cls: type[attrs.AttrsInstance], data: Mapping[object, object], path: str, original: str
    ) -> dict[str, object]:
        """Return ``data`` with correct keys, and record the problems and the paths that differ."""
        known_keys = _known_keys(cls)
        corrected = {cast("str", key): value for key, value in data.items() if key in known_keys}
        unknown = {format_key(key): (key, value) for key, value in data.items() if key not in known_keys}
        moved: list[tuple[_Path, str, object]] = []
        for name, (key, value) in sorted(unknown.items()):
            destination = _known_destination(cls, key)
            if not destination and (destination := _guess_destination(cls, key)):
                self.guessed_paths.add(_join(original, name))
            self.problems.append(Problem(_join(original, name), value, _RULE, _suggest(cls, key, destination)))
            if len(destination) == 1 and destination[0] not in corrected:
                corrected[destination[0]] = value
                self.original_paths[_join(path, destination[0])] = _join(original, name)
            elif len(destination) > 1:
                moved.append((destination, _join(original, name), value))
        for key, model in _nested_models(cls).items():
            if is_mapping(value := corrected.get(key)):
                child_path = _join(path, key)
                child_original = self.original_paths.get(child_path, _join(original, key))
                corrected[key] = self.correct(model, cast("Any", value), child_path, child_original)
        for destination, name, value in moved:
            self._move(corrected, destination, path, name, value)
        return corrected

    def _move(self, corrected: dict[str, object], destination: _Path, path: str, original: str, value: object) -> None:
        """Set a value at ``destination`` unless the destination has a value or a parent is not a mapping."""
        *parents, key = destination
        parent: Any = corrected
        for name in parents:
            if not is_mapping(child := parent.setdefault(name, {})):
                return
            parent = child
        if key not in parent:
            parent[key] = value
            self.original_paths[".".join(filter(None, (path, *destination)))] = original


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _normalize(key: object) -> str:
    return key[:_MAX_COMPARED_LENGTH].replace("_", "").lower() if isinstance(key, str) else ""


@cache
def _known_keys(cls: type[attrs.AttrsInstance]) -> frozenset[object]:
    return frozenset(wire_names(cls).values())


@cache
def _nested_models(cls: type[attrs.AttrsInstance]) -> dict[str, type[attrs.AttrsInstance]]:
    """Return the model of each key whose value is a model."""
    members = {
        wire_names(cls)[item.name]: union_members(item.type)[0]
        for item in attrs.fields(cls)
        if item.name in wire_names(cls)
    }
    return {key: member for key, member in members.items() if is_model(member)}


@cache
def _destinations(cls: type[attrs.AttrsInstance]) -> dict[str, _Path]:
    """Return the path of each key of a model and of the models in it, by the names that users might write."""
    keys: dict[str, _Path] = {}
    for name, key in wire_names(cls).items():
        keys |= {_normalize(key): (key,), _normalize(name): (key,)}
    for key, model in _nested_models(cls).items():
        keys = {name: (key, *path) for name, path in _destinations(model).items()} | keys
    return keys


def _known_destination(cls: type[attrs.AttrsInstance], key: object) -> _Path:
    """Return the path of the key that has the same name in another spelling, or an empty path."""
    name = _normalize(key)
    return _destinations(cls).get(_normalize(_ALIASES.get(name, name)), ())


def _guess_destination(cls: type[attrs.AttrsInstance], key: object) -> _Path:
    """Return the path of the key that resembles ``key`` most, or an empty path."""
    name, known_names = _normalize(key), [_normalize(known_key) for known_key in wire_names(cls).values()]
    matches = [] if name in _HINTS else get_close_matches(name, known_names, n=1)
    return _destinations(cls)[matches[0]] if matches else ()


def _suggest(cls: type[attrs.AttrsInstance], key: object, destination: _Path) -> str:
    if len(destination) > 1:
        return f"Move it to {'.'.join(destination)}"
    if destination:
        return f"Did you mean {destination[0]}?"
    return _HINTS.get(_normalize(key), f"Known keys: {', '.join(wire_names(cls).values())}")
