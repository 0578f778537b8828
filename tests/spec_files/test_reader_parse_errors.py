"""Tests for files that cannot be parsed."""

import sys
from pathlib import Path

import pytest

from lattice_tg import read_specs
from lattice_tg.errors import ConfigurationError
from lattice_tg.models.problem import Problem
from support.spec_files import GOOD_YAML, format_problems, on_posix, read_problems, write_file


@pytest.mark.parametrize(
    ("content", "line", "value", "rule"),
    [
        ("[\n{},\n]", 3, "]", "expected a value. Add a value, or remove any extra comma."),
        (
            '{"a": 1,\n}',
            2,
            "}",
            "expected a key in double quotes. Close the object with } and remove any trailing comma.",
        ),
        ("{'a': 1}", 1, "'a': 1}", "is not valid JSON. Put strings and keys in double quotes, and remove comments."),
        ('{"a"\n 1}', 2, "1}", "expected a colon after the key"),
        ('{"a": 1 "b": 2}', 1, '"b": 2}', "expected a comma or }"),
        ("[1 2]", 1, "2]", "expected a comma or ]"),
        ("[1}", 1, "}", "expected a comma or ]"),
        ("[1,", 1, "", "expected a value. Add a value, or remove any extra comma."),
        ("[1", 1, "", "expected a comma or ]"),
        ("{}\n{} ", 2, "{}", "expected one JSON value, got more text. Write several specs as a list."),
        ("[\n// no\n]", 2, "// no", "is not valid JSON. Put strings and keys in double quotes, and remove comments."),
        ("[080]", 1, "080]", "is not valid JSON. Put strings and keys in double quotes, and remove comments."),
        ('["a\tb"]', 1, '"a\tb"]', "is not valid JSON. Put strings and keys in double quotes, and remove comments."),
        ("[None]", 1, "None]", "is not valid JSON. Put strings and keys in double quotes, and remove comments."),
        ("[True]", 1, "True]", "is not valid JSON. Put strings and keys in double quotes, and remove comments."),
    ],
)
def test_json_syntax_error_has_its_line(content: str, line: int, value: str, rule: str, tmp_path: Path) -> None:
    """A JSON syntax error is reported with the line number, and the value is the rest of the line."""
    path = write_file(tmp_path, "s.json", content)

    rule, _, hint = rule.removesuffix(".").partition(". ")
    assert read_problems(path) == (Problem("data", value, rule, hint or None, f"{path}:{line}"),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("# nothing\n", "s.yaml: data='': is empty. Write a spec or a list of specs."),
        ("a: 1\n---\nb: 2\n", "s.yaml:2: data='---': a second document starts here. Write several specs as one list."),
        (
            "a:\n\tb: 1\n",
            ("s.yaml:2: data='\\tb: 1': is not valid YAML: while scanning for the next token, found character '\\t' "
            "that cannot start any token. Indent with spaces, not with tabs."),
        ),
        (
            "a: [1\nb: 2",
            ("s.yaml:2: data=': 2': is not valid YAML: while parsing a flow sequence, expected ',' or ']', but got ':'. "
             "Correct the syntax in this line."),
        ),
        ("a: 1\nb: \x07\n", "s.yaml:2: data='\\x07': is not allowed in YAML. Remove the character."),
        ("!!python/object/apply:os.getcwd []", ("s.yaml:1: data='tag:yaml.org,2002:python/object/apply:os.getcwd': "
         "YAML tags are not supported. Remove the tag.")),
    ],
)  # fmt: skip
def test_yaml_syntax_error_has_its_line(content: str, expected: str, tmp_path: Path) -> None:
    """YAML syntax errors, second documents and tags that create objects are reported with the line number."""
    assert format_problems(write_file(tmp_path, "s.yaml", content)) == [expected]


