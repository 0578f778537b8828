"""``ensure_all``: results, run IDs, throttling and callbacks."""

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
from lattice_tg.events import RetryEvent
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.results import BatchProgress
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.sending.retry_policy import RetryPolicy
from support.batch import count_operations, existing_names, index_by_name, names, specs
from support.desired_states import ORDERS, RESIZE, with_config
from support.virtual_time import virtual_service

OTHER_VPC = with_config(ORDERS, vpc_identifier="vpc-0fedcba9876543210")


# results


def test_every_group_has_one_result() -> None:
    """Each group is created and has one complete result."""
    desired_specs = specs(10)
    with virtual_service(create_seconds=0) as (_, client):
        results = index_by_name(client.ensure_all(desired_specs, run_id="run-1"))

        assert sorted(results) == existing_names(client) == names(desired_specs)
        for spec in desired_specs:
            result = results[spec.name]
            assert (result.desired, result.target_group) == (DesiredState(spec), client.find(spec.name))
            assert (result.error, result.attempts, result.throttle_count, result.run_id) == (None, 1, 0, "run-1")
            assert result.plan == evolve(client.plan(spec), steps=result.plan.steps, target_group=None)  # type: ignore[union-attr]


def test_a_result_is_yielded_as_soon_as_its_group_is_finished() -> None:
    """The first result is yielded before the other groups are started."""
    with virtual_service() as (lattice, client):
        results = client.ensure_all(specs(3), max_workers=1)

        first = next(results)

        assert first.target_group is not None
        assert sorted(index_by_name([first, *results])) == names(specs(3))
        assert count_operations(lattice)["CreateTargetGroup"] == 3


def test_a_batch_may_be_empty() -> None:
    """An empty batch sends no request."""
    with virtual_service() as (lattice, client):
        assert [*client.ensure_all([]), *client.plan_all([])] == []
        assert lattice.calls == ()


def test_targets_of_a_desired_state_are_registered() -> None:
    """ensure_all() registers the targets of each ``DesiredState``."""
    with virtual_service() as (_, client):
        results = index_by_name(client.ensure_all([DesiredState(ORDERS, [Target.ip("10.0.0.1")]), RESIZE]))

        targets = client.list_targets(cast("Any", results["orders"].target_group))
        assert [(target.id, target.port) for target in targets] == [("10.0.0.1", 80)]
        assert [str(result.error) for result in results.values()] == ["None", "None"]


def test_one_failure_stops_no_other_group() -> None:
    """If one group fails, its result contains the error, and all other groups are created."""
    with virtual_service() as (lattice, client):
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        results = list(client.ensure_all(specs(5)))

        failed = [result for result in results if result.error is not None]
        assert [(result.target_group, type(result.error)) for result in failed] == [(None, ApplyError)]
        assert isinstance(cast("ApplyError", failed[0].error).error, AccessDeniedError)
        assert existing_names(client) == names(result.desired.spec for result in results if result.error is None)
        assert len(results) == 5


def test_a_group_that_cannot_be_planned_has_a_result_without_a_plan() -> None:
    """If a group requires replacement, its result has an error and no plan."""
    with virtual_service() as (_, client):
        client.ensure(OTHER_VPC)

        results = index_by_name(client.ensure_all([ORDERS, RESIZE]))

        assert (results["orders"].plan, results["orders"].target_group) == (None, None)
        assert isinstance(results["orders"].error, ReplacementRequiredError)
        assert results["resize"].error is None


def test_a_quota_rejects_only_the_groups_beyond_it() -> None:
    """As many groups are created as the quota allows."""
    with virtual_service() as (lattice, client):
        lattice.set_quota("target_groups", 3)

        errors = [result.error for result in client.ensure_all(specs(5)) if result.error is not None]

        assert [type(cast("ApplyError", error).error) for error in errors] == [ServiceQuotaExceededError] * 2
        assert len(existing_names(client)) == 3


def test_an_unreadable_list_raises_once() -> None:
    """If the list of groups cannot be read, the batch raises and yields no result."""
    with virtual_service() as (lattice, client):
        lattice.fail("ListTargetGroups", "AccessDeniedException", times=2)

        for method in (client.ensure_all, client.plan_all):
            with pytest.raises(AccessDeniedError):
                next(method(specs(3)))
        assert count_operations(lattice) == {"ListTargetGroups": 2}


def test_progress_is_reported_at_the_start_and_after_each_group() -> None:
    """Progress is reported once at the start and once after each group.

    The counts in each report add up to the total.
    """
    reports: list[BatchProgress] = []
    with virtual_service() as (lattice, client):
        lattice.fail("CreateTargetGroup", "AccessDeniedException")
        lattice.throttle("CreateTargetGroup")

        list(client.ensure_all(specs(3), max_workers=1, on_progress=reports.append))

    assert reports == [
        BatchProgress(total=3, done=0, failed=0, pending=3, throttle_count=0),
        BatchProgress(total=3, done=0, failed=1, pending=2, throttle_count=0),
        BatchProgress(total=3, done=1, failed=1, pending=1, throttle_count=1),
        BatchProgress(total=3, done=2, failed=1, pending=0, throttle_count=1),
    ]


def test_the_start_is_reported_before_the_list_is_read() -> None:
    """Progress is reported before the first request is sent."""
    events: list[int] = []
    with virtual_service() as (lattice, client):
        list(client.ensure_all(specs(1), on_progress=lambda _: events.append(len(lattice.calls))))

    assert (events[0], len(events)) == (0, 2)


