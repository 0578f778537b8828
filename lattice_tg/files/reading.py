"""Reading specs from a file: all of them, or one error with every mistake."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from lattice_tg.errors import InvalidSpecError
from lattice_tg.files.document import FileProblem, build_document
from lattice_tg.files.formats import Format, detect_format, missing_pyyaml_error
from lattice_tg.files.json_tree import parse_json
from lattice_tg.files.judgement import validate_document
from lattice_tg.files.tree import Node, ParseError
from lattice_tg.models.problems import Problem, make_problem
from lattice_tg.models.spec import TargetGroupSpec

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
        from lattice_tg.files.yaml_tree import parse_yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_pyyaml_error() from error
    return parse_yaml


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        said = getattr(error, "strerror", None) or str(error)
        raise InvalidSpecError((make_problem("path", str(path), f"cannot be read: {said}; name a file"),)) from error


def _parse_and_validate(content: bytes, parse: Parse) -> ParsedSpecs:
    """What a file's content comes to."""
    marks: tuple[FileProblem, ...] = ()
    try:
        text = _decode(content)
        if text.startswith(_BYTE_ORDER_MARK):
            rule = "is a byte order mark; save the file as UTF-8 without one"
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
        raise ParseError(wrong, "is not UTF-8; save the file as UTF-8", line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str, parse: Parse) -> Node:
    if not text.strip():
        raise ParseError("", "is empty; write a spec, or a list of them")
    try:
        return parse(text)
    except RecursionError:
        raise ParseError("…", "is nested too deep for specs") from None


def _to_problem(mistake: FileProblem, file: str) -> Problem:
    told = make_problem(mistake.field, mistake.value, mistake.rule)
    location = file if mistake.line is None else f"{file}:{mistake.line}"
    return Problem(told.field, told.value, told.message, location)
