"""A fleet of groups: an outcome for each, nothing done twice, and what retries and hooks have to do with it."""

import logging
from typing import Any, cast

import pytest
from attrs import evolve

from lattice_tg.errors import (
    AccessDeniedError,
    ApplyError,
    IncompleteError,
    ReplacementRequiredError,
    ServiceQuotaExceededError,
    ThrottlingError,
)
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.results import BatchProgress, RetryEvent
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.sending.retry_policy import RetryPolicy
from support.batch import count_operations, existing_names, index_by_name, names, specs
from support.desired_states import ORDERS, RESIZE, with_config
from support.virtual_time import virtual_service

OTHER_VPC = with_config(ORDERS, vpc_identifier="vpc-0fedcba9876543210")


# outcomes


def test_every_group_has_one_outcome() -> None:
    """Each is there afterwards, and its outcome tells of it in full."""
    wanted = specs(10)
    with virtual_service(create_seconds=0) as (_, client):
        outcomes = index_by_name(client.ensure_all(wanted, run_id="run-1"))

        assert sorted(outcomes) == existing_names(client) == names(wanted)
        for spec in wanted:
            outcome = outcomes[spec.name]
            assert (outcome.spec, outcome.target_group) == (spec, client.find(spec.name))
            assert (outcome.error, outcome.attempts, outcome.throttle_count, outcome.run_id) == (None, 1, 0, "run-1")
            assert outcome.plan == evolve(client.plan(spec), steps=outcome.plan.steps, target_group=None)  # type: ignore[union-attr]


def test_an_outcome_comes_as_soon_as_its_group_is_finished() -> None:
    """The first is there while others are not begun."""
    with virtual_service() as (lattice, client):
        outcomes = client.ensure_all(specs(3), max_workers=1)

        first = next(outcomes)

        assert first.target_group is not None
        assert sorted(index_by_name([first, *outcomes])) == names(specs(3))
        assert count_operations(lattice)["CreateTargetGroup"] == 3


def test_a_fleet_may_be_empty() -> None:
    """Nothing is asked for nothing."""
    with virtual_service() as (lattice, client):
        assert [*client.ensure_all([]), *client.plan_all([])] == []
        assert lattice.calls == ()


def test_targets_belong_to_a_wish() -> None:
    """A ``Desired`` is seen to with its targets, a spec without any."""
    with virtual_service() as (_, client):
        outcomes = index_by_name(client.ensure_all([DesiredState(ORDERS, [Target.ip("10.0.0.1")]), RESIZE]))

        rows = client.list_targets(cast("Any", outcomes["orders"].target_group))
        assert [(row.id, row.port) for row in rows] == [("10.0.0.1", 80)]
        assert [str(outcome.error) for outcome in outcomes.values()] == ["None", "None"]


def test_one_failure_stops_nothing() -> None:
    """The error is in the outcome of its group, and all others are made."""
    with virtual_service() as (lattice, client):
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        outcomes = list(client.ensure_all(specs(5)))

        failed = [outcome for outcome in outcomes if outcome.error is not None]
        assert [(outcome.target_group, type(outcome.error)) for outcome in failed] == [(None, ApplyError)]
        assert isinstance(cast("ApplyError", failed[0].error).error, AccessDeniedError)
        assert existing_names(client) == names(outcome.spec for outcome in outcomes if outcome.error is None)
        assert len(outcomes) == 5


def test_what_cannot_be_planned_is_an_outcome_without_a_plan() -> None:
    """A group that would have to be replaced is left as it is."""
    with virtual_service() as (_, client):
        client.ensure(OTHER_VPC)

        outcomes = index_by_name(client.ensure_all([ORDERS, RESIZE]))

        assert (outcomes["orders"].plan, outcomes["orders"].target_group) == (None, None)
        assert isinstance(outcomes["orders"].error, ReplacementRequiredError)
        assert outcomes["resize"].error is None


def test_a_quota_refuses_the_rest_and_nothing_else() -> None:
    """As many groups are made as there is room for."""
    with virtual_service() as (lattice, client):
        lattice.set_quota("target_groups", 3)

        errors = [outcome.error for outcome in client.ensure_all(specs(5)) if outcome.error is not None]

        assert [type(cast("ApplyError", error).error) for error in errors] == [ServiceQuotaExceededError] * 2
        assert len(existing_names(client)) == 3


def test_the_list_that_cannot_be_read_is_told_once() -> None:
    """Without the scan there is nothing to see to, so there is no outcome either."""
    with virtual_service() as (lattice, client):
        lattice.fail("ListTargetGroups", "AccessDeniedException", times=2)

        for verb in (client.ensure_all, client.plan_all):
            with pytest.raises(AccessDeniedError):
                next(verb(specs(3)))
        assert count_operations(lattice) == {"ListTargetGroups": 2}


def test_progress_is_told_at_the_start_and_after_each_group() -> None:
    """Numbers of groups add up to all of them each time; how many there are is known before anything is sent."""
    told: list[BatchProgress] = []
    with virtual_service() as (lattice, client):
        lattice.fail("CreateTargetGroup", "AccessDeniedException")
        lattice.throttle("CreateTargetGroup")

        list(client.ensure_all(specs(3), max_workers=1, on_progress=told.append))

    assert told == [
        BatchProgress(total=3, done=0, failed=0, pending=3, throttle_count=0),
        BatchProgress(total=3, done=0, failed=1, pending=2, throttle_count=0),
        BatchProgress(total=3, done=1, failed=1, pending=1, throttle_count=1),
        BatchProgress(total=3, done=2, failed=1, pending=0, throttle_count=1),
    ]


