"""A fleet on a Dask cluster of processes, one of which is killed half way."""

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
DASK: Any = import_module("distributed")  # `nox -s distributed` installs it; no type checker has to know it


class KillOneWorker:
    """A hook that kills a worker of the cluster once half of the fleet is done."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self.killed: list[int] = []

    def __call__(self, progress: BatchProgress) -> None:
        if not self.killed and progress.done >= GROUPS // 2:
            process = next(iter(self.cluster.workers.values())).pid
            os.kill(process, signal.SIGKILL)
            self.killed.append(process)


@pytest.mark.filterwarnings("default")  # what Dask warns of is its own business
def test_a_fleet_outlives_a_worker_that_is_killed() -> None:
    """Dask runs its tasks again elsewhere; derived tokens make that each group is there once, and none is lost."""
    wanted = specs(GROUPS)
    with (
        serve() as served,
        dummy_credentials(),
        DASK.LocalCluster(n_workers=3, threads_per_worker=2, processes=True, dashboard_address=None) as cluster,
        DASK.Client(cluster) as dask,
        TargetGroupClient(region_name="eu-west-1", endpoint_url=served.url) as client,
    ):
        # a create that the killed worker had sent is sent again by another: let many replies be late
        served.lattice.delay("CreateTargetGroup", seconds=0.05, times=GROUPS)
        hook = KillOneWorker(cluster)

        outcomes = list(client.ensure_all(wanted, run_id="run-1", executor=dask.get_executor(), on_progress=hook))

        assert len(hook.killed) == 1
        assert [outcome.error for outcome in outcomes] == [None] * GROUPS
        assert names(outcome.spec for outcome in outcomes) == existing_names(client) == names(wanted)
        creates = [call for call in served.lattice.calls if call.operation == "CreateTargetGroup"]
        tokens = Counter(call.params["clientToken"] for call in creates)
        assert set(tokens) == {client_token_for(spec, "run-1") for spec in wanted}
        print(f"{len(creates)} creates sent for {GROUPS} groups")
