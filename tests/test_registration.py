"""Registering, deregistering and listing any number of targets."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from filling import (
    ARN,
    BALANCER,
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
from lattice_tg.errors import InvalidIdentifierError, InvalidSpecError, WaitTimeoutError
from lattice_tg.models.observed import TargetGroupSummary
from lattice_tg.models.targets import Target, TargetFailure
from lattice_tg.reports import TargetsReport
from lattice_tg.service_errors import AccessDeniedError, InternalServerError, TransportError
from lattice_tg.testing import VirtualClock, VpcLattice
from lattice_tg.verbs.registration import TargetRequests

A = "10.0.0.1"
SUMMARY = TargetGroupSummary(id=ID, arn=ARN, name="orders", type="IP", status="ACTIVE", port=80)

on_a_virtual_clock = pytest.mark.vpc_lattice(clock=VirtualClock(), create_seconds=10, drain_seconds=300)


def wired(targets: list[Target]) -> list[dict[str, Any]]:
    return [{"id": target.id} if target.port is None else {"id": target.id, "port": target.port} for target in targets]


def silent(report: TargetsReport) -> list[Target]:
    return [target for chunk in report.unanswered for target in chunk.targets]


def problems_of(call: Callable[[], object]) -> list[tuple[str, object]]:
    with pytest.raises(InvalidSpecError) as caught:
        call()
    return [(problem.field, problem.value) for problem in caught.value.problems]


# register


def test_any_number_in_chunks_of_a_hundred(vpc_lattice: VpcLattice) -> None:
    """A list of 250 goes out as 100, 100 and 50, all are registered, and the report is in the order given."""
    client, targets = client_of(vpc_lattice), ips(250)
    group = ip_group(client)

    report = client.register_targets(group, targets)

    sizes = [len(call.params["targets"]) for call in vpc_lattice.calls if call.operation == "RegisterTargets"]
    assert report == TargetsReport(successful=tuple(targets))
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

    report = TargetRequests.registering(calls, ID).all_at_once(ips(count))

    assert report == TargetsReport(successful=tuple(ips(count)))
    assert threads == [threading.current_thread()]


def test_no_targets(vpc_lattice: VpcLattice) -> None:
    """Nothing to send is nothing sent, and an empty report."""
    client = client_of(vpc_lattice)

    reports = [client.register_targets(ID, []), client.deregister_targets(ID, [], wait=True)]

    assert (reports, list(client.iter_register_targets(ID, []))) == ([TargetsReport(), TargetsReport()], [])
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

    report = TargetRequests.registering(calls, ID).all_at_once(ips(900))

    assert report == TargetsReport(successful=tuple(ips(900)))
    assert (most, workers()) == (3, [])


def test_a_client_works_over_its_connections(vpc_lattice: VpcLattice) -> None:
    """A client's bulk work has a worker for each of its connections."""
    client = client_of(vpc_lattice, max_connections=7)

    assert (client.boto3_client.meta.config.max_pool_connections, client._calls.max_workers) == (7, 7)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("group", [described(), SUMMARY])
def test_duplicates_are_sent_once(group: Any) -> None:
    """Where the group's port is known, a target with that port and one with none are the same."""
    calls = scripted(register_targets=[taking_all])
    targets = [Target.ip(A), Target.ip(A, 80), Target.ip(A, 81), Target.ip("10.0.0.2", 80), Target.ip(A)]

    report = TargetRequests.registering(calls, group).all_at_once(targets)

    once = [Target.ip(A), Target.ip(A, 81), Target.ip("10.0.0.2", 80)]
    assert report == TargetsReport(successful=tuple(once))
    assert script_of(calls).requests == [("register_targets", {"targetGroupIdentifier": ID, "targets": wired(once)})]


def test_duplicates_by_id_alone(vpc_lattice: VpcLattice) -> None:
    """Given only an id, the group's port is not asked for; both forms are sent, and both are answered for."""
    client = client_of(vpc_lattice)
    group_id, targets = ip_group(client).id, [Target.ip(A), Target.ip(A, 80), Target.ip(A)]

    report = client.register_targets(group_id, targets)

    assert report == TargetsReport(successful=(Target.ip(A), Target.ip(A, 80)))
    assert sent(vpc_lattice) == ["CreateTargetGroup", "RegisterTargets"]
    assert [(row.id, row.port) for row in client.list_targets(group_id)] == [(A, 80)]


