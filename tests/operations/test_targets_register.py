"""Targets registered in any number: in chunks, each target once, and what is refused is reported."""

import threading
from typing import Any

import pytest

from lattice_tg.models.responses import TargetFailure, TargetGroupSummary
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import TargetBatcher
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VpcLatticeEmulator
from support.target_results import A, on_a_virtual_clock, silent
from support.targets import (
    ARN,
    FUNCTION,
    ID,
    client_of,
    described,
    ip_group,
    ips,
    ipv6_group,
    lambda_group,
    refusal,
    script_of,
    scripted,
    sent,
    taking_all,
    workers,
)

SUMMARY = TargetGroupSummary(id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE", port=80)


def wired(targets: list[Target]) -> list[dict[str, Any]]:
    return [{"id": target.id} if target.port is None else {"id": target.id, "port": target.port} for target in targets]


def test_any_number_in_chunks_of_a_hundred(vpc_lattice: VpcLatticeEmulator) -> None:
    """A list of 250 goes out as 100, 100 and 50, all are registered, and the report is in the order given."""
    client, targets = client_of(vpc_lattice), ips(250)
    group = ip_group(client)

    report = client.register_targets(group, targets)

    sizes = [len(call.params["targets"]) for call in vpc_lattice.calls if call.operation == "RegisterTargets"]
    assert report == TargetsResult(successful=tuple(targets))
    assert sorted(sizes) == [50, 100, 100]
    assert {row.id for row in client.list_targets(group)} == {target.id for target in targets}


@pytest.mark.parametrize("count", [1, 99, 100])
def test_one_request_is_enough(count: int) -> None:
    """Up to a hundred targets are one request, sent by the thread that asks for it."""
    threads: list[threading.Thread] = []

    def taking(request: Any) -> Any:
        threads.append(threading.current_thread())
        return taking_all(request)

    calls = scripted(register_targets=[taking])

    report = TargetBatcher.for_register(calls, ID).run(ips(count))

    assert report == TargetsResult(successful=tuple(ips(count)))
    assert threads == [threading.current_thread()]


def test_no_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Nothing to send is nothing sent, and an empty report."""
    client = client_of(vpc_lattice)

    reports = [client.register_targets(ID, []), client.deregister_targets(ID, [], wait=True)]

    assert (reports, list(client.iter_register_targets(ID, []))) == ([TargetsResult(), TargetsResult()], [])
    assert sent(vpc_lattice) == []


def test_the_pool_matches_the_connections() -> None:
    """As many requests are under way at once as there are connections: no more, and no fewer."""
    together, under_way, most = threading.Barrier(3, timeout=5), 0, 0
    lock = threading.Lock()

    def taking(request: Any) -> Any:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait()
        with lock:
            under_way -= 1
        return taking_all(request)

    calls = scripted(max_workers=3, register_targets=[taking])

    report = TargetBatcher.for_register(calls, ID).run(ips(900))

    assert report == TargetsResult(successful=tuple(ips(900)))
    assert (most, workers()) == (3, [])


def test_a_client_works_over_its_connections(vpc_lattice: VpcLatticeEmulator) -> None:
    """A client's bulk work has a worker for each of its connections."""
    client = client_of(vpc_lattice, max_connections=7)

    assert (client.boto3_client.meta.config.max_pool_connections, client._sender.max_workers) == (7, 7)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("group", [described(), SUMMARY])
def test_duplicates_are_sent_once(group: Any) -> None:
    """Where the group's port is known, a target with that port and one with none are the same."""
    calls = scripted(register_targets=[taking_all])
    targets = [Target.ip(A), Target.ip(A, 80), Target.ip(A, 81), Target.ip("10.0.0.2", 80), Target.ip(A)]

    report = TargetBatcher.for_register(calls, group).run(targets)

    once = [Target.ip(A), Target.ip(A, 81), Target.ip("10.0.0.2", 80)]
    assert report == TargetsResult(successful=tuple(once))
    assert script_of(calls).requests == [("register_targets", {"targetGroupIdentifier": ID, "targets": wired(once)})]


def test_duplicates_by_id_alone(vpc_lattice: VpcLatticeEmulator) -> None:
    """Given only an id, the group's port is not asked for; both forms are sent, and both are answered for."""
    client = client_of(vpc_lattice)
    group_id, targets = ip_group(client).id, [Target.ip(A), Target.ip(A, 80), Target.ip(A)]

    report = client.register_targets(group_id, targets)

    assert report == TargetsResult(successful=(Target.ip(A), Target.ip(A, 80)))
    assert sent(vpc_lattice) == ["CreateTargetGroup", "RegisterTargets"]
    assert [(row.id, row.port) for row in client.list_targets(group_id)] == [(A, 80)]


def test_a_reply_about_another_port_of_the_same_id() -> None:
    """Where the group's port is known, an answer for one port of an id is none for the target without a port."""
    calls = scripted(register_targets=[{"successful": [{"id": A, "port": 81}]}])

    report = TargetBatcher.for_register(calls, described()).run([Target.ip(A), Target.ip(A, 81)])

    assert (report.successful, silent(report)) == ((Target.ip(A, 81),), [Target.ip(A)])


def test_spellings_of_an_address_are_one_target(vpc_lattice: VpcLatticeEmulator) -> None:
    """An IPv6 address is sent once, as it was first written."""
    client = client_of(vpc_lattice)
    group = ipv6_group(client)
    spellings = ["2001:DB8::1", "2001:db8::1", "2001:0db8:0:0:0:0:0:1", "2001:db8::2"]

    report = client.register_targets(group, map(Target.ip, spellings))

    assert report == TargetsResult(successful=(Target.ip("2001:DB8::1"), Target.ip("2001:db8::2")))
    assert vpc_lattice.calls[-1].params["targets"] == [{"id": "2001:DB8::1"}, {"id": "2001:db8::2"}]


def test_a_function_is_registered(vpc_lattice: VpcLatticeEmulator) -> None:
    """A group without a port takes its target without one, and reports it so."""
    client = client_of(vpc_lattice)
    group = lambda_group(client)

    reports = [client.register_targets(which, [Target.lambda_(FUNCTION)]) for which in (group, group.arn)]

    assert reports == [TargetsResult(successful=(Target.lambda_(FUNCTION),))] * 2


@on_a_virtual_clock
def test_registering_right_after_creating(vpc_lattice: VpcLatticeEmulator) -> None:
    """The conflict of a group that is still being created is waited out."""
    client, began = client_of(vpc_lattice), vpc_lattice.clock.monotonic()
    group = ip_group(client)

    report = client.register_targets(group, ips(2))

    assert (group.status, report) == ("CREATE_IN_PROGRESS", TargetsResult(successful=tuple(ips(2))))
    assert 10 <= vpc_lattice.clock.monotonic() - began < 40


def test_refusals_are_reported(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets that the service refuses are in the report with its code and words."""
    vpc_lattice.reject_target("10.0.0.1", code="UnsupportedTarget", message="not here")
    client = client_of(vpc_lattice)

    report = client.register_targets(ip_group(client), ips(3))

    failure = TargetFailure(id="10.0.0.1", failure_code="UnsupportedTarget", failure_message="not here")
    assert report == TargetsResult((Target.ip("10.0.0.0"), Target.ip("10.0.0.2")), (failure,))


def test_not_found_is_a_refusal_where_one_registers() -> None:
    """That a target is not there is forgiven to a repeated deregistering, and not to a repeated registering."""
    refused = {"unsuccessful": [{"id": A, "failureCode": "TargetNotFound"}]}
    failing = refusal("InternalServerException", 500)
    calls = scripted(register_targets=[failing, refused], deregister_targets=[failing, refused])

    registered = TargetBatcher.for_register(calls, ID).run([Target.ip(A)])
    deregistered = TargetBatcher.for_deregister(calls, ID).run([Target.ip(A)])

    assert registered == TargetsResult(unsuccessful=(TargetFailure(id=A, failure_code="TargetNotFound"),))
    assert deregistered == TargetsResult(successful=(Target.ip(A),))
