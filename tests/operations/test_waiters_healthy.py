"""Waits until targets are healthy."""

import pytest

from lattice_tg.errors import WaitFailedError, WaitTimeoutError
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.operations.waiters import wait_until_drained, wait_until_healthy
from lattice_tg.results import WaitProgress
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.clients import run
from support.targets import (
    FUNCTION_ARN,
    ID,
    create_client,
    create_ip_group,
    create_lambda_group,
    get_stub,
    make_stub_sender,
    make_target_group,
    make_targets,
    targets_response,
    wire_group,
)
from support.waiters import A, B, make_waiter


def test_requested_targets_are_returned() -> None:
    """The wait returns the final state of only the requested targets."""
    responses = [
        targets_response((A, 80, "INITIAL"), (B, 80, "HEALTHY")),
        targets_response((A, 80, "HEALTHY"), (B, 80, "UNHEALTHY")),
    ]
    sender = make_stub_sender(list_targets=responses)

    healthy = run(wait_until_healthy, sender, make_target_group(), [Target.ip(A)], make_waiter(sender))

    assert healthy == (TargetSummary(id=A, port=80, status="HEALTHY"),)
    assert sender.clock.monotonic() == 5


def test_draining_targets_of_a_whole_group_are_ignored() -> None:
    """In a wait for a whole group, draining targets are neither waited for nor returned."""
    sender = make_stub_sender(list_targets=[targets_response((A, 80, "DRAINING"), (B, 80, "HEALTHY"))])

    assert run(wait_until_healthy, sender, make_target_group(), None, make_waiter(sender)) == (
        TargetSummary(id=B, port=80, status="HEALTHY"),
    )


def test_empty_list_of_targets_returns_at_once() -> None:
    """If the list of targets is empty, both waits return immediately and send no request."""
    sender = make_stub_sender()

    assert run(wait_until_healthy, sender, ID, [], make_waiter(sender)) == ()
    assert run(wait_until_drained, sender, ID, iter([]), make_waiter(sender)) is None
    assert get_stub(sender).requests == []


def test_unused_target_ends_the_wait() -> None:
    """If no service uses the group in two polls at least 5 s apart, the wait fails."""
    sender = make_stub_sender(
        list_targets=[targets_response((A, 80, "UNUSED", "TargetGroupNotInUse"), (B, 80, "HEALTHY"))],
        get_target_group=[wire_group()],
    )

    with pytest.raises(WaitFailedError) as caught:
        run(wait_until_healthy, sender, make_target_group(), None, make_waiter(sender))

    assert get_stub(sender).methods() == ["list_targets", "get_target_group"] * 2
    assert caught.value.targets == (TargetSummary(id=A, port=80, status="UNUSED", reason_code="TargetGroupNotInUse"),)
    assert str(caught.value) == (
        "Waiting for it failed: 10.0.0.1 port 80 is UNUSED (TargetGroupNotInUse). No listener uses the target "
        "group, so VPC Lattice does not check its targets. Add the group to a listener or rule."
    )


def test_unused_target_of_a_used_group_is_waited_for() -> None:
    """While a service uses the group, UNUSED is pending."""
    unused = targets_response((A, 80, "UNUSED", "TargetGroupNotInUse"))
    sender = make_stub_sender(
        list_targets=[unused, unused, unused, targets_response((A, 80, "HEALTHY"))],
        get_target_group=[wire_group(), wire_group(serviceArns=["svc"])],
    )

    run(wait_until_healthy, sender, make_target_group(), None, make_waiter(sender))

    assert get_stub(sender).methods() == [*["list_targets", "get_target_group"] * 3, "list_targets"]


