"""Waiting for targets: what ends a wait, and which requests it makes."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from lattice_tg.errors import (
    InvalidArgumentError,
    InvalidSpecError,
    ResourceNotFoundError,
    ThrottlingError,
    WaitTimeoutError,
)
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import wait_until_drained, wait_until_healthy
from lattice_tg.results import WaitProgress
from lattice_tg.testing import VpcLatticeEmulator
from support.targets import (
    FUNCTION,
    ID,
    NOT_FOUND,
    client_of,
    described,
    ips,
    refusal,
    rows,
    script_of,
    scripted,
    wire_group,
)
from support.waiters import A, B, TargetWait, outcome, wait_on

NAMED = (Target.ip(A),)
WAITS: list[tuple[TargetWait, Sequence[Target] | None]] = [
    (wait_until_healthy, NAMED),
    (wait_until_healthy, None),
    (wait_until_drained, NAMED),
    (wait_until_drained, None),
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


@pytest.mark.parametrize(
    ("answer", "targets", "last_status"),
    [
        (rows(), None, "no targets"),
        (rows(), [Target.ip(A), Target.ip(A, 81)], "10.0.0.1 is not registered, 10.0.0.1 port 81 is not registered"),
        (rows((A, None, "INITIAL")), None, "10.0.0.1 is INITIAL"),
    ],
)
def test_the_last_state_seen(answer: Any, targets: Any, last_status: str) -> None:
    """What is not registered, or is there without a port, is named as it is."""
    calls = scripted(list_targets=[answer])

    with pytest.raises(WaitTimeoutError) as caught:
        wait_until_healthy(calls, described(), targets, wait_on(calls))

    assert caught.value.last_status == last_status


@pytest.mark.parametrize("wait", [wait_until_healthy, wait_until_drained])
def test_the_groups_port_is_asked_for_once(wait: TargetWait) -> None:
    """Given only an id and a target without a port, one Get says which port that is; with ports, none is needed."""
    answers = [rows((A, 80, "DRAINING"), (A, 81, "UNHEALTHY")), rows((A, 80, "HEALTHY")), rows((A, 81, "UNHEALTHY"))]
    if wait is wait_until_healthy:
        answers = [rows((A, 80, "INITIAL"), (A, 81, "UNHEALTHY")), rows((A, 80, "HEALTHY"), (A, 81, "UNHEALTHY"))]
    calls = scripted(get_target_group=[wire_group()], list_targets=answers)

    wait(calls, ID, [Target.ip(A)], wait_on(calls))
    looks = script_of(calls).methods().count("list_targets")
    wait(calls, ID, [Target.ip(A, 83)] if wait is wait_until_drained else [], wait_on(calls))

    assert looks == len(answers)
    assert script_of(calls).methods().count("get_target_group") == 1
    assert script_of(calls).requests[1][1]["targets"] == [{"id": A, "port": 80}]


def test_targets_that_have_no_port() -> None:
    """The function of a group without a port is found without one, by the group or by its id."""
    answer = rows((FUNCTION, None, "UNAVAILABLE"))
    group = described("LAMBDA")
    calls = scripted(get_target_group=[wire_group(type="LAMBDA", config=None)], list_targets=[answer])
    target = Target.lambda_(FUNCTION)

    seen = [wait_until_healthy(calls, which, [target], wait_on(calls)) for which in (group, ID)]

    assert seen == [(TargetSummary(id=FUNCTION, status="UNAVAILABLE"),)] * 2
    assert script_of(calls).methods() == ["list_targets", "get_target_group", "list_targets"]
    assert script_of(calls).requests[0][1]["targets"] == [{"id": FUNCTION}]


@pytest.mark.parametrize(("count", "named"), [(1, 1), (20, 20), (21, 0)])
def test_few_are_asked_for_by_name(count: int, named: int) -> None:
    """Up to 20 targets are asked for by name, each once; for more the group is listed."""
    calls = scripted(list_targets=[rows(*((target.id, 80, "HEALTHY") for target in ips(count)))])

    seen = wait_until_healthy(calls, described(), [*ips(count), Target.ip("10.0.0.0", 80)], wait_on(calls))

    assert len(seen) == count
    assert [len(request.get("targets", ())) for _, request in script_of(calls).requests] == [named]


@pytest.mark.parametrize("wait", [wait_until_healthy, wait_until_drained])
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

    wait_until_drained(calls, described(), None, wait_on(calls))

    assert len(script_of(calls).requests) == 5


def test_progress() -> None:
    """Each look is told with the number of targets in each status, and the time since the wait began."""
    told: list[WaitProgress] = []
    calls = scripted(list_targets=[rows((A, 80, "DRAINING")), rows()])

    wait_until_drained(calls, described(), [Target.ip(A), Target.ip(B)], wait_on(calls, told=told))

    assert told == [
        WaitProgress(waiting_for="it", counts={"DRAINING": 1, "GONE": 1}, elapsed_seconds=0.0),
        WaitProgress(waiting_for="it", counts={"GONE": 2}, elapsed_seconds=5.0),
    ]


def test_polls_grow_apart() -> None:
    """Each pause is a quarter longer than the last, up to five polls, and the last ends at the deadline."""
    told: list[WaitProgress] = []
    calls = scripted(list_targets=[rows((A, 80, "DRAINING"))])

    with pytest.raises(WaitTimeoutError):
        wait_until_drained(calls, described(), None, wait_on(calls, seconds=200, told=told))

    looks = [progress.elapsed_seconds for progress in told]
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert [round(pause, 2) for pause in pauses[:4]] == [5, 6.25, 7.81, 9.77]
    assert (round(max(pauses), 6), looks[-1]) == (25, 200)


def test_a_group_that_is_not_there() -> None:
    """That there is no such group is an error of every wait for its targets."""
    calls = scripted(list_targets=[NOT_FOUND])

    with pytest.raises(ResourceNotFoundError):
        wait_until_drained(calls, described(), None, wait_on(calls))


def test_a_service_that_fails_now_and_then() -> None:
    """A look that fails is repeated."""
    calls = scripted(
        list_targets=[refusal("InternalServerException", 500), refusal("ThrottlingException", 429), rows()]
    )

    wait_until_drained(calls, described(), None, wait_on(calls))

    assert len(script_of(calls).requests) == 3


@pytest.mark.parametrize("targets", [None, [Target.ip(A)]])
def test_a_service_that_fails_to_the_end(targets: Any) -> None:
    """A look is not repeated beyond the deadline of its wait; what the service answered is the error."""
    calls = scripted(list_targets=[rows((A, 80, "DRAINING")), refusal("ThrottlingException", 429)])

    with pytest.raises(ThrottlingError):
        wait_until_drained(calls, described(), targets, wait_on(calls, seconds=30))

    assert 5 <= calls.clock.monotonic() <= 30


@pytest.mark.parametrize("verb", ["wait_until_healthy", "wait_until_drained"])
def test_wrong_targets_are_refused(vpc_lattice: VpcLatticeEmulator, verb: str) -> None:
    """Targets of no form, times below nothing and polls that do not wait are refused before anything is sent."""
    wait = getattr(client_of(vpc_lattice), verb)

    with pytest.raises(InvalidSpecError):
        wait(ID, targets=[Target(id="")])
    for arguments in ({"timeout_seconds": -1}, {"poll_seconds": 0}):
        with pytest.raises(InvalidArgumentError):
            wait(ID, **arguments)
    assert vpc_lattice.calls == ()
