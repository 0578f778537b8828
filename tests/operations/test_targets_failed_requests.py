"""Whatever happens to a chunk, each target is accounted for, and no other chunk is stopped."""

from collections.abc import Iterator

import pytest

from lattice_tg.errors import AccessDeniedError, TransportError, WaitTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.targets import ID, client_of, ip_group, ips, refusal, script_of, scripted, sent, taking_all, workers


def test_a_chunk_that_fails_stops_no_other() -> None:
    """The targets of a request that failed are in the report with its error; those before and after are registered."""
    denied = refusal("AccessDeniedException", 403)
    calls = scripted(max_workers=1, register_targets=[taking_all, denied, taking_all, denied, taking_all])
    targets = ips(420)

    report = TargetBatcher.for_register(calls, ID).run(targets)

    assert report.successful == (*targets[:100], *targets[200:300], *targets[400:])
    assert report.unsuccessful == ()
    assert [(chunk.targets, chunk.sent, type(chunk.error)) for chunk in report.failed_requests] == [
        (tuple(targets[100:200]), True, AccessDeniedError),
        (tuple(targets[300:400]), True, AccessDeniedError),
    ]


def test_what_could_not_be_sent() -> None:
    """Targets whose request never got its turn are reported as not sent."""
    calls = scripted(register_targets=[taking_all])
    requests = TargetBatcher.for_deregister(calls, ID, deadline=-10.0)

    report = requests.run(ips(1))

    assert [(chunk.targets, chunk.sent, type(chunk.error)) for chunk in report.failed_requests] == [
        (tuple(ips(1)), False, WaitTimeoutError)
    ]
    assert script_of(calls).requests == []


def test_no_answer_at_all(vpc_lattice: VpcLatticeEmulator) -> None:
    """Where every attempt is lost, the targets were sent, and the error says how often."""
    vpc_lattice.drop_response("RegisterTargets", times=100)
    client = client_of(vpc_lattice, clock=VirtualClock())

    report = client.register_targets(ip_group(client), ips(2))

    (chunk,) = report.failed_requests
    assert (report.successful, chunk.targets, chunk.sent) == ((), tuple(ips(2)), True)
    assert isinstance(chunk.error, TransportError)
    assert chunk.error.attempts == 8


def test_ten_thousand_targets_each_accounted_for_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """Of 10,000, with 30 refused and a request denied in the middle, each is in the report once, in order."""
    client, targets = client_of(vpc_lattice), ips(10_000)
    group, refused = ip_group(client), targets[7::334]
    for target in refused:
        vpc_lattice.reject_target(target.id, code="UnsupportedTarget")
    vpc_lattice.fail("RegisterTargets", "AccessDeniedException", times=1, probability=0.02, seed=5)

    report = client.register_targets(group, targets)

    (chunk,) = report.failed_requests
    first = targets.index(chunk.targets[0])
    answered = targets[:first] + targets[first + 100 :]
    assert (len(refused), first % 100, chunk.targets) == (30, 0, tuple(targets[first : first + 100]))
    assert 0 < first < 9_900
    assert isinstance(chunk.error, AccessDeniedError)
    assert [failure.id for failure in report.unsuccessful] == [t.id for t in answered if t in refused]
    assert report.successful == tuple(t for t in answered if t not in refused)


def test_a_throttled_chunk_is_sent_again(vpc_lattice: VpcLatticeEmulator) -> None:
    """Throttling and a failing service cost nothing but time."""
    vpc_lattice.throttle("RegisterTargets", times=2)
    vpc_lattice.fail("RegisterTargets", "InternalServerException", times=2)
    client = client_of(vpc_lattice, clock=VirtualClock())

    report = client.register_targets(ip_group(client), ips(300))

    assert report == TargetsResult(successful=tuple(ips(300)))


@pytest.mark.parametrize("verb", ["stream", "run"])
def test_an_interrupted_worker(verb: str) -> None:
    """An interrupt in a worker comes out where the reports are read; what is under way ends, and no thread is left."""
    calls = scripted(max_workers=2, register_targets=[taking_all, KeyboardInterrupt(), taking_all])
    reports: list[TargetsResult] = []

    with pytest.raises(KeyboardInterrupt):
        reports.extend(getattr(TargetBatcher.for_register(calls, ID), verb)(ips(2000)))

    assert workers() == []
    assert 2 <= len(script_of(calls).requests) <= 5


@pytest.mark.parametrize("count", [0, 50, 100, 250, 950])
def test_a_source_that_breaks(count: int) -> None:
    """What a source gave before it raised is sent and reported; its error comes after that."""

    def source() -> Iterator[Target]:
        yield from ips(count)
        raise OSError("the file is gone")

    calls, taken = scripted(max_workers=3, register_targets=[taking_all]), list[Target]()
    stream = TargetBatcher.for_register(calls, ID).stream(source())

    with pytest.raises(OSError, match="the file is gone"):
        taken.extend(target for report in stream for target in report.successful)

    assert (taken, workers()) == (ips(count), [])


def test_a_list_that_breaks(vpc_lattice: VpcLatticeEmulator) -> None:
    """Where all targets are read before the first request, an error of their source means that none is sent."""

    def source() -> Iterator[Target]:
        yield from ips(250)
        raise OSError("the file is gone")

    client = client_of(vpc_lattice)

    with pytest.raises(OSError, match="the file is gone"):
        client.register_targets(ID, source())

    assert sent(vpc_lattice) == []
