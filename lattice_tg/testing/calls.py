"""What was asked of the emulator."""

import threading
from collections.abc import Mapping
from typing import Any

from attrs import define, evolve, field, frozen


@frozen
class RecordedCall:
    """One request that reached the emulator."""

    operation: str
    """The operation's name, such as ``"CreateTargetGroup"``."""
    params: Mapping[str, Any]
    """The parameters under their wire names, those that travel in the path or query among them."""
    time: float
    """The reading of the emulator's clock when the request came in."""
    status: int | None = None
    """The HTTP status of the reply; None where the reply was lost or is not out yet."""


@define
class LogEntry:
    """A call in the log, whose status is filled in when the reply goes out."""

    call: RecordedCall

    def mark_answered(self, http_status: int) -> None:
        """Note that the reply went out."""
        self.call = evolve(self.call, status=http_status)


@define
class CallLog:
    """All calls, in the order in which they came in."""

    entries: list[LogEntry] = field(factory=list[LogEntry])
    lock: threading.Lock = field(factory=threading.Lock)

    def record(self, call: RecordedCall) -> LogEntry:
        """A new entry."""
        entry = LogEntry(call)
        with self.lock:
            self.entries.append(entry)
        return entry

    def calls(self) -> tuple[RecordedCall, ...]:
        """The calls as they stand now."""
        with self.lock:
            return tuple(entry.call for entry in self.entries)
