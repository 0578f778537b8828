"""Waiting for targets to take traffic, or to be gone."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest

from filling import (
    FUNCTION,
    ID,
    NOT_FOUND,
    Answer,
    client_of,
    described,
    ip_group,
    ips,
    lambda_group,
    refusal,
    rows,
    script_of,
    scripted,
    wire_group,
)
from lattice_tg.calls import Calls
from lattice_tg.errors import InvalidSpecError, WaitFailedError, WaitTimeoutError
from lattice_tg.identifiers import TargetGroupLike
from lattice_tg.models.targets import Target, TargetSummary
from lattice_tg.service_errors import ResourceNotFoundError, ThrottlingError
from lattice_tg.testing import VirtualClock, VpcLattice
from lattice_tg.verbs.target_waits import until_drained, until_healthy
from lattice_tg.waiting import Wait, WaitProgress

A, B = "10.0.0.1", "10.0.0.2"

TargetWait = Callable[[Calls, TargetGroupLike, Iterable[Target] | None, Wait], object]


def wait_on(calls: Calls, seconds: float = 60.0, told: list[WaitProgress] | None = None) -> Wait:
    """A wait without jitter."""
    return Wait(
        waited_for="it",
        clock=calls.clock,
        poll_seconds=5.0,
        timeout_seconds=seconds,
        on_progress=None if told is None else told.append,
        jitter=lambda low, high: (low + high) / 2,
    )


def outcome(
    wait: TargetWait,
    *answers: Answer,
    targets: Sequence[Target] | None = (Target.ip(A),),
) -> str:
    """``done``, ``never`` or ``late``: what becomes of a wait in a service that gives these answers."""
    calls = scripted(list_targets=answers)
    word = "done"
    try:
        wait(calls, described(), targets, wait_on(calls))
    except WaitFailedError:
        word = "never"
    except WaitTimeoutError:
        word = "late"
    assert calls.clock.monotonic() == (60 if word == "late" else 0)
    return word


NAMED = (Target.ip(A),)
WAITS: list[tuple[TargetWait, Sequence[Target] | None]] = [
    (until_healthy, NAMED),
    (until_healthy, None),
    (until_drained, NAMED),
    (until_drained, None),
]
STATUSES: list[tuple[str, str | None, list[str]]] = [
    ("INITIAL", None, ["late", "late", "late", "done"]),
    ("HEALTHY", None, ["done", "done", "late", "done"]),
    ("UNHEALTHY", "HealthCheckFailed", ["late", "late", "late", "done"]),
    ("UNUSED", "TargetGroupNotInUse", ["never", "never", "late", "done"]),
    ("UNAVAILABLE", "HealthCheckNotSupported", ["done", "done", "late", "done"]),
    ("DRAINING", None, ["never", "late", "late", "late"]),
    ("RESTING", "NewerService", ["late", "late", "late", "done"]),
    ("healthy", None, ["late", "late", "late", "done"]),
]


@pytest.mark.parametrize(("status", "reason", "outcomes"), STATUSES)
def test_every_status_in_every_wait(status: str, reason: str | None, outcomes: list[str]) -> None:
    """For every status of a target, unknown ones among them: what each wait makes of it."""
    answer = {"items": [{"id": A, "port": 80, "status": status, "reasonCode": reason}]}

    assert [outcome(wait, answer, targets=targets) for wait, targets in WAITS] == outcomes


def test_absence_in_every_wait() -> None:
    """A target that is not listed is gone, and not healthy; neither is a group without targets."""
    assert [outcome(wait, rows(), targets=targets) for wait, targets in WAITS] == ["late", "late", "done", "done"]


# healthy


def test_healthy_targets_are_returned() -> None:
    """What comes of the wait is the last look at the targets, without those that were not waited for."""
    answers = [rows((A, 80, "INITIAL"), (B, 80, "HEALTHY")), rows((A, 80, "HEALTHY"), (B, 80, "UNHEALTHY"))]
    calls = scripted(list_targets=answers)

    seen = until_healthy(calls, described(), [Target.ip(A)], wait_on(calls))

    assert seen == (TargetSummary(id=A, port=80, status="HEALTHY"),)
    assert calls.clock.monotonic() == 5


def test_a_whole_group_without_those_that_leave() -> None:
    """Of a whole group, draining targets are neither waited for nor returned."""
    calls = scripted(list_targets=[rows((A, 80, "DRAINING"), (B, 80, "HEALTHY"))])

    assert until_healthy(calls, described(), None, wait_on(calls)) == (TargetSummary(id=B, port=80, status="HEALTHY"),)


def test_no_targets_are_healthy_at_once() -> None:
    """Where no target is named, there is nothing to wait for, and nothing is asked; the same for draining."""
    calls = scripted()

    assert until_healthy(calls, ID, [], wait_on(calls)) == ()
    assert until_drained(calls, ID, iter([]), wait_on(calls)) is None  # type: ignore[func-returns-value]
    assert script_of(calls).requests == []


def test_unused_targets_end_the_wait() -> None:
    """A target that no listener leads to never becomes healthy; the error says so, and names it."""
    calls = scripted(list_targets=[rows((A, 80, "UNUSED", "TargetGroupNotInUse"), (B, 80, "HEALTHY"))])

    with pytest.raises(WaitFailedError) as caught:
        until_healthy(calls, described(), None, wait_on(calls))

    assert caught.value.targets == (TargetSummary(id=A, port=80, status="UNUSED", reason_code="TargetGroupNotInUse"),)
    assert str(caught.value) == (
        "it can never come: 10.0.0.1 port 80 is UNUSED (TargetGroupNotInUse): no listener uses the group, so its "
        "targets are not checked; add it to a listener or rule"
    )


def test_leaving_targets_end_the_wait() -> None:
    """A named target that is being deregistered never becomes healthy."""
    calls = scripted(list_targets=[rows((A, 80, "DRAINING"))])

    with pytest.raises(WaitFailedError, match=r"is DRAINING: they are being deregistered; register them again"):
        until_healthy(calls, described(), [Target.ip(A)], wait_on(calls))


def test_what_is_late_is_named() -> None:
    """A wait that was too short names the first few that are not there yet, with reasons, and counts the others."""
    late = [(target.id, 80, "UNHEALTHY", "HealthCheckFailed") for target in ips(4)]
    calls = scripted(list_targets=[rows((B, 81, "HEALTHY"), *late)])

    with pytest.raises(WaitTimeoutError) as caught:
        until_healthy(calls, described(), [*ips(4), Target.ip(B, 81), Target.ip("10.9.9.9")], wait_on(calls))

    assert str(caught.value) == (
        "it did not come in 60 s; last seen: 10.0.0.0 port 80 is UNHEALTHY (HealthCheckFailed), "
        "10.0.0.1 port 80 is UNHEALTHY (HealthCheckFailed), 10.0.0.2 port 80 is UNHEALTHY (HealthCheckFailed) "
        "and 2 more; nothing was undone: wait again, or longer"
    )


@pytest.mark.parametrize(
    ("answer", "targets", "last_seen"),
    [
        (rows(), None, "no targets"),
        (rows(), [Target.ip(A), Target.ip(A, 81)], "10.0.0.1 is not registered, 10.0.0.1 port 81 is not registered"),
        (rows((A, None, "INITIAL")), None, "10.0.0.1 is INITIAL"),
    ],
)
def test_the_last_state_seen(answer: Any, targets: Any, last_seen: str) -> None:
    """What is not registered, or is there without a port, is named as it is."""
    calls = scripted(list_targets=[answer])

    with pytest.raises(WaitTimeoutError) as caught:
        until_healthy(calls, described(), targets, wait_on(calls))

    assert caught.value.last_seen == last_seen


# drained


def test_drained_when_no_longer_listed() -> None:
    """A draining target is gone when it is listed no more, and others of the group may stay."""
    answers = [rows((A, 80, "DRAINING"), (B, 80, "HEALTHY")), rows((B, 80, "HEALTHY"))]
    calls = scripted(list_targets=answers)

    until_drained(calls, described(), [Target.ip(A)], wait_on(calls))

    assert calls.clock.monotonic() == 5


def test_what_still_drains_is_named() -> None:
    """The error of a drain names what is still there, and not what is gone."""
    calls = scripted(list_targets=[rows((A, 80, "UNAVAILABLE", "HealthCheckNotSupported"))])

    with pytest.raises(WaitTimeoutError) as caught:
        until_drained(calls, described(), [Target.ip(A), Target.ip(B)], wait_on(calls))

    assert caught.value.last_seen == "10.0.0.1 port 80 is UNAVAILABLE (HealthCheckNotSupported)"


# which rows are meant


def test_the_same_id_on_two_ports() -> None:
    """A target is the one on its port; one without a port is the one on the group's."""
    answer = rows((A, 81, "UNHEALTHY"), (B, 80, "UNHEALTHY"), (A, 80, "HEALTHY"))

    assert outcome(until_healthy, answer, targets=[Target.ip(A)]) == "done"
    assert outcome(until_healthy, answer, targets=[Target.ip(A, 80)]) == "done"
    assert outcome(until_healthy, answer, targets=[Target.ip(A, 81)]) == "late"
    assert outcome(until_drained, answer, targets=[Target.ip(A, 82)]) == "done"


