"""Waits for targets: outcomes, requests and progress."""

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
from support.clients import run
from support.targets import (
    FUNCTION_ARN,
    ID,
    NOT_FOUND,
    create_client,
    error_response,
    get_stub,
    make_stub_sender,
    make_target_group,
    make_targets,
    targets_response,
    wire_group,
)
from support.waiters import A, B, WaitFunction, make_waiter, wait_outcome

REQUESTED = (Target.ip(A),)
WAITS: list[tuple[WaitFunction, Sequence[Target] | None]] = [
    (wait_until_healthy, REQUESTED),
    (wait_until_healthy, None),
    (wait_until_drained, REQUESTED),
    (wait_until_drained, None),
]
STATUSES: list[tuple[str, str | None, list[str]]] = [
    ("INITIAL", None, ["timeout", "timeout", "timeout", "done"]),
    ("HEALTHY", None, ["done", "done", "timeout", "done"]),
    ("UNHEALTHY", "HealthCheckFailed", ["timeout", "timeout", "timeout", "done"]),
    ("UNUSED", "TargetGroupNotInUse", ["failed", "failed", "timeout", "done"]),
    ("UNAVAILABLE", "HealthCheckNotSupported", ["done", "done", "timeout", "done"]),
    ("DRAINING", None, ["failed", "timeout", "timeout", "timeout"]),
    ("RESTING", "NewerService", ["timeout", "timeout", "timeout", "done"]),
    ("healthy", None, ["timeout", "timeout", "timeout", "done"]),
]


@pytest.mark.parametrize(("status", "reason", "outcomes"), STATUSES)
def test_outcome_of_each_status(status: str, reason: str | None, outcomes: list[str]) -> None:
    """Each known or unknown target status has a defined outcome in each wait function."""
    response = {"items": [{"id": A, "port": 80, "status": status, "reasonCode": reason}]}

    assert [wait_outcome(wait, response, targets=targets) for wait, targets in WAITS] == outcomes


def test_outcome_of_unlisted_targets() -> None:
    """A target that is not listed counts as drained but not as healthy.

    The same applies to a group without targets.
    """
    assert [wait_outcome(wait, targets_response(), targets=targets) for wait, targets in WAITS] == [
        "timeout",
        "timeout",
        "done",
        "done",
    ]


@pytest.mark.parametrize(
    ("response", "targets", "last_status"),
    [
        (targets_response(), None, "no targets"),
        (
            targets_response(),
            [Target.ip(A), Target.ip(A, 81)],
            "10.0.0.1 is not registered, 10.0.0.1 port 81 is not registered",
        ),
        (targets_response((A, None, "INITIAL")), None, "10.0.0.1 is INITIAL"),
    ],
)
def test_last_status_describes_missing_targets(response: Any, targets: Any, last_status: str) -> None:
    """The last status lists targets that are not registered, and targets without a port."""
    sender = make_stub_sender(list_targets=[response])

    with pytest.raises(WaitTimeoutError) as caught:
        run(wait_until_healthy, sender, make_target_group(), targets, make_waiter(sender))

    assert caught.value.last_status == last_status


@pytest.mark.parametrize("wait", [wait_until_healthy, wait_until_drained])
def test_group_port_is_looked_up_once(wait: WaitFunction) -> None:
    """The group's port is looked up once if it is needed.

    The port is needed if a target has no port and the group is passed as an id.
    """
    responses = [
        targets_response((A, 80, "DRAINING"), (A, 81, "UNHEALTHY")),
        targets_response((A, 80, "HEALTHY")),
        targets_response((A, 81, "UNHEALTHY")),
    ]
    if wait is wait_until_healthy:
        responses = [
            targets_response((A, 80, "INITIAL"), (A, 81, "UNHEALTHY")),
            targets_response((A, 80, "HEALTHY"), (A, 81, "UNHEALTHY")),
        ]
    sender = make_stub_sender(get_target_group=[wire_group()], list_targets=responses)

    run(wait, sender, ID, [Target.ip(A)], make_waiter(sender))
    polls = get_stub(sender).methods().count("list_targets")
    run(wait, sender, ID, [Target.ip(A, 83)] if wait is wait_until_drained else [], make_waiter(sender))

    assert polls == len(responses)
    assert get_stub(sender).methods().count("get_target_group") == 1
    assert get_stub(sender).requests[1][1]["targets"] == [{"id": A, "port": 80}]


def test_function_is_matched_without_port() -> None:
    """A Lambda function has no port and is found by its ARN."""
    response = targets_response((FUNCTION_ARN, None, "UNAVAILABLE"))
    group = make_target_group("LAMBDA")
    sender = make_stub_sender(get_target_group=[wire_group(type="LAMBDA", config=None)], list_targets=[response])
    target = Target.lambda_(FUNCTION_ARN)

    healthy = [run(wait_until_healthy, sender, identifier, [target], make_waiter(sender)) for identifier in (group, ID)]

    assert healthy == [(TargetSummary(id=FUNCTION_ARN, status="UNAVAILABLE"),)] * 2
    assert get_stub(sender).methods() == ["list_targets", "get_target_group", "list_targets"]
    assert get_stub(sender).requests[0][1]["targets"] == [{"id": FUNCTION_ARN}]


