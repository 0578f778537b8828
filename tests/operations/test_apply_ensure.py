"""``ensure``: repetition, requests that read, client tokens, and names."""

import logging
from typing import Any, cast

import pytest
from attrs import evolve

from lattice_tg.errors import ApplyError, InvalidArgumentError, InvalidSpecError
from lattice_tg.models.health_check import HealthCheck
from lattice_tg.models.plan_steps import CreateStep, RegisterStep
from lattice_tg.models.responses import TargetGroupSummary
from lattice_tg.models.target_group import TargetGroupSpec
from lattice_tg.models.targets import Target
from lattice_tg.operations.plan import find_summary, index_by_name
from lattice_tg.sending.client_tokens import client_token_for
from lattice_tg.testing.emulator import VpcLatticeEmulator
from support.clients import run
from support.desired_states import ORDERS, RESIZE, with_config
from support.model_examples import ARN
from support.virtual_time import list_changes, list_operations, virtual_service

A, B = Target.ip("10.0.0.1"), Target.ip("10.0.0.2")
CHECKED = with_config(ORDERS, health_check=HealthCheck(path="/ready"))


def client_tokens(lattice: VpcLatticeEmulator) -> list[str]:
    """Return the client tokens of all CreateTargetGroup requests."""
    return [call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup"]


# repetition


def test_ensuring_again_changes_nothing() -> None:
    """The second run only reads, and returns the same complete group."""
    spec = evolve(CHECKED, tags={"team": "shop"})
    with virtual_service() as (lattice, client):
        created = client.ensure(spec, targets=[A])
        start = len(lattice.calls)

        again = client.ensure(spec, targets=[A], prune=True)

        assert list_changes(lattice, start) == []
        assert again == client.get(created)


@pytest.mark.parametrize(
    ("spec", "targets", "operations"),
    [
        (ORDERS, None, ["ListTargetGroups", "GetTargetGroup"]),
        (CHECKED, None, ["ListTargetGroups", "GetTargetGroup"]),
        (ORDERS, [], ["ListTargetGroups", "GetTargetGroup", "ListTargets"]),
        (evolve(CHECKED, tags={"a": "b"}), None, ["ListTargetGroups", "GetTargetGroup", "ListTagsForResource"]),
    ],
)
def test_only_fields_of_the_desired_state_are_read(
    spec: TargetGroupSpec, targets: list[Target] | None, operations: list[str]
) -> None:
    """Tags and targets are read only if the desired state names them. The group is read once."""
    with virtual_service() as (lattice, client):
        client.wait_until_active(client.create(spec))
        start = len(lattice.calls)

        client.ensure(spec, targets=targets)

        assert list_operations(lattice, start) == operations


def test_a_plan_reads_only_the_list_if_that_is_enough() -> None:
    """For a spec without a protocol version and a health check, plan() only lists the groups."""
    with virtual_service() as (lattice, client):
        client.wait_until_active(client.create(ORDERS))
        start = len(lattice.calls)

        assert not client.plan(ORDERS)
        assert not client.plan(ORDERS, replace=True)
        assert list_operations(lattice, start) == ["ListTargetGroups"]


@pytest.mark.parametrize("operation", ["GetTargetGroup", "ListTagsForResource", "ListTargets"])
def test_a_group_deleted_while_it_is_read_is_created(operation: str) -> None:
    """A group that is deleted after the groups were listed counts as missing."""
    spec = evolve(CHECKED, tags={"team": "shop"})
    with virtual_service(create_seconds=0) as (lattice, client):
        client.ensure(spec)
        lattice.fail(operation, "ResourceNotFoundException")

        assert client.plan(spec, targets=[A]).steps == (CreateStep(spec), RegisterStep((A,)))


def test_a_group_deleted_after_listing_is_created() -> None:
    """ensure() reads the group again, even if the list item shows no difference."""
    with virtual_service() as (lattice, client):
        first = client.wait_until_active(client.ensure(ORDERS))
        lattice.fail("GetTargetGroup", "ResourceNotFoundException")
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS)

        assert caught.value.failed == CreateStep(ORDERS)
        assert client.ensure(ORDERS) == first


@pytest.mark.parametrize("targets", [Target.ip("10.0.0.1"), "10.0.0.1", 5])
def test_a_single_target_is_rejected(targets: Any) -> None:
    """A single target instead of a list is reported together with the problems of the spec."""
    with virtual_service() as (lattice, client):
        for method in (client.plan, client.ensure):
            with pytest.raises(InvalidSpecError, match=r"2 validation errors") as caught:
                method(with_config(ORDERS, port=0), targets=targets)
            assert (
                str(caught.value.problems[1])
                == f"targets={targets!r}: must be an iterable of Target objects. Pass a list."
            )

        assert lattice.calls == ()


@pytest.mark.parametrize("option", ["prune", "replace"])
def test_only_booleans_are_accepted_for_prune_and_replace(option: str) -> None:
    """A string such as ``"false"``, which is truthy, is rejected, so that it deletes nothing."""
    options: dict[str, Any] = {option: "false"}
    with virtual_service() as (lattice, client):
        for method in (client.plan, client.ensure):
            with pytest.raises(InvalidSpecError, match=f"{option}='false': must be True or False"):
                method(ORDERS, targets=[], **options)

        assert lattice.calls == ()