def test_a_reply_about_another_port_of_the_same_id() -> None:
    """Where the group's port is known, an answer for one port of an id is none for the target without a port."""
    calls = scripted(register_targets=[{"successful": [{"id": A, "port": 81}]}])

    report = TargetRequests.registering(calls, described()).all_at_once([Target.ip(A), Target.ip(A, 81)])

    assert (report.successful, silent(report)) == ((Target.ip(A, 81),), [Target.ip(A)])


def test_spellings_of_an_address_are_one_target(vpc_lattice: VpcLattice) -> None:
    """An IPv6 address is sent once, as it was first written."""
    client = client_of(vpc_lattice)
    group = ipv6_group(client)
    spellings = ["2001:DB8::1", "2001:db8::1", "2001:0db8:0:0:0:0:0:1", "2001:db8::2"]

    report = client.register_targets(group, map(Target.ip, spellings))

    assert report == TargetsReport(successful=(Target.ip("2001:DB8::1"), Target.ip("2001:db8::2")))
    assert vpc_lattice.calls[-1].params["targets"] == [{"id": "2001:DB8::1"}, {"id": "2001:db8::2"}]


def test_a_function_is_registered(vpc_lattice: VpcLattice) -> None:
    """A group without a port takes its target without one, and reports it so."""
    client = client_of(vpc_lattice)
    group = lambda_group(client)

    reports = [client.register_targets(which, [Target.lambda_(FUNCTION)]) for which in (group, group.arn)]

    assert reports == [TargetsReport(successful=(Target.lambda_(FUNCTION),))] * 2


def test_a_chunk_that_fails_stops_no_other() -> None:
    """The targets of a request that failed are in the report with its error; those before and after are registered."""
    denied = refusal("AccessDeniedException", 403)
    calls = scripted(max_workers=1, register_targets=[taking_all, denied, taking_all, denied, taking_all])
    targets = ips(420)

    report = TargetRequests.registering(calls, ID).all_at_once(targets)

    assert report.successful == (*targets[:100], *targets[200:300], *targets[400:])
    assert report.unsuccessful == ()
    assert [(chunk.targets, chunk.sent, type(chunk.error)) for chunk in report.unanswered] == [
        (tuple(targets[100:200]), True, AccessDeniedError),
        (tuple(targets[300:400]), True, AccessDeniedError),
    ]


def test_what_could_not_be_sent() -> None:
    """Targets whose request never got its turn are reported as not sent."""
    calls = scripted(register_targets=[taking_all])
    requests = TargetRequests.deregistering(calls, ID, deadline=-10.0)

    report = requests.all_at_once(ips(1))

    assert [(chunk.targets, chunk.sent, type(chunk.error)) for chunk in report.unanswered] == [
        (tuple(ips(1)), False, WaitTimeoutError)
    ]
    assert script_of(calls).requests == []


def test_no_answer_at_all(vpc_lattice: VpcLattice) -> None:
    """Where every attempt is lost, the targets were sent, and the error says how often."""
    vpc_lattice.lose_reply("RegisterTargets", times=100)
    client = client_of(vpc_lattice, clock=VirtualClock())

    report = client.register_targets(ip_group(client), ips(2))

    (chunk,) = report.unanswered
    assert (report.successful, chunk.targets, chunk.sent) == ((), tuple(ips(2)), True)
    assert isinstance(chunk.error, TransportError)
    assert chunk.error.attempts == 8


def test_ten_thousand_targets_each_accounted_for_once(vpc_lattice: VpcLattice) -> None:
    """Of 10,000, with 30 refused and a request denied in the middle, each is in the report once, in order."""
    client, targets = client_of(vpc_lattice), ips(10_000)
    group, refused = ip_group(client), targets[7::334]
    for target in refused:
        vpc_lattice.refuse_target(target.id, code="UnsupportedTarget")
    vpc_lattice.fail("RegisterTargets", "AccessDeniedException", times=1, probability=0.02, seed=5)

    report = client.register_targets(group, targets)

    (chunk,) = report.unanswered
    first = targets.index(chunk.targets[0])
    answered = targets[:first] + targets[first + 100 :]
    assert (len(refused), first % 100, chunk.targets) == (30, 0, tuple(targets[first : first + 100]))
    assert 0 < first < 9_900
    assert isinstance(chunk.error, AccessDeniedError)
    assert [failure.id for failure in report.unsuccessful] == [t.id for t in answered if t in refused]
    assert report.successful == tuple(t for t in answered if t not in refused)


