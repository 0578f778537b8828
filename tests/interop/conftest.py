"""The emulator in a process of its own, which knows nothing of the tests but what comes over HTTP.

The session ``foreign`` of nox installs the other programs and says in the environment where they are.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest

from interop.helpers import Emulator, Finished, aws_environment

SESSION: Any = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture(scope="session")
def url() -> Generator[str]:
    """Where it listens; it has to end with status 0 and without a word when all tests are over."""
    command = [sys.executable, "-W", "error", "-m", "lattice_tg.testing", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            printed, errors = server.communicate(timeout=30)
        assert (server.returncode, printed, errors) == (0, "", "")


@pytest.fixture
def emulator(url: str) -> Emulator:
    """The emulator, at rest."""
    emulator = Emulator(url)
    emulator.ask("reset")
    return emulator


@pytest.fixture
def client(emulator: Emulator) -> Generator[Any]:
    """A client of boto3 as everybody makes one, with its own retries."""
    client = SESSION.client("vpc-lattice", endpoint_url=emulator.url)
    yield client
    client.close()


@pytest.fixture
def aws(emulator: Emulator) -> Callable[..., Finished]:
    """Runs ``aws vpc-lattice`` with the arguments it is given."""
    program = os.environ["INTEROP_AWS"]

    def run(*arguments: str, **environment: str) -> Finished:
        command = [program, "--endpoint-url", emulator.url, "vpc-lattice", *arguments]
        finished = subprocess.run(
            command, env=aws_environment() | environment, capture_output=True, text=True, check=False
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr.strip())

    return run


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """The folder whose ``node_modules`` has the SDK."""
    return Path(os.environ["INTEROP_NODE_FOLDER"])
