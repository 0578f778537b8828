"""A Python file that is open in an editor: what is typed, and what the editor shows at the cursor."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.language_server import LanguageServer

CURSOR = "|"
"""Where the cursor is in a text."""


@dataclass(frozen=True)
class Signature:
    """What stands above a call while it is typed."""

    label: str
    """All of it."""

    parameters: tuple[str, ...]
    """Each parameter as it is written, with its type and default; the star that parts them, too."""

    active: str
    """The parameter that is being typed; nothing before one is named."""

    told: str
    """What is told about that parameter."""

    documentation: str
    """What is told about all of it."""


class OpenFile:
    """One file of a folder; each text typed into it replaces the one before."""

    def __init__(self, server: LanguageServer, path: Path) -> None:
        self._server = server
        self._version = 1
        self._uri = path.as_uri()
        document = {"uri": self._uri, "languageId": "python", "version": self._version, "text": ""}
        server.notify("textDocument/didOpen", {"textDocument": document})

    def completions(self, text: str) -> tuple[str, ...]:
        """What is offered at the cursor, in the order in which it is shown."""
        answer = self._asked("completion", text)
        items: list[dict[str, Any]] = answer["items"] if answer else []
        return tuple(item["label"] for item in sorted(items, key=lambda item: str(item["sortText"])))

    def words(self, text: str) -> tuple[str, ...]:
        """The words that are offered inside the quotes at the cursor."""
        return tuple(label.strip("\"'") for label in self.completions(text))

    def hover(self, text: str) -> str:
        """What is shown over the cursor; nothing where nothing is known."""
        answer = self._asked("hover", text)
        return str(answer["contents"]["value"]) if answer else ""

    def signature(self, text: str) -> Signature:
        """What is shown above the call that the cursor is in."""
        answer = self._asked("signatureHelp", text)
        (shown,) = answer["signatures"]
        label: str = shown["label"]
        parameters = tuple(label[slice(*each["label"])] for each in shown["parameters"])
        active: int | None = answer.get("activeParameter")
        documentation: str = shown["documentation"]["value"]
        if active is None or active >= len(parameters):  # the cursor is in none
            return Signature(label, parameters, "", "", documentation)
        told: str = shown["parameters"][active]["documentation"]["value"]
        return Signature(label, parameters, parameters[active], told, documentation)

    def definitions(self, text: str) -> tuple[str, ...]:
        """The addresses of the files where the name at the cursor is written."""
        return tuple(place["uri"] for place in self._asked("definition", text) or ())

    def _asked(self, feature: str, text: str) -> Any:
        before, _, after = text.partition(CURSOR)
        self._type(before + after)
        *lines, last = before.split("\n")
        position = {"line": len(lines), "character": len(last)}
        return self._server.request(
            f"textDocument/{feature}", {"textDocument": {"uri": self._uri}, "position": position}
        )

    def _type(self, text: str) -> None:
        self._version += 1
        document = {"uri": self._uri, "version": self._version}
        self._server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
