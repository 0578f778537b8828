"""Services with a blue and a green target group, for the tests of routes."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from lattice_tg import (
    InvalidArgumentError,
    Route,
    Target,
    TargetGroup,
    TargetGroupClient,
    TargetGroupConfig,
    TargetGroupSpec,
)
from lattice_tg.testing import VirtualClock, VpcLatticeEmulator
from support.sample_groups import VPC

BLUE_TARGET, GREEN_TARGET = "10.0.1.1", "10.0.2.1"


@frozen(kw_only=True)
class Shop:
    """A service whose listener forwards to the blue group. The green group has a target and is not used."""

    lattice: VpcLatticeEmulator
    client: TargetGroupClient
    boto3_client: Any
    service: str
    listener: str
    blue: TargetGroup
    green: TargetGroup

    @property
    def clock(self) -> VirtualClock:
        return self.lattice.clock

    @property
    def route(self) -> Route:
        """Return the default action of the listener."""
        return self.client.route(service=self.service, listener=self.listener)

    def create_rule(self, action: Mapping[str, Any]) -> str:
        """Create a rule for the path /v2, and return its id."""
        match = {"httpMatch": {"pathMatch": {"match": {"prefix": "/v2"}}}}
        parents = {"serviceIdentifier": self.service, "listenerIdentifier": self.listener}
        rule: str = self.boto3_client.create_rule(**parents, name="version-2", priority=1, match=match, action=action)[
            "id"
        ]
        return rule

    def set_action(self, action: Mapping[str, Any]) -> None:
        """Replace the default action of the listener, as another tool does."""
        parents = {"serviceIdentifier": self.service, "listenerIdentifier": self.listener}
        self.boto3_client.update_listener(**parents, defaultAction=action)

    def move(self, weights: Mapping[str, int]) -> None:
        """Set the weights of the listener, as another tool does."""
        self.set_action(forward(weights))

    def weights(self, blue: int, green: int) -> dict[str, int]:
        """Return weights of both groups."""
        return {self.blue.id: blue, self.green.id: green}

    def operations(self) -> list[str]:
        """Return the operation of each request since the last reset of the log."""
        return [call.operation for call in self.lattice.calls]

    def count(self, operation: str) -> int:
        """Return the number of requests for an operation."""
        return self.operations().count(operation)


def forward(weights: Mapping[str, int]) -> dict[str, Any]:
    """Return an action that forwards requests by weight."""
    groups = [{"targetGroupIdentifier": group, "weight": weight} for group, weight in weights.items()]
    return {"forward": {"targetGroups": groups}}


def create_group(client: TargetGroupClient, name: str, *targets: str, protocol: Any = "HTTP") -> TargetGroup:
    """Create a group with targets."""
    config = TargetGroupConfig(port=8080, protocol=protocol, vpc_identifier=VPC)
    group = client.create(TargetGroupSpec(name=name, type="IP", config=config), wait=True)
    if targets:
        client.register_targets(group, [Target.ip(target) for target in targets]).raise_for_failures()
    return group


def open_shop(
    lattice: VpcLatticeEmulator, client: TargetGroupClient, boto3_client: Any, *, blue_weight: int = 100
) -> Shop:
    """Create a service whose blue group is healthy and receives all requests."""
    blue = create_group(client, "blue", BLUE_TARGET)
    green = create_group(client, "green", GREEN_TARGET)
    service = boto3_client.create_service(name="shop")["id"]
    action = forward({blue.id: blue_weight})
    listener = boto3_client.create_listener(
        serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=action
    )
    lattice.clock.advance(120)
    return Shop(
        lattice=lattice,
        client=client,
        boto3_client=boto3_client,
        service=service,
        listener=listener["id"],
        blue=blue,
        green=green,
    )


def problems_of(error: InvalidArgumentError) -> list[str]:
    """Return the field and the rule of each problem."""
    return [f"{problem.field}: {problem.rule}" for problem in error.problems]