@pytest.mark.parametrize("name", ["s.yaml", "s.json"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ": data='': is empty. Write a spec or a list of specs."),
        (b" \n\n", ": data='': is empty. Write a spec or a list of specs."),
        (b"[\n\xe9]", ":2: data=b'\\xe9': is not UTF-8. Save the file as UTF-8."),
    ],
)
def test_empty_or_undecodable_file_is_one_problem(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    """A file that is empty or not valid UTF-8 has exactly one problem."""
    problems = format_problems(write_file(tmp_path, name, content))

    assert problems == [f"{name}{expected}"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.json", "cannot be read: No such file or directory. Pass the path of a file."),
        ("folder.json", "is not a regular file. Pass the path of a file."),
        ("nul\0.json", "cannot be read: embedded null byte. Pass the path of a file."),
        ("specs.toml", "must end in .json, .yaml or .yml"),
        ("specs", "must end in .json, .yaml or .yml"),
    ],
)
def test_unreadable_path_is_one_problem(name: str, message: str, tmp_path: Path) -> None:
    """If a path cannot be read or has an unsupported suffix, the problem is reported for the field ``path``."""
    (tmp_path / "folder.json").mkdir()
    path = tmp_path / name

    (problem,) = read_problems(path)

    assert (problem.field, problem.value, problem.location) == ("path", str(path), None)
    assert str(problem).endswith(f": {message}")


@on_posix
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("loop.json", "cannot be read: Too many levels of symbolic links. Pass the path of a file."),
        (
            "\ud800.json",
            (
                "cannot be read: 'utf-8' codec can't encode character '\\ud800' in position {}: surrogates not allowed. "
                "Pass the path of a file."
            ),
        ),
        ("x" * 300 + ".json", "cannot be read: File name too long. Pass the path of a file."),
        ("old.json/x.json", "cannot be read: Not a directory. Pass the path of a file."),
        ("folder.json", "is not a regular file. Pass the path of a file."),
        ("fifo.json", "is not a regular file. Pass the path of a file."),
        ("socket.json", "is not a regular file. Pass the path of a file."),
        ("device.json", "is not a regular file. Pass the path of a file."),
    ],
)
def test_only_regular_files_are_read(name: str, message: str, special_files: Path) -> None:
    """A folder, a FIFO, a socket and an endless device are each one problem and are not read."""
    (problem,) = read_problems(special_files / name)

    assert str(problem).endswith(f": {message.format(len(str(special_files)) + 1)}")


def test_path_with_an_undecodable_byte_can_be_printed(tmp_path: Path) -> None:
    """The location of a problem contains no lone surrogates, which cannot be printed."""
    path = tmp_path / "\udcff.json"
    path.write_text("{}")

    locations = {problem.location for problem in read_problems(path)}

    assert locations == {f"{tmp_path}/\\udcff.json:1"}


def test_large_file_is_rejected(tmp_path: Path) -> None:
    """A file of more than 16 MiB is one problem."""
    path = tmp_path / "large.json"
    path.write_bytes(b"[]".ljust(16 * 1024 * 1024))
    assert read_specs(path) == ()

    path.write_bytes(b"[]".ljust(16 * 1024 * 1024 + 1))
    (problem,) = read_problems(path)

    assert str(problem).endswith(": is larger than 16 MiB. Split the file.")


@pytest.mark.parametrize(("name", "content"), [("s.json", "[\n0,0,\n0,0]"), ("s.yaml", "[0, 0,\n0,\n0, 0]")])
def test_number_of_values_is_limited(name: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with more values than the limit is one problem, which names the line."""
    monkeypatch.setattr("lattice_tg.spec_files.document.MAX_VALUES", 4)
    path = write_file(tmp_path, name, content)

    assert format_problems(path) == [f"{name}:3: data='…': the file has more than 4 values. Split the file."]


def test_reading_yaml_requires_pyyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyYAML, the error for YAML files names the package to install. JSON files can still be read."""
    for module in ("yaml", "lattice_tg.spec_files.yaml_parser"):
        monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ConfigurationError) as caught:
        read_specs(write_file(tmp_path, "s.yaml", GOOD_YAML))

    assert caught.value.message == "YAML files require PyYAML: pip install 'lattice-tg[yaml]'"
    assert read_specs(write_file(tmp_path, "s.json", "[]")) == ()
