"""Validation of parsed documents."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import attrs

from lattice_tg.conversion import from_boto3, to_boto3
from lattice_tg.conversion.field_names import wire_names
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from lattice_tg.spec_files.document import Document, FileProblem, parent_paths
from lattice_tg.validation import find_problems

_MODELS: Mapping[str, type[attrs.AttrsInstance]] = {
    "": TargetGroupSpec,
    "config": TargetGroupConfig,
    "config.health_check": HealthCheck,
    "config.health_check.matcher": Matcher,
}


_PLACEHOLDER_SPEC = TargetGroupSpec(name="", type="IP")
"""What stands for a spec where there is none, not even a wrong one."""


def validate_document(document: Document) -> tuple[tuple[TargetGroupSpec, ...], tuple[FileProblem, ...]]:
    """The specs of a file, and all mistakes in it in the order of their lines; with any, the specs are not whole."""
    specs: list[TargetGroupSpec] = []
    malformed, broken = list(document.unsupported), list[FileProblem]()
    for place, data in _iter_items(document.data):
        spec, wrong = _parse_item(data, place)
        specs.append(spec)
        malformed.extend(wrong)
        broken.extend(_rule_problems(spec, place) if spec is not _PLACEHOLDER_SPEC else ())
    found = _deduplicate(malformed, [*broken, *_duplicate_names(document)])
    located = (attrs.evolve(one, line=one.line or document.line_of(one.field)) for one in found)
    return tuple(specs), tuple(sorted((*located, *document.duplicate_keys), key=lambda one: one.line or 0))


def _iter_items(data: object) -> Iterator[tuple[str, object]]:
    if isinstance(data, list):
        yield from ((f"[{index}]", item) for index, item in enumerate(cast("list[object]", data)))
    else:
        yield "", data


def _parse_item(data: Any, place: str) -> tuple[TargetGroupSpec, list[FileProblem]]:
    """A spec, and what is wrong with its form; of a wrong one, as much as can be read."""
    try:
        return from_boto3(TargetGroupSpec, data, strict=True), []
    except InvalidSpecError as error:
        found = [_to_file_problem(one, _join_path(place, one.field)) for one in error.problems]
    if isinstance(data, Mapping):
        return from_boto3(TargetGroupSpec, cast("Mapping[str, Any]", data)), found
    return _PLACEHOLDER_SPEC, [attrs.evolve(one, field=place or "data") for one in found]


def _rule_problems(spec: TargetGroupSpec, place: str) -> Iterator[FileProblem]:
    for one in find_problems(spec):
        if not isinstance(one.value, UnknownMatcher):  # the strict reader has said which of its keys is wrong
            yield _to_file_problem(one, _join_path(place, _WIRE_PATHS.get(one.field, one.field)))


def _to_file_problem(found: Problem, place: str) -> FileProblem:
    """A problem, told of the place and value in the file instead of the field and value of a model."""
    rule = found.rule if found.hint is None else f"{found.rule}. {found.hint}"
    value: Any = found.value
    return FileProblem(place, to_boto3(value) if attrs.has(value.__class__) else value, rule)


def _join_path(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field


def _wire_paths() -> Iterator[tuple[str, str]]:
    """Each attribute path of a spec, and how a file spells it."""
    spelled = {"": ""}
    for path, model in _MODELS.items():
        for field, name in wire_names(model).items():
            spelled[_join_path(path, field)] = _join_path(spelled[path], name)
    yield from spelled.items()


_WIRE_PATHS = dict(_wire_paths())


def _deduplicate(malformed: Iterable[FileProblem], broken: Iterable[FileProblem]) -> Iterable[FileProblem]:
    """One mistake a place, the first; of what has the wrong form, no rule is told, nor of anything inside."""
    firsts: dict[str, FileProblem] = {}
    for one in malformed:
        firsts.setdefault(one.field, one)
    wrong = set(firsts)
    for one in broken:
        if wrong.isdisjoint((one.field, *parent_paths(one.field))):
            firsts.setdefault(one.field, one)
    return firsts.values()


def _duplicate_names(document: Document) -> Iterator[FileProblem]:
    firsts: dict[str, str] = {}
    for place, data in _iter_items(document.data):
        name: object = cast("Mapping[str, object]", data).get("name") if isinstance(data, Mapping) else None
        if not isinstance(name, str):
            continue
        first = firsts.setdefault(name, place)
        if first != place:
            rule = (
                f"duplicate name (first used by {first} in line {document.line_of(f'{first}.name')}). Choose another."
            )
            yield FileProblem(_join_path(place, "name"), name, rule)