def test_a_throttled_chunk_is_sent_again(vpc_lattice: VpcLattice) -> None:
    """Throttling and a failing service cost nothing but time."""
    vpc_lattice.throttle("RegisterTargets", times=2)
    vpc_lattice.fail("RegisterTargets", "InternalServerException", times=2)
    client = client_of(vpc_lattice, clock=VirtualClock())

    report = client.register_targets(ip_group(client), ips(300))

    assert report == TargetsReport(successful=tuple(ips(300)))


@on_a_virtual_clock
def test_registering_right_after_creating(vpc_lattice: VpcLattice) -> None:
    """The conflict of a group that is still being created is waited out."""
    client, began = client_of(vpc_lattice), vpc_lattice.clock.monotonic()
    group = ip_group(client)

    report = client.register_targets(group, ips(2))

    assert (group.status, report) == ("CREATE_IN_PROGRESS", TargetsReport(successful=tuple(ips(2))))
    assert 10 <= vpc_lattice.clock.monotonic() - began < 40


def test_refusals_are_reported(vpc_lattice: VpcLattice) -> None:
    """Targets that the service refuses are in the report with its code and words."""
    vpc_lattice.refuse_target("10.0.0.1", code="UnsupportedTarget", message="not here")
    client = client_of(vpc_lattice)

    report = client.register_targets(ip_group(client), ips(3))

    failure = TargetFailure(id="10.0.0.1", failure_code="UnsupportedTarget", failure_message="not here")
    assert report == TargetsReport((Target.ip("10.0.0.0"), Target.ip("10.0.0.2")), (failure,))


def test_not_found_is_a_refusal_where_one_registers() -> None:
    """That a target is not there is forgiven to a repeated deregistering, and not to a repeated registering."""
    refused = {"unsuccessful": [{"id": A, "failureCode": "TargetNotFound"}]}
    failing = refusal("InternalServerException", 500)
    calls = scripted(register_targets=[failing, refused], deregister_targets=[failing, refused])

    registered = TargetRequests.registering(calls, ID).all_at_once([Target.ip(A)])
    deregistered = TargetRequests.deregistering(calls, ID).all_at_once([Target.ip(A)])

    assert registered == TargetsReport(unsuccessful=(TargetFailure(id=A, failure_code="TargetNotFound"),))
    assert deregistered == TargetsReport(successful=(Target.ip(A),))


# checks


@pytest.mark.parametrize("verb", ["register_targets", "deregister_targets"])
def test_all_problems_at_once(vpc_lattice: VpcLattice, verb: str) -> None:
    """Every target that does not fit the group is named, and nothing is sent, not even what is right."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    targets = [*ips(150), Target.instance("i-0a"), Target.ip("2001:db8::1"), Target.ip("10.0.0.1", 0)]

    found = problems_of(lambda: getattr(client, verb)(group, targets))

    assert found == [("targets[150].id", "i-0a"), ("targets[151].id", "2001:db8::1"), ("targets[152].port", 0)]
    assert sent(vpc_lattice) == ["CreateTargetGroup"]


@pytest.mark.parametrize(
    ("group", "targets", "found"),
    [
        (described(ip_address_type="IPV6"), [Target.ip(A)], [("targets[0].id", A)]),
        (described("INSTANCE"), [Target.ip(A)], [("targets[0].id", A)]),
        (described("ALB"), [Target.lambda_(FUNCTION)], [("targets[0].id", FUNCTION)]),
        (
            described("LAMBDA"),
            [Target.lambda_(FUNCTION), Target(id=f"{FUNCTION}2", port=80)],
            [("targets[1].port", 80), ("targets", 2)],
        ),
        (described("ALB"), [Target.alb(BALANCER), Target.alb(f"{BALANCER}2")], [("targets", 2)]),
    ],
)
def test_targets_are_held_against_the_group(group: Any, targets: list[Target], found: list[Any]) -> None:
    """Given the group's description, its type, family and number of targets count."""
    calls = scripted(register_targets=[taking_all])

    assert problems_of(lambda: TargetRequests.registering(calls, group).all_at_once(targets)) == found
    assert script_of(calls).requests == []


