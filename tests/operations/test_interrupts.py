"""Ctrl-C in every method that can wait: a real SIGINT, no request afterwards, and notes on how to resume."""

import re
import signal
import threading
import time
from collections.abc import Callable, Generator
from typing import cast

import pytest

from lattice_tg import HealthCheck, Target, TargetGroup, TargetGroupClient
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.testing import VpcLatticeEmulator, mock_vpc_lattice
from support.batch import assert_no_threads_left, count_operations, sender_of, specs
from support.targets import make_targets

pytestmark = [pytest.mark.blocking_only, pytest.mark.usefixtures("default_sigint_handler")]

MAX_SECONDS = 1.3
"""Maximum duration of a call after Ctrl-C."""

(ORDERS, *OTHERS) = specs(4)
TARGETS = make_targets(2000)
REGISTERED = "To resume, call the method again with the same targets. Repeating a request for a target is safe."

Call = Callable[[TargetGroupClient, TargetGroup], object]


@pytest.fixture
def lattice() -> Generator[VpcLatticeEmulator]:
    """Yield an emulator on the system clock in which deletions and draining take a minute."""
    with mock_vpc_lattice(delete_seconds=60, drain_seconds=60) as lattice:
        yield lattice


@pytest.fixture
def client(lattice: VpcLatticeEmulator) -> Generator[TargetGroupClient]:
    with TargetGroupClient(region_name="eu-west-1") as client:
        yield client


def interrupt(
    call: Callable[[], object], lattice: VpcLatticeEmulator, after_seconds: float = 0.6, operation: str | None = None
) -> list[str]:
    """Interrupt ``call`` after the first request for ``operation``, and return the notes of the interrupt.

    Assert that no request is sent afterwards, and that no thread is left.
    """
    before = count_operations(lattice)

    def wait() -> None:
        while operation is not None and count_operations(lattice)[operation] == before[operation]:
            time.sleep(0.01)
        time.sleep(after_seconds)

    with assert_no_threads_left():
        notes = send_sigint(call, wait)
    sent = len(lattice.calls)
    time.sleep(0.3)
    assert len(lattice.calls) == sent
    return notes


def send_sigint(call: Callable[[], object], wait: Callable[[], object]) -> list[str]:
    """Send SIGINT to the main thread after ``wait()``, assert that ``call`` ends in time, and return the notes."""
    main, ends_at = cast("int", threading.main_thread().ident), list[float]()

    def send() -> None:
        wait()
        ends_at.append(time.monotonic() + MAX_SECONDS)
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    with pytest.raises(KeyboardInterrupt) as caught:
        call()
    ended_at = time.monotonic()
    thread.join()
    assert ended_at < ends_at[0]
    return list(getattr(caught.value, "__notes__", []))


def pause() -> None:
    """Wait until requests are in flight."""
    time.sleep(0.3)


def assert_counts(note: str, operation: str, total: int) -> None:
    """Assert that a note accounts for each target."""
    assert note.startswith(f"{operation} was interrupted: ")
    counts = re.findall(r"(\d+) (?:successful|unsuccessful|unconfirmed|rejected|not sent)", note)
    assert sum(map(int, counts)) == total, note
    assert note.endswith(REGISTERED)


REGISTRATIONS: dict[str, Call] = {
    "register_targets": lambda client, group: client.register_targets(group, TARGETS),
    "register_101": lambda client, group: client.register_targets(group, TARGETS[:101]),
    "register_1": lambda client, group: client.register_targets(group, TARGETS[:1]),
    "ensure": lambda client, _: client.ensure(ORDERS, targets=TARGETS, run_id="run-1"),
    "apply": lambda client, _: client.apply(client.plan(ORDERS, targets=TARGETS)),
}


