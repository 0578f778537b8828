"""A client's work in another process."""

import pickle
from functools import cache
from threading import Lock

from attrs import frozen

from lattice_tg.client.shared import Shared
from lattice_tg.outcome import Outcome
from lattice_tg.verbs.fleet_task import Task, ensured


@frozen
class Elsewhere:
    """Sees to a group in another process, with a client that is made there once."""

    pickled_client: bytes

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
