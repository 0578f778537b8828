"""Propagation of routing changes, the causes of UNUSED, and the distribution of traffic."""

import random
from collections.abc import Generator
from typing import Any

import pytest
from attrs import frozen

from lattice_tg.testing import TrafficShare, VirtualClock, VpcLatticeEmulator, mock_vpc_lattice
from support.emulator_requests import ROUTED, code_and_message, statuses

NOT_FOUND = {"fixedResponse": {"statusCode": 404}}
MATCH = {"httpMatch": {"method": "GET"}}
INSTANCE = "i-0123456789abcdef0"
PROPAGATION = 90


@pytest.fixture
def lattice(clock: VirtualClock) -> Generator[VpcLatticeEmulator]:
    """Yield an emulator with a propagation of 90 s, INITIAL for 20 s and draining for 60 s."""
    mock = mock_vpc_lattice(initial_seconds=20, drain_seconds=60, propagation_seconds=PROPAGATION, clock=clock)
    with mock as lattice:
        yield lattice


@frozen
class Route:
    """A listener and the client that changes its default action."""

    client: Any
    service: str
    listener: str

    @property
    def identifiers(self) -> dict[str, str]:
        """The parameters that identify the listener."""
        return {"serviceIdentifier": self.service, "listenerIdentifier": self.listener}

    def set_weights(self, weights: dict[str, int]) -> None:
        """Forward to groups with these weights."""
        self.client.update_listener(defaultAction=forward_with_weights(weights), **self.identifiers)


def forward_with_weights(weights: dict[str, int]) -> dict[str, Any]:
    """Return an action that forwards to groups with these weights."""
    groups = [{"targetGroupIdentifier": group, "weight": weight} for group, weight in weights.items()]
    return {"forward": {"targetGroups": groups}}


def create_route(client: Any, action: dict[str, Any] = NOT_FOUND) -> Route:
    """Create a service with a listener."""
    service = client.create_service(name="shop")["id"]
    listener = client.create_listener(serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=action)
    return Route(client, service, listener["id"])


def create_group(client: Any, name: str, *targets: str, group_type: str = "IP") -> str:
    """Create a group with targets and return its id."""
    group_id = str(client.create_target_group(name=name, type=group_type, config=ROUTED)["id"])
    if targets:
        client.register_targets(targetGroupIdentifier=group_id, targets=[{"id": target} for target in targets])
    return group_id


def service_arns(client: Any, group_id: str) -> list[str]:
    """Return the services that use a group."""
    arns: list[str] = client.get_target_group(targetGroupIdentifier=group_id)["serviceArns"]
    return arns


def shares(lattice: VpcLatticeEmulator, service: str, at: float | None = None) -> dict[str, float]:
    """Return the share of each target by target id."""
    return {share.target_id: share.share for share in lattice.traffic_shares(service, at=at)}


@pytest.mark.usefixtures("lattice")
def test_a_new_listener_takes_effect_after_the_propagation(clock: VirtualClock, client: Any) -> None:
    """Health checks and ``serviceArns`` follow a new listener after the propagation, the configuration at once."""
    blue = create_group(client, "blue", "10.0.0.1")
    route = create_route(client, forward_with_weights({blue: 1}))
    configured = client.get_listener(**route.identifiers)["defaultAction"]
    found = list[tuple[str, int]]()

    for seconds in (0, 89, 1, 19, 1):
        clock.advance(seconds)
        found.append((statuses(client, blue)["10.0.0.1"], len(service_arns(client, blue))))

    assert configured == forward_with_weights({blue: 1})
    assert found == [("UNUSED", 0), ("UNUSED", 0), ("INITIAL", 1), ("INITIAL", 1), ("HEALTHY", 1)]


@pytest.mark.usefixtures("lattice")
def test_a_removed_group_stays_in_use_until_the_propagation(clock: VirtualClock, client: Any) -> None:
    """A group that a listener no longer names stays HEALTHY and in use during the propagation."""
    blue = create_group(client, "blue", "10.0.0.1")
    route = create_route(client, forward_with_weights({blue: 1}))
    clock.advance(PROPAGATION + 20)
    client.update_listener(defaultAction=NOT_FOUND, **route.identifiers)

    clock.advance(PROPAGATION - 1)
    before = (statuses(client, blue), len(service_arns(client, blue)))
    clock.advance(1)

    assert before == ({"10.0.0.1": "HEALTHY"}, 1)
    assert (statuses(client, blue), service_arns(client, blue)) == ({"10.0.0.1": "UNUSED"}, [])


