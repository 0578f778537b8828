"""``ensure_all`` with executors of the caller, including process pools whose workers die."""

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

pytestmark = pytest.mark.blocking_only


def process_pool(count: int) -> ProcessPoolExecutor:
    """Return a process pool that spawns its worker processes."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


def record_requests(client: TargetGroupClient) -> list[object]:
    """Return a list that grows with each request of ``client``."""
    requests: list[object] = []

    def count(**_: object) -> None:
        requests.append(None)

    client.boto3_client.meta.events.register("before-call.vpc-lattice", count)
    return requests


def test_a_thread_pool_uses_the_client_itself() -> None:
    """With a thread pool, ensure_all() accepts a client that cannot be pickled."""
    with mock_vpc_lattice(), ThreadPoolExecutor(3) as executor:
        session: Any = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
        with TargetGroupClient(session=session) as client:
            results = list(client.ensure_all(specs(6), executor=executor))

            assert names(result.desired.spec for result in results if result.error is None) == existing_names(client)
            assert len(results) == 6


def test_an_in_process_executor_uses_the_client_itself() -> None:
    """An executor that does not pickle its tasks sends all requests through the passed client."""
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        requests = record_requests(client)

        results = list(client.ensure_all(specs(6), executor=SerialExecutor()))

        assert [result.error for result in results] == [None] * 6
        assert len(requests) == 1 + 6  # One list request, and one create request per group.


def test_an_executor_that_pickles_recreates_the_client_once() -> None:
    """A pickled client is recreated from its settings only once per process."""
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        requests = record_requests(client)

        with PicklingExecutor(3) as executor:
            results = list(client.ensure_all(specs(6), executor=executor))

        assert [result.error for result in results] == [None] * 6
        assert existing_names(client) == names(specs(6))
        assert len(requests) == 2  # The original client sends only these two list requests.


def test_a_client_with_credentials_fails_in_an_executor_that_pickles() -> None:
    """Each result explains why the client cannot be pickled, and no group is created."""
    with mock_vpc_lattice() as lattice, PicklingExecutor(1) as executor:
        session: Any = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
        with TargetGroupClient(session=session) as client:
            results = list(client.ensure_all(specs(2), executor=executor))

        assert [type(result.error) for result in results] == [IncompleteError] * 2
        assert "Create the client from region_name" in str(results[0].error)
        assert count_operations(lattice) == {"ListTargetGroups": 1}


@pytest.mark.parametrize("source", ["session", "boto3_client"])
def test_a_client_with_credentials_is_rejected_for_other_executors(source: str) -> None:
    """ensure_all() raises a TypeError that names the fix, and sends no request."""
    with mock_vpc_lattice() as lattice:
        session: Any = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
        one_attempt: Any = Config(retries={"total_max_attempts": 1})
        sources = {"session": session, "boto3_client": session.client("vpc-lattice", config=one_attempt)}
        options: dict[str, Any] = {source: sources[source]}
        client = TargetGroupClient(**options)

        with pytest.raises(
            TypeError, match=r"holds credentials\. Create the client from region_name, profile_name or endpoint"
        ):
            client.ensure_all(specs(2), executor=SerialExecutor())

        assert lattice.calls == ()


def test_an_on_retry_that_cannot_be_pickled_is_rejected() -> None:
    """If on_retry cannot be pickled, ensure_all() raises a TypeError that says what to pass instead."""
    with mock_vpc_lattice() as lattice, TargetGroupClient(region_name="eu-west-1", on_retry=lambda _: None) as client:
        with pytest.raises(
            TypeError, match=r"cannot be sent .*lambda.*, such as functions of a module instead of lambdas"
        ):
            client.ensure_all(specs(2), executor=SerialExecutor())

        assert lattice.calls == ()


def test_a_broken_executor_fails_only_the_remaining_groups() -> None:
    """If the executor breaks, the groups that were not submitted have results with an error."""
    broken = BrokenProcessPool("a child process terminated abruptly")
    with mock_vpc_lattice(), TargetGroupClient(region_name="eu-west-1") as client:
        results = index_by_name(client.ensure_all(specs(4), run_id="run-1", executor=SerialExecutor(2, broken)))

        assert [name for name, result in sorted(results.items()) if result.error is None] == ["orders-0", "orders-1"]
        lost = results["orders-3"]
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


def test_a_cancelled_task_has_a_result() -> None:
    """If the caller shuts the executor down, each group still has a result."""
    with virtual_service() as (_, client), ThreadPoolExecutor(1) as executor:
        results = client.ensure_all(specs(20), executor=executor)
        first = next(results)
        executor.shutdown(cancel_futures=True)

        errors = [result.error for result in (first, *results)]

        assert len(errors) == 20
        errors_of_cancelled = [error for error in errors if error is not None]
        assert errors_of_cancelled
        assert {type(error.__cause__) for error in errors_of_cancelled} == {CancelledError}
        assert "the worker ended without a result (CancelledError). " in str(errors_of_cancelled[0])


def test_a_task_can_be_pickled() -> None:
    """An unpickled task is equal to the original task."""
    task = EnsureTask(DesiredState(specs(1)[0], [Target.ip("10.0.0.1")]), None, "run-1")

    assert pickle.loads(pickle.dumps(task)) == task


def test_a_process_that_dies_loses_no_result() -> None:
    """If a worker process dies, each group still has a result.

    A second run with the same run ID and a new process pool creates the missing groups.
    """
    desired_specs = specs(8)
    with serve() as served, dummy_credentials():
        served.lattice.throttle("CreateTargetGroup")
        client = TargetGroupClient(region_name="eu-west-1", endpoint_url=served.url, on_retry=exit_process)
        with client, process_pool(1) as executor:
            first = list(client.ensure_all(desired_specs, run_id="run-1", executor=executor))
        with TargetGroupClient(region_name="eu-west-1", endpoint_url=served.url) as client, process_pool(1) as executor:
            second = list(client.ensure_all(desired_specs, run_id="run-1", executor=executor))

            assert existing_names(client) == names(desired_specs)

        assert (len(first), len(second)) == (8, 8)
        assert {type(result.error) for result in first if result.error} == {IncompleteError}
        assert [result.error for result in second] == [None] * 8
        tokens = {call.params["clientToken"] for call in served.lattice.calls if call.operation == "CreateTargetGroup"}
        assert tokens == {client_token_for(spec, "run-1") for spec in desired_specs}
        assert count_operations(served.lattice)["ListTargetGroups"] == 3
