"""Deregistration: ``min_healthy``, ``missing_ok``, registered ports, summaries, spellings and transient failures."""

import pytest

from lattice_tg.conversion import from_boto3
from lattice_tg.errors import InsufficientHealthyTargetsError, InvalidArgumentError
from lattice_tg.models.responses import TargetFailure, TargetSummary
from lattice_tg.models.targets import Target
from lattice_tg.operations.targets import register_targets
from lattice_tg.results import TargetsResult
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.clients import run
from support.targets import (
    ID,
    create_client,
    create_ip_group,
    create_ipv6_group,
    error_response,
    get_stub,
    make_stub_sender,
    make_targets,
    sent_operations,
)

with_virtual_clock = pytest.mark.vpc_lattice(clock="virtual", drain_seconds=60)


@with_virtual_clock
@pytest.mark.parametrize(("min_healthy", "is_allowed"), [(0, True), (1, True), (2, False), (3, False)])
def test_min_healthy_rejects_a_call_that_leaves_too_few(
    vpc_lattice: VpcLatticeEmulator, min_healthy: int, is_allowed: bool
) -> None:
    """A call that would leave fewer than ``min_healthy`` healthy targets deregisters no target."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(3))
    vpc_lattice.attach_to_service(group.id)

    if is_allowed:
        result = client.deregister_targets(group.id, make_targets(2), min_healthy=min_healthy)
        assert result.successful == tuple(make_targets(2))
        return
    with pytest.raises(InsufficientHealthyTargetsError) as caught:
        client.deregister_targets(group.id, make_targets(2), min_healthy=min_healthy)

    error = caught.value
    assert (error.healthy, error.remaining, error.min_healthy) == (3, 1, min_healthy)
    assert "DeregisterTargets" not in sent_operations(vpc_lattice)


def test_targets_that_take_no_traffic_do_not_count(vpc_lattice: VpcLatticeEmulator) -> None:
    """Targets without traffic can be deregistered, even if fewer than ``min_healthy`` targets are healthy."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(2))

    assert client.deregister_targets(group, make_targets(2), min_healthy=1).successful == tuple(make_targets(2))


@pytest.mark.parametrize("value", [-1, 1.5, "1", True])
def test_min_healthy_is_validated(vpc_lattice: VpcLatticeEmulator, value: int) -> None:
    """An invalid ``min_healthy`` is rejected before a request is sent."""
    with pytest.raises(InvalidArgumentError, match=r"min_healthy=.*: must be an integer of at least 0"):
        create_client(vpc_lattice).deregister_targets(ID, make_targets(1), min_healthy=value)

    assert vpc_lattice.calls == ()


def test_a_missing_target_shows_its_registered_ports(vpc_lattice: VpcLatticeEmulator) -> None:
    """After TargetNotFound, one ListTargets request finds the ports on which the targets are registered."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, [Target.ip("10.0.0.1", 81), Target.ip("10.0.0.1", 82), Target.ip("10.0.0.3", 80)])
    targets = [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80), Target.ip("10.0.0.3", 80)]

    result = client.deregister_targets(group, targets)

    assert [(failure.id, failure.registered_ports) for failure in result.unsuccessful] == [
        ("10.0.0.1", (81, 82)),
        ("10.0.0.2", ()),
    ]
    assert sent_operations(vpc_lattice)[-2:] == ["DeregisterTargets", "ListTargets"]


def test_missing_ok_accepts_targets_that_are_not_registered(vpc_lattice: VpcLatticeEmulator) -> None:
    """With ``missing_ok``, TargetNotFound is success, unless the id is registered on another port."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, [Target.ip("10.0.0.1", 81), Target.ip("10.0.0.3", 80)])
    targets = [Target.ip("10.0.0.1", 80), Target.ip("10.0.0.2", 80), Target.ip("10.0.0.3", 80)]

    result = client.deregister_targets(group, targets, missing_ok=True)

    assert result.successful == tuple(targets[1:])
    assert [(failure.id, failure.registered_ports) for failure in result.unsuccessful] == [("10.0.0.1", (81,))]


