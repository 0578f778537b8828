"""Whether what a file says are specs, and all that is wrong with it if not: pure, over the file's data."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import attrs

from lattice_tg.errors import InvalidSpecError
from lattice_tg.files.document import Document, Mistake, paths_around
from lattice_tg.models.config import TargetGroupConfig
from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.rules import problems
from lattice_tg.wire import from_boto3, to_boto3
from lattice_tg.wire.names import wire_names

_MODELS: Mapping[str, type[attrs.AttrsInstance]] = {
    "": TargetGroupSpec,
    "config": TargetGroupConfig,
    "config.health_check": HealthCheck,
    "config.health_check.matcher": Matcher,
}


_NOTHING = TargetGroupSpec(name="", type="IP")
"""What stands for a spec where there is none, not even a wrong one."""


def specs_in(document: Document) -> tuple[tuple[TargetGroupSpec, ...], tuple[Mistake, ...]]:
    """The specs of a file, and all mistakes in it in the order of their lines; with any, the specs are not whole."""
    specs: list[TargetGroupSpec] = []
    malformed, broken = list(document.refused), list[Mistake]()
    for place, data in _items(document.data):
        spec, wrong = _read(data, place)
        specs.append(spec)
        malformed.extend(wrong)
        broken.extend(_broken_rules(spec, place) if spec is not _NOTHING else ())
    found = _told_once(malformed, [*broken, *_same_names(document)])
    located = (attrs.evolve(one, line=one.line or document.line_of(one.field)) for one in found)
    return tuple(specs), tuple(sorted((*located, *document.repeated), key=lambda one: one.line or 0))


def _items(data: object) -> Iterator[tuple[str, object]]:
    if isinstance(data, list):
        yield from ((f"[{index}]", item) for index, item in enumerate(cast("list[object]", data)))
    else:
        yield "", data


def _read(data: Any, place: str) -> tuple[TargetGroupSpec, list[Mistake]]:
    """A spec, and what is wrong with its form; of a wrong one, as much as can be read."""
    try:
        return from_boto3(TargetGroupSpec, data, strict=True), []
    except InvalidSpecError as error:
        found = [_mistake(one, _joined(place, one.field)) for one in error.problems]
    if isinstance(data, Mapping):
        return from_boto3(TargetGroupSpec, cast("Mapping[str, Any]", data)), found
    return _NOTHING, [attrs.evolve(one, field=place or "data") for one in found]


def _broken_rules(spec: TargetGroupSpec, place: str) -> Iterator[Mistake]:
    for one in problems(spec):
        if not isinstance(one.value, UnknownMatcher):  # the strict reader has said which of its keys is wrong
            yield _mistake(one, _joined(place, _WRITTEN.get(one.field, one.field)))


def _mistake(found: Problem, place: str) -> Mistake:
    """A problem, told of the place and value in the file instead of the field and value of a model."""
    rule = found.message.removeprefix(problem(found.field, found.value, "").message)
    value: Any = found.value
    return Mistake(place, to_boto3(value) if attrs.has(value.__class__) else value, rule)


def _joined(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field


def _written_paths() -> Iterator[tuple[str, str]]:
    """Each attribute path of a spec, and how a file spells it."""
    spelled = {"": ""}
    for path, model in _MODELS.items():
        for field, name in wire_names(model).items():
            spelled[_joined(path, field)] = _joined(spelled[path], name)
    yield from spelled.items()


_WRITTEN = dict(_written_paths())


def _told_once(malformed: Iterable[Mistake], broken: Iterable[Mistake]) -> Iterable[Mistake]:
    """One mistake a place, the first; of what has the wrong form, no rule is told, nor of anything inside."""
    firsts: dict[str, Mistake] = {}
    for one in malformed:
        firsts.setdefault(one.field, one)
    wrong = set(firsts)
    for one in broken:
        if wrong.isdisjoint((one.field, *paths_around(one.field))):
            firsts.setdefault(one.field, one)
    return firsts.values()


def _same_names(document: Document) -> Iterator[Mistake]:
    firsts: dict[str, str] = {}
    for place, data in _items(document.data):
        name: object = cast("Mapping[str, object]", data).get("name") if isinstance(data, Mapping) else None
        if not isinstance(name, str):
            continue
        first = firsts.setdefault(name, place)
        if first != place:
            rule = f"is also the name of {first}, in line {document.line_of(f'{first}.name')}; choose another"
            yield Mistake(_joined(place, "name"), name, rule)
