"""A fleet on executors that are handed in, down to processes that die."""

import multiprocessing
import pickle
from concurrent.futures import CancelledError, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs]
import pytest
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg.client import TargetGroupClient
from lattice_tg.errors import IncompleteError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from lattice_tg.operations.batch_task import EnsureTask
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.testing import mock_vpc_lattice
from lattice_tg.testing.server import serve
from support.batch import (
    PicklingExecutor,
    SerialExecutor,
    count_operations,
    dummy_credentials,
    existing_names,
    exit_process,
    index_by_name,
    names,
    specs,
)
from support.virtual_time import virtual_service


def processes(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


def requests_of(client: TargetGroupClient) -> list[object]:
    """A list that grows with each request of this very client."""
    passed: list[object] = []

    def count(**_: object) -> None:
        passed.append(None)

    client.boto3_client.meta.events.register("before-call.vpc-lattice", count)
    return passed


def test_a_thread_pool_runs_a_fleet_with_this_very_client() -> None:
    """It need not be pickled: one made from a session goes, too."""
    with mock_vpc_lattice(), ThreadPoolExecutor(3) as executor:
        session: Any = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
        with TargetGroupClient(session=session) as client:
            outcomes = list(client.ensure_all(specs(6), executor=executor))

            assert names(outcome.spec for outcome in outcomes if outcome.error is None) == existing_names(client)
            assert len(outcomes) == 6


def test_any_executor_that_shares_this_memory_runs_a_fleet_with_this_very_client() -> None:
    """It need not be a pool of threads: all requests are this client's, and so paced by its gate."""
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        passed = requests_of(client)

        outcomes = list(client.ensure_all(specs(6), executor=SerialExecutor()))

        assert [outcome.error for outcome in outcomes] == [None] * 6
        assert len(passed) == 1 + 6 * 2  # the list; then each is made, and looked at


def test_an_executor_that_shares_nothing_gets_the_client_as_its_settings() -> None:
    """Whatever class it is of: what goes through a pickle is made anew where it arrives, and once."""
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        passed = requests_of(client)

        with PicklingExecutor(3) as executor:
            outcomes = list(client.ensure_all(specs(6), executor=executor))

        assert [outcome.error for outcome in outcomes] == [None] * 6
        assert existing_names(client) == names(specs(6))
        assert len(passed) == 2  # the list, here, twice


def test_a_client_with_credentials_that_is_sent_all_the_same_costs_its_groups() -> None:
    """Threads that turn out to share nothing: each outcome says why, and no group is made."""
    with mock_vpc_lattice() as lattice, PicklingExecutor(1) as executor:
        session: Any = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
        with TargetGroupClient(session=session) as client:
            outcomes = list(client.ensure_all(specs(2), executor=executor))

        assert [type(outcome.error) for outcome in outcomes] == [IncompleteError] * 2
        assert "make it from region_name" in str(outcomes[0].error)
        assert count_operations(lattice) == {"ListTargetGroups": 1}


@pytest.mark.parametrize("source", ["session", "boto3_client"])
def test_a_client_with_credentials_does_not_leave_its_process(source: str) -> None:
    """One TypeError says so at once and names the way out; nothing is sent."""
    with mock_vpc_lattice() as lattice:
        session: Any = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
        one_attempt: Any = Config(retries={"total_max_attempts": 1})
        made_from = {"session": session, "boto3_client": session.client("vpc-lattice", config=one_attempt)}
        options: dict[str, Any] = {source: made_from[source]}
        client = TargetGroupClient(**options)

        with pytest.raises(TypeError, match=r"holds credentials; make it from region_name, profile_name or endpoint"):
            client.ensure_all(specs(2), executor=SerialExecutor())

        assert lattice.calls == ()


def test_a_client_with_a_hook_that_cannot_be_pickled_does_not_leave_its_process() -> None:
    """It is told at once, with what to hand it instead."""
    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1", on_retry=lambda _: None) as client:
        with pytest.raises(TypeError, match=r"cannot be sent .*lambda.*: functions of a module, not lambdas"):
            client.ensure_all(specs(2), executor=SerialExecutor())

        assert lattice.calls == ()


def test_an_executor_that_breaks_costs_only_what_it_did_not_do() -> None:
    """What it took before is an outcome as ever, and what it does not take is one with an error."""
    broken = BrokenProcessPool("a child process terminated abruptly")
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        outcomes = index_by_name(client.ensure_all(specs(4), run_id="run-1", executor=SerialExecutor(2, broken)))

        assert [name for name, outcome in sorted(outcomes.items()) if outcome.error is None] == ["orders-0", "orders-1"]
        lost = outcomes["orders-3"]
        assert (lost.plan, lost.target_group, lost.attempts, lost.elapsed_seconds, lost.run_id) == (
            None,
            None,
            1,
            0.0,
            "run-1",
        )
        assert isinstance(lost.error, IncompleteError)
        assert lost.error.__cause__ is broken
        assert "(BrokenProcessPool: a child process terminated abruptly)" in str(lost.error)


def test_a_task_that_its_executor_cancels_has_an_outcome() -> None:
    """An owner may shut the executor down midway; each group is accounted for."""
    with virtual_service() as (_, client), ThreadPoolExecutor(1) as executor:
        outcomes = client.ensure_all(specs(20), executor=executor)
        first = next(outcomes)
        executor.shutdown(cancel_futures=True)

        errors = [outcome.error for outcome in (first, *outcomes)]

        assert len(errors) == 20
        left = [error for error in errors if error is not None]
        assert left
        assert {type(error.__cause__) for error in left} == {CancelledError}
        assert "it ended without an outcome (CancelledError);" in str(left[0])


def test_a_task_is_a_plain_value() -> None:
    """It travels with the wish, what was found, and the run_id."""
    task = EnsureTask(DesiredState(specs(1)[0], [Target.ip("10.0.0.1")]), None, "run-1")

    assert pickle.loads(pickle.dumps(task)) == task


def test_processes_run_a_fleet_and_one_that_dies_loses_no_outcome() -> None:
    """Each group has an outcome; the same run_id on new processes makes what is missing, and nothing twice."""
    wanted = specs(8)
    with serve() as served, dummy_credentials():
        served.lattice.throttle("CreateTargetGroup")
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=served.url, on_retry=exit_process)
        with client, processes(1) as executor:
            first = list(client.ensure_all(wanted, run_id="run-1", executor=executor))
        with TargetGroupClient(region_name="eu-west-1", endpoint_url=served.url) as client, processes(1) as executor:
            second = list(client.ensure_all(wanted, run_id="run-1", executor=executor))

            assert existing_names(client) == names(wanted)

        assert (len(first), len(second)) == (8, 8)
        assert {type(outcome.error) for outcome in first if outcome.error} == {IncompleteError}
        assert [outcome.error for outcome in second] == [None] * 8
        tokens = {call.params["clientToken"] for call in served.lattice.calls if call.operation == "CreateTargetGroup"}
        assert tokens == {client_token_for(spec, "run-1") for spec in wanted}
        assert count_operations(served.lattice)["ListTargetGroups"] == 3
