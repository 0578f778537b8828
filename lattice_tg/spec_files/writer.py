"""Writer for spec files."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path

from attrs import evolve

from lattice_tg.conversion import to_boto3
from lattice_tg.conversion.type_defs import CreateTargetGroupRequestTypeDef
from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.spec_files.files import replace_file
from lattice_tg.spec_files.reader import Format, detect_format, missing_pyyaml_error
from lattice_tg.validation import find_problems
from lattice_tg.validation.arguments import to_tuple

Item = CreateTargetGroupRequestTypeDef


def write_specs(path: str | PathLike[str], specs: Iterable[TargetGroupSpec]) -> None:
    """Write specs to a JSON or YAML file that ``read_specs`` can read.

    The file contains a list in the order of ``specs``. A config or a health check without fields is not written. In all
    other respects, ``read_specs`` returns equal specs. The file is replaced atomically: a concurrent reader gets either
    the old specs or the new specs. Temporary files that killed processes left behind an hour ago are deleted.

    Args:
        path: The path of the file, which must end in ``.json``, ``.yaml`` or ``.yml``. The folder must exist.
        specs: The specs to write.

    Raises:
        InvalidSpecError: If the path is not the path of a regular file with a supported suffix, a spec breaks a
            validation rule, or two specs have the same name. The error lists all problems. No file is written.
        ConfigurationError: If the file is YAML and PyYAML is not installed.
        OSError: If the file cannot be written. An existing file stays unchanged.

    """
    serialize = _select_serializer(detect_format(Path(path)))
    specs = to_tuple("specs", specs)
    if problems := (*_find_rule_problems(specs), *_find_duplicate_names(specs)):
        raise InvalidSpecError(problems)
    replace_file(Path(path), serialize([to_boto3(spec) for spec in specs]))


def _find_rule_problems(specs: tuple[TargetGroupSpec, ...]) -> list[Problem]:
    return [_prefix_index(problem, index) for index, spec in enumerate(specs) for problem in find_problems(spec)]


def _prefix_index(problem: Problem, index: int) -> Problem:
    return evolve(problem, field=f"[{index}]" if problem.field == "spec" else f"[{index}].{problem.field}")


def _find_duplicate_names(specs: tuple[TargetGroupSpec, ...]) -> Iterator[Problem]:
    first_indexes: dict[str, int] = {}
    for index, spec in enumerate(specs):
        name: object = getattr(spec, "name", None)
        if isinstance(name, str) and (first := first_indexes.setdefault(name, index)) != index:
            yield Problem(f"[{index}].name", name, f"duplicate name (first used by [{first}])", "Choose another name")


def _select_serializer(file_format: Format) -> Callable[[list[Item]], str]:
    if file_format == "json":
        return lambda items: json.dumps(items, indent=2, ensure_ascii=False) + "\n"
    try:
        import yaml  # noqa: PLC0415 - PyYAML is optional
    except ImportError as error:
        raise missing_pyyaml_error() from error

    def dump(items: list[Item]) -> str:
        return yaml.safe_dump(items, sort_keys=False, allow_unicode=True, width=sys.maxsize)

    return lambda items: "\n".join(dump([item]) for item in items) or dump([])
