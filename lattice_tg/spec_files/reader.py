"""Reader for spec files."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Literal

from attrs import evolve

from lattice_tg.errors import ConfigurationError, InvalidSpecError
from lattice_tg.models.problem import Problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.spec_files.document import Document, LocatedProblem, Node, ParseError, build_document
from lattice_tg.spec_files.files import read_file
from lattice_tg.spec_files.json_parser import parse_json
from lattice_tg.spec_files.validation import validate_document

Format = Literal["json", "yaml"]
Parser = Callable[[str], Node]

_FORMATS: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}
_BYTE_ORDER_MARK = "\ufeff"


def detect_format(path: Path) -> Format:
    """Return the file format that the suffix of ``path`` indicates.

    Raises:
        InvalidSpecError: If the suffix is not ``.json``, ``.yaml`` or ``.yml``.

    """
    if path.suffix.lower() not in _FORMATS:
        raise InvalidSpecError((Problem("path", str(path), "must end in .json, .yaml or .yml"),))
    return _FORMATS[path.suffix.lower()]


def missing_pyyaml_error() -> ConfigurationError:
    """Return the error that is raised for YAML files if PyYAML is not installed."""
    return ConfigurationError("YAML files require PyYAML: pip install 'lattice-tg[yaml]'")


def read_specs(path: str | PathLike[str]) -> tuple[TargetGroupSpec, ...]:
    """Read the specs in a JSON or YAML file.

    The file contains one spec or a list of specs in the format of ``to_boto3(spec)``. Reading is strict. Unknown keys,
    duplicate keys, values of the wrong type (such as ``"80"`` for an integer), broken validation rules, duplicate
    names, YAML tags and YAML aliases are reported as problems.

    Args:
        path: The path of a regular file of at most 16 MiB, which must end in ``.json``, ``.yaml`` or ``.yml``.

    Raises:
        InvalidSpecError: If the file cannot be read or has problems. ``problems`` lists all problems, each with the
            file, the line and the path of the field in the file. The message shows the first 50 problems.
        ConfigurationError: If the file is YAML and PyYAML is not installed.

    """
    parser = _select_parser(detect_format(Path(path)))
    specs, problems = _parse_and_validate(read_file(Path(path)), parser)
    if problems:
        file = str(path).encode(errors="backslashreplace").decode()  # A path can contain lone surrogates.
        raise InvalidSpecError(tuple(_to_problem(located, file) for located in problems))
    return specs


def _select_parser(file_format: Format) -> Parser:
    if file_format == "json":
        return parse_json
    try:
        from lattice_tg.spec_files.yaml_parser import parse_yaml  # noqa: PLC0415 - PyYAML is optional
    except ImportError as error:
        raise missing_pyyaml_error() from error
    return parse_yaml


def _parse_and_validate(
    content: bytes, parser: Parser
) -> tuple[tuple[TargetGroupSpec, ...], tuple[LocatedProblem, ...]]:
    problems: tuple[LocatedProblem, ...] = ()
    try:
        text = _decode(content)
        if text.startswith(_BYTE_ORDER_MARK):
            rule, hint = "is a byte order mark", "Save the file as UTF-8 without a byte order mark"
            problems = (LocatedProblem(Problem("data", _BYTE_ORDER_MARK, rule, hint), line=1),)
        document = _parse(text.removeprefix(_BYTE_ORDER_MARK), parser)
    except ParseError as error:
        problem = Problem("data", error.value, error.rule, error.hint)
        return (), (*problems, LocatedProblem(problem, error.line))
    specs, document_problems = validate_document(document)
    return specs, (*problems, *document_problems)


def _decode(content: bytes) -> str:
    """Decode ``content`` and convert all line ends to line feeds."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        invalid_byte = content[error.start : error.start + 1]
        raise ParseError(invalid_byte, "is not UTF-8", "Save the file as UTF-8", line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str, parser: Parser) -> Document:
    if not text.strip():
        raise ParseError("", "is empty", "Write a spec or a list of specs")
    try:
        return build_document(parser(text))
    except RecursionError:
        raise ParseError("…", "is nested too deeply") from None


def _to_problem(located: LocatedProblem, file: str) -> Problem:
    return evolve(located.problem, location=file if located.line is None else f"{file}:{located.line}")
