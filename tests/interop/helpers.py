"""What the foreign tests hold in their hands: the emulator by its URL, and what a program said."""

import json
import os
import urllib.request
from typing import Any

from attrs import frozen


@frozen
class Emulator:
    """The emulator as any program may steer and watch it."""

    url: str

    def ask(self, method: str, **arguments: Any) -> None:
        """Ask for a fault, or whatever else ``POST /_faults`` takes."""
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        urllib.request.urlopen(f"{self.url}/_faults", body, timeout=10).close()

    def calls(self) -> list[tuple[str, int | None]]:
        """The operation and status of each call."""
        return [(row["operation"], row["status"]) for row in self.rows()]

    def rows(self) -> list[dict[str, Any]]:
        """The calls in full."""
        with urllib.request.urlopen(f"{self.url}/_calls", timeout=10) as reply:
            rows: list[dict[str, Any]] = json.load(reply)
        return rows


@frozen
class Finished:
    """A program that has ended."""

    status: int
    printed: str
    errors: str

    def json(self) -> Any:
        """What it printed, once it went well."""
        assert (self.status, self.errors) == (0, "")
        return json.loads(self.printed or "null")


def aws_environment() -> dict[str, str]:
    """An environment in which the AWS CLI finds made-up credentials, and nothing of this machine's."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
