"""Ensuring a desired state: nothing to do the second time, how much is read, and the tokens of creations."""

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
from support.desired_states import ORDERS, RESIZE, with_config
from support.model_examples import ARN
from support.virtual_time import list_changes, list_operations, virtual_service

A, B = Target.ip("10.0.0.1"), Target.ip("10.0.0.2")
CHECKED = with_config(ORDERS, health_check=HealthCheck(path="/ready"))


def tokens(lattice: VpcLatticeEmulator) -> list[str]:
    return [call.params["clientToken"] for call in lattice.calls if call.operation == "CreateTargetGroup"]


# once and again


def test_ensuring_again_changes_nothing() -> None:
    """The second run reads and returns the same group, described in full."""
    spec = evolve(CHECKED, tags={"team": "shop"})
    with virtual_service() as (lattice, client):
        made = client.ensure(spec, targets=[A])
        start = len(lattice.calls)

        again = client.ensure(spec, targets=[A], prune=True)

        assert list_changes(lattice, start) == []
        assert again == client.get(made)


@pytest.mark.parametrize(
    ("spec", "targets", "reads"),
    [
        (ORDERS, None, ["ListTargetGroups", "GetTargetGroup"]),
        (CHECKED, None, ["ListTargetGroups", "GetTargetGroup"]),
        (ORDERS, [], ["ListTargetGroups", "GetTargetGroup", "ListTargets"]),
        (evolve(CHECKED, tags={"a": "b"}), None, ["ListTargetGroups", "GetTargetGroup", "ListTagsForResource"]),
    ],
)
def test_no_more_is_read_than_the_spec_asks_about(
    spec: TargetGroupSpec, targets: list[Target] | None, reads: list[str]
) -> None:
    """Tags and targets only where they are named; the description once, for the comparison or for the answer."""
    with virtual_service() as (lattice, client):
        client.wait_until_active(client.create(spec))
        start = len(lattice.calls)

        client.ensure(spec, targets=targets)

        assert list_operations(lattice, start) == reads


def test_a_plan_needs_no_description_where_the_list_tells_enough() -> None:
    """Nothing but the list is read for a spec that sets neither version nor health check."""
    with virtual_service() as (lattice, client):
        client.wait_until_active(client.create(ORDERS))
        start = len(lattice.calls)

        assert not client.plan(ORDERS)
        assert not client.plan(ORDERS, replace=True)
        assert list_operations(lattice, start) == ["ListTargetGroups"]


@pytest.mark.parametrize("operation", ["GetTargetGroup", "ListTagsForResource", "ListTargets"])
def test_a_group_that_goes_while_it_is_read_is_made(operation: str) -> None:
    """Between the list and the next look a group may go; then there is none."""
    spec = evolve(CHECKED, tags={"team": "shop"})
    with virtual_service(create_seconds=0) as (lattice, client):
        client.ensure(spec)
        lattice.fail(operation, "ResourceNotFoundException")

        assert client.plan(spec, targets=[A]).steps == (CreateStep(spec), RegisterStep((A,)))


def test_a_group_that_went_after_it_was_listed_is_made() -> None:
    """Also where its row in the list would have been enough to see that nothing is to do."""
    with virtual_service() as (lattice, client):
        first = client.wait_until_active(client.ensure(ORDERS))
        lattice.fail("GetTargetGroup", "ResourceNotFoundException")
        lattice.fail("CreateTargetGroup", "AccessDeniedException")

        with pytest.raises(ApplyError) as caught:
            client.ensure(ORDERS)

        assert caught.value.failed == CreateStep(ORDERS)
        assert client.ensure(ORDERS) == first


@pytest.mark.parametrize("targets", [Target.ip("10.0.0.1"), "10.0.0.1", 5])
def test_targets_are_several(targets: Any) -> None:
    """One alone is a mistake, told with all others."""
    with virtual_service() as (lattice, client):
        for verb in (client.plan, client.ensure):
            with pytest.raises(InvalidSpecError, match=r"2 validation errors") as caught:
                verb(with_config(ORDERS, port=0), targets=targets)
            assert str(caught.value.problems[1]) == f"targets={targets!r}: must be an iterable. Pass a list."

        assert lattice.calls == ()


@pytest.mark.parametrize("allowance", ["prune", "replace"])
def test_only_true_allows(allowance: str) -> None:
    """A text such as ``"false"``, which Python takes for true, deletes nothing."""
    said: dict[str, Any] = {allowance: "false"}
    with virtual_service() as (lattice, client):
        for verb in (client.plan, client.ensure):
            with pytest.raises(InvalidSpecError, match=f"{allowance}='false': must be True or False"):
                verb(ORDERS, targets=[], **said)

        assert lattice.calls == ()