@pytest.mark.parametrize("wait", [until_healthy, until_drained])
def test_the_groups_port_is_asked_for_once(wait: TargetWait) -> None:
    """Given only an id and a target without a port, one Get says which port that is; with ports, none is needed."""
    answers = [rows((A, 80, "DRAINING"), (A, 81, "UNHEALTHY")), rows((A, 80, "HEALTHY")), rows((A, 81, "UNHEALTHY"))]
    if wait is until_healthy:
        answers = [rows((A, 80, "INITIAL"), (A, 81, "UNHEALTHY")), rows((A, 80, "HEALTHY"), (A, 81, "UNHEALTHY"))]
    calls = scripted(get_target_group=[wire_group()], list_targets=answers)

    wait(calls, ID, [Target.ip(A)], wait_on(calls))
    looks = script_of(calls).methods().count("list_targets")
    wait(calls, ID, [Target.ip(A, 83)] if wait is until_drained else [], wait_on(calls))

    assert looks == len(answers)
    assert script_of(calls).methods().count("get_target_group") == 1
    assert script_of(calls).requests[1][1]["targets"] == [{"id": A, "port": 80}]


def test_targets_that_have_no_port() -> None:
    """The function of a group without a port is found without one, by the group or by its id."""
    answer = rows((FUNCTION, None, "UNAVAILABLE"))
    group = described("LAMBDA")
    calls = scripted(get_target_group=[wire_group(type="LAMBDA", config=None)], list_targets=[answer])
    target = Target.lambda_(FUNCTION)

    seen = [until_healthy(calls, which, [target], wait_on(calls)) for which in (group, ID)]

    assert seen == [(TargetSummary(id=FUNCTION, status="UNAVAILABLE"),)] * 2
    assert script_of(calls).methods() == ["list_targets", "get_target_group", "list_targets"]
    assert script_of(calls).requests[0][1]["targets"] == [{"id": FUNCTION}]


