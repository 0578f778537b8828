"""Tests of the memory that reading a file needs, and of the length of the messages."""

import json
from pathlib import Path

import pytest

from lattice_tg import read_specs
from lattice_tg.errors import InvalidSpecError
from support.spec_files import on_posix, read_problems, run_python, write_file

MAX_MEGABYTES = 400
MEASUREMENT = """
import resource, sys
from lattice_tg import InvalidSpecError, read_specs

resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
try:
    read_specs(sys.argv[1])
except InvalidSpecError as error:
    str(error)
try:  # On Linux, ru_maxrss includes the memory of the process that started this process.
    with open("/proc/self/status") as status:
        print(next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
except OSError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024 if sys.platform == "darwin" else 1024))
"""

FILES = {
    "long key with many items": json.dumps([{"k" * 100_000: [0] * 20_000}]),
    "long keys on many levels": "".join(f'{{"{"k" * 200}":' for _ in range(200)) + f"[{'0,' * 100_000}0]" + "}" * 200,
    "long string": json.dumps([{"name": "a" * 10_000_000, "type": "LAMBDA"}]),
    "string without end": '["' + "a" * 10_000_000,
    "long unknown key": json.dumps({"k" * 10_000_000: 0}),
    "many lines": "\n" * 10_000_000,
    "many problems": json.dumps([{"name": "A"}] * 50_000),
}


@on_posix
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "many problems" else name for name in FILES]
)
def test_memory_for_a_file_is_bounded(name: str, tmp_path: Path) -> None:
    """Reading a file of any content needs little memory."""
    path = write_file(tmp_path, "s.json", FILES[name].encode())

    assert int(run_python(MEASUREMENT, path)) < MAX_MEGABYTES


def test_message_about_many_problems_is_short(tmp_path: Path) -> None:
    """The error has all problems, but the message shows the first 50 of them."""
    path = write_file(tmp_path, "s.json", json.dumps([{"name": "A"}] * 1_000).encode())

    with pytest.raises(InvalidSpecError) as caught:
        read_specs(path)

    lines = str(caught.value).splitlines()
    assert (len(caught.value.problems), len(lines), lines[-1]) == (2_000, 52, "  and 1,950 more")


@pytest.mark.parametrize("depth", [485, 490, 495, 500, 100_000])
def test_deep_nesting_is_a_problem(depth: int, tmp_path: Path) -> None:
    """A file that is nested as deeply as Python can parse, or more deeply, has problems instead of a RecursionError."""
    path = write_file(tmp_path, "s.json", ("[" * depth + '{"\u0001": 1, "\u0001": 1}' + "]" * depth).encode())

    assert len(read_problems(path)) == 1
