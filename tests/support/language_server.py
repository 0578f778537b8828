"""A client for a language server on standard streams (LSP 3.17, base protocol)."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

RESPONSE_SECONDS = 60.0
"""Seconds to wait for a response before the server is killed."""

CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": False, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "signatureHelp": {
            "signatureInformation": {
                "documentationFormat": ["markdown"],
                "parameterInformation": {"labelOffsetSupport": True},
                "activeParameterSupport": True,
            },
        },
        "definition": {},
    },
}
"""Client capabilities of a typical editor."""


class LanguageServerError(Exception):
    """Raised when the server responds with an error or does not respond."""


class LanguageServer:
    """A language server for one folder, as a context manager.

    Args:
        command: The program and its arguments.
        folder: The open folder.
        settings: Configuration that the server requests, by section.

    """

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, object]) -> None:
        self._settings = settings
        self.folder = folder
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._requests = 0

    def __enter__(self) -> Self:
        uri = self.folder.as_uri()
        folders = [{"uri": uri, "name": self.folder.name}]
        params = {"processId": None, "rootUri": uri, "workspaceFolders": folders, "capabilities": CAPABILITIES}
        self.request("initialize", params)
        self.notify("initialized", {})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                self._process.wait(RESPONSE_SECONDS)
        finally:
            self._process.kill()
            self._process.communicate()

    def request(self, method: str, params: object) -> Any:
        """Send a request and return the result, responding to requests from the server meanwhile."""
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        watchdog = Timer(RESPONSE_SECONDS, self._process.kill)
        watchdog.start()
        try:
            return self._read_response(method)
        finally:
            watchdog.cancel()

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def _read_response(self, method: str) -> Any:
        """Read messages until the response arrives."""
        while True:
            message = self._receive()
            if "method" in message:
                self._handle_server_message(message)
            elif message["id"] == self._requests:
                if "error" in message:
                    raise LanguageServerError(f"{method}: {message['error']['message']}")
                return message["result"]

    def _handle_server_message(self, message: Mapping[str, Any]) -> None:
        """Respond to a request from the server, or ignore a notification."""
        if "id" not in message:
            return
        result: object = None
        if message["method"] == "workspace/configuration":
            result = [self._settings.get(item["section"]) for item in message["params"]["items"]]
        self._send({"id": message["id"], "result": result})

    def _send(self, message: Mapping[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        stream = self._process.stdout
        assert stream is not None
        length = 0
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise LanguageServerError("The server ended, or was killed because it did not respond in time.")
        message: dict[str, Any] = json.loads(stream.read(length))
        return message