@pytest.mark.parametrize(("count", "named"), [(1, 1), (20, 20), (21, 0)])
def test_few_are_asked_for_by_name(count: int, named: int) -> None:
    """Up to 20 targets are asked for by name, each once; for more the group is listed."""
    calls = scripted(list_targets=[rows(*((target.id, 80, "HEALTHY") for target in ips(count)))])

    seen = until_healthy(calls, described(), [*ips(count), Target.ip("10.0.0.0", 80)], wait_on(calls))

    assert len(seen) == count
    assert [len(request.get("targets", ())) for _, request in script_of(calls).requests] == [named]


@pytest.mark.parametrize("wait", [until_healthy, until_drained])
def test_spellings_of_an_address(wait: TargetWait) -> None:
    """An IPv6 address is found however the service spells it, for which the group is listed."""
    answer = rows(("2001:db8:0:0::1", 80, "UNHEALTHY"))
    calls = scripted(list_targets=[answer])

    with pytest.raises(WaitTimeoutError, match="2001:db8:0:0::1 port 80 is UNHEALTHY"):
        wait(calls, described(), [Target.ip("2001:DB8::1")], wait_on(calls))

    assert "targets" not in script_of(calls).requests[0][1]


def test_all_pages_are_looked_at() -> None:
    """A target on a later page is seen."""
    pages = [{**rows((A, 80, "HEALTHY")), "nextToken": "more"}, rows((B, 80, "DRAINING"))]
    calls = scripted(list_targets=[*pages, *pages, rows()])

    until_drained(calls, described(), None, wait_on(calls))

    assert len(script_of(calls).requests) == 5


# how it waits


def test_progress() -> None:
    """Each look is told with the number of targets in each status, and the time since the wait began."""
    told: list[WaitProgress] = []
    calls = scripted(list_targets=[rows((A, 80, "DRAINING")), rows()])

    until_drained(calls, described(), [Target.ip(A), Target.ip(B)], wait_on(calls, told=told))

    assert told == [
        WaitProgress(waited_for="it", counts={"DRAINING": 1, "GONE": 1}, waited_seconds=0.0),
        WaitProgress(waited_for="it", counts={"GONE": 2}, waited_seconds=5.0),
    ]