def test_by_id_only_the_form_is_checked(vpc_lattice: VpcLattice) -> None:
    """Given an id, the service is the one to say that an instance is no address."""
    client = client_of(vpc_lattice)
    group_id = ip_group(client).id

    report = client.register_targets(group_id, [Target.instance("i-0a", 80)])

    assert [(failure.id, failure.failure_code) for failure in report.unsuccessful] == [("i-0a", "UnsupportedTarget")]
    assert problems_of(lambda: client.register_targets(group_id, [Target(id="")])) == [("targets[0].id", "")]
    assert sent(vpc_lattice) == ["CreateTargetGroup", "RegisterTargets"]


@pytest.mark.parametrize("verb", ["register_targets", "iter_register_targets", "deregister_targets", "list_targets"])
def test_names_are_refused_at_the_call(vpc_lattice: VpcLattice, verb: str) -> None:
    """A name in the place of an id is refused when the method is called, were there no targets at all."""
    client = client_of(vpc_lattice)

    with pytest.raises(InvalidIdentifierError):
        getattr(client, verb)("orders", [])

    assert sent(vpc_lattice) == []


# stream


def test_a_stream_reports_each_chunk(vpc_lattice: VpcLattice) -> None:
    """There is one report for each hundred targets, in order."""
    client, targets = client_of(vpc_lattice), ips(950)
    group = ip_group(client)

    reports = list(client.iter_register_targets(group, iter(targets)))

    assert reports == [TargetsReport(successful=tuple(targets[n : n + 100])) for n in range(0, 950, 100)]


def test_each_chunk_of_a_stream_is_checked_by_itself() -> None:
    """A wrong target keeps its hundred from being sent, and no other; its index is that in the stream."""
    calls, targets = scripted(register_targets=[taking_all]), ips(300)
    targets[142] = Target.instance("i-0a")

    reports = list(TargetRequests.registering(calls, described()).streamed(targets))

    (chunk,) = reports[1].unanswered
    assert isinstance(chunk.error, InvalidSpecError)
    assert [problem.field for problem in chunk.error.problems] == ["targets[142].id"]
    assert (chunk.targets, chunk.sent, reports[1].successful) == (tuple(targets[100:200]), False, ())
    assert reports[::2] == [TargetsReport(successful=tuple(part)) for part in (targets[:100], targets[200:])]
    assert len(script_of(calls).requests) == 2


def test_a_chunk_of_a_stream_sends_each_target_once() -> None:
    """Targets that stand twice in one hundred are sent once."""
    calls = scripted(register_targets=[taking_all])

    reports = list(TargetRequests.registering(calls, described()).streamed([Target.ip(A), Target.ip(A, 80)] * 60))

    assert reports == [TargetsReport(successful=(Target.ip(A),))] * 2
    assert [request["targets"] for _, request in script_of(calls).requests] == [[{"id": A}]] * 2


def test_a_stream_goes_on_after_a_failed_chunk() -> None:
    """A request that fails is that chunk's report, in its place."""
    calls = scripted(max_workers=1, register_targets=[taking_all, refusal("AccessDeniedException", 403), taking_all])

    reports = list(TargetRequests.registering(calls, ID).streamed(ips(300)))

    assert [len(report.successful) for report in reports] == [100, 0, 100]
    assert silent(reports[1]) == ips(300)[100:200]


def test_a_stream_reads_no_further_than_it_works() -> None:
    """No more is read from the source than is reported or under way."""
    taken = 0

    def source() -> Iterator[Target]:
        nonlocal taken
        for target in ips(5000):
            taken += 1
            yield target

    stream = TargetRequests.registering(scripted(max_workers=3, register_targets=[taking_all]), ID).streamed(source())

    before, read = taken, list[int]()
    for _ in range(10):
        next(stream)
        read.append(taken)
    stream.close()

    assert (before, read, workers()) == (0, [300 + 100 * n for n in range(10)], [])