def test_nothing_is_sent_for_a_wish_that_breaks_rules() -> None:
    """Planning and ensuring hold spec and targets to all rules first."""
    with virtual_service() as (lattice, client):
        for verb in (client.plan, client.ensure):
            with pytest.raises(InvalidSpecError, match=r"2 validation errors") as caught:
                verb(with_config(ORDERS, port=0), targets=[Target.ip("")])
            assert [problem.field for problem in caught.value.problems] == ["config.port", "targets[0].id"]

        assert lattice.calls == ()


def test_a_newer_word_is_let_pass_by_a_client_that_allows_it() -> None:
    """What is allowed to the client is allowed to plans."""
    with virtual_service() as (_, client):
        newer = evolve(ORDERS, type=cast("Any", "CONTAINER"))

        assert client.with_options(allow_unknown=True).plan(newer)


# tokens


def test_a_salt_names_the_creation() -> None:
    """The token is the one that the spec and the run_id give; the group is looked at before the reply is believed."""
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS, run_id="run-1")

        assert tokens(lattice) == [client_token_for(ORDERS, "run-1")]
        assert list_operations(lattice) == ["ListTargetGroups", "CreateTargetGroup", "GetTargetGroup"]


def test_a_salt_is_any_text() -> None:
    """Half a character, as names of files can have it, is one; what is no text is refused."""
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS, run_id="run-\ud800")
        assert tokens(lattice) == [client_token_for(ORDERS, "run-\ud800")]
        start = len(lattice.calls)

        for call in (
            lambda: client.ensure(RESIZE, run_id=cast("Any", 5)),
            lambda: client.ensure_all([], run_id=cast("Any", 5)),
        ):
            with pytest.raises(InvalidArgumentError, match="run_id=5: must be a string"):
                call()

        assert len(lattice.calls) == start


def test_a_salt_is_drawn_and_logged_so_that_a_run_can_be_resumed(caplog: pytest.LogCaptureFixture) -> None:
    """Two runs have two run_ids; the log has what the token was made from, and not the token."""
    caplog.set_level(logging.INFO, "lattice_tg")
    with virtual_service() as (lattice, client):
        client.ensure(ORDERS)
        client.ensure(RESIZE)

    run_ids = [record.__dict__["run_id"] for record in caplog.records if "run_id" in record.__dict__]
    assert tokens(lattice) == [client_token_for(ORDERS, run_ids[0]), client_token_for(RESIZE, run_ids[1])]
    assert run_ids[0] != run_ids[1]
    assert f"ensuring orders; run_id={run_ids[0]!r} would resume this run" in caplog.messages
    assert not any(token in caplog.text for token in tokens(lattice))


@pytest.mark.parametrize("delete_seconds", [0, 60])
def test_a_reply_about_a_group_that_is_gone_is_not_believed(delete_seconds: float) -> None:
    """A run_id of an earlier run brings back the reply of its creation; where that group is gone, one is made anew."""
    with virtual_service(create_seconds=0, delete_seconds=delete_seconds) as (lattice, client):
        first = client.ensure(ORDERS, run_id="run-1")
        client.delete(first, wait=True)

        second = client.ensure(ORDERS, run_id="run-1")

        derived = client_token_for(ORDERS, "run-1")
        assert tokens(lattice)[:2] == [derived, derived]
        assert (len(tokens(lattice)), tokens(lattice)[2] != derived) == (3, True)
        assert [row.id for row in client.list()] == [second.id]


# names


def listed(status: str, number: int, name: str = "orders") -> TargetGroupSummary:
    return TargetGroupSummary(id=f"tg-{number:017}", arn=ARN, name=name, type="IP", status=status)


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
def test_a_name_stands_for_the_group_that_holds_it(statuses: list[str], chosen: int) -> None:
    """One that is there counts before one that failed or goes; so one scan of the list serves for many names."""
    rows = [listed(status, number) for number, status in enumerate(statuses)]
    others = [listed("ACTIVE", 7, "payments")]

    assert index_by_name([*others, *rows]) == {"orders": rows[chosen], "payments": others[0]}
    assert find_summary([*others, *rows], "orders") == rows[chosen]
    assert find_summary(others, "orders") is None


def test_the_list_is_read_until_the_group_is_found() -> None:
    """What stands after a group that is there is not asked for."""
    rest = iter([listed("ACTIVE", 1), listed("ACTIVE", 2, "payments")])

    found = find_summary(rest, "orders")

    assert (found, [row.name for row in rest]) == (listed("ACTIVE", 1), ["payments"])
