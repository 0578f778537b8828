"""``plan_all``: requests that read, and the resulting plans."""

import pytest
from attrs import evolve

from lattice_tg.errors import ReplacementRequiredError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.testing import mock_vpc_lattice
from support.batch import count_operations, specs, wait_until_quiet
from support.clients import create_client
from support.desired_states import ORDERS, RESIZE, with_config
from support.virtual_time import list_changes, virtual_service

OTHER_VPC = with_config(ORDERS, vpc_identifier="vpc-0fedcba9876543210")


# requests that read


def test_a_batch_lists_the_groups_once() -> None:
    """The groups are listed once, regardless of the number of groups in the batch."""
    desired = specs(101)
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(desired))
        start = len(lattice.calls)

        results = list(client.plan_all(desired))

        assert count_operations(lattice, start) == {"ListTargetGroups": 2}
        assert [(result.desired.spec, bool(result.plan)) for result in results] == [(spec, False) for spec in desired]


def test_a_second_run_changes_nothing() -> None:
    """If ensure_all() is repeated, every plan is empty and no request changes a group."""
    desired = [DesiredState(spec, [Target.ip("10.0.0.1")], prune=True) for spec in specs(8)]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(desired))
        start = len(lattice.calls)

        again = list(client.ensure_all(desired))

        assert [(bool(result.plan), result.error) for result in again] == [(False, None)] * 8
        assert list_changes(lattice, start) == []
        assert count_operations(lattice, start) == {"ListTargetGroups": 1, "ListTargets": 8, "GetTargetGroup": 8}


def test_details_are_read_only_if_the_desired_state_names_them() -> None:
    """A health check, tags or targets in a desired state each require one additional request."""
    checked = evolve(with_config(ORDERS, health_check=HealthCheck(path="/ready")), name="checked")
    tagged, plain = evolve(ORDERS, name="tagged", tags={"team": "shop"}), evolve(ORDERS, name="plain")
    desired: list[TargetGroupSpec | DesiredState] = [
        checked,
        tagged,
        plain,
        DesiredState(evolve(ORDERS, name="filled"), []),
    ]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(desired))
        start = len(lattice.calls)

        assert not any(result.plan or result.error for result in client.plan_all(desired))

        reads = {"ListTargetGroups": 1, "GetTargetGroup": 1, "ListTagsForResource": 1, "ListTargets": 1}
        assert count_operations(lattice, start) == reads


# plans


def test_plans_are_yielded_in_order() -> None:
    """plan_all() yields one result per item, in the order of the items."""
    with virtual_service() as (_, client):
        client.ensure(specs(4)[2])

        results = list(client.plan_all(specs(4)))

        assert [str(result).partition(":")[0] for result in results][::3] == ["orders-0 (new)", "orders-3 (new)"]
        assert [bool(result.plan) for result in results] == [True, True, False, True]


def test_a_group_that_cannot_be_planned_does_not_end_the_batch() -> None:
    """The result of a group that cannot be planned contains the error, and all other groups are planned."""
    with virtual_service() as (_, client):
        client.ensure(OTHER_VPC)

        failed, planned = client.plan_all([ORDERS, RESIZE])

        assert (failed.desired.spec, failed.plan, type(failed.error)) == (ORDERS, None, ReplacementRequiredError)
        assert str(failed).startswith("orders: planning failed: ")
        assert (planned.desired.spec, bool(planned.plan), planned.error) == (RESIZE, True, None)


def test_plans_are_prefetched_in_small_numbers() -> None:
    """If only the first plan is requested, only a few other groups are read."""
    desired = [DesiredState(spec, []) for spec in specs(20)]
    with virtual_service(create_seconds=0) as (lattice, client):
        list(client.ensure_all(desired))
        start = len(lattice.calls)
        plans = client.plan_all(desired, max_workers=2)

        next(plans)
        wait_until_quiet(lattice)

        # The asyncio client starts the last task when the event loop runs again.
        assert 3 <= count_operations(lattice, start)["ListTargets"] <= 5
        assert len(list(plans)) == 19


def test_plans_stay_in_order_if_one_is_slow() -> None:
    """Plans are yielded in order even if the first plan takes longest."""
    desired = [DesiredState(spec, []) for spec in specs(3)]
    with mock_vpc_lattice() as lattice, create_client(region_name="eu-west-1") as client:
        list(client.ensure_all(desired))
        lattice.delay("ListTargets", seconds=0.3)

        assert [result.desired for result in client.plan_all(desired)] == desired


def test_an_error_in_a_hook_ends_the_batch() -> None:
    """An error that ``on_retry`` raises is not an error of the library, so the batch raises it."""

    def raise_error(_: object) -> None:
        raise OSError("the log is full")

    desired = [DesiredState(spec, []) for spec in specs(3)]
    with mock_vpc_lattice() as lattice, create_client(region_name="eu-west-1", on_retry=raise_error) as client:
        list(client.ensure_all(desired))
        lattice.throttle("ListTargets")

        with pytest.raises(OSError, match="the log is full"):
            list(client.plan_all(desired))


def test_an_interrupted_batch_raises_the_interrupt() -> None:
    """An interrupt in a worker is raised to the caller."""

    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    desired = [DesiredState(spec, []) for spec in specs(3)]
    with mock_vpc_lattice(), create_client(region_name="eu-west-1") as client:
        list(client.ensure_all(desired))
        client.boto3_client.meta.events.register("before-call.vpc-lattice.ListTargets", interrupt)

        with pytest.raises(KeyboardInterrupt):
            list(client.plan_all(desired))