@pytest.mark.parametrize("leave", ["close", "forget", "interrupt"])
def test_a_stream_left_midway(leave: str) -> None:
    """However a stream is left, requests under way come to their end, none begins after, and no thread is left."""
    done: list[str] = []

    def taking_slowly(request: Any) -> Any:
        time.sleep(0.005)
        done.append(request["targets"][0]["id"])
        return taking_all(request)

    calls = scripted(max_workers=3, register_targets=[taking_slowly])
    stream = TargetRequests.registering(calls, ID).streamed(iter(ips(5000)))
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
    assert (sorted(done), len(begun) <= 4, workers()) == (sorted(begun), True, [])


@pytest.mark.parametrize("verb", ["streamed", "all_at_once"])
def test_an_interrupted_worker(verb: str) -> None:
    """An interrupt in a worker comes out where the reports are read; what is under way ends, and no thread is left."""
    calls = scripted(max_workers=2, register_targets=[taking_all, KeyboardInterrupt(), taking_all])
    reports: list[TargetsReport] = []

    with pytest.raises(KeyboardInterrupt):
        reports.extend(getattr(TargetRequests.registering(calls, ID), verb)(ips(2000)))

    assert workers() == []
    assert 2 <= len(script_of(calls).requests) <= 4


@pytest.mark.parametrize("count", [0, 50, 100, 250, 950])
def test_a_source_that_breaks(count: int) -> None:
    """What a source gave before it raised is sent and reported; its error comes after that."""

    def source() -> Iterator[Target]:
        yield from ips(count)
        raise OSError("the file is gone")

    calls, taken = scripted(max_workers=3, register_targets=[taking_all]), list[Target]()
    stream = TargetRequests.registering(calls, ID).streamed(source())

    with pytest.raises(OSError, match="the file is gone"):
        taken.extend(target for report in stream for target in report.successful)

    assert (taken, workers()) == (ips(count), [])


def test_a_list_that_breaks(vpc_lattice: VpcLattice) -> None:
    """Where all targets are read before the first request, an error of their source means that none is sent."""

    def source() -> Iterator[Target]:
        yield from ips(250)
        raise OSError("the file is gone")

    client = client_of(vpc_lattice)

    with pytest.raises(OSError, match="the file is gone"):
        client.register_targets(ID, source())

    assert sent(vpc_lattice) == []


# deregister


def test_deregistering_any_number(vpc_lattice: VpcLattice) -> None:
    """A list of 250 is deregistered in chunks; what is not there is reported."""
    client, targets = client_of(vpc_lattice), ips(250)
    group = ip_group(client)
    client.register_targets(group, targets[:249])

    report = client.deregister_targets(group, [*targets, targets[0]])

    failure = TargetFailure(
        id=targets[249].id, failure_code="TargetNotFound", failure_message="The target is not registered"
    )
    assert report == TargetsReport(tuple(targets[:249]), (failure,))
    assert list(client.list_targets(group)) == []


@on_a_virtual_clock
def test_deregistering_and_waiting(vpc_lattice: VpcLattice) -> None:
    """With ``wait`` a five minute drain is over when the report comes, and takes no real time on a virtual clock."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(3))
    vpc_lattice.put_in_service(group.id)
    began, real = vpc_lattice.clock.monotonic(), time.monotonic()

    report = client.deregister_targets(group, ips(2), wait=True)

    assert report == TargetsReport(successful=tuple(ips(2)))
    assert [row.id for row in client.list_targets(group)] == ["10.0.0.2"]
    assert 300 <= vpc_lattice.clock.monotonic() - began <= 330
    assert time.monotonic() - real < 5


@on_a_virtual_clock
def test_a_drain_that_takes_too_long(vpc_lattice: VpcLattice) -> None:
    """A wait that is not long enough says which target is still there, and in which state."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(1))
    vpc_lattice.put_in_service(group.id)

    with pytest.raises(WaitTimeoutError) as caught:
        client.deregister_targets(group, ips(1), wait=True, timeout_seconds=60)

    assert str(caught.value) == (
        f"{group.id} to be drained did not come in 60 s; last seen: 10.0.0.0 port 80 is DRAINING; "
        "deregistered: 1 successful, 0 unsuccessful, 0 unanswered; nothing was undone: wait again, or longer"
    )


