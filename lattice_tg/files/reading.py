"""Reading specs from a file: all of them, or one error with every mistake."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from lattice_tg.errors import InvalidSpecError
from lattice_tg.files.document import Mistake, document_of
from lattice_tg.files.formats import Format, format_of, no_yaml
from lattice_tg.files.json_tree import json_tree
from lattice_tg.files.judgement import specs_in
from lattice_tg.files.tree import Node, UnreadableError
from lattice_tg.models.problems import Problem, problem
from lattice_tg.models.spec import TargetGroupSpec

_BYTE_ORDER_MARK = "\ufeff"

Parse = Callable[[str], Node]
Findings = tuple[tuple[TargetGroupSpec, ...], tuple[Mistake, ...]]


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
    parse = _parser(format_of(Path(path)))
    specs, mistakes = _findings(_content(Path(path)), parse)
    if mistakes:
        raise InvalidSpecError(tuple(_problem(mistake, str(path)) for mistake in mistakes))
    return specs


def _parser(form: Format) -> Parse:
    if form == "json":
        return json_tree
    try:
        from lattice_tg.files.yaml_tree import yaml_tree  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise no_yaml() from error
    return yaml_tree


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        said = getattr(error, "strerror", None) or str(error)
        raise InvalidSpecError((problem("path", str(path), f"cannot be read: {said}; name a file"),)) from error


def _findings(content: bytes, parse: Parse) -> Findings:
    """What a file's content comes to."""
    marks: tuple[Mistake, ...] = ()
    try:
        text = _decoded(content)
        if text.startswith(_BYTE_ORDER_MARK):
            rule = "is a byte order mark; save the file as UTF-8 without one"
            marks = (Mistake("data", _BYTE_ORDER_MARK, rule, 1),)
        specs, mistakes = specs_in(document_of(_parsed(text.removeprefix(_BYTE_ORDER_MARK), parse)))
    except UnreadableError as error:
        return (), (*marks, Mistake("data", error.text, error.rule, error.line))
    return specs, (*marks, *mistakes)


def _decoded(content: bytes) -> str:
    """The text, every line of which ends in a newline."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = content[error.start : error.start + 1]
        raise UnreadableError(wrong, "is not UTF-8; save the file as UTF-8", line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str, parse: Parse) -> Node:
    if not text.strip():
        raise UnreadableError("", "is empty; write a spec, or a list of them")
    try:
        return parse(text)
    except RecursionError:
        raise UnreadableError("…", "is nested too deep for specs") from None


def _problem(mistake: Mistake, file: str) -> Problem:
    told = problem(mistake.field, mistake.value, mistake.rule)
    location = file if mistake.line is None else f"{file}:{mistake.line}"
    return Problem(told.field, told.value, told.message, location)