# run IDs and client tokens


def client_tokens(lattice: Any) -> list[str]:
    """Return the sorted client tokens of all CreateTargetGroup requests."""
    return sorted(call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup")


def expected_tokens(desired_specs: list[TargetGroupSpec], run_id: str) -> list[str]:
    """Return the sorted client tokens that are derived from the specs and the run ID."""
    return sorted(client_token_for(spec, run_id) for spec in desired_specs)


def test_a_run_has_one_run_id_and_logs_it(caplog: pytest.LogCaptureFixture) -> None:
    """Each result and the log contain the run ID. All client tokens are derived from the run ID."""
    caplog.set_level(logging.INFO, "lattice_tg")
    with virtual_service() as (lattice, client):
        (run_id,) = {result.run_id for result in client.ensure_all(specs(4))}

        assert client_tokens(lattice) == expected_tokens(specs(4), run_id)
    assert f"Ensuring the state of 4 target groups. To resume this run, pass run_id={run_id!r}." in caplog.messages


def test_apply_all_logs_that_it_applies_plans(caplog: pytest.LogCaptureFixture) -> None:
    """The log of ``apply_all()`` says that plans are applied."""
    caplog.set_level(logging.INFO, "lattice_tg")
    with virtual_service() as (_, client):
        list(client.apply_all([client.plan(spec) for spec in specs(2)], run_id="run-1"))

    assert "Applying the plans of 2 target groups. To resume this run, pass run_id='run-1'." in caplog.messages


def test_the_same_run_id_resumes_a_run() -> None:
    """If responses were lost, a second run with the same run ID creates no group twice.

    The second run sends the same client tokens.
    """
    single_attempt = RetryPolicy(max_attempts=1)
    with virtual_service(retry=single_attempt) as (lattice, client):
        lattice.drop_response("CreateTargetGroup", times=2)
        first = list(client.ensure_all(specs(4), run_id="run-1", max_workers=2))

        second = list(client.ensure_all(specs(4), run_id="run-1"))

        assert [result.error is None for result in first].count(False) == 2
        assert [result.error for result in second] == [None] * 4
        assert existing_names(client) == names(specs(4))
        assert set(client_tokens(lattice)) == set(expected_tokens(specs(4), "run-1"))


def test_two_runs_with_one_run_id_create_no_second_group() -> None:
    """Two runs that both find no groups create one group per name."""
    with virtual_service(create_seconds=0) as (_, client):
        slow = client.ensure_all(specs(3), run_id="run-1", max_workers=1)
        first = next(slow)  # At this point, the batch has listed the groups.

        other = list(client.ensure_all(specs(3), run_id="run-1"))

        assert [result.error for result in (first, *slow, *other)] == [None] * 6
        assert existing_names(client) == names(specs(3))


# throttling, deadlines and callbacks


def test_throttling_is_counted_in_the_result_of_its_group() -> None:
    """Each result counts the attempts and the throttled requests of its own group.

    on_retry is called as well.
    """
    events: list[RetryEvent] = []
    with virtual_service() as (lattice, client):
        lattice.throttle("CreateTargetGroup", times=3)
        lattice.fail("CreateTargetGroup", "InternalServerException", times=1)

        results = client.with_options(on_retry=events.append).ensure_all(specs(3), max_workers=1)

        assert [(result.attempts, result.throttle_count) for result in results] == [(5, 3), (1, 0), (1, 0)]
        assert [event.operation for event in events] == ["CreateTargetGroup"] * 4


def test_no_group_is_lost_to_throttling() -> None:
    """All groups are created despite a low rate limit, and the results count every 429 response."""
    with virtual_service(create_seconds=0) as (lattice, client):
        lattice.rate_limit(per_second=20, burst=20)

        results = list(client.ensure_all(specs(60)))

        throttled = sum(call.status == 429 for call in lattice.calls)
        assert throttled > 0
        assert [result.error for result in results] == [None] * 60
        assert sum(result.throttle_count for result in results) == throttled


def test_each_group_has_its_own_deadline() -> None:
    """The time limit of the retry policy applies to each group separately."""
    with virtual_service(retry=RetryPolicy(max_elapsed_seconds=10)) as (lattice, client):
        lattice.throttle("CreateTargetGroup", times=1000, retry_after_seconds=4)

        results = list(client.ensure_all(specs(3), max_workers=1))

        assert [type(cast("ApplyError", result.error).error) for result in results] == [ThrottlingError] * 3
        assert all(8 <= result.elapsed_seconds <= 10 for result in results)


def test_an_on_retry_that_raises_fails_its_own_group() -> None:
    """An exception in on_retry fails only its own group, and is the cause of the group's error."""
    exception = ValueError("the log is full")

    def raise_error(event: RetryEvent) -> None:
        raise exception

    with virtual_service() as (lattice, client):
        lattice.throttle("CreateTargetGroup")

        results = list(client.with_options(on_retry=raise_error).ensure_all(specs(3), run_id="run-1", max_workers=1))

        assert [result.error is None for result in results] == [False, True, True]
        (error,) = (result.error for result in results if result.error)
        assert isinstance(error, IncompleteError)
        assert error.__cause__ is exception
        assert str(error) == (
            "Target group 'orders-0' was left unfinished: the worker ended without a result (ValueError: the log is full). "
            "Run again with run_id='run-1' to resume."
        )