def test_the_start_is_told_before_the_list_is_read() -> None:
    """In an account of many groups that takes its time."""
    heard: list[int] = []
    with virtual_service() as (lattice, client):
        list(client.ensure_all(specs(1), on_progress=lambda _: heard.append(len(lattice.calls))))

    assert (heard[0], len(heard)) == (0, 2)


# run_ids and tokens


def tokens(lattice: Any) -> list[str]:
    return sorted(call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup")


def derived(wanted: list[TargetGroupSpec], run_id: str) -> list[str]:
    return sorted(client_token_for(spec, run_id) for spec in wanted)


def test_a_run_draws_one_salt_and_tells_it(caplog: pytest.LogCaptureFixture) -> None:
    """It is in each outcome and in the log, and all tokens are made from it."""
    caplog.set_level(logging.INFO, "lattice_tg")
    with virtual_service() as (lattice, client):
        (run_id,) = {outcome.run_id for outcome in client.ensure_all(specs(4))}

        assert tokens(lattice) == derived(specs(4), run_id)
    assert f"ensuring 4 groups; run_id={run_id!r} would resume this run" in caplog.messages


def test_the_same_salt_resumes_a_run() -> None:
    """A creation whose reply was lost for good is repeated with its own token, and makes no second group."""
    once = RetryPolicy(max_attempts=1)
    with virtual_service(retry=once) as (lattice, client):
        lattice.drop_response("CreateTargetGroup", times=2)
        first = list(client.ensure_all(specs(4), run_id="run-1", max_workers=2))

        second = list(client.ensure_all(specs(4), run_id="run-1"))

        assert [outcome.error is None for outcome in first].count(False) == 2
        assert [outcome.error for outcome in second] == [None] * 4
        assert existing_names(client) == names(specs(4))
        assert set(tokens(lattice)) == set(derived(specs(4), "run-1"))


def test_another_run_of_the_salt_on_a_list_that_was_read_too_early_makes_no_second_group() -> None:
    """Two runs that both saw nothing there end with one group of each name."""
    with virtual_service(create_seconds=0) as (_, client):
        slow = client.ensure_all(specs(3), run_id="run-1", max_workers=1)
        first = next(slow)  # its list is read by now

        other = list(client.ensure_all(specs(3), run_id="run-1"))

        assert [outcome.error for outcome in (first, *slow, *other)] == [None] * 6
        assert existing_names(client) == names(specs(3))


# throttling, deadlines and hooks


def test_throttling_is_counted_where_it_struck() -> None:
    """Attempts and throttled requests stand in the outcome of their group, and the user's hook still hears of them."""
    heard: list[RetryEvent] = []
    with virtual_service() as (lattice, client):
        lattice.throttle("CreateTargetGroup", times=3)
        lattice.fail("CreateTargetGroup", "InternalServerException", times=1)

        outcomes = client.with_options(on_retry=heard.append).ensure_all(specs(3), max_workers=1)

        assert [(outcome.attempts, outcome.throttle_count) for outcome in outcomes] == [(5, 3), (1, 0), (1, 0)]
        assert [event.operation for event in heard] == ["CreateTargetGroup"] * 4


def test_no_group_is_lost_to_throttling() -> None:
    """A fleet far beyond what the service bears is made in full, and each 429 stands in an outcome."""
    with virtual_service(create_seconds=0) as (lattice, client):
        lattice.rate_limit(per_second=20, burst=20)

        outcomes = list(client.ensure_all(specs(60)))

        refused = sum(call.status == 429 for call in lattice.calls)
        assert refused > 0
        assert [outcome.error for outcome in outcomes] == [None] * 60
        assert sum(outcome.throttle_count for outcome in outcomes) == refused


def test_a_deadline_is_each_groups_own() -> None:
    """One that is throttled without end is given up in its time, and each has the same time."""
    with virtual_service(retry=RetryPolicy(max_elapsed_seconds=10)) as (lattice, client):
        lattice.throttle("CreateTargetGroup", times=1000, retry_after_seconds=4)

        outcomes = list(client.ensure_all(specs(3), max_workers=1))

        assert [type(cast("ApplyError", outcome.error).error) for outcome in outcomes] == [ThrottlingError] * 3
        assert all(8 <= outcome.elapsed_seconds <= 10 for outcome in outcomes)


def test_a_hook_that_raises_costs_its_own_group() -> None:
    """What is no error of this library is an outcome, too, with the error as its cause."""
    broken = ValueError("the log is full")

    def raise_it(event: RetryEvent) -> None:
        raise broken

    with virtual_service() as (lattice, client):
        lattice.throttle("CreateTargetGroup")

        outcomes = list(client.with_options(on_retry=raise_it).ensure_all(specs(3), run_id="run-1", max_workers=1))

        assert [outcome.error is None for outcome in outcomes] == [False, True, True]
        (error,) = (outcome.error for outcome in outcomes if outcome.error)
        assert isinstance(error, IncompleteError)
        assert error.__cause__ is broken
        assert str(error) == (
            "orders-0: it ended without an outcome (ValueError: the log is full); "
            "a run with run_id='run-1' goes on from there"
        )
