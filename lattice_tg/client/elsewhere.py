"""A client's work in another process."""

import pickle
from functools import cache
from threading import Lock
from typing import Self

from attrs import frozen

from lattice_tg.client.shared import ClientBase
from lattice_tg.outcome import ApplyResult
from lattice_tg.verbs.fleet_task import EnsureTask, ensure_group


@frozen
class ProcessWorker:
    """Sees to a group in another process, with a client that is made there once."""

    pickled_client: bytes

    @classmethod
    def from_client(cls, client: ClientBase) -> Self:
        """The work of ``client``, to be sent.

        Raises:
            TypeError: The client cannot be pickled, or something that was handed to it cannot.

        """
        try:
            return cls(pickle.dumps(client))
        except Exception as error:
            raise TypeError(
                f"this client cannot be sent to another process: {error}; hand it such retry, on_retry, clock and "
                "config as can be pickled: functions of a module, not lambdas"
            ) from error

    def __call__(self, task: EnsureTask) -> ApplyResult:
        """The outcome of the group, which is seen to here."""
        with _client_lock:  # threads of one worker share one client, and so one pacing
            client = _load_client(self.pickled_client)
        return ensure_group(client._sender, task)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


_client_lock = Lock()


@cache
def _load_client(pickled: bytes) -> ClientBase:
    client: ClientBase = pickle.loads(pickled)  # noqa: S301 - what this library pickled itself
    return client
