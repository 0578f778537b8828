"""Convergence: after a plan is applied, the next plan is empty, even if requests fail."""

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.strategies import limited_examples, valid_specs
from support.virtual_time import list_changes, virtual_service

Fault = tuple[str, str, int]
"""A fault: its kind, the affected operation, and the number of affected requests."""


@frozen
class Scenario:
    """A desired state, an existing state, and the faults that occur while a plan is applied."""

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
    """Return a strategy for lists of targets that match a spec, with and without a port."""
    ids = {
        "IP": ["fd00::1", "fd00::2", "fd00::3"]
        if spec.config.ip_address_type == "IPV6"
        else ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        "INSTANCE": ["i-0a", "i-0b", "i-0c"],
        "ALB": [f"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/{n}/0a" for n in "ab"],
        "LAMBDA": [f"arn:aws:lambda:eu-west-1:123456789012:function:{n}" for n in "ab"],
    }[spec.type]
    ports = st.none() if spec.type == "LAMBDA" else st.sampled_from([None, 80, 81])
    max_size = 1 if spec.type in ("ALB", "LAMBDA") else 4
    return st.lists(st.builds(Target, id=st.sampled_from(ids), port=ports), max_size=max_size)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Return a strategy for scenarios."""
    spec = evolve(draw(valid_specs), name="orders")
    other = valid_specs.map(lambda spec: evolve(spec, name="orders"))
    same_spec_other_tags = st.just(evolve(spec, tags={"team": "other", **dict(list(spec.tags.items())[:1])}))
    same_spec_other_check = other.map(
        lambda drawn: evolve(spec, config=evolve(spec.config, health_check=drawn.config.health_check))
    )
    has_health_check = spec.type in ("IP", "INSTANCE") and spec.config.protocol_version in (None, "HTTP1")
    similar = same_spec_other_check if has_health_check else same_spec_other_tags
    actual = draw(st.none() | other | same_spec_other_tags | similar)
    actual_targets = [] if actual is None else draw(targets_for(actual))
    return Scenario(
        spec=spec,
        targets=draw(st.none() | targets_for(spec)),
        actual=actual,
        actual_targets=actual_targets,
        draining=draw(st.lists(st.sampled_from(actual_targets), max_size=2)) if actual_targets else [],
        faults=draw(st.lists(faults, max_size=4)),
        prune=spec.type in ("ALB", "LAMBDA") or draw(st.booleans()),
        in_use=draw(st.booleans()),
    )


def create_existing_state(scenario: Scenario, lattice: VpcLatticeEmulator, client: TargetGroupClient) -> None:
    """Create the existing state and make the emulator inject the faults."""
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
    """Ensure the desired state.

    A group in use that requires replacement is detached from its services first.
    """
    try:
        client.ensure(scenario.spec, targets=scenario.targets, prune=scenario.prune, replace=True)
    except ReplacementRequiredError:
        lattice.detach_from_services(next(client.list()).id)
        client.ensure(scenario.spec, targets=scenario.targets, prune=scenario.prune, replace=True)


def test_after_apply_the_plan_is_empty() -> None:
    """For any desired and existing state, one group remains, and a second run changes nothing."""
    with virtual_service() as (lattice, client):

        @given(scenarios())
        @settings(limited_examples, max_examples=60)
        def check(scenario: Scenario) -> None:
            create_existing_state(scenario, lattice, client)

            ensure_desired(scenario, lattice, client)

            start = len(lattice.calls)
            plan = client.plan(scenario.spec, targets=scenario.targets, prune=scenario.prune, replace=True)
            assert str(plan).endswith(": nothing to do")
            assert [summary.name for summary in client.list()] == ["orders"]
            client.apply(plan)
            assert list_changes(lattice, start) == []

        check()
