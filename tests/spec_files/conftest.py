"""Fixtures for tests of spec files."""

import os
import socket
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest


@pytest.fixture
def special_files(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with files that are not regular files and one that is."""
    (tmp_path / "old.json").write_text("[]")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "device.json").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "fifo.json")
    with socket.socket(socket.AF_UNIX) as server, chdir(tmp_path):  # The address of a socket must be short.
        server.bind("socket.json")
        yield tmp_path
