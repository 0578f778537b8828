"""A Python file that is open in an editor, and the editor features at the cursor."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.language_server import LanguageServer

CURSOR = "|"
"""The marker for the cursor position in a text."""


@dataclass(frozen=True)
class Signature:
    """The signature help for a call."""

    label: str
    """The whole signature."""

    parameters: tuple[str, ...]
    """All parameters with types and defaults, and the star before keyword-only parameters."""

    active: str
    """The active parameter, or an empty string if no parameter is active."""

    parameter_documentation: str
    """Documentation of the active parameter."""

    documentation: str
    """Documentation of the function."""


class OpenFile:
    """One file of a folder. Each typed text replaces the previous one."""

    def __init__(self, server: LanguageServer, path: Path) -> None:
        self._server = server
        self._version = 1
        self._uri = path.as_uri()
        document = {"uri": self._uri, "languageId": "python", "version": self._version, "text": ""}
        server.notify("textDocument/didOpen", {"textDocument": document})

    def completions(self, text: str) -> tuple[str, ...]:
        """Return the completions at the cursor, in the order in which the editor shows them."""
        response = self._request_at_cursor("completion", text)
        items: list[dict[str, Any]] = response["items"] if response else []
        return tuple(item["label"] for item in sorted(items, key=lambda item: str(item["sortText"])))

    def literal_values(self, text: str) -> tuple[str, ...]:
        """Return the values that completion lists inside the quotes at the cursor."""
        return tuple(label.strip("\"'") for label in self.completions(text))

    def hover(self, text: str) -> str:
        """Return the hover at the cursor, or an empty string."""
        response = self._request_at_cursor("hover", text)
        return str(response["contents"]["value"]) if response else ""

    def signature(self, text: str) -> Signature:
        """Return the signature help at the cursor."""
        response = self._request_at_cursor("signatureHelp", text)
        (signature,) = response["signatures"]
        label: str = signature["label"]
        parameters = tuple(label[slice(*each["label"])] for each in signature["parameters"])
        active: int | None = response.get("activeParameter")
        documentation: str = signature["documentation"]["value"]
        if active is None or active >= len(parameters):  # The cursor is not inside a parameter.
            return Signature(label, parameters, "", "", documentation)
        parameter_documentation: str = signature["parameters"][active]["documentation"]["value"]
        return Signature(label, parameters, parameters[active], parameter_documentation, documentation)

    def definitions(self, text: str) -> tuple[str, ...]:
        """Return the URIs of the definitions of the name at the cursor."""
        return tuple(location["uri"] for location in self._request_at_cursor("definition", text) or ())

    def _request_at_cursor(self, feature: str, text: str) -> Any:
        """Send a request for the cursor position."""
        before, _, after = text.partition(CURSOR)
        self._type(before + after)
        *lines, last = before.split("\n")
        position = {"line": len(lines), "character": len(last)}
        return self._server.request(
            f"textDocument/{feature}", {"textDocument": {"uri": self._uri}, "position": position}
        )

    def _type(self, text: str) -> None:
        """Replace the text of the file."""
        self._version += 1
        document = {"uri": self._uri, "version": self._version}
        self._server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
