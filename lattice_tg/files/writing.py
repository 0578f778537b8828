"""Writing specs to a file, which then has all of them, or is as it was."""

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

from lattice_tg.errors import InvalidSpecError
from lattice_tg.files.formats import Format, format_of, no_yaml
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec
from lattice_tg.rules import problems
from lattice_tg.wire import to_boto3

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
    write = _writer(format_of(Path(path)))
    if not isinstance(specs, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - a caller may be untyped
        raise InvalidSpecError((problem("specs", specs, "must be several; write a list"),))
    wanted = tuple(specs)
    if found := (*_broken_rules(wanted), *_same_names(wanted)):
        raise InvalidSpecError(found)
    _replace(Path(path).resolve(), write([to_boto3(spec) for spec in wanted]))


def _broken_rules(specs: tuple[TargetGroupSpec, ...]) -> list[Problem]:
    return [_of_item(one, index) for index, spec in enumerate(specs) for one in problems(spec)]


def _of_item(found: Problem, index: int) -> Problem:
    place = f"[{index}]" if found.field == "spec" else f"[{index}].{found.field}"
    return evolve(found, field=place, message=place + found.message.removeprefix(found.field))


def _same_names(specs: tuple[TargetGroupSpec, ...]) -> Iterator[Problem]:
    firsts: dict[str, int] = {}
    for index, spec in enumerate(specs):
        name: object = getattr(spec, "name", None)
        if isinstance(name, str) and (first := firsts.setdefault(name, index)) != index:
            yield problem(f"[{index}].name", name, f"is also the name of [{first}]; choose another")


def _writer(form: Format) -> Callable[[list[Entry]], str]:
    if form == "json":
        return lambda entries: json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise no_yaml() from error

    def dumped(entries: list[Entry]) -> str:
        return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=sys.maxsize)

    return lambda entries: "\n".join(dumped([entry]) for entry in entries) or dumped([])


def _replace(path: Path, text: str) -> None:
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