@pytest.mark.parametrize("name", REGISTRATIONS)
def test_ctrl_c_ends_a_registration(name: str, lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Requests that wait for ``Retry-After`` are not sent, and the note accounts for each target."""
    group = client.create(ORDERS)
    lattice.throttle("RegisterTargets", times=12, retry_after_seconds=20)

    notes = interrupt(lambda: REGISTRATIONS[name](client, group), lattice, operation="RegisterTargets")

    total = {"register_101": 101, "register_1": 1}.get(name, 2000)
    assert_counts(notes[0], "RegisterTargets", total)
    steps = (
        "0 of 1 steps for target group 'orders-0' were completed before this error. To continue, make and apply a new "
        "plan."
    )
    assert notes[1:] == {
        "ensure": [
            steps,
            (
                "Ensuring the state of target group 'orders-0' was interrupted. To resume, call ensure() with the same "
                "arguments and run_id='run-1'."
            ),
        ],
        "apply": [
            steps,
            "Applying the plan for target group 'orders-0' was interrupted. To resume, make and apply a new plan.",
        ],
    }.get(name, [])


def test_ctrl_c_ends_a_stream(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """The note of a stream accounts for the targets that were submitted and not returned."""
    group = client.create(ORDERS)
    lattice.throttle("RegisterTargets", times=100, retry_after_seconds=20)

    (note,) = interrupt(lambda: list(client.iter_register_targets(group, TARGETS)), lattice)

    assert note.startswith("RegisterTargets was interrupted: 0 successful, ")
    assert note.endswith(REGISTERED)


DEREGISTRATIONS: dict[str, tuple[Call, list[str]]] = {
    "deregister_targets": (lambda client, group: client.deregister_targets(group, TARGETS), []),
    "ensure": (
        lambda client, _: client.ensure(ORDERS, targets=[], prune=True, run_id="run-1"),
        ["0 of 1 steps for target group", "Ensuring the state of target group 'orders-0' was interrupted."],
    ),
    "delete": (
        lambda client, group: client.delete(group, drain=True),
        ["The deletion of target group {id} was interrupted. Some targets may be deregistered. The group was not "],
    ),
}


@pytest.mark.parametrize("name", DEREGISTRATIONS)
def test_ctrl_c_ends_a_deregistration(name: str, lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Deregistrations that wait for ``Retry-After`` are not sent, and the notes say what was done."""
    group = client.create(ORDERS)
    client.register_targets(group, TARGETS)
    lattice.throttle("DeregisterTargets", times=12, retry_after_seconds=20)
    call, expected = DEREGISTRATIONS[name]

    note, *notes = interrupt(lambda: call(client, group), lattice, operation="DeregisterTargets")

    assert_counts(note, "DeregisterTargets", 2000)
    assert [
        text for text, start in zip(notes, expected, strict=True) if not text.startswith(start.format(id=group.id))
    ] == []


@pytest.mark.parametrize("operation", ["RegisterTargets", "DeregisterTargets"])
def test_ctrl_c_waits_one_second_for_requests_in_flight(
    operation: str, lattice: VpcLatticeEmulator, client: TargetGroupClient
) -> None:
    """If requests are in flight for long, their targets are reported as unconfirmed."""
    group = client.create(ORDERS)
    lattice.delay(operation, seconds=2.2, times=2)
    method = client.register_targets if operation == "RegisterTargets" else client.deregister_targets

    (note,) = send_sigint(lambda: method(group, TARGETS[:200]), pause)

    assert note.startswith(f"{operation} was interrupted: 0 successful, 0 unsuccessful, 200 unconfirmed\n")
    assert_counts(note, operation, 200)


@pytest.mark.parametrize("method", ["ensure_all", "plan_all"])
def test_ctrl_c_waits_one_second_for_groups_in_work(
    method: str, lattice: VpcLatticeEmulator, client: TargetGroupClient
) -> None:
    """If a request of a batch is in flight for long, the batch waits for one second, and not once per level."""
    client.create(ORDERS)
    lattice.delay("GetTargetGroup" if method == "ensure_all" else "ListTargets", seconds=2.2, times=10)
    desired = [DesiredState(ORDERS, [Target.ip("10.0.0.1")]), *OTHERS]
    options = {"run_id": "run-1"} if method == "ensure_all" else {}

    assert send_sigint(lambda: list(getattr(client, method)(desired, **options)), pause) == [
        "The planning of 4 target groups was interrupted. Nothing was changed."
        if method == "plan_all"
        else "The batch was interrupted. 0 of 4 target groups are done. To resume this run, pass run_id='run-1'."
    ]


def test_ctrl_c_ends_a_deregistration_that_waits(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """While targets drain, the notes contain the wait and the result of the deregistration."""
    group = client.create(ORDERS)
    lattice.attach_to_service(group.id)
    client.register_targets(group, TARGETS[:150])

    notes = interrupt(lambda: client.deregister_targets(group, TARGETS[:150], wait=True), lattice)

    assert notes[0].startswith(f"The wait for targets of {group.id} to be drained was interrupted (last status: ")
    assert notes[1:] == [
        "The result of the deregistration before the wait: 150 successful, 0 unsuccessful, 0 unconfirmed"
    ]


def test_ctrl_c_ends_a_deletion(lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """The note says how far the deletion came, and the same call resumes it."""
    group = client.create(ORDERS)
    client.register_targets(group, TARGETS[:150])
    lattice.throttle("DeleteTargetGroup", times=1, retry_after_seconds=20)
    resume = "To resume, call delete() again with the same arguments and missing_ok=True."

    notes = interrupt(lambda: client.delete(group, drain=True), lattice)
    assert notes[-1] == (
        f"The deletion of target group {group.id} was interrupted. VPC Lattice may have deleted the group. {resume}"
    )

    notes = interrupt(lambda: client.delete(group, drain=True, missing_ok=True, wait=True), lattice)
    assert notes == [
        f"The wait for {group.id} to be deleted was interrupted (last status: DELETE_IN_PROGRESS). Wait again.",
        f"The deletion of target group {group.id} was interrupted. VPC Lattice is deleting the group. {resume}",
    ]


WAITERS: dict[str, Call] = {
    "active": lambda client, group: client.wait_until_active(group),
    "healthy": lambda client, group: client.wait_until_healthy(group),
    "drained": lambda client, group: client.wait_until_drained(group, TARGETS[:1]),
    "deleted": lambda client, group: client.wait_until_deleted(group),
}


@pytest.mark.parametrize("goal", WAITERS)
def test_ctrl_c_ends_a_wait(goal: str) -> None:
    """A wait ends within a moment, and the note has the last status."""
    create_seconds = 60 if goal == "active" else 0
    with (
        mock_vpc_lattice(create_seconds=create_seconds) as lattice,
        TargetGroupClient(region_name="eu-west-1") as client,
    ):
        group = client.create(ORDERS)
        if goal == "drained":
            client.register_targets(group, TARGETS[:1])

        (note,) = interrupt(lambda: WAITERS[goal](client, group), lattice, 0.2)

        assert re.fullmatch(r"The wait for .* was interrupted \(last status: .*\)\. Wait again\.", note)


def test_an_interrupted_create_that_waits_names_the_group(caplog: pytest.LogCaptureFixture) -> None:
    """While a created group becomes ACTIVE, the note names the group, and the log has the token."""
    with mock_vpc_lattice(create_seconds=60) as lattice, TargetGroupClient(region_name="eu-west-1") as client:
        notes = interrupt(lambda: client.create(ORDERS, wait=True, client_token="token-1"), lattice, 0.2)
        (summary,) = client.list()

    note = f"Target group 'orders-0' was created. To resume, call wait_until_active({summary.id!r})."
    assert notes[1:] == [note]
    assert [record.getMessage() for record in caplog.records] == [f"{note} The client token was 'token-1'."]


@pytest.mark.parametrize("moment", ["in_flight", "retry", "queue"])
def test_an_interrupted_create_notes_its_token(
    moment: str, lattice: VpcLatticeEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether the request is in flight, waits for its retry or for a permit, the note has the client token."""
    rate = 0.1 if moment == "queue" else None
    with TargetGroupClient(region_name="eu-west-1", max_requests_per_second=rate) as client:
        if moment == "in_flight":
            lattice.delay("CreateTargetGroup", seconds=0.5)
        elif moment == "retry":
            lattice.throttle("CreateTargetGroup", retry_after_seconds=20)
        else:
            client.find("orders-0")

        (note,) = interrupt(lambda: client.create(ORDERS), lattice, 0.2)

        limiter = sender_of(client).limiter
        assert (limiter.in_flight, limiter.waiting) == (0, 0)
    tokens = re.findall(r"client_token='([0-9a-f]{32})'", note)
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [vars(record)["lattice_client_token"] for record in warnings] == tokens
    with TargetGroupClient(region_name="eu-west-1") as client:
        group = client.create(ORDERS, client_token=tokens[0])
        assert [summary.id for summary in client.list()] == [group.id]


UPDATES: dict[str, Call] = {
    "UpdateTargetGroup": lambda client, group: client.update_health_check(group, HealthCheck.http()),
    "TagResource": lambda client, group: client.tag(group, {"team": "shop"}),
    "UntagResource": lambda client, group: client.untag(group, ["team"]),
}


@pytest.mark.parametrize("operation", UPDATES)
def test_an_interrupted_update_can_be_repeated(
    operation: str, lattice: VpcLatticeEmulator, client: TargetGroupClient
) -> None:
    """The note says that the outcome is unknown."""
    group = client.create(ORDERS)
    lattice.throttle(operation, retry_after_seconds=20)

    assert interrupt(lambda: UPDATES[operation](client, group), lattice, 0.2) == [
        f"{operation} was interrupted. VPC Lattice may have processed the request. To resume, call again."
    ]
