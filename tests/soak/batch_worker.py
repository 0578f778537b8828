"""A process that ensures a batch of target groups until it is killed: ``batch_worker.py URL RUN_ID``."""

import sys

from attrs import evolve

from lattice_tg import DesiredState, RetryPolicy, Target, TargetGroupBuilder, TargetGroupClient

TARGETS = [Target.ip("10.0.0.1"), Target.ip("10.0.0.2")]


def worker_batch() -> list[DesiredState]:
    """Return the desired states of the batch."""
    config = TargetGroupBuilder.ip("soak", vpc_identifier="vpc-0123456789abcdef0").http().build()
    return [DesiredState(evolve(config, name=f"soak-{number}"), TARGETS) for number in range(20)]


if __name__ == "__main__":
    with TargetGroupClient(endpoint_url=sys.argv[1], retry=RetryPolicy(wait=lambda _: 0.0)) as client:
        print("started", flush=True)
        list(client.ensure_all(worker_batch(), run_id=sys.argv[2], max_workers=4))
