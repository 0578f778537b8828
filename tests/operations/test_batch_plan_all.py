"""What is read for a fleet, and the plans that come of it."""

import pytest
from attrs import evolve

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.testing import mock_vpc_lattice
from support.batch import count_operations, specs, wait_until_quiet
from support.desired_states import ORDERS, RESIZE, with_config
from support.virtual_time import list_changes, virtual_service

OTHER_VPC = with_config(ORDERS, vpc_identifier="vpc-0fedcba9876543210")


# how much is read


def test_one_scan_serves_a_fleet() -> None:
    """The list is read once, page by page, however many groups there are."""
    wanted = specs(101)
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(wanted))
        start = len(lattice.calls)

        plans = list(client.plan_all(wanted))

        assert count_operations(lattice, start) == {"ListTargetGroups": 2}
        assert [(plan.desired.spec, bool(plan)) for plan in plans] == [(spec, False) for spec in wanted]


def test_a_second_run_changes_nothing() -> None:
    """Every plan of it is empty."""
    wanted = [DesiredState(spec, [Target.ip("10.0.0.1")], prune=True) for spec in specs(8)]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(wanted))
        start = len(lattice.calls)

        again = list(client.ensure_all(wanted))

        assert [(bool(outcome.plan), outcome.error) for outcome in again] == [(False, None)] * 8
        assert list_changes(lattice, start) == []
        assert count_operations(lattice, start) == {"ListTargetGroups": 1, "ListTargets": 8, "GetTargetGroup": 8}


def test_details_are_read_only_where_the_list_does_not_tell() -> None:
    """A health check, tags and targets cost a request each where they are named, and nowhere else."""
    checked = evolve(with_config(ORDERS, health_check=HealthCheck(path="/ready")), name="checked")
    tagged, plain = evolve(ORDERS, name="tagged", tags={"team": "shop"}), evolve(ORDERS, name="plain")
    wanted: list[TargetGroupSpec | DesiredState] = [
        checked,
        tagged,
        plain,
        DesiredState(evolve(ORDERS, name="filled"), []),
    ]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(wanted))
        start = len(lattice.calls)

        assert not any(client.plan_all(wanted))

        reads = {"ListTargetGroups": 1, "GetTargetGroup": 1, "ListTagsForResource": 1, "ListTargets": 1}
        assert count_operations(lattice, start) == reads


# plans


def test_plans_come_in_order() -> None:
    """One for each item, whichever was read first."""
    with virtual_service() as (_, client):
        client.ensure(specs(4)[2])

        plans = list(client.plan_all(specs(4)))

        assert [str(plan).partition(":")[0] for plan in plans][::3] == ["orders-0 (new)", "orders-3 (new)"]
        assert [*map(bool, plans)] == [True, True, False, True]


def test_groups_that_cannot_be_planned_are_told_together_after_the_others() -> None:
    """No plan is lost by the failure of another."""
    with virtual_service() as (_, client):
        client.ensure(OTHER_VPC)
        plans = client.plan_all([ORDERS, RESIZE])

        assert next(plans).desired.spec == RESIZE
        with pytest.raises(ExceptionGroup, match="1 of 2 groups cannot be planned") as caught:
            next(plans)
        assert [type(error) for error in caught.value.exceptions] == [ReplacementRequiredError]


def test_an_error_of_a_plan_says_which_group_it_came_of() -> None:
    """The service's own words do not name the group."""
    tagged = [evolve(spec, tags={"team": "shop"}) for spec in specs(3)]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(tagged))
        lattice.fail("ListTagsForResource", "AccessDeniedException")

        with pytest.raises(ExceptionGroup) as caught:
            list(client.plan_all(tagged, max_workers=1))

        assert caught.value.exceptions[0].__notes__ == ["this came of planning orders-0"]


def test_plans_are_made_a_few_ahead_of_those_that_are_taken() -> None:
    """Who looks at the first ones only has not all of them read behind his back."""
    wanted = [DesiredState(spec, []) for spec in specs(20)]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(wanted))
        start = len(lattice.calls)
        plans = client.plan_all(wanted, max_workers=2)

        next(plans)
        wait_until_quiet(lattice)

        assert count_operations(lattice, start)["ListTargets"] == 5
        assert len(list(plans)) == 19


def test_a_plan_that_takes_its_time_is_waited_for() -> None:
    """And the others are there then."""
    wanted = [DesiredState(spec, []) for spec in specs(3)]
    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1") as client:
        list(client.ensure_all(wanted))
        lattice.delay("ListTargets", seconds=0.3)

        assert [plan.desired for plan in client.plan_all(wanted)] == wanted