def test_timeout_while_unused_names_the_other_causes() -> None:
    """If a target stays UNUSED although a service uses the group, the timeout error says what to check."""
    sender = make_stub_sender(
        list_targets=[targets_response((A, 80, "UNUSED"))], get_target_group=[wire_group(serviceArns=["svc"])]
    )

    with pytest.raises(WaitTimeoutError) as caught:
        run(wait_until_healthy, sender, make_target_group(), None, make_waiter(sender))

    assert str(caught.value) == (
        "Timed out after 60 s waiting for it (last status: 10.0.0.1 port 80 is UNUSED. A service uses the target group: "
        "check that the service is associated with a service network, and that the instances are running). "
        "Wait again or increase timeout_seconds."
    )


def test_target_that_was_registered_again_is_looked_at_twice() -> None:
    """A target that is DRAINING in the first poll after it was registered again does not end the wait."""
    sender = make_stub_sender(
        list_targets=[targets_response((A, 80, "DRAINING")), targets_response((A, 80, "HEALTHY"))]
    )

    (summary,) = run(wait_until_healthy, sender, make_target_group(), [Target.ip(A)], make_waiter(sender))

    assert summary.status == "HEALTHY"


def test_draining_target_ends_the_wait() -> None:
    """A requested target that keeps draining cannot become healthy, so the wait fails."""
    sender = make_stub_sender(list_targets=[targets_response((A, 80, "DRAINING"))])

    with pytest.raises(
        WaitFailedError, match=r"is DRAINING\. The targets are being deregistered\. Register them again"
    ):
        run(wait_until_healthy, sender, make_target_group(), [Target.ip(A)], make_waiter(sender))


def test_timeout_error_names_the_first_targets() -> None:
    """The error names the first three unhealthy targets with reasons, and counts the others."""
    unhealthy = [(target.id, 80, "UNHEALTHY", "HealthCheckFailed") for target in make_targets(4)]
    sender = make_stub_sender(list_targets=[targets_response((B, 81, "HEALTHY"), *unhealthy)])

    with pytest.raises(WaitTimeoutError) as caught:
        run(
            wait_until_healthy,
            sender,
            make_target_group(),
            [*make_targets(4), Target.ip(B, 81), Target.ip("10.9.9.9")],
            make_waiter(sender),
        )

    assert str(caught.value) == (
        "Timed out after 60 s waiting for it (last status: 10.0.0.0 port 80 is UNHEALTHY (HealthCheckFailed), "
        "10.0.0.1 port 80 is UNHEALTHY (HealthCheckFailed), 10.0.0.2 port 80 is UNHEALTHY (HealthCheckFailed), "
        "and 2 more). Wait again or increase timeout_seconds."
    )
    assert [target.id for target in caught.value.targets] == [
        "10.0.0.0",
        "10.0.0.1",
        "10.0.0.2",
        "10.0.0.3",
        "10.9.9.9",
    ]
    assert isinstance(caught.value.targets[-1], Target)
    assert caught.value.target_group == make_target_group().id


@pytest.mark.vpc_lattice(clock=VirtualClock(), initial_seconds=20)
def test_wait_until_healthy_returns_healthy_targets(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets of a group in use become healthy, and each poll is reported."""
    client, events = create_client(vpc_lattice), list[WaitProgress]()
    group = create_ip_group(client)
    vpc_lattice.attach_to_service(group.id)
    client.register_targets(group, make_targets(3))

    healthy = client.wait_until_healthy(group.id, iter(make_targets(3)), on_progress=events.append)

    assert [target.status for target in healthy] == ["HEALTHY"] * 3
    assert [events[0].counts, events[-1].counts] == [{"INITIAL": 3}, {"HEALTHY": 3}]
    assert 20 <= events[-1].elapsed_seconds < 30


def test_function_of_a_group_in_use_is_ready(vpc_lattice: VpcLatticeEmulator) -> None:
    """A Lambda function has no health checks, so it is ready if its group is in use."""
    client = create_client(vpc_lattice)
    group = create_lambda_group(client)
    client.register_targets(group, [Target.lambda_(FUNCTION_ARN)])
    vpc_lattice.attach_to_service(group.id)

    healthy = client.wait_until_healthy(group)

    assert [(target.id, target.status) for target in healthy] == [(FUNCTION_ARN, "UNAVAILABLE")]