@pytest.mark.parametrize(("count", "requested"), [(1, 1), (20, 20), (21, 0)])
def test_up_to_twenty_targets_are_requested_by_id(count: int, requested: int) -> None:
    """Up to 20 targets are requested by id. For more targets, the whole group is listed."""
    sender = make_stub_sender(
        list_targets=[targets_response(*((target.id, 80, "HEALTHY") for target in make_targets(count)))]
    )

    healthy = run(
        wait_until_healthy,
        sender,
        make_target_group(),
        [*make_targets(count), Target.ip("10.0.0.0", 80)],
        make_waiter(sender),
    )

    assert len(healthy) == count
    assert [len(request.get("targets", ())) for _, request in get_stub(sender).requests] == [requested]


@pytest.mark.parametrize("wait", [wait_until_healthy, wait_until_drained])
def test_ipv6_address_is_matched_in_any_spelling(wait: WaitFunction) -> None:
    """An IPv6 address matches any spelling in the response.

    The whole group is listed, because the service may use another spelling.
    """
    response = targets_response(("2001:db8:0:0::1", 80, "UNHEALTHY"))
    sender = make_stub_sender(list_targets=[response])

    with pytest.raises(WaitTimeoutError, match="2001:db8:0:0::1 port 80 is UNHEALTHY"):
        run(wait, sender, make_target_group(), [Target.ip("2001:DB8::1")], make_waiter(sender))

    assert "targets" not in get_stub(sender).requests[0][1]


def test_all_pages_are_read() -> None:
    """Targets on later pages are found."""
    pages = [{**targets_response((A, 80, "HEALTHY")), "nextToken": "more"}, targets_response((B, 80, "DRAINING"))]
    sender = make_stub_sender(list_targets=[*pages, *pages, targets_response()])

    run(wait_until_drained, sender, make_target_group(), None, make_waiter(sender))

    assert len(get_stub(sender).requests) == 5


def test_each_poll_reports_progress() -> None:
    """Each poll reports the number of targets per status and the elapsed time."""
    events: list[WaitProgress] = []
    sender = make_stub_sender(list_targets=[targets_response((A, 80, "DRAINING")), targets_response()])

    run(
        wait_until_drained,
        sender,
        make_target_group(),
        [Target.ip(A), Target.ip(B)],
        make_waiter(sender, events=events),
    )

    assert events == [
        WaitProgress(waiting_for="it", counts={"DRAINING": 1, "GONE": 1}, elapsed_seconds=0.0),
        WaitProgress(waiting_for="it", counts={"GONE": 2}, elapsed_seconds=5.0),
    ]


def test_poll_interval_grows_to_its_maximum() -> None:
    """Each delay is 25 % longer than the last one, up to 5 times poll_seconds.

    The final poll happens at the deadline.
    """
    events: list[WaitProgress] = []
    sender = make_stub_sender(list_targets=[targets_response((A, 80, "DRAINING"))])

    with pytest.raises(WaitTimeoutError):
        run(wait_until_drained, sender, make_target_group(), None, make_waiter(sender, seconds=200, events=events))

    polls = [progress.elapsed_seconds for progress in events]
    pauses = [later - earlier for earlier, later in pairwise(polls)]
    assert [round(pause, 2) for pause in pauses[:4]] == [5, 6.25, 7.81, 9.77]
    assert (round(max(pauses), 6), polls[-1]) == (25, 200)


def test_missing_group_raises() -> None:
    """A wait for the targets of a missing group raises ResourceNotFoundError."""
    sender = make_stub_sender(list_targets=[NOT_FOUND])

    with pytest.raises(ResourceNotFoundError):
        run(wait_until_drained, sender, make_target_group(), None, make_waiter(sender))


def test_failed_poll_is_retried() -> None:
    """A wait continues after failed and throttled polls."""
    sender = make_stub_sender(
        list_targets=[
            error_response("InternalServerException", 500),
            error_response("ThrottlingException", 429),
            targets_response(),
        ]
    )

    run(wait_until_drained, sender, make_target_group(), None, make_waiter(sender))

    assert len(get_stub(sender).requests) == 3


@pytest.mark.parametrize("targets", [None, [Target.ip(A)]])
def test_failed_poll_is_not_retried_beyond_the_deadline(targets: Any) -> None:
    """If polls fail until the deadline, the service's error is raised."""
    sender = make_stub_sender(
        list_targets=[targets_response((A, 80, "DRAINING")), error_response("ThrottlingException", 429)]
    )

    with pytest.raises(ThrottlingError):
        run(wait_until_drained, sender, make_target_group(), targets, make_waiter(sender, seconds=30))

    assert 5 <= sender.clock.monotonic() <= 30


@pytest.mark.parametrize("method", ["wait_until_healthy", "wait_until_drained"])
def test_invalid_arguments_are_rejected(vpc_lattice: VpcLatticeEmulator, method: str) -> None:
    """Invalid targets, timeouts and poll intervals are rejected before a request is sent."""
    wait = getattr(create_client(vpc_lattice), method)

    with pytest.raises(InvalidSpecError):
        run(wait, ID, targets=[Target(id="")])
    for arguments in ({"timeout_seconds": -1}, {"poll_seconds": 0}):
        with pytest.raises(InvalidArgumentError):
            run(wait, ID, **arguments)
    assert vpc_lattice.calls == ()
