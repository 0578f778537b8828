"""Failed target requests, and their effect on other requests."""

from collections.abc import Callable, Iterator

import pytest

from lattice_tg.errors import AccessDeniedError, TransportError, WaitTimeoutError
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher, iter_register_targets, register_targets
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from lattice_tg.transport.api import DEREGISTER_TARGETS, REGISTER_TARGETS
from support.clients import iterate, run
from support.targets import (
    ID,
    accept_all_targets,
    create_client,
    create_ip_group,
    error_response,
    get_stub,
    make_stub_sender,
    make_targets,
    sent_operations,
    worker_threads,
)


def test_failed_request_does_not_stop_other_requests() -> None:
    """A failed request is reported with its targets and error, and all other requests succeed."""
    denied = error_response("AccessDeniedException", 403)
    sender = make_stub_sender(
        max_workers=1, register_targets=[accept_all_targets, denied, accept_all_targets, denied, accept_all_targets]
    )
    targets = make_targets(420)

    result = run(TargetBatcher(sender, REGISTER_TARGETS, ID).run, targets)

    assert result.successful == (*targets[:100], *targets[200:300], *targets[400:])
    assert result.unsuccessful == ()
    assert [
        (failed_request.targets, failed_request.sent, type(failed_request.error))
        for failed_request in result.failed_requests
    ] == [
        (tuple(targets[100:200]), True, AccessDeniedError),
        (tuple(targets[300:400]), True, AccessDeniedError),
    ]


def test_targets_without_permit_are_reported_as_unsent() -> None:
    """If the rate limiter never admits a request, its targets are reported as not sent."""
    sender = make_stub_sender(register_targets=[accept_all_targets])
    batcher = TargetBatcher(sender, DEREGISTER_TARGETS, ID, deadline=-10.0)

    result = run(batcher.run, make_targets(1))

    assert [
        (failed_request.targets, failed_request.sent, type(failed_request.error))
        for failed_request in result.failed_requests
    ] == [(tuple(make_targets(1)), False, WaitTimeoutError)]
    assert get_stub(sender).requests == []


def test_targets_without_any_response_are_reported_as_sent(vpc_lattice: VpcLatticeEmulator) -> None:
    """If every response is lost, the targets are reported as sent.

    The error gives the number of attempts.
    """
    vpc_lattice.drop_response("RegisterTargets", times=100)
    client = create_client(vpc_lattice, clock=VirtualClock())

    result = client.register_targets(create_ip_group(client), make_targets(2))

    (failed_request,) = result.failed_requests
    assert (result.successful, failed_request.targets, failed_request.sent) == ((), tuple(make_targets(2)), True)
    assert isinstance(failed_request.error, TransportError)
    assert failed_request.error.attempts == 8


def test_ten_thousand_targets_are_each_reported_once(vpc_lattice: VpcLatticeEmulator) -> None:
    """10,000 targets are each reported once, in order, despite rejections and a failed request."""
    client, targets = create_client(vpc_lattice), make_targets(10_000)
    group, rejected = create_ip_group(client), targets[7::334]
    for target in rejected:
        vpc_lattice.reject_target(target.id, code="UnsupportedTarget")
    vpc_lattice.fail("RegisterTargets", "AccessDeniedException", times=1, probability=0.02, seed=5)

    result = client.register_targets(group, targets)

    (failed_request,) = result.failed_requests
    first = targets.index(failed_request.targets[0])
    processed = targets[:first] + targets[first + 100 :]
    assert (len(rejected), first % 100, failed_request.targets) == (30, 0, tuple(targets[first : first + 100]))
    assert 0 < first < 9_900
    assert isinstance(failed_request.error, AccessDeniedError)
    assert [failure.id for failure in result.unsuccessful] == [t.id for t in processed if t in rejected]
    assert result.successful == tuple(t for t in processed if t not in rejected)


def test_throttled_and_failed_requests_are_retried(vpc_lattice: VpcLatticeEmulator) -> None:
    """Throttled and failed requests are retried until all targets are registered."""
    vpc_lattice.throttle("RegisterTargets", times=2)
    vpc_lattice.fail("RegisterTargets", "InternalServerException", times=2)
    client = create_client(vpc_lattice, clock=VirtualClock())

    result = client.register_targets(create_ip_group(client), make_targets(300))

    assert result == TargetsResult(successful=tuple(make_targets(300)))


@pytest.mark.parametrize("method", ["stream", "run"])
def test_interrupted_worker_raises_and_leaves_no_thread(method: str) -> None:
    """An interrupt in a worker is raised to the caller and stops new requests.

    No thread is left running.
    """
    sender = make_stub_sender(
        max_workers=2, register_targets=[accept_all_targets, KeyboardInterrupt(), accept_all_targets]
    )
    register: dict[str, Callable[[], object]] = {
        "run": lambda: run(register_targets, sender, ID, make_targets(2000)),
        "stream": lambda: list(iterate(iter_register_targets(sender, ID, make_targets(2000)))),
    }

    with pytest.raises(KeyboardInterrupt):
        register[method]()

    assert worker_threads() == []
    assert 2 <= len(get_stub(sender).requests) <= 5


@pytest.mark.parametrize("count", [0, 50, 100, 250, 950])
def test_stream_reports_all_targets_before_source_error(count: int) -> None:
    """If the source raises, the targets read so far are sent and reported before the error."""

    def source() -> Iterator[Target]:
        yield from make_targets(count)
        raise OSError("cannot read the file")

    sender, registered = make_stub_sender(max_workers=3, register_targets=[accept_all_targets]), list[Target]()
    stream = iterate(iter_register_targets(sender, ID, source()))

    with pytest.raises(OSError, match="cannot read the file"):
        registered.extend(target for result in stream for target in result.successful)

    assert (registered, worker_threads()) == (make_targets(count), [])


def test_register_sends_nothing_if_source_raises(vpc_lattice: VpcLatticeEmulator) -> None:
    """If the source raises, register_targets() sends no request, even for targets already read."""

    def source() -> Iterator[Target]:
        yield from make_targets(250)
        raise OSError("cannot read the file")

    client = create_client(vpc_lattice)

    with pytest.raises(OSError, match="cannot read the file"):
        client.register_targets(ID, source())

    assert sent_operations(vpc_lattice) == []