def test_only_what_was_taken_out_is_waited_for(vpc_lattice: VpcLattice) -> None:
    """Where no target was taken out there is nothing to wait for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)

    report = client.deregister_targets(group, ips(1), wait=True)

    assert [failure.failure_code for failure in report.unsuccessful] == ["TargetNotFound"]
    assert sent(vpc_lattice) == ["CreateTargetGroup", "DeregisterTargets"]


@on_a_virtual_clock
@pytest.mark.parametrize("count", [2, 150])
def test_deregistering_with_lost_replies(vpc_lattice: VpcLattice, count: int) -> None:
    """A deregistering whose reply got lost is repeated, and that the targets are not found then is success."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(count))
    vpc_lattice.lose_reply("DeregisterTargets", times=2)

    report = client.deregister_targets(group, ips(count), wait=True)

    assert report == TargetsReport(successful=tuple(ips(count)))
    assert list(client.list_targets(group)) == []


def test_throttling_loses_nothing(vpc_lattice: VpcLattice) -> None:
    """A throttled request did nothing, so a target that is not found after it was never there."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    vpc_lattice.throttle("DeregisterTargets")

    report = client.deregister_targets(group, ips(1))

    assert [failure.failure_code for failure in report.unsuccessful] == ["TargetNotFound"]


@on_a_virtual_clock
@pytest.mark.parametrize("by", ["group", "id"])
def test_waiting_for_one_port_of_two(vpc_lattice: VpcLattice, by: str) -> None:
    """A target without port is the one on the group's: the same id on another port is not waited for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, [Target.ip(A), Target.ip(A, 81)])
    vpc_lattice.put_in_service(group.id)

    report = client.deregister_targets(group if by == "group" else group.id, [Target.ip(A)], wait=True)

    assert report == TargetsReport(successful=(Target.ip(A),))
    assert [(row.id, row.port, row.status) for row in client.list_targets(group)] == [(A, 81, "HEALTHY")]


def test_deregistering_in_a_failing_service(vpc_lattice: VpcLattice) -> None:
    """A chunk that fails to the end is in the report, and is not waited for."""
    client = client_of(vpc_lattice, clock=VirtualClock())
    group = ip_group(client)
    client.register_targets(group, ips(1))
    vpc_lattice.fail("DeregisterTargets", "InternalServerException", times=50)

    report = client.deregister_targets(group, ips(1), wait=True)

    assert silent(report) == ips(1)
    assert isinstance(report.unanswered[0].error, InternalServerError)
    assert "ListTargets" not in sent(vpc_lattice)


def test_a_group_that_is_not_there(vpc_lattice: VpcLattice) -> None:
    """That there is no such group is the error of every chunk."""
    client = client_of(vpc_lattice)

    reports = [client.register_targets(ID, ips(150)), client.deregister_targets(ID, ips(150))]

    errors = [str(chunk.error) for report in reports for chunk in report.unanswered]
    assert [silent(report) for report in reports] == [ips(150)] * 2
    assert ["ResourceNotFoundException" in error for error in errors] == [True] * 4


# list


def test_listing_all(vpc_lattice: VpcLattice) -> None:
    """All pages are read, as they are reached."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(250))
    done = len(vpc_lattice.calls)

    listing = client.list_targets(group.id)

    assert len(vpc_lattice.calls) == done
    assert next(listing).status == "UNUSED"
    assert sent(vpc_lattice)[done:] == ["ListTargets"]
    assert len(list(listing)) == 249


def test_listing_by_name(vpc_lattice: VpcLattice) -> None:
    """Those named are asked for, 20 at a time, each once; what is not registered has no row."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    client.register_targets(group, ips(25))
    done = len(vpc_lattice.calls)

    rows = list(client.list_targets(group, [*ips(30), Target.ip("10.0.0.0", 80)]))

    assert [row.id for row in rows] == [target.id for target in ips(25)]
    assert [len(call.params["targets"]) for call in vpc_lattice.calls[done:]] == [20, 10]


def test_listing_wrong_targets(vpc_lattice: VpcLattice) -> None:
    """Targets of no form are refused at the call."""
    client = client_of(vpc_lattice)

    assert problems_of(lambda: client.list_targets(ID, [Target(id="", port=0)])) == [
        ("targets[0].id", ""),
        ("targets[0].port", 0),
    ]
