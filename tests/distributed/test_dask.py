"""Test that runs a batch on a Dask cluster while the cluster loses a worker."""

import os
import signal
from collections import Counter
from importlib import import_module
from typing import Any

import pytest

from lattice_tg.client import TargetGroupClient
from lattice_tg.results import BatchProgress
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.testing.server import serve
from support.batch import dummy_credentials, existing_names, names, specs

GROUPS = 200
# Only `nox -s distributed` installs Dask, so type checkers cannot import it.
DASK: Any = import_module("distributed")


class KillOneWorker:
    """A progress callback that kills one worker of the cluster after half of the groups."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self.killed: list[int] = []

    def __call__(self, progress: BatchProgress) -> None:
        if not self.killed and progress.done >= GROUPS // 2:
            process = next(iter(self.cluster.workers.values())).pid
            os.kill(process, signal.SIGKILL)
            self.killed.append(process)


@pytest.mark.filterwarnings("default")  # Dask emits warnings that this project cannot fix.
def test_batch_survives_a_killed_worker() -> None:
    """Dask repeats the tasks of a killed worker, and each group is created exactly once."""
    desired = specs(GROUPS)
    with (
        serve() as server,
        dummy_credentials(),
        DASK.LocalCluster(n_workers=3, threads_per_worker=2, processes=True, dashboard_address=None) as cluster,
        DASK.Client(cluster) as dask,
        TargetGroupClient(region_name="eu-west-1", endpoint_url=server.url) as client,
    ):
        # With delayed responses, the killed worker has probably sent creates that another worker then repeats.
        server.lattice.delay("CreateTargetGroup", seconds=0.05, times=GROUPS)
        on_progress = KillOneWorker(cluster)

        results = list(
            client.ensure_all(desired, run_id="run-1", executor=dask.get_executor(), on_progress=on_progress)
        )

        assert len(on_progress.killed) == 1
        assert [result.error for result in results] == [None] * GROUPS
        assert names(result.desired.spec for result in results) == existing_names(client) == names(desired)
        creates = [call for call in server.lattice.calls if call.operation == "CreateTargetGroup"]
        tokens = Counter(call.params["clientToken"] for call in creates)
        assert set(tokens) == {client_token_for(spec, "run-1") for spec in desired}
        print(f"{len(creates)} creates sent for {GROUPS} groups")