def test_polls_grow_apart() -> None:
    """Each pause is a quarter longer than the last, up to five polls, and the last ends at the deadline."""
    told: list[WaitProgress] = []
    calls = scripted(list_targets=[rows((A, 80, "DRAINING"))])

    with pytest.raises(WaitTimeoutError):
        until_drained(calls, described(), None, wait_on(calls, seconds=200, told=told))

    looks = [progress.waited_seconds for progress in told]
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert [round(pause, 2) for pause in pauses[:4]] == [5, 6.25, 7.81, 9.77]
    assert (round(max(pauses), 6), looks[-1]) == (25, 200)


def test_a_group_that_is_not_there() -> None:
    """That there is no such group is an error of every wait for its targets."""
    calls = scripted(list_targets=[NOT_FOUND])

    with pytest.raises(ResourceNotFoundError):
        until_drained(calls, described(), None, wait_on(calls))


def test_a_service_that_fails_now_and_then() -> None:
    """A look that fails is repeated."""
    calls = scripted(
        list_targets=[refusal("InternalServerException", 500), refusal("ThrottlingException", 429), rows()]
    )

    until_drained(calls, described(), None, wait_on(calls))

    assert len(script_of(calls).requests) == 3


@pytest.mark.parametrize("targets", [None, [Target.ip(A)]])
def test_a_service_that_fails_to_the_end(targets: Any) -> None:
    """A look is not repeated beyond the deadline of its wait; what the service answered is the error."""
    calls = scripted(list_targets=[rows((A, 80, "DRAINING")), refusal("ThrottlingException", 429)])

    with pytest.raises(ThrottlingError):
        until_drained(calls, described(), targets, wait_on(calls, seconds=30))

    assert 5 <= calls.clock.monotonic() <= 30


# in the emulator


@pytest.mark.vpc_lattice(clock=VirtualClock(), initial_seconds=20)
def test_becoming_healthy(vpc_lattice: VpcLattice) -> None:
    """Targets of a group in service become healthy in time, and each look is told."""
    client, told = client_of(vpc_lattice), list[WaitProgress]()
    group = ip_group(client)
    vpc_lattice.put_in_service(group.id)
    client.register_targets(group, ips(3))

    seen = client.wait_until_healthy(group.id, iter(ips(3)), on_progress=told.append)

    assert [row.status for row in seen] == ["HEALTHY"] * 3
    assert [told[0].counts, told[-1].counts] == [{"INITIAL": 3}, {"HEALTHY": 3}]
    assert 20 <= told[-1].waited_seconds < 30


@pytest.mark.vpc_lattice(clock=VirtualClock(), drain_seconds=300)
def test_draining(vpc_lattice: VpcLattice) -> None:
    """Without targets named, all that is draining is waited for."""
    client = client_of(vpc_lattice)
    group = ip_group(client)
    vpc_lattice.put_in_service(group.id)
    client.register_targets(group, ips(3))
    client.deregister_targets(group, ips(2))
    began = vpc_lattice.clock.monotonic()

    client.wait_until_drained(group)

    assert 300 <= vpc_lattice.clock.monotonic() - began <= 330
    assert [row.id for row in client.list_targets(group)] == ["10.0.0.2"]


def test_a_function_is_always_ready(vpc_lattice: VpcLattice) -> None:
    """A function, which has no health checks, is ready once its group is in service."""
    client = client_of(vpc_lattice)
    group = lambda_group(client)
    client.register_targets(group, [Target.lambda_(FUNCTION)])
    vpc_lattice.put_in_service(group.id)

    seen = client.wait_until_healthy(group)

    assert [(row.id, row.status) for row in seen] == [(FUNCTION, "UNAVAILABLE")]


@pytest.mark.parametrize("verb", ["wait_until_healthy", "wait_until_drained"])
def test_wrong_targets_are_refused(vpc_lattice: VpcLattice, verb: str) -> None:
    """Targets of no form, times below nothing and polls that do not wait are refused before anything is sent."""
    wait = getattr(client_of(vpc_lattice), verb)

    for arguments in ({"targets": [Target(id="")]}, {"timeout_seconds": -1}, {"poll_seconds": 0}):
        with pytest.raises(InvalidSpecError):
            wait(ID, **arguments)
    assert vpc_lattice.calls == ()
