"""A language server on its standard streams, spoken to as an editor speaks to it (LSP 3.17, base protocol)."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

ANSWER_SECONDS = 60.0
"""How long an answer may take before the server counts as hung, and is ended."""

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
"""What an editor says that it can show."""


class LanguageServerError(Exception):
    """The server answered with an error, or not at all."""


class LanguageServer:
    """A running language server for one folder; the context starts and ends it.

    Args:
        command: The program and its arguments.
        folder: The folder that the editor has open.
        settings: What the server is told when it asks for the configuration, by section.

    """

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, object]) -> None:
        self._settings = settings
        self.folder = folder
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._requests = 0

    def __enter__(self) -> Self:
        uri = self.folder.as_uri()
        folders = [{"uri": uri, "name": self.folder.name}]
        opening = {"processId": None, "rootUri": uri, "workspaceFolders": folders, "capabilities": CAPABILITIES}
        self.request("initialize", opening)
        self.notify("initialized", {})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                self._process.wait(ANSWER_SECONDS)
        finally:
            self._process.kill()
            self._process.communicate()

    def request(self, method: str, params: object) -> Any:
        """The server's answer; what it asks or tells meanwhile is seen to."""
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": params})
        watch = Timer(ANSWER_SECONDS, self._process.kill)
        watch.start()
        try:
            return self._answer(method)
        finally:
            watch.cancel()

    def notify(self, method: str, params: object) -> None:
        """Tell the server something that it does not answer."""
        self._send({"method": method, "params": params})

    def _answer(self, method: str) -> Any:
        while True:
            message = self._receive()
            if "method" in message:
                self._see_to(message)
            elif message["id"] == self._requests:
                if "error" in message:
                    raise LanguageServerError(f"{method}: {message['error']['message']}")
                return message["result"]

    def _see_to(self, message: Mapping[str, Any]) -> None:
        """Answer what the server asks; notifications, which have no id, are for an editor's windows only."""
        if "id" not in message:
            return
        answer: object = None
        if message["method"] == "workspace/configuration":
            answer = [self._settings.get(item["section"]) for item in message["params"]["items"]]
        self._send({"id": message["id"], "result": answer})

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
            raise LanguageServerError("the server is gone, or was ended because it did not answer in time")
        message: dict[str, Any] = json.loads(stream.read(length))
        return message
