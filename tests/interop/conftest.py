"""Fixtures: an emulator that runs in another process and is accessed over HTTP.

The nox session ``interop`` installs the AWS CLI and the JavaScript SDK, and sets variables with their paths.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest

from interop.helpers import Emulator, FinishedProgram, aws_environment

SESSION: Any = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")


@pytest.fixture(scope="session")
def url() -> Generator[str]:
    """Yield the URL of an emulator process.

    The process must end with status 0 and without further output.
    """
    command = [sys.executable, "-W", "error", "-m", "lattice_tg.testing", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            output, error_output = server.communicate(timeout=30)
        assert (server.returncode, output, error_output) == (0, "", "")


@pytest.fixture
def emulator(url: str) -> Emulator:
    """Reset the emulator and return a client of its control API."""
    emulator = Emulator(url)
    emulator.inject("reset")
    return emulator


@pytest.fixture
def client(emulator: Emulator) -> Generator[Any]:
    """Yield a boto3 client with default retries."""
    client = SESSION.client("vpc-lattice", endpoint_url=emulator.url)
    yield client
    client.close()


@pytest.fixture
def aws(emulator: Emulator) -> Callable[..., FinishedProgram]:
    """Return a function that runs ``aws vpc-lattice``."""
    program = os.environ["INTEROP_AWS"]

    def run(*arguments: str, **environment: str) -> FinishedProgram:
        """Run ``aws vpc-lattice`` with the arguments."""
        command = [program, "--endpoint-url", emulator.url, "vpc-lattice", *arguments]
        finished = subprocess.run(
            command, env=aws_environment() | environment, capture_output=True, text=True, check=False
        )
        return FinishedProgram(finished.returncode, finished.stdout, finished.stderr.strip())

    return run


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """Return the folder whose ``node_modules`` contains the JavaScript SDK."""
    return Path(os.environ["INTEROP_NODE_FOLDER"])
