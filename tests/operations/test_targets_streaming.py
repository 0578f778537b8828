"""Targets registered as a stream: a report a chunk, and no further read than worked."""

import gc
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VpcLatticeEmulator
from support.target_results import A, silent
from support.targets import ID, client_of, described, ip_group, ips, refusal, script_of, scripted, taking_all, workers


def test_a_stream_reports_each_chunk(vpc_lattice: VpcLatticeEmulator) -> None:
    """There is one report for each hundred targets, in order."""
    client, targets = client_of(vpc_lattice), ips(950)
    group = ip_group(client)

    reports = list(client.iter_register_targets(group, iter(targets)))

    assert reports == [TargetsResult(successful=tuple(targets[n : n + 100])) for n in range(0, 950, 100)]


def test_each_chunk_of_a_stream_is_checked_by_itself() -> None:
    """A wrong target keeps its hundred from being sent, and no other; its index is that in the stream."""
    calls, targets = scripted(register_targets=[taking_all]), ips(300)
    targets[142] = Target.instance("i-0a")

    reports = list(TargetBatcher.for_register(calls, described()).stream(targets))

    (chunk,) = reports[1].failed_requests
    assert isinstance(chunk.error, InvalidSpecError)
    assert [problem.field for problem in chunk.error.problems] == ["targets[142].id"]
    assert (chunk.targets, chunk.sent, reports[1].successful) == (tuple(targets[100:200]), False, ())
    assert reports[::2] == [TargetsResult(successful=tuple(part)) for part in (targets[:100], targets[200:])]
    assert len(script_of(calls).requests) == 2


def test_a_chunk_of_a_stream_sends_each_target_once() -> None:
    """Targets that stand twice in one hundred are sent once."""
    calls = scripted(register_targets=[taking_all])

    reports = list(TargetBatcher.for_register(calls, described()).stream([Target.ip(A), Target.ip(A, 80)] * 60))

    assert reports == [TargetsResult(successful=(Target.ip(A),))] * 2
    assert [request["targets"] for _, request in script_of(calls).requests] == [[{"id": A}]] * 2


def test_a_stream_goes_on_after_a_failed_chunk() -> None:
    """A request that fails is that chunk's report, in its place."""
    calls = scripted(max_workers=1, register_targets=[taking_all, refusal("AccessDeniedException", 403), taking_all])

    reports = list(TargetBatcher.for_register(calls, ID).stream(ips(300)))

    assert [len(report.successful) for report in reports] == [100, 0, 100]
    assert silent(reports[1]) == ips(300)[100:200]


def test_a_stream_reads_no_further_than_it_works() -> None:
    """No more is read from the source than is reported, under way, or at hand for who is done first: half as many."""
    taken = 0

    def source() -> Iterator[Target]:
        nonlocal taken
        for target in ips(5000):
            taken += 1
            yield target

    stream = TargetBatcher.for_register(scripted(max_workers=3, register_targets=[taking_all]), ID).stream(source())

    before, read = taken, list[int]()
    for _ in range(10):
        next(stream)
        read.append(taken)
    stream.close()

    assert (before, read, workers()) == (0, [400 + 100 * n for n in range(10)], [])


@pytest.mark.parametrize("leave", ["close", "forget", "interrupt"])
def test_a_stream_left_midway(leave: str) -> None:
    """However a stream is left, requests under way come to their end, none begins after, and no thread is left."""
    done: list[str] = []

    def taking_slowly(request: Any) -> Any:
        time.sleep(0.005)
        done.append(request["targets"][0]["id"])
        return taking_all(request)

    calls = scripted(max_workers=3, register_targets=[taking_slowly])
    stream = TargetBatcher.for_register(calls, ID).stream(iter(ips(5000)))
    reports = [next(stream), next(stream)]

    if leave == "close":
        stream.close()
    elif leave == "interrupt":
        with pytest.raises(KeyboardInterrupt):
            stream.throw(KeyboardInterrupt())
    del stream
    gc.collect()

    begun = [request["targets"][0]["id"] for _, request in script_of(calls).requests]
    assert [report.successful for report in reports] == [tuple(ips(200)[:100]), tuple(ips(200)[100:])]
    assert (sorted(done), len(begun) <= 5, workers()) == (sorted(begun), True, [])
