"""Reading specs from files."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Literal

from attrs import evolve

from lattice_tg.errors import ConfigurationError, InvalidSpecError
from lattice_tg.models.problem import Problem, make_problem
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.spec_files.document import FileProblem, Node, ParseError, build_document
from lattice_tg.spec_files.json_parser import parse_json
from lattice_tg.spec_files.validation import validate_document

Format = Literal["json", "yaml"]

_FORMATS: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


def detect_format(path: Path) -> Format:
    """The format of the file at ``path``."""
    if path.suffix.lower() not in _FORMATS:
        rule = f"must end in {', '.join(_FORMATS)}"
        raise InvalidSpecError((make_problem("path", str(path), rule),))
    return _FORMATS[path.suffix.lower()]


def missing_pyyaml_error() -> ConfigurationError:
    """What is said where PyYAML is not installed."""
    return ConfigurationError("YAML files need PyYAML, which is not installed: pip install 'lattice-tg[yaml]'")


_BYTE_ORDER_MARK = "\ufeff"

Parse = Callable[[str], Node]
ParsedSpecs = tuple[tuple[TargetGroupSpec, ...], tuple[FileProblem, ...]]


def read_specs(path: str | PathLike[str]) -> tuple[TargetGroupSpec, ...]:
    """The specs that a file holds: one spec, or a list of them, in the form that ``to_boto3(spec)`` has.

    It is read strictly: an unknown key, a key that stands twice, ``"80"`` for a number, a broken rule and two specs
    of one name are mistakes, and so are YAML's tags and aliases.

    Args:
        path: The file; its name ends in ``.json``, ``.yaml`` or ``.yml``.

    Raises:
        InvalidSpecError: All mistakes at once, each with the file, the line and its path as written in the file; or
            the file cannot be read.
        ConfigurationError: It is YAML, and PyYAML is not installed.

    """
    parse = _select_parser(detect_format(Path(path)))
    specs, mistakes = _parse_and_validate(_read_bytes(Path(path)), parse)
    if mistakes:
        raise InvalidSpecError(tuple(_to_problem(mistake, str(path)) for mistake in mistakes))
    return specs


def _select_parser(form: Format) -> Parse:
    if form == "json":
        return parse_json
    try:
        from lattice_tg.spec_files.yaml_parser import parse_yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_pyyaml_error() from error
    return parse_yaml


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        said = getattr(error, "strerror", None) or str(error)
        raise InvalidSpecError(
            (make_problem("path", str(path), f"cannot be read: {said}. Pass the path of a file."),)
        ) from error


def _parse_and_validate(content: bytes, parse: Parse) -> ParsedSpecs:
    """What a file's content comes to."""
    marks: tuple[FileProblem, ...] = ()
    try:
        text = _decode(content)
        if text.startswith(_BYTE_ORDER_MARK):
            rule = "is a byte order mark. Save the file as UTF-8 without one."
            marks = (FileProblem("data", _BYTE_ORDER_MARK, rule, 1),)
        specs, mistakes = validate_document(build_document(_parse(text.removeprefix(_BYTE_ORDER_MARK), parse)))
    except ParseError as error:
        return (), (*marks, FileProblem("data", error.text, error.rule, error.line))
    return specs, (*marks, *mistakes)


def _decode(content: bytes) -> str:
    """The text, every line of which ends in a newline."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = content[error.start : error.start + 1]
        raise ParseError(wrong, "is not UTF-8. Save the file as UTF-8.", line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str, parse: Parse) -> Node:
    if not text.strip():
        raise ParseError("", "is empty. Write a spec or a list of specs.")
    try:
        return parse(text)
    except RecursionError:
        raise ParseError("…", "is nested too deeply") from None


def _to_problem(mistake: FileProblem, file: str) -> Problem:
    told = make_problem(mistake.field, mistake.value, mistake.rule)
    location = file if mistake.line is None else f"{file}:{mistake.line}"
    return evolve(told, location=location)