def test_summaries_are_accepted(vpc_lattice: VpcLatticeEmulator) -> None:
    """The summaries of ``list_targets`` can be deregistered."""
    client = create_client(vpc_lattice)
    group = create_ip_group(client)
    client.register_targets(group, make_targets(3))

    result = client.deregister_targets(group, list(client.list_targets(group)))

    assert {target.id for target in result.successful} == {target.id for target in make_targets(3)}


def test_spellings_of_an_ipv6_address_are_one_target(vpc_lattice: VpcLatticeEmulator) -> None:
    """A target that was registered with one spelling of an address is listed and deregistered with another."""
    client = create_client(vpc_lattice)
    group = create_ipv6_group(client)
    client.register_targets(group, [Target.ip("fd00:0:0::1", 80)])

    (listed,) = client.list_targets(group, [Target.ip("fd00::1", 80)])
    result = client.deregister_targets(group, [Target.ip("FD00::0001", 80)])

    assert listed.port == 80
    assert (len(result.successful), result.unsuccessful, list(client.list_targets(group))) == (1, (), [])


TRANSIENT = {"failureCode": "InternalFailure", "failureMessage": "try again"}


def test_transient_failures_are_sent_again() -> None:
    """Only the targets that failed with InternalFailure are sent again, and the result keeps the order."""
    targets = make_targets(4)
    wire = [{"id": target.id, "port": 80} for target in targets]
    first = {
        "successful": [wire[0], wire[3]],
        "unsuccessful": [{**wire[1], **TRANSIENT}, {**wire[2], "failureCode": "UnsupportedTarget"}],
    }
    sender = make_stub_sender(register_targets=[first, {"successful": [wire[1]], "unsuccessful": []}])

    result = run(register_targets, sender, ID, targets)

    assert result == TargetsResult(
        successful=(targets[0], targets[1], targets[3]),
        unsuccessful=(TargetFailure(id=targets[2].id, port=80, failure_code="UnsupportedTarget"),),
    )
    assert [request["targets"] for _, request in get_stub(sender).requests][1] == [{"id": targets[1].id}]


def test_a_failure_that_stays_transient_is_reported() -> None:
    """If a target still fails when the policy ends, the result contains its last failure."""
    targets = make_targets(2)
    wire = [{"id": target.id, "port": 80} for target in targets]
    sender = make_stub_sender(
        register_targets=[{"successful": [wire[0]], "unsuccessful": [{**wire[1], **TRANSIENT}]}], clock=VirtualClock()
    )

    result = run(register_targets, sender, ID, targets)

    (failure,) = result.unsuccessful
    assert (result.successful, failure.id, failure.failure_code, failure.retryable) == (
        (targets[0],),
        targets[1].id,
        "InternalFailure",
        True,
    )
    assert len(get_stub(sender).requests) == 8


def test_an_error_after_a_transient_failure_concerns_the_remaining_targets() -> None:
    """If the retry fails as a whole, only the remaining targets are part of the failed request."""
    targets = make_targets(2)
    wire = [{"id": target.id, "port": 80} for target in targets]
    first = {"successful": [wire[0]], "unsuccessful": [{**wire[1], **TRANSIENT}]}
    sender = make_stub_sender(register_targets=[first, error_response("AccessDeniedException", 403)])

    result = run(register_targets, sender, ID, targets)

    (request,) = result.failed_requests
    assert (result.successful, request.targets) == ((targets[0],), (targets[1],))


def test_a_listed_lambda_target_with_port_0_has_no_port() -> None:
    """Port 0 of a listed target stands for no port."""
    assert from_boto3(TargetSummary, {"id": "f", "port": 0, "status": "UNAVAILABLE"}).port is None
