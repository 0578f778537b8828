"""Convergence: after apply the plan is empty, for any desired state and with faults."""

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.strategies import modestly, valid_specs
from support.virtual_time import list_changes, virtual_service

Fault = tuple[str, str, int]
"""A fault: the kind, the operation and the number of times."""


@frozen
class Scenario:
    """A desired state, the existing state, and the faults on the way."""

    spec: TargetGroupSpec
    targets: list[Target] | None
    actual: TargetGroupSpec | None
    actual_targets: list[Target]
    draining: list[Target]
    faults: list[Fault]
    prune: bool
    in_use: bool


OPERATIONS = [
    *("CreateTargetGroup", "GetTargetGroup", "ListTargetGroups", "UpdateTargetGroup", "DeleteTargetGroup"),
    *("RegisterTargets", "DeregisterTargets", "ListTargets", "TagResource", "ListTagsForResource"),
]
faults = st.tuples(
    st.sampled_from(["throttle", "drop_response", "fail"]), st.sampled_from(OPERATIONS), st.integers(1, 2)
)


def targets_for(spec: TargetGroupSpec) -> st.SearchStrategy[list[Target]]:
    """Return a strategy for targets of a group of this spec, with and without a port."""
    ids = {
        "IP": ["fd00::1", "fd00::2", "fd00::3"]
        if spec.config.ip_address_type == "IPV6"
        else ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        "INSTANCE": ["i-0a", "i-0b", "i-0c"],
        "ALB": [f"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/{n}/0a" for n in "ab"],
        "LAMBDA": [f"arn:aws:lambda:eu-west-1:123456789012:function:{n}" for n in "ab"],
    }[spec.type]
    ports = st.none() if spec.type == "LAMBDA" else st.sampled_from([None, 80, 81])
    most = 1 if spec.type in ("ALB", "LAMBDA") else 4
    return st.lists(st.builds(Target, id=st.sampled_from(ids), port=ports), max_size=most)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a scenario."""
    spec = evolve(draw(valid_specs), name="orders")
    other = valid_specs.map(lambda one: evolve(one, name="orders"))
    near = st.just(evolve(spec, tags={"team": "theirs", **dict(list(spec.tags.items())[:1])}))
    alike = other.map(lambda one: evolve(spec, config=evolve(spec.config, health_check=one.config.health_check)))
    kin = alike if spec.type in ("IP", "INSTANCE") and spec.config.protocol_version in (None, "HTTP1") else near
    actual = draw(st.none() | other | near | kin)
    there = [] if actual is None else draw(targets_for(actual))
    return Scenario(
        spec=spec,
        targets=draw(st.none() | targets_for(spec)),
        actual=actual,
        actual_targets=there,
        draining=draw(st.lists(st.sampled_from(there), max_size=2)) if there else [],
        faults=draw(st.lists(faults, max_size=4)),
        prune=spec.type in ("ALB", "LAMBDA") or draw(st.booleans()),
        in_use=draw(st.booleans()),
    )


def arrange(scenario: Scenario, lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create the existing state and inject the faults."""
    lattice.reset()
    if scenario.actual is not None:
        group = client.create(scenario.actual, wait=True)
        if scenario.in_use:
            lattice.attach_to_service(group.id)
        client.register_targets(group, scenario.actual_targets).raise_for_failures()
        client.deregister_targets(group, scenario.draining).raise_for_failures()
    for kind, operation, times in scenario.faults:
        if kind == "fail":
            lattice.fail(operation, "InternalServerException", times=times)
        else:
            getattr(lattice, kind)(operation, times=times)


def ensure_desired(scenario: Scenario, lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Ensure the desired state. A group in use that requires replacement is detached from its services first."""
    try:
        client.ensure(scenario.spec, targets=scenario.targets, prune=scenario.prune, replace=True)
    except ReplacementRequiredError:
        lattice.detach_from_services(next(client.list()).id)
        client.ensure(scenario.spec, targets=scenario.targets, prune=scenario.prune, replace=True)


def test_after_apply_the_plan_is_empty() -> None:
    """For any desired and existing state, one group remains and a second run does nothing."""
    with virtual_service() as (lattice, client):

        @given(scenarios())
        @settings(modestly, max_examples=60)
        def holds(scenario: Scenario) -> None:
            arrange(scenario, lattice, client)

            ensure_desired(scenario, lattice, client)

            start = len(lattice.calls)
            plan = client.plan(scenario.spec, targets=scenario.targets, prune=scenario.prune, replace=True)
            assert str(plan).endswith(": nothing to do")
            assert [row.name for row in client.list()] == ["orders"]
            client.apply(plan)
            assert list_changes(lattice, start) == []

        holds()
