"""Tests for writing spec files."""

import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lattice_tg import read_specs, write_specs
from lattice_tg.errors import ConfigurationError, InvalidSpecError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupConfig, TargetGroupSpec
from support.model_examples import VPC
from support.spec_files import on_posix, run_python
from support.strategies import limited_examples, valid_specs

ORDERS = TargetGroupSpec(
    name="orders",
    type="IP",
    config=TargetGroupConfig(
        protocol="HTTP", port=80, vpc_identifier=VPC, health_check=HealthCheck(enabled=False, path="/ok")
    ),
    tags={"team": "shöp", "cost": "80", "since": "2026-01-31", "on call": "no"},
)
RESIZE = TargetGroupSpec(name="resize", type="LAMBDA")

YAML = f"""\
- name: orders
  type: IP
  config:
    port: 80
    protocol: HTTP
    vpcIdentifier: {VPC}
    healthCheck:
      enabled: false
      path: /ok
  tags:
    team: shöp
    cost: '80'
    since: '2026-01-31'
    on call: 'no'

- name: resize
  type: LAMBDA
"""

JSON = """\
[
  {
    "name": "resize",
    "type": "LAMBDA",
    "tags": {
      "team": "shöp"
    }
  }
]
"""


def remove_duplicate_names(specs: list[TargetGroupSpec]) -> list[TargetGroupSpec]:
    return list({spec.name: spec for spec in specs}.values())


