"""Writing specs to files."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any
from uuid import uuid4

from attrs import evolve

from lattice_tg.conversion import to_boto3
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.problem import Problem, make_problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.spec_files.reader import Format, detect_format, missing_pyyaml_error
from lattice_tg.validation import find_problems

Entry = dict[str, Any]


def write_specs(path: str | PathLike[str], specs: Iterable[TargetGroupSpec]) -> None:
    """Write specs to a file as a list, in their order; ``read_specs`` reads the same specs back.

    The file is replaced as a whole: whoever reads it meanwhile finds the old specs or the new. (A config or health
    check that sets nothing is not written, as it is not sent.)

    Args:
        path: The file; its name ends in ``.json``, ``.yaml`` or ``.yml``. Its folder is there.
        specs: What to write.

    Raises:
        InvalidSpecError: Some specs break rules, or have the same name; all of it is told, nothing was written.
        ConfigurationError: It is to be YAML, and PyYAML is not installed.
        OSError: The file cannot be written; it is as it was.

    """
    write = _select_serializer(detect_format(Path(path)))
    if not isinstance(specs, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        raise InvalidSpecError((make_problem("specs", specs, "must be an iterable. Pass a list."),))
    wanted = tuple(specs)
    if found := (*_rule_problems(wanted), *_duplicate_names(wanted)):
        raise InvalidSpecError(found)
    _atomic_write(Path(path).resolve(), write([to_boto3(spec) for spec in wanted]))


def _rule_problems(specs: tuple[TargetGroupSpec, ...]) -> list[Problem]:
    return [_prefix_index(one, index) for index, spec in enumerate(specs) for one in find_problems(spec)]


def _prefix_index(found: Problem, index: int) -> Problem:
    place = f"[{index}]" if found.field == "spec" else f"[{index}].{found.field}"
    return evolve(found, field=place)


def _duplicate_names(specs: tuple[TargetGroupSpec, ...]) -> Iterator[Problem]:
    firsts: dict[str, int] = {}
    for index, spec in enumerate(specs):
        name: object = getattr(spec, "name", None)
        if isinstance(name, str) and (first := firsts.setdefault(name, index)) != index:
            yield make_problem(f"[{index}].name", name, f"duplicate name (first used by [{first}]). Choose another.")


def _select_serializer(form: Format) -> Callable[[list[Entry]], str]:
    if form == "json":
        return lambda entries: json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_pyyaml_error() from error

    def dumped(entries: list[Entry]) -> str:
        return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=sys.maxsize)

    return lambda entries: "\n".join(dumped([entry]) for entry in entries) or dumped([])


def _atomic_write(path: Path, text: str) -> None:
    """Write beside, then rename, which is one step of the file system."""
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