def test_an_invalid_desired_state_sends_no_request() -> None:
    """plan() and ensure() validate the spec and the targets before a request is sent."""
    with virtual_service() as (lattice, client):
        for method in (client.plan, client.ensure):
            with pytest.raises(InvalidSpecError, match=r"2 validation errors") as caught:
                method(with_config(ORDERS, port=0), targets=[Target.ip("")])
            assert [problem.field for problem in caught.value.problems] == ["config.port", "targets[0].id"]

        assert lattice.calls == ()


def test_allow_unknown_applies_to_plans() -> None:
    """With allow_unknown=True, plan() accepts an unknown type."""
    with virtual_service() as (_, client):
        newer = evolve(ORDERS, type=cast("Any", "CONTAINER"))

        assert client.with_options(allow_unknown=True).plan(newer)


# client tokens


def test_a_run_id_determines_the_client_token() -> None:
    """The client token is derived from the spec and the run ID.

    ensure() reads the group after the creation.
    """
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS, run_id="run-1")

        assert client_tokens(lattice) == [client_token_for(ORDERS, "run-1")]
        assert list_operations(lattice) == ["ListTargetGroups", "CreateTargetGroup", "GetTargetGroup"]


def test_a_run_id_is_any_string() -> None:
    """A run ID may contain a lone surrogate, and a value that is not a string is rejected."""
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS, run_id="run-\ud800")
        assert client_tokens(lattice) == [client_token_for(ORDERS, "run-\ud800")]
        start = len(lattice.calls)

        for call in (
            lambda: client.ensure(RESIZE, run_id=cast("Any", 5)),
            lambda: client.ensure_all([], run_id=cast("Any", 5)),
        ):
            with pytest.raises(InvalidArgumentError, match="run_id=5: must be a string"):
                call()

        assert len(lattice.calls) == start


def test_a_random_run_id_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Each run has a new run ID. The log contains the run ID but not the client token."""
    caplog.set_level(logging.INFO, "lattice_tg")
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS)
        client.ensure(RESIZE)

    run_ids = [record.__dict__["lattice_run_id"] for record in caplog.records if "lattice_run_id" in record.__dict__]
    assert client_tokens(lattice) == [client_token_for(ORDERS, run_ids[0]), client_token_for(RESIZE, run_ids[1])]
    assert run_ids[0] != run_ids[1]
    assert (
        f"Ensuring the state of target group 'orders'. To resume this run, pass run_id={run_ids[0]!r}."
        in caplog.messages
    )
    assert not any(token in caplog.text for token in client_tokens(lattice))


@pytest.mark.parametrize("delete_seconds", [0, 60])
def test_a_token_of_a_deleted_group_creates_a_new_group(delete_seconds: float) -> None:
    """If a client token returns a group that was deleted, ensure() creates a new group."""
    with virtual_service(create_seconds=0, delete_seconds=delete_seconds) as (lattice, client):
        first = client.ensure(ORDERS, run_id="run-1")
        client.delete(first, wait=True)

        second = client.ensure(ORDERS, run_id="run-1")

        derived = client_token_for(ORDERS, "run-1")
        assert client_tokens(lattice)[:2] == [derived, derived]
        assert (len(client_tokens(lattice)), client_tokens(lattice)[2] != derived) == (3, True)
        assert [summary.id for summary in client.list()] == [second.id]


# names


def summary(status: str, number: int, name: str = "orders") -> TargetGroupSummary:
    """Return a list item of a target group."""
    return TargetGroupSummary(id=f"tg-{number:017}", arn=ARN, name=name, type="IP", status=status)


class ListPages:
    """Pages with one target group each."""

    def __init__(self, summaries: list[TargetGroupSummary]) -> None:
        self.remaining = list(summaries)

    async def next_page(self) -> list[TargetGroupSummary] | None:
        return [self.remaining.pop(0)] if self.remaining else None


@pytest.mark.parametrize(
    ("statuses", "chosen"),
    [
        (["ACTIVE"], 0),
        (["CREATE_FAILED", "CREATE_IN_PROGRESS"], 1),
        (["ACTIVE", "CREATE_FAILED"], 0),
        (["DELETE_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED"], 1),
        (["CREATE_FAILED", "DELETE_IN_PROGRESS"], 1),
        (["CREATE_FAILED", "CREATE_FAILED"], 0),
        (["CREATE_FAILED", "PAUSED"], 1),
    ],
)
def test_a_name_resolves_to_the_usable_group(statuses: list[str], chosen: int) -> None:
    """A usable group is preferred over groups that failed or are being deleted.

    One list of groups is enough to resolve all names.
    """
    summaries = [summary(status, number) for number, status in enumerate(statuses)]
    others = [summary("ACTIVE", 7, "payments")]

    assert index_by_name([*others, *summaries]) == {"orders": summaries[chosen], "payments": others[0]}
    assert run(find_summary, ListPages([*others, *summaries]), "orders") == summaries[chosen]
    assert run(find_summary, ListPages(others), "orders") is None


def test_the_list_is_read_until_the_group_is_found() -> None:
    """The list is read only until a usable group is found."""
    pages = ListPages([summary("ACTIVE", 1), summary("ACTIVE", 2, "payments")])

    found = run(find_summary, pages, "orders")

    assert (found, [item.name for item in pages.remaining]) == (summary("ACTIVE", 1), ["payments"])
