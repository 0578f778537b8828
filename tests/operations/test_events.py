"""Events of API operations: ``on_call`` and ``on_retry``."""

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import asdict, evolve

from lattice_tg import (
    ApplyError,
    CallEvent,
    ConfigurationError,
    DrainTimeoutError,
    LatticeError,
    ResourceNotFoundError,
    RetryEvent,
    RetryPolicy,
    Target,
    TargetGroup,
    TargetGroupClient,
    TargetGroupSpec,
    TargetSummary,
    ThrottlingError,
    TransportError,
    WaitTimeoutError,
)
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.clients import MakeClient
from support.sample_groups import FUNCTION, ID, SPEC

CREATE, GET, LIST = "CreateTargetGroup", "GetTargetGroup", "ListTargetGroups"
TARGETS = [Target.ip("10.0.0.1")]


def summarize(event: CallEvent) -> tuple[str, str | None, int, int]:
    """Return the operation, the target group, the attempts and the throttle count."""
    return event.operation, event.target_group, event.attempts, event.throttle_count


def test_on_call_receives_an_operation_with_all_its_attempts(
    make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """on_call is called once for a create that was throttled twice, lost a response and succeeded."""
    lattice.throttle(CREATE, times=2)
    lattice.drop_response(CREATE)
    lattice.delay(CREATE, seconds=0.5, times=4)
    events: list[CallEvent] = []
    client = make_client(on_call=events.append, retry=RetryPolicy(wait=lambda _: 1.0))

    client.create(FUNCTION)

    (event,) = events
    assert len(event.request_ids) == len(set(event.request_ids)) == 3
    assert asdict(evolve(event, request_ids=()), recurse=False) == {
        "operation": CREATE,
        "method": "create",
        "target_group": FUNCTION.name,
        "attempts": 4,
        "throttle_count": 2,
        "elapsed_seconds": lattice.clock.monotonic(),
        "request_ids": (),
        "error": None,
    }


def test_on_call_receives_the_error_of_the_call(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """The event of a failed operation contains the error that the method raises."""
    events: list[CallEvent] = []
    client = make_client(on_call=events.append)

    with pytest.raises(ResourceNotFoundError) as caught:
        client.get(f"arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/{ID}")

    (event,) = events
    assert event.error is caught.value
    assert (*summarize(event), event.request_ids) == (GET, ID, 1, 0, (caught.value.request_id,))
    assert caught.value.target_group == ID


def test_an_operation_without_a_request_has_no_attempts(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """If the rate limiter admits no request before the deadline, the event has 0 attempts and names the group."""
    events: list[CallEvent] = []
    client = make_client(on_call=events.append, max_requests_per_second=0.1)
    group = client.create(FUNCTION)

    with pytest.raises(WaitTimeoutError) as caught:
        client.wait_until_active(group, timeout_seconds=1)

    assert [(event.method, event.attempts, type(event.error)) for event in events] == [
        ("create", 1, type(None)),
        ("wait_until_active", 0, WaitTimeoutError),
    ]
    assert (events[1].error is caught.value.__cause__, caught.value.target_group) == (True, group.id)


def test_each_page_chunk_and_poll_is_an_operation(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """Each page of a list, each request of a registration and each poll of a waiter has its own event."""
    events: list[CallEvent] = []
    client = make_client(on_call=events.append)
    group = client.create(SPEC, wait=True)
    polls = len(events) - 1
    targets = [Target.ip(f"10.0.{index // 100}.{index % 100 + 1}") for index in range(250)]
    client.register_targets(group, targets)
    client.list_targets(group)
    listed = list(client.list_targets(group))

    names = [(event.method, event.operation) for event in events]
    assert (polls > 1, len(listed)) == (True, 250)
    assert names[: polls + 1] == [("create", CREATE), *[("create", GET)] * polls]
    assert names[polls + 1 :] == [
        *[("register_targets", "RegisterTargets")] * 3,
        *[("list_targets", "ListTargets")] * 3,
    ]
    assert {event.target_group for event in events[1:]} == {group.id}


def call_create(client: TargetGroupClient, _: str) -> object:
    return client.create(evolve(FUNCTION, name="other"))


CALLS: dict[str, Callable[[TargetGroupClient, str], Any]] = {
    "create": call_create,
    "get": lambda client, group: client.get(group),
    "find": lambda client, _: client.find("orders"),
    "list": lambda client, _: list(client.list()),
    "update_health_check": lambda client, group: client.update_health_check(group, reset=["path"]),
    "delete": lambda client, group: client.delete(group),
    "register_targets": lambda client, group: client.register_targets(group, TARGETS),
    "iter_register_targets": lambda client, group: list(client.iter_register_targets(group, TARGETS)),
    "deregister_targets": lambda client, group: client.deregister_targets(group, TARGETS),
    "list_targets": lambda client, group: list(client.list_targets(group)),
    "tags": lambda client, group: client.tags(group),
    "tag": lambda client, group: client.tag(group, {"team": "shop"}),
    "untag": lambda client, group: client.untag(group, ["team"]),
    "wait_until_active": lambda client, group: client.wait_until_active(group),
    "wait_until_deleted": lambda client, group: client.wait_until_deleted(group, timeout_seconds=0),
    "wait_until_healthy": lambda client, group: client.wait_until_healthy(group, timeout_seconds=0),
    "wait_until_drained": lambda client, group: client.wait_until_drained(group),
    "plan": lambda client, _: client.plan(SPEC),
    "apply": lambda client, _: client.apply(client.with_options(on_call=ignore).plan(SPEC)),
    "apply_all": lambda client, _: list(client.apply_all([client.with_options(on_call=ignore).plan(SPEC)])),
    "ensure": lambda client, _: client.ensure(SPEC),
    "plan_all": lambda client, _: list(client.plan_all([SPEC])),
    "ensure_all": lambda client, _: list(client.ensure_all([SPEC])),
}
"""A call of each method of a client that sends requests."""

WITHOUT_REQUESTS = {"boto3_client", "close", "route", "with_options"}


def ignore(event: CallEvent) -> None:
    """Ignore the event. Unlike a lambda, this function can be pickled."""


@pytest.mark.parametrize("method", CALLS)
def test_events_name_the_method(method: str, make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """All events of a call contain the name of the method that was called."""
    group = make_client().create(SPEC, wait=True)
    events: list[CallEvent] = []

    try:
        CALLS[method](make_client(on_call=events.append), group.id)
    except LatticeError as error:
        assert "Timed out" in str(error)  # noqa: PT017 - most methods raise no error

    assert {event.method for event in events} == {method}
    assert {event.target_group for event in events} <= {group.id, None, "other"}


def test_every_method_is_tested() -> None:
    """The test above covers every public method of the client that sends requests."""
    assert {name for name in vars(TargetGroupClient) if not name.startswith("_")} == {*CALLS, *WITHOUT_REQUESTS}


def test_timeouts_contain_the_pending_targets(make_client: MakeClient, clock: VirtualClock) -> None:
    """A timeout contains all pending targets and the id of the group, also after a deregistration."""
    targets = [Target.ip(f"10.0.0.{index}") for index in range(10)]
    with mock_vpc_lattice(drain_seconds=60, clock=clock) as lattice:
        client = make_client()
        group = client.create(SPEC, wait=True)
        lattice.attach_to_service(group.id)
        client.register_targets(group, targets)

        with pytest.raises(DrainTimeoutError) as caught:
            client.deregister_targets(group.arn, targets, wait=True, timeout_seconds=0)

    error = caught.value
    assert isinstance(error.targets[0], TargetSummary)
    assert ([target.id for target in error.targets], error.target_group) == (
        [target.id for target in targets],
        group.id,
    )
    assert error.last_status.endswith(", and 7 more")


def test_a_failed_plan_contains_the_group(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """If a step after the creation fails, the error contains the group that was created."""
    lattice.fail("RegisterTargets", "AccessDeniedException")
    client = make_client()

    with pytest.raises(ApplyError) as caught:
        client.ensure(SPEC, targets=TARGETS)

    assert isinstance(caught.value.target_group, TargetGroup)
    assert caught.value.target_group == client.find(SPEC.name)


@pytest.mark.blocking_only
def test_methods_are_named_in_an_executor(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """Events of groups that an executor of the user processes also contain the method."""
    events: list[CallEvent] = []

    with ThreadPoolExecutor(2) as executor:
        list(make_client(on_call=events.append).ensure_all([SPEC, FUNCTION], executor=executor))

    assert {event.method for event in events} == {"ensure_all"}
    assert {event.target_group for event in events if event.operation == CREATE} == {SPEC.name, FUNCTION.name}


@pytest.mark.parametrize("error", [ValueError("broken hook"), StopIteration(), LatticeError("broken")])
def test_errors_of_on_call_are_logged(
    error: Exception, make_client: MakeClient, lattice: VpcLatticeEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    """If on_call raises an error, the call returns its result, and the error is logged."""

    def raise_error(_: CallEvent) -> None:
        raise error

    group = make_client(on_call=raise_error).create(FUNCTION)

    (record,) = caplog.records
    assert group.name == FUNCTION.name
    assert (record.levelname, vars(record)["lattice_target_group"]) == ("ERROR", FUNCTION.name)
    assert record.getMessage().startswith("on_call raised ")


def test_an_error_of_on_call_does_not_replace_the_error_of_the_call(
    make_client: MakeClient, lattice: VpcLatticeEmulator
) -> None:
    """If both the operation and on_call fail, the error of the operation is raised."""

    def raise_error(_: CallEvent) -> None:
        raise ValueError("broken hook")

    with pytest.raises(ResourceNotFoundError):
        make_client(on_call=raise_error).get(ID)


def test_a_copy_has_its_own_on_call(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """with_options() replaces on_call in the copy only, and keeps on_call if the argument is omitted."""
    events: dict[str, list[CallEvent]] = {"original": [], "copy": []}
    client = make_client(on_call=events["original"].append)
    copy = client.with_options(on_call=events["copy"].append)

    client.find("orders")
    copy.with_options(retry=RetryPolicy.disabled()).find("payments")

    assert {name: len(calls) for name, calls in events.items()} == {"original": 1, "copy": 1}


def test_on_call_must_be_callable(make_client: MakeClient) -> None:
    """A value that is not a function is rejected when the client is created."""
    options: dict[str, Any] = {"on_call": "print"}

    with pytest.raises(ConfigurationError, match=r"on_call='print': must be a function that accepts a CallEvent"):
        make_client(**options)


@pytest.mark.blocking_only
def test_on_call_is_pickled() -> None:
    """A pickled client keeps on_call."""
    client = pickle.loads(pickle.dumps(TargetGroupClient(region_name="eu-west-1", on_call=ignore)))

    assert client._sender.on_call is ignore


def test_retry_events_name_the_target_group(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """The events of retries name the target group whose request is retried."""
    lattice.throttle(CREATE, times=3)
    events: list[RetryEvent] = []
    client = make_client(on_retry=events.append)
    specs: list[TargetGroupSpec] = [evolve(FUNCTION, name=name) for name in ("orders", "payments", "users")]

    list(client.ensure_all(specs, max_workers=1))

    assert {(event.target_group, event.error.target_group) for event in events} <= {
        (spec.name, spec.name) for spec in specs
    }
    assert len(events) == 3


def test_disabled_policy_never_repeats_a_request(make_client: MakeClient, lattice: VpcLatticeEmulator) -> None:
    """With RetryPolicy.disabled(), a throttled request and a lost response are raised after one attempt."""
    client = make_client(retry=RetryPolicy.disabled())
    lattice.throttle(GET)
    lattice.drop_response(LIST)

    with pytest.raises(ThrottlingError) as throttled:
        client.get(ID)
    with pytest.raises(TransportError) as lost:
        client.find("orders")

    assert [(error.value.attempts, hasattr(error.value, "__notes__")) for error in (throttled, lost)] == [
        (1, False)
    ] * 2
    assert len(lattice.calls) == 2


def test_waiters_poll_without_retries(
    make_client: MakeClient, lattice: VpcLatticeEmulator, clock: VirtualClock
) -> None:
    """With RetryPolicy.disabled(), waiters still poll."""
    group = make_client(retry=RetryPolicy.disabled()).create(SPEC, wait=True)

    assert (group.status, clock.monotonic() >= 10) == ("ACTIVE", True)
