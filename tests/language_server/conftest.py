"""Fixtures: a language server that all tests share, because starting a server takes seconds."""

import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.language_server import LanguageServer
from support.open_document import OpenFile

PROGRAM = Path(sysconfig.get_path("scripts")) / "basedpyright-langserver"
SETTINGS = {"python": {"pythonPath": sys.executable}}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """Yield a basedpyright server for an empty folder. The library is installed."""
    folder = tmp_path_factory.mktemp("project").resolve()
    with LanguageServer([str(PROGRAM), "--stdio"], folder, SETTINGS) as server:
        yield server


@pytest.fixture(scope="session")
def file(server: LanguageServer) -> OpenFile:
    """Return a file that is open in the editor."""
    return OpenFile(server, server.folder / "deploy.py")
