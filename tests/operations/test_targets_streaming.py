"""Streaming registration: results per batch, limited read-ahead, and abandoned streams."""

import gc
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import iter_register_targets
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VpcLatticeEmulator
from support.clients import iterate
from support.target_results import A, failed_targets
from support.targets import (
    ID,
    accept_all_targets,
    create_client,
    create_ip_group,
    error_response,
    get_stub,
    make_stub_sender,
    make_target_group,
    make_targets,
    worker_threads,
)


def test_stream_yields_one_result_per_batch(vpc_lattice: VpcLatticeEmulator) -> None:
    """The stream yields one result per 100 targets, in order."""
    client, targets = create_client(vpc_lattice), make_targets(950)
    group = create_ip_group(client)

    results = list(client.iter_register_targets(group, iter(targets)))

    assert results == [TargetsResult(successful=tuple(targets[n : n + 100])) for n in range(0, 950, 100)]


def test_each_batch_of_a_stream_is_validated_separately() -> None:
    """An invalid target fails only its batch. The error gives the target's index in the stream."""
    sender, targets = make_stub_sender(register_targets=[accept_all_targets]), make_targets(300)
    targets[142] = Target.instance("i-0a")

    results = list(iterate(iter_register_targets(sender, make_target_group(), targets)))

    (failed_request,) = results[1].failed_requests
    assert isinstance(failed_request.error, InvalidSpecError)
    assert [problem.field for problem in failed_request.error.problems] == ["targets[142].id"]
    assert (failed_request.targets, failed_request.sent, results[1].successful) == (tuple(targets[100:200]), False, ())
    assert results[::2] == [TargetsResult(successful=tuple(part)) for part in (targets[:100], targets[200:])]
    assert len(get_stub(sender).requests) == 2


def test_stream_removes_duplicates_within_each_batch() -> None:
    """Duplicate targets within a batch are sent once."""
    sender = make_stub_sender(register_targets=[accept_all_targets])

    results = list(iterate(iter_register_targets(sender, make_target_group(), [Target.ip(A), Target.ip(A, 80)] * 60)))

    assert results == [TargetsResult(successful=(Target.ip(A),))] * 2
    assert [request["targets"] for _, request in get_stub(sender).requests] == [[{"id": A}]] * 2


def test_stream_continues_after_a_failed_batch() -> None:
    """If a request fails, the stream yields a result for its batch and continues."""
    sender = make_stub_sender(
        max_workers=1,
        register_targets=[accept_all_targets, error_response("AccessDeniedException", 403), accept_all_targets],
    )

    results = list(iterate(iter_register_targets(sender, ID, make_targets(300))))

    assert [len(result.successful) for result in results] == [100, 0, 100]
    assert failed_targets(results[1]) == make_targets(300)[100:200]


def test_stream_reads_ahead_only_a_few_batches() -> None:
    """The stream reads ahead the batches in flight and half as many queued batches."""
    targets_read = 0

    def source() -> Iterator[Target]:
        nonlocal targets_read
        for target in make_targets(5000):
            targets_read += 1
            yield target

    sender = make_stub_sender(max_workers=3, register_targets=[accept_all_targets])
    stream = iterate(iter_register_targets(sender, ID, source()))

    read_before, read_after_each = targets_read, list[int]()
    for _ in range(10):
        next(stream)
        read_after_each.append(targets_read)
    stream.close()

    assert (read_before, read_after_each, worker_threads()) == (0, [500 + 100 * n for n in range(10)], [])


@pytest.mark.parametrize("ending", ["close", "del", "interrupt"])
def test_abandoned_stream_stops_and_leaves_no_thread(ending: str) -> None:
    """If a stream is abandoned, requests in flight finish, and no new request is sent.

    No thread is left running.
    """
    finished: list[str] = []

    def register_slowly(request: Any) -> Any:
        time.sleep(0.005)
        finished.append(request["targets"][0]["id"])
        return accept_all_targets(request)

    sender = make_stub_sender(max_workers=3, register_targets=[register_slowly])
    stream = iterate(iter_register_targets(sender, ID, iter(make_targets(5000))))
    results = [next(stream), next(stream)]

    if ending == "close":
        stream.close()
    elif ending == "interrupt":
        with pytest.raises(KeyboardInterrupt):
            stream.throw(KeyboardInterrupt())
    del stream
    gc.collect()

    threads_left = worker_threads()
    started = [request["targets"][0]["id"] for _, request in get_stub(sender).requests]
    assert [result.successful for result in results] == [tuple(make_targets(200)[:100]), tuple(make_targets(200)[100:])]
    assert (sorted(finished), len(started) <= 6, threads_left) == (sorted(started), True, [])