several_specs = st.lists(valid_specs, max_size=4).map(remove_duplicate_names)
TAGS_TO_QUOTE = {
    "=": "on",
    "null": "null",
    "1e3": "0x10",
    "1:20": "+1",
    "a": "",
    "b\u2028c": "x\u2029\u00a0y",
    "- -": "𠀀",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all examples of a test share."""
    return tmp_path_factory.mktemp("specs")


@pytest.mark.parametrize("name", ["specs.json", "specs.yaml"])
@settings(limited_examples, max_examples=40)
@given(specs=several_specs)
@example(specs=[TargetGroupSpec(name="resize", type="LAMBDA", tags=TAGS_TO_QUOTE)])
@example(specs=[])
def test_specs_survive_a_round_trip(name: str, specs: list[TargetGroupSpec], folder: Path) -> None:
    """Reading valid specs that were written to a file returns equal specs in the same order."""
    write_specs(folder / name, specs)

    assert read_specs(folder / name) == tuple(specs)


def test_yaml_layout(tmp_path: Path) -> None:
    """YAML has members in the order of the API, a blank line between specs, and quotes only where needed."""
    path = tmp_path / "specs.yaml"

    write_specs(str(path), iter([ORDERS, RESIZE]))

    assert path.read_text(encoding="utf-8") == YAML


def test_yml_suffix_is_yaml(tmp_path: Path) -> None:
    """A file with the suffix .yml is written as YAML."""
    write_specs(tmp_path / "specs.yml", [ORDERS, RESIZE])

    assert (tmp_path / "specs.yml").read_text(encoding="utf-8") == YAML


def test_json_layout(tmp_path: Path) -> None:
    """JSON is indented, has members in the order of the API and ends in a newline."""
    path = tmp_path / "specs.json"

    write_specs(path, [TargetGroupSpec(name="resize", type="LAMBDA", tags={"team": "shöp"})])

    assert path.read_text(encoding="utf-8") == JSON


def test_invalid_specs_are_not_written(tmp_path: Path) -> None:
    """Violated rules, duplicate names and values that are not specs are reported at once. The file is unchanged."""
    path = tmp_path / "specs.json"
    path.write_text("[]")
    invalid = TargetGroupSpec(name="re_size", type="LAMBDA", config=TargetGroupConfig(port=1), tags={"aws:x": "y"})
    not_a_spec: Any = {"name": "resize"}

    with pytest.raises(InvalidSpecError) as caught:
        write_specs(path, [RESIZE, invalid, not_a_spec, RESIZE])

    assert [str(problem) for problem in caught.value.problems] == [
        "[1].name='re_size': must have 3 to 128 characters from a-z, 0-9 and single hyphens between them, and must not start with tg-",
        "[1].config.port=1: is not supported for LAMBDA target groups. Remove it.",
        "[1].tags['aws:x']='aws:x': the key must not start with aws:, which is reserved. Choose another prefix.",
        "[2]={'name': 'resize'}: must be a TargetGroupSpec. Call build() on a builder, or pass the spec of a DesiredState.",
        "[3].name='resize': duplicate name (first used by [0]). Choose another name.",
    ]
    assert [problem.field for problem in caught.value.problems] == [
        "[1].name",
        "[1].config.port",
        "[1].tags['aws:x']",
        "[2]",
        "[3].name",
    ]
    assert path.read_text() == "[]"


def test_unsupported_suffix_is_rejected(tmp_path: Path) -> None:
    """A path with an unsupported suffix is rejected, and no file is written."""
    with pytest.raises(InvalidSpecError, match=r"must end in \.json, \.yaml or \.yml"):
        write_specs(tmp_path / "specs.txt", [RESIZE])

    assert list(tmp_path.iterdir()) == []


def test_writing_yaml_requires_pyyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyYAML, the error for YAML files names the package to install. JSON files can still be written."""
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'lattice-tg\[yaml\]'"):
        write_specs(tmp_path / "specs.yaml", [RESIZE])
    write_specs(tmp_path / "specs.json", [RESIZE])

    assert [path.name for path in tmp_path.iterdir()] == ["specs.json"]


def test_file_is_replaced_atomically(tmp_path: Path) -> None:
    """A reader of the open file still sees the old specs. Permissions and symbolic links are kept."""
    path, link = tmp_path / "specs.json", tmp_path / "link.json"
    path.write_text("[ ]")
    path.chmod(0o640)
    link.symlink_to(path)

    with path.open() as old:
        write_specs(link, [RESIZE])
        old_content = old.read()

    assert (old_content, read_specs(path), stat.S_IMODE(path.stat().st_mode)) == ("[ ]", (RESIZE,), 0o640)
    assert (link.is_symlink(), sorted(tmp_path.iterdir())) == (True, [link, path])


FULL_DISK = """
import resource, sys
from lattice_tg import TargetGroupSpec, write_specs

resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    write_specs(sys.argv[1], [TargetGroupSpec(name="resize", type="LAMBDA")])
except OSError as error:
    print(error.strerror)
"""


@on_posix
def test_failed_write_leaves_no_temporary_file(tmp_path: Path) -> None:
    """If the file cannot be written, for example because the disk is full, the temporary file is deleted."""
    path = tmp_path / "specs.json"
    path.write_text("[]")

    assert run_python(FULL_DISK, path) == "File too large\n"
    assert [child.name for child in tmp_path.iterdir()] == ["specs.json"]
    assert path.read_text() == "[]"


KILLED_WRITER = """
import os, signal, sys
from lattice_tg import TargetGroupSpec, write_specs

os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write_specs(sys.argv[1], [TargetGroupSpec(name="resize", type="LAMBDA")])
"""


@on_posix
def test_temporary_file_of_a_killed_writer_is_deleted_after_an_hour(tmp_path: Path) -> None:
    """Writing deletes a temporary file that a killed process left behind, but neither recent nor other files."""
    path = tmp_path / "specs.json"
    others = {tmp_path / ".specs.json.backup.tmp", tmp_path / f".specs.yaml.{'0' * 32}.tmp"}
    for _ in range(2):
        run_python(KILLED_WRITER, path)
    old, recent = tmp_path.iterdir()
    for file in others:
        file.write_text("")
    for file in (old, *others):
        os.utime(file, (time.time() - 3700, time.time() - 3700))

    write_specs(path, [RESIZE])

    assert set(tmp_path.iterdir()) == {path, recent, *others}


@pytest.mark.parametrize("name", ["x" * 235 + ".json", "ä" * 120 + ".yaml", "[a-z]*?.json"])
def test_any_file_name_can_be_written(name: str, tmp_path: Path) -> None:
    """The name of the temporary file fits into the limits of the file system even if the name of the file is long."""
    write_specs(tmp_path / name, [RESIZE])

    assert read_specs(tmp_path / name) == (RESIZE,)
    assert [child.name for child in tmp_path.iterdir()] == [name]


@on_posix
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("loop.json", "cannot be written: Too many levels of symbolic links. Pass the path of a file."),
        ("nul\0.json", "cannot be written: embedded null byte. Pass the path of a file."),
        (
            "\ud800.json",
            (
                "cannot be written: 'utf-8' codec can't encode character '\\ud800' in position {}: surrogates not "
                "allowed. Pass the path of a file."
            ),
        ),
        ("x" * 300 + ".json", "cannot be written: File name too long. Pass the path of a file."),
        ("old.json/x.json", "cannot be written: Not a directory. Pass the path of a file."),
        ("folder.json", "is not a regular file. Pass the path of a file."),
        ("fifo.json", "is not a regular file. Pass the path of a file."),
        ("socket.json", "is not a regular file. Pass the path of a file."),
        ("device.json", "is not a regular file. Pass the path of a file."),
    ],
)
def test_path_that_is_not_a_regular_file_is_not_written(name: str, message: str, special_files: Path) -> None:
    """A path that cannot be the path of a regular file is one problem, and the folder is unchanged."""
    before = set(special_files.iterdir())

    with pytest.raises(InvalidSpecError) as caught:
        write_specs(special_files / name, [RESIZE])

    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("path", str(special_files / name))
    assert str(problem).endswith(f": {message.format(len(str(special_files)) + 1)}")
    assert set(special_files.iterdir()) == before


def test_permissions_are_kept_while_the_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary file has the permissions of the file that it replaces before it contains any spec."""
    path = tmp_path / "specs.json"
    path.write_text("[]")
    path.chmod(0o600)
    modes: list[int] = []

    def record_mode(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(os, "fsync", record_mode)

    write_specs(path, [RESIZE])

    assert modes == [0o600]


def test_single_spec_is_rejected(tmp_path: Path) -> None:
    """Passing a spec instead of a list of specs is rejected, and no file is written."""
    single_spec: Any = RESIZE

    with pytest.raises(InvalidSpecError, match=r"specs=.*: must be an iterable\. Pass a list\."):
        write_specs(tmp_path / "specs.json", single_spec)

    assert list(tmp_path.iterdir()) == []