@pytest.mark.usefixtures("lattice")
def test_a_configured_group_cannot_be_deleted_before_the_propagation(client: Any) -> None:
    """A group that a listener names cannot be deleted, although ``serviceArns`` is still empty."""
    blue = create_group(client, "blue")
    route = create_route(client, forward_with_weights({blue: 0}))
    arn = client.get_service(serviceIdentifier=route.service)["arn"]

    assert service_arns(client, blue) == []
    assert code_and_message(client.delete_target_group, targetGroupIdentifier=blue) == (
        "ConflictException",
        f"TargetGroup is referenced in routing configuration, listeners or rules of service {arn}",
    )


def test_changes_take_effect_one_after_another(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """Each weight change takes effect after its own propagation, even without a request at that time."""
    blue, green = create_group(client, "blue", "10.0.0.1"), create_group(client, "green", "10.0.0.2")
    route = create_route(client, forward_with_weights({blue: 100, green: 0}))
    clock.advance(30)
    route.set_weights({blue: 75, green: 25})
    clock.advance(30)
    route.set_weights({blue: 0, green: 100})
    start = clock.monotonic() - 60

    found = [shares(lattice, route.service, at=start + seconds) for seconds in (60, 90, 110, 119, 120, 149, 150)]

    blue_only, green_only = {"10.0.0.1": 1.0}, {"10.0.0.2": 1.0}
    assert found == [{}, blue_only, blue_only, blue_only, *[{"10.0.0.1": 0.75, "10.0.0.2": 0.25}] * 2, green_only]
    clock.advance(90)
    assert shares(lattice, route.service) == green_only


@pytest.mark.usefixtures("lattice")
def test_weight_0_starts_health_checks(clock: VirtualClock, client: Any) -> None:
    """The targets of a group that an action names with weight 0 become healthy."""
    green = create_group(client, "green", "10.0.0.2")
    create_route(client, forward_with_weights({green: 0}))

    clock.advance(PROPAGATION + 20)

    assert statuses(client, green) == {"10.0.0.2": "HEALTHY"}


def test_shares_of_rules_groups_and_targets(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """Each rule distributes its requests by weight to groups, and equally to the targets of a group."""
    blue, green = create_group(client, "blue", "10.0.0.1", "10.0.0.3"), create_group(client, "green", "10.0.0.2")
    route = create_route(client, forward_with_weights({blue: 3, green: 1}))
    rule = client.create_rule(
        name="get", match=MATCH, priority=1, action=forward_with_weights({green: 7}), **route.identifiers
    )["id"]
    [default] = [item["id"] for item in client.list_rules(**route.identifiers)["items"] if item["isDefault"]]
    other = create_route(client)
    clock.advance(PROPAGATION + 20)

    members: list[tuple[str, str, str, float]] = [
        (default, blue, "10.0.0.1", 0.375),
        (default, blue, "10.0.0.3", 0.375),
        (default, green, "10.0.0.2", 0.25),
        (rule, green, "10.0.0.2", 1.0),
    ]
    assert lattice.traffic_shares(route.service) == tuple(
        TrafficShare(rule_id=rule_id, target_group_id=group, target_id=target, port=80, status="HEALTHY", share=share)
        for rule_id, group, target, share in members
    )
    assert lattice.traffic_shares(other.service) == ()


def test_only_healthy_targets_receive_requests(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """Unhealthy targets receive requests only if their group has no healthy target. Draining targets receive none."""
    blue = create_group(client, "blue", "10.0.0.1", "10.0.0.2", "10.0.0.3")
    route = create_route(client, forward_with_weights({blue: 1}))
    clock.advance(PROPAGATION + 20)
    lattice.set_target_status(blue, "10.0.0.1", "UNHEALTHY")
    one_unhealthy = shares(lattice, route.service)
    lattice.set_target_status(blue, "10.0.0.2", "UNHEALTHY")
    client.deregister_targets(targetGroupIdentifier=blue, targets=[{"id": "10.0.0.3"}])
    fail_open = [(share.target_id, share.status, share.share) for share in lattice.traffic_shares(route.service)]
    client.register_targets(targetGroupIdentifier=blue, targets=[{"id": "10.0.0.4"}])
    client.deregister_targets(targetGroupIdentifier=blue, targets=[{"id": "10.0.0.1"}, {"id": "10.0.0.2"}])

    assert one_unhealthy == {"10.0.0.2": 0.5, "10.0.0.3": 0.5}
    assert fail_open == [("10.0.0.1", "UNHEALTHY", 0.5), ("10.0.0.2", "UNHEALTHY", 0.5)]
    assert [(share.target_id, share.status) for share in lattice.traffic_shares(route.service)] == [
        ("10.0.0.4", "INITIAL")
    ]


def test_an_empty_group_loses_its_share(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """The share of a group without targets is not distributed to other groups. Weights of 0 give no shares."""
    blue, empty = create_group(client, "blue", "10.0.0.1"), create_group(client, "empty")
    route = create_route(client, forward_with_weights({blue: 1, empty: 1}))
    clock.advance(PROPAGATION + 20)
    half = shares(lattice, route.service)

    route.set_weights({blue: 0, empty: 0})
    clock.advance(PROPAGATION)

    assert (half, shares(lattice, route.service)) == ({"10.0.0.1": 0.5}, {})


def test_unknown_groups_receive_no_requests(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """The share of a group that does not exist is lost."""
    blue = create_group(client, "blue", "10.0.0.1")
    route = create_route(client, forward_with_weights({"tg-00000000000000000": 3, blue: 1}))

    clock.advance(PROPAGATION + 20)

    assert shares(lattice, route.service) == {"10.0.0.1": 0.25}


def test_shares_of_an_attached_group(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A group that a test attached receives all requests of the service, which an ARN or id identifies."""
    blue = create_group(client, "blue", "10.0.0.1")
    arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdefg"
    lattice.attach_to_service(blue, arn)
    clock.advance(PROPAGATION + 20)

    [share] = lattice.traffic_shares("svc-0123456789abcdefg")

    assert (share, lattice.traffic_shares(arn)) == (
        TrafficShare(rule_id=None, target_group_id=blue, target_id="10.0.0.1", port=80, status="HEALTHY", share=1.0),
        (share,),
    )


def test_traffic_of_unknown_services_and_past_times_is_rejected(
    lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """traffic_shares() rejects an unknown service and a time in the past."""
    route = create_route(client)
    clock.advance(5)

    with pytest.raises(ValueError, match=r"service='svc-1': must be an existing service\. Pass the id or ARN"):
        lattice.traffic_shares("svc-1")
    with pytest.raises(ValueError, match=r"at=4: must not be before the current reading of the clock, 5\.0\."):
        lattice.traffic_shares(route.service, at=4)


def test_a_deleted_association_makes_targets_unused(
    lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """If the last association of a service is deleted, its targets become UNUSED until a new association."""
    blue = create_group(client, "blue", "10.0.0.1")
    route = create_route(client, forward_with_weights({blue: 1}))
    network = client.create_service_network(name="network")["id"]
    both = {"serviceIdentifier": route.service, "serviceNetworkIdentifier": network}
    association = client.create_service_network_service_association(**both)
    clock.advance(PROPAGATION + 20)
    associated = statuses(client, blue)

    deleted = client.delete_service_network_service_association(
        serviceNetworkServiceAssociationIdentifier=association["arn"]
    )
    clock.advance(PROPAGATION)
    disassociated = (statuses(client, blue), len(service_arns(client, blue)), shares(lattice, route.service))
    lattice.set_target_status(blue, "10.0.0.1", "HEALTHY")
    forced = shares(lattice, route.service)
    client.create_service_network_service_association(**both)
    clock.advance(PROPAGATION + 20)

    assert (deleted["id"], deleted["status"]) == (association["id"], "DELETE_IN_PROGRESS")
    assert associated == {"10.0.0.1": "HEALTHY"}
    assert (disassociated, forced) == (({"10.0.0.1": "UNUSED"}, 1, {}), {})
    assert shares(lattice, route.service) == {"10.0.0.1": 1.0}


@pytest.mark.usefixtures("lattice")
def test_an_unknown_association_is_not_found(client: Any) -> None:
    """Deleting an unknown association fails, whether or not moto has other resources in the Region."""
    unknown = {"serviceNetworkServiceAssociationIdentifier": "snsa-00000000000000000"}
    expected = ("ResourceNotFoundException", "Association snsa-00000000000000000 not found")

    assert code_and_message(client.delete_service_network_service_association, **unknown) == expected
    client.create_service(name="shop")
    assert code_and_message(client.delete_service_network_service_association, **unknown) == expected


def test_a_missing_association_can_be_played(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """The emulator can disassociate a service from its networks, and associate it again."""
    blue = create_group(client, "blue", "10.0.0.1")
    route = create_route(client, forward_with_weights({blue: 1}))

    lattice.disassociate_from_service_networks(route.service)
    clock.advance(PROPAGATION + 20)
    missing = client.list_targets(targetGroupIdentifier=blue)["items"]
    client.deregister_targets(targetGroupIdentifier=blue, targets=[{"id": "10.0.0.1"}])
    remaining = statuses(client, blue)
    client.register_targets(targetGroupIdentifier=blue, targets=[{"id": "10.0.0.2"}])
    lattice.associate_with_service_network(route.service)
    clock.advance(PROPAGATION + 20)

    assert missing == [{"id": "10.0.0.1", "port": 80, "status": "UNUSED", "reasonCode": "TargetGroupNotInUse"}]
    assert remaining == {}
    assert statuses(client, blue) == {"10.0.0.2": "HEALTHY"}


@pytest.mark.usefixtures("lattice")
def test_an_instance_that_moto_stopped_is_unused(clock: VirtualClock, session: Any, client: Any) -> None:
    """A target is UNUSED while moto's EC2 instance is stopped, and its health checks start again afterwards."""
    ec2 = session.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    run = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2)["Instances"]
    first, second = [instance["InstanceId"] for instance in run]
    group = create_group(client, "orders", first, second, group_type="INSTANCE")
    create_route(client, forward_with_weights({group: 1}))
    clock.advance(PROPAGATION + 20)
    found = [statuses(client, group)]

    ec2.stop_instances(InstanceIds=[first])
    found.append(statuses(client, group))
    ec2.start_instances(InstanceIds=[first])
    found.append(statuses(client, group))
    clock.advance(20)
    found.append(statuses(client, group))
    ec2.terminate_instances(InstanceIds=[second])
    found.append(statuses(client, group))
    ec2.stop_instances(InstanceIds=[first])
    ec2.start_instances(InstanceIds=[first])
    clock.advance(19)
    found.append(statuses(client, group))

    assert [tuple(item.values()) for item in found] == [
        ("HEALTHY", "HEALTHY"),
        ("UNUSED", "HEALTHY"),
        ("INITIAL", "HEALTHY"),
        ("HEALTHY", "HEALTHY"),
        ("HEALTHY", "UNUSED"),
        ("INITIAL", "UNUSED"),
    ]


def test_a_stopped_instance_can_be_played(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any) -> None:
    """A stopped instance is UNUSED, receives no requests and cannot be registered until it is started."""
    group = create_group(client, "orders", INSTANCE, group_type="INSTANCE")
    other = create_group(client, "other", group_type="INSTANCE")
    addresses = create_group(client, "addresses", "10.0.0.1")
    route = create_route(client, forward_with_weights({group: 1}))
    clock.advance(PROPAGATION + 20)

    lattice.stop_instance(INSTANCE)
    stopped = (client.list_targets(targetGroupIdentifier=group)["items"], shares(lattice, route.service))
    rejected = client.register_targets(targetGroupIdentifier=other, targets=[{"id": INSTANCE}])["unsuccessful"]
    lattice.start_instance(INSTANCE)
    initial = statuses(client, group)
    accepted = client.register_targets(targetGroupIdentifier=other, targets=[{"id": INSTANCE}])["unsuccessful"]
    clock.advance(20)

    assert stopped == ([{"id": INSTANCE, "port": 80, "status": "UNUSED"}], {})
    assert [(item["failureCode"], item["failureMessage"]) for item in rejected] == [
        ("UnsupportedTarget", f"{INSTANCE} is not in the running state")
    ]
    assert (initial, accepted, statuses(client, group)) == ({INSTANCE: "INITIAL"}, [], {INSTANCE: "HEALTHY"})
    assert statuses(client, addresses) == {"10.0.0.1": "UNUSED"}


@pytest.mark.usefixtures("lattice")
def test_a_detached_group_is_used_again_after_an_update(
    lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any
) -> None:
    """Detaching a group affects no other group of the action, and ends with the next update of the action."""
    blue, green = create_group(client, "blue"), create_group(client, "green")
    route = create_route(client, forward_with_weights({blue: 1, green: 1}))
    create_route(client)
    lattice.detach_from_services(blue)
    clock.advance(PROPAGATION)
    detached = (len(service_arns(client, blue)), len(service_arns(client, green)))

    route.set_weights({blue: 1, green: 1})
    clock.advance(PROPAGATION)

    assert (detached, len(service_arns(client, blue))) == ((0, 1), 1)


@pytest.mark.parametrize("seed", range(5))
def test_predictions_come_true(lattice: VpcLatticeEmulator, clock: VirtualClock, client: Any, seed: int) -> None:
    """The shares that traffic_shares() predicts for a later time are the shares at that time."""
    choices = random.Random(seed)
    groups = {name: create_group(client, name, f"10.0.0.{number}") for number, name in enumerate(["blue", "green"])}
    route = create_route(client)
    for address in range(10, 60):
        weights = {group: choices.choice([0, 1, 10, 100]) for group in groups.values()}
        group = choices.choice(list(groups.values()))
        targets = {"targetGroupIdentifier": group, "targets": [{"id": f"10.0.0.{choices.randint(10, address)}"}]}
        change = choices.choice([client.register_targets, client.deregister_targets])
        change(**targets)
        route.set_weights(weights)
        seconds = choices.choice([0, 1, 19, 20, 59, 60, 89, 90, 120])
        predicted = lattice.traffic_shares(route.service, at=clock.monotonic() + seconds)

        clock.advance(seconds)

        assert lattice.traffic_shares(route.service) == predicted
        assert sum(share.share for share in predicted) <= 1 + 1e-9
