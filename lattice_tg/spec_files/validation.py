"""Validation of parsed documents."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import attrs

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.conversion.converter import is_mapping
from lattice_tg.conversion.field_names import wire_names
from lattice_tg.conversion.key_correction import Correction, correct_keys, parent_paths
from lattice_tg.conversion.strict_structuring import structure_corrected, suggest_value
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.spec_files.document import Document, LocatedProblem
from lattice_tg.validation import find_problems

_MODELS: Mapping[str, type[attrs.AttrsInstance]] = {
    "": TargetGroupSpec,
    "config": TargetGroupConfig,
    "config.health_check": HealthCheck,
    "config.health_check.matcher": Matcher,
}
"""The model at each path of a spec."""

_PLACEHOLDER_SPEC = TargetGroupSpec(name="", type="IP")
"""The spec that replaces an item that is not a mapping."""


def validate_document(document: Document) -> tuple[tuple[TargetGroupSpec, ...], tuple[LocatedProblem, ...]]:
    """Return the specs in ``document`` and all problems of the document.

    The problems are sorted by line. If there are problems, the specs may be incomplete.
    """
    specs: list[TargetGroupSpec] = []
    malformed, broken, unknown = list(document.unsupported), list[LocatedProblem](), list[LocatedProblem]()
    unsupported_fields = {located.problem.field for located in document.unsupported}
    for path, data in _iter_items(document.data):
        correction = correct_keys(TargetGroupSpec, data)
        unknown_keys = (_move_problem(problem, _join_path(path, problem.field)) for problem in correction.problems)
        unknown.extend(document.locate(problem) for problem in unknown_keys if problem.field not in unsupported_fields)
        spec, problems = _parse_item(correction, path)
        specs.append(spec)
        malformed.extend(map(document.locate, problems))
        if spec is not _PLACEHOLDER_SPEC:
            broken.extend(map(document.locate, _find_rule_problems(spec, correction, path)))
    broken.extend(map(document.locate, _find_duplicate_names(document)))
    all_problems = (*_deduplicate(malformed, broken), *unknown, *document.duplicate_keys)
    return tuple(specs), tuple(sorted(all_problems, key=lambda located: located.line or 0))


def _iter_items(data: object) -> Iterator[tuple[str, object]]:
    """Yield the path and the data of each spec."""
    if isinstance(data, list):
        yield from ((f"[{index}]", item) for index, item in enumerate(cast("list[object]", data)))
    else:
        yield "", data


def _parse_item(correction: Correction, path: str) -> tuple[TargetGroupSpec, list[Problem]]:
    """Return a spec and the problems in the values of the corrected data.

    If there are problems, the spec contains the values that could be parsed.
    """
    spec, found = structure_corrected(TargetGroupSpec, correction)
    if spec is not None:
        return spec, []
    problems = [_move_problem(problem, _join_path(path, problem.field)) for problem in found]
    if is_mapping(correction.data):
        return from_boto3(TargetGroupSpec, cast("Mapping[str, Any]", correction.data)), problems
    return _PLACEHOLDER_SPEC, [attrs.evolve(problem, field=path or "data") for problem in problems]


def _find_rule_problems(spec: TargetGroupSpec, correction: Correction, path: str) -> Iterator[Problem]:
    wire_problems = (
        attrs.evolve(problem, field=_to_wire_path(problem.field), hint=problem.hint or suggest_value(problem.value))
        for problem in find_problems(spec)
        if not isinstance(problem.value, UnknownMatcher)  # Strict parsing has already reported the key.
    )
    for problem in correction.restore_paths(wire_problems):
        yield _move_problem(problem, _join_path(path, problem.field))


def _move_problem(problem: Problem, path: str) -> Problem:
    """Return a copy of ``problem`` with the field ``path`` and the value as in the file."""
    value: Any = problem.value
    return attrs.evolve(problem, field=path, value=to_boto3(value) if attrs.has(value.__class__) else value)


def _join_path(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _make_wire_paths() -> dict[str, str]:
    """Return a mapping from attribute paths of a spec to key paths in a spec file."""
    wire_paths = {"": ""}
    for path, model in _MODELS.items():
        for field, name in wire_names(model).items():
            wire_paths[_join_path(path, field)] = _join_path(wire_paths[path], name)
    return wire_paths


_WIRE_PATHS = _make_wire_paths()


def _to_wire_path(path: str) -> str:
    return _WIRE_PATHS.get(path, path)


def _deduplicate(malformed: Iterable[LocatedProblem], broken: Iterable[LocatedProblem]) -> Iterable[LocatedProblem]:
    """Return the first problem of each field, without rule violations in malformed fields."""
    first_problems: dict[str, LocatedProblem] = {}
    for located in malformed:
        first_problems.setdefault(located.problem.field, located)
    malformed_fields = set(first_problems)
    for located in broken:
        field = located.problem.field
        if malformed_fields.isdisjoint((field, *parent_paths(field))):
            first_problems.setdefault(field, located)
    return first_problems.values()


def _find_duplicate_names(document: Document) -> Iterator[Problem]:
    first_paths: dict[str, str] = {}
    for path, data in _iter_items(document.data):
        name: object = cast("Mapping[str, object]", data).get("name") if isinstance(data, Mapping) else None
        if not isinstance(name, str):
            continue
        first_path = first_paths.setdefault(name, path)
        if first_path != path:
            line = document.line_of(f"{first_path}.name")
            rule = f"duplicate name (first used by {first_path} in line {line})"
            yield Problem(_join_path(path, "name"), name, rule, "Choose another name")
