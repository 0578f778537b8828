"""A client's work in another process."""

import pickle
from functools import cache
from threading import Lock
from typing import Self

from attrs import frozen

from lattice_tg.client.shared import Shared
from lattice_tg.outcome import Outcome
from lattice_tg.verbs.fleet_task import Task, ensured


@frozen
class Elsewhere:
    """Sees to a group in another process, with a client that is made there once."""

    pickled_client: bytes

    @classmethod
    def of(cls, client: Shared) -> Self:
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

    def __call__(self, task: Task) -> Outcome:
        """The outcome of the group, which is seen to here."""
        with _making:  # threads of one worker share one client, and so one pacing
            client = _client_of(self.pickled_client)
        return ensured(client._calls, task)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


_making = Lock()


@cache
def _client_of(pickled: bytes) -> Shared:
    client: Shared = pickle.loads(pickled)  # noqa: S301 - what this library pickled itself
    return client
