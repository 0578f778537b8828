"""Registration of targets: batches, duplicates and rejected targets."""

import threading
from typing import Any

import pytest

from lattice_tg.models.responses import TargetFailure, TargetGroupSummary
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VpcLatticeEmulator
from lattice_tg.transport.api import DEREGISTER_TARGETS, REGISTER_TARGETS
from support.clients import run
from support.target_results import A, failed_targets, with_virtual_clock
from support.targets import (
    ARN,
    FUNCTION_ARN,
    ID,
    accept_all_targets,
    create_client,
    create_ip_group,
    create_ipv6_group,
    create_lambda_group,
    error_response,
    get_stub,
    make_stub_sender,
    make_target_group,
    make_targets,
    sent_operations,
    worker_threads,
)

SUMMARY = TargetGroupSummary(id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE", port=80)


def to_items(targets: list[Target]) -> list[dict[str, Any]]:
    """Return the targets as items of a request."""
    return [{"id": target.id} if target.port is None else {"id": target.id, "port": target.port} for target in targets]


def test_register_sends_batches_of_one_hundred(vpc_lattice: VpcLatticeEmulator) -> None:
    """250 targets are sent in batches of 100, 100 and 50, and the result keeps the order."""
    client, targets = create_client(vpc_lattice), make_targets(250)
    group = create_ip_group(client)

    result = client.register_targets(group, targets)

    sizes = [len(call.params["targets"]) for call in vpc_lattice.calls if call.operation == "RegisterTargets"]
    assert result == TargetsResult(successful=tuple(targets))
    assert sorted(sizes) == [50, 100, 100]
    assert {target.id for target in client.list_targets(group)} == {target.id for target in targets}


@pytest.mark.blocking_only
@pytest.mark.parametrize("count", [1, 99, 100])
def test_calling_thread_sends_up_to_one_hundred_targets(count: int) -> None:
    """Up to 100 targets need one request, which the calling thread sends."""
    threads: list[threading.Thread] = []

    def register(request: Any) -> Any:
        threads.append(threading.current_thread())
        return accept_all_targets(request)

    sender = make_stub_sender(register_targets=[register])

    result = run(TargetBatcher(sender, REGISTER_TARGETS, ID).run, make_targets(count))

    assert result == TargetsResult(successful=tuple(make_targets(count)))
    assert threads == [threading.current_thread()]


def test_no_targets_send_no_request(vpc_lattice: VpcLatticeEmulator) -> None:
    """Without targets, no request is sent and the result is empty."""
    client = create_client(vpc_lattice)

    results = [client.register_targets(ID, []), client.deregister_targets(ID, [], wait=True)]

    assert (results, list(client.iter_register_targets(ID, []))) == ([TargetsResult(), TargetsResult()], [])
    assert sent_operations(vpc_lattice) == []


def test_max_workers_requests_are_in_flight() -> None:
    """Exactly max_workers requests are in flight at the same time."""
    barrier, in_flight, max_in_flight = threading.Barrier(3, timeout=5), 0, 0
    lock = threading.Lock()

    def register(request: Any) -> Any:
        nonlocal in_flight, max_in_flight
        with lock:
            in_flight += 1
            max_in_flight = max(max_in_flight, in_flight)
        barrier.wait()
        with lock:
            in_flight -= 1
        return accept_all_targets(request)

    sender = make_stub_sender(max_workers=3, register_targets=[register])

    result = run(TargetBatcher(sender, REGISTER_TARGETS, ID).run, make_targets(900))

    assert result == TargetsResult(successful=tuple(make_targets(900)))
    assert (max_in_flight, worker_threads()) == (3, [])


def test_client_has_one_worker_per_connection(vpc_lattice: VpcLatticeEmulator) -> None:
    """A client has one worker per connection."""
    client = create_client(vpc_lattice, max_connections=7)

    assert (client.boto3_client.meta.config.max_pool_connections, client._sender.max_workers) == (7, 7)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("group", [make_target_group(), SUMMARY])
def test_duplicate_targets_are_sent_once(group: Any) -> None:
    """If the group's port is known, targets with that port and without a port are duplicates."""
    sender = make_stub_sender(register_targets=[accept_all_targets])
    targets = [Target.ip(A), Target.ip(A, 80), Target.ip(A, 81), Target.ip("10.0.0.2", 80), Target.ip(A)]

    result = run(TargetBatcher(sender, REGISTER_TARGETS, group).run, targets)

    unique = [Target.ip(A), Target.ip(A, 81), Target.ip("10.0.0.2", 80)]
    assert result == TargetsResult(successful=tuple(unique))
    assert get_stub(sender).requests == [
        ("register_targets", {"targetGroupIdentifier": ID, "targets": to_items(unique)})
    ]


def test_group_port_is_not_looked_up_for_duplicates(vpc_lattice: VpcLatticeEmulator) -> None:
    """If only the group's id is passed, the group's port is not looked up.

    A target without a port and the same target with the group's port are both sent.
    """
    client = create_client(vpc_lattice)
    group_id, targets = create_ip_group(client).id, [Target.ip(A), Target.ip(A, 80), Target.ip(A)]

    result = client.register_targets(group_id, targets)

    assert result == TargetsResult(successful=(Target.ip(A), Target.ip(A, 80)))
    assert sent_operations(vpc_lattice) == ["CreateTargetGroup", "RegisterTargets"]
    assert [(target.id, target.port) for target in client.list_targets(group_id)] == [(A, 80)]


def test_response_for_another_port_does_not_match() -> None:
    """If the group's port is known, a target without a port does not match another port."""
    sender = make_stub_sender(register_targets=[{"successful": [{"id": A, "port": 81}]}])

    result = run(TargetBatcher(sender, REGISTER_TARGETS, make_target_group()).run, [Target.ip(A), Target.ip(A, 81)])

    assert (result.successful, failed_targets(result)) == ((Target.ip(A, 81),), [Target.ip(A)])


def test_spellings_of_an_ipv6_address_are_duplicates(vpc_lattice: VpcLatticeEmulator) -> None:
    """An IPv6 address in several spellings is sent once, in its first spelling."""
    client = create_client(vpc_lattice)
    group = create_ipv6_group(client)
    spellings = ["2001:DB8::1", "2001:db8::1", "2001:0db8:0:0:0:0:0:1", "2001:db8::2"]

    result = client.register_targets(group, map(Target.ip, spellings))

    assert result == TargetsResult(successful=(Target.ip("2001:DB8::1"), Target.ip("2001:db8::2")))
    assert vpc_lattice.calls[-1].params["targets"] == [{"id": "2001:DB8::1"}, {"id": "2001:db8::2"}]


def test_function_is_registered_without_port(vpc_lattice: VpcLatticeEmulator) -> None:
    """A Lambda function is registered and reported without a port."""
    client = create_client(vpc_lattice)
    group = create_lambda_group(client)

    results = [client.register_targets(identifier, [Target.lambda_(FUNCTION_ARN)]) for identifier in (group, group.arn)]

    assert results == [TargetsResult(successful=(Target.lambda_(FUNCTION_ARN),))] * 2


@with_virtual_clock
def test_register_waits_while_group_is_being_created(vpc_lattice: VpcLatticeEmulator) -> None:
    """register_targets() retries the conflict while the group is still being created."""
    client, started_at = create_client(vpc_lattice), vpc_lattice.clock.monotonic()
    group = create_ip_group(client)

    result = client.register_targets(group, make_targets(2))

    assert (group.status, result) == ("CREATE_IN_PROGRESS", TargetsResult(successful=tuple(make_targets(2))))
    assert 10 <= vpc_lattice.clock.monotonic() - started_at < 40


def test_rejected_targets_are_reported(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets that VPC Lattice rejects are reported with the service's code and message."""
    vpc_lattice.reject_target("10.0.0.1", code="UnsupportedTarget", message="not here")
    client = create_client(vpc_lattice)

    result = client.register_targets(create_ip_group(client), make_targets(3))

    failure = TargetFailure(id="10.0.0.1", failure_code="UnsupportedTarget", failure_message="not here")
    assert result == TargetsResult((Target.ip("10.0.0.0"), Target.ip("10.0.0.2")), (failure,))


def test_target_not_found_on_retry_is_a_failure_only_for_register() -> None:
    """TargetNotFound in a retry is a failure when registering and a success when deregistering."""
    response = {"unsuccessful": [{"id": A, "failureCode": "TargetNotFound"}]}
    server_error = error_response("InternalServerException", 500)
    sender = make_stub_sender(register_targets=[server_error, response], deregister_targets=[server_error, response])

    registered = run(TargetBatcher(sender, REGISTER_TARGETS, ID).run, [Target.ip(A)])
    deregistered = run(TargetBatcher(sender, DEREGISTER_TARGETS, ID).run, [Target.ip(A)])

    assert registered == TargetsResult(unsuccessful=(TargetFailure(id=A, failure_code="TargetNotFound"),))
    assert deregistered == TargetsResult(successful=(Target.ip(A),))
