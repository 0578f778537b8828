"""Clients of the emulator's HTTP API, and results of subprocesses."""

import json
import os
import urllib.request
from typing import Any

from attrs import frozen


@frozen
class Emulator:
    """A client of the emulator's control API."""

    url: str

    def inject(self, method: str, **arguments: Any) -> None:
        """Call a method of the emulator with ``POST /_faults``."""
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        urllib.request.urlopen(f"{self.url}/_faults", body, timeout=10).close()

    def calls(self) -> list[tuple[str, int | None]]:
        """Return the operation and status of each call."""
        return [(call["operation"], call["status"]) for call in self.recorded_calls()]

    def recorded_calls(self) -> list[dict[str, Any]]:
        """Return the recorded calls as JSON."""
        with urllib.request.urlopen(f"{self.url}/_calls", timeout=10) as response:
            recorded_calls: list[dict[str, Any]] = json.load(response)
        return recorded_calls


@frozen
class FinishedProgram:
    """The result of a program that has ended."""

    status: int
    printed: str
    errors: str

    def json(self) -> Any:
        """Return the parsed output of a program that succeeded."""
        assert (self.status, self.errors) == (0, "")
        return json.loads(self.printed or "null")


def aws_environment() -> dict[str, str]:
    """Return an environment with dummy credentials and without the AWS settings of this machine."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
