"""Rejection of invalid batches before the first request, with all problems at once."""

from typing import Any, cast

import pytest
from attrs import evolve

from lattice_tg.errors import InvalidArgumentError, InvalidSpecError
from lattice_tg.models.desired_state import DesiredState
from lattice_tg.models.targets import Target
from support.batch import specs
from support.desired_states import ORDERS, RESIZE, with_config
from support.virtual_time import virtual_service

OTHER_VPC = with_config(ORDERS, vpc_identifier="vpc-0fedcba9876543210")


def problem_fields(items: list[Any]) -> list[str]:
    """Return the fields of the problems that ``plan_all`` and ``ensure_all`` report."""
    with virtual_service() as (lattice, client):
        for method in (client.plan_all, client.ensure_all):
            with pytest.raises(InvalidSpecError) as caught:
                method(items)
        assert lattice.calls == ()
    return [problem.field for problem in caught.value.problems]


def test_problems_name_the_index_of_their_item() -> None:
    """All problems of specs and targets are reported with the index of their item."""
    bad = evolve(with_config(ORDERS, port=0), name="x")
    items = [RESIZE, bad, DesiredState(ORDERS, [Target.ip("10.0.0.1"), Target.ip("nowhere")])]

    assert problem_fields(items) == ["[1].name", "[1].config.port", "[2].targets[1].id"]


def test_duplicate_names_are_rejected() -> None:
    """Two desired states with the same name are rejected."""
    assert problem_fields([ORDERS, RESIZE, DesiredState(OTHER_VPC)]) == ["[0].name", "[2].name"]


@pytest.mark.parametrize("item", [None, "orders", {"name": "orders"}])
def test_a_non_spec_is_rejected(item: object) -> None:
    """An item that is neither a spec nor a DesiredState is reported with its index."""
    assert problem_fields([ORDERS, item])[0].startswith("[1].")


@pytest.mark.parametrize("items", [ORDERS, DesiredState(ORDERS), "orders", None])
def test_a_single_item_is_rejected(items: Any) -> None:
    """A batch must be an iterable of items, even for one group."""
    assert problem_fields(items) == ["items"]


@pytest.mark.blocking_only
def test_invalid_executor_and_on_progress_are_reported_together() -> None:
    """An invalid executor and an invalid on_progress are reported together."""
    with virtual_service() as (lattice, client):
        with pytest.raises(InvalidArgumentError) as caught:
            client.ensure_all(specs(2), executor=cast("Any", 5), on_progress=cast("Any", "log"))

        assert [str(problem) for problem in caught.value.problems] == [
            "executor=5: must be a concurrent.futures.Executor",
            "on_progress='log': must be a function that accepts a BatchProgress, or None",
        ]
        assert lattice.calls == ()


@pytest.mark.parametrize("max_workers", [0, -1, True, 1.5])
def test_invalid_max_workers_is_rejected(max_workers: Any) -> None:
    """An invalid max_workers raises when the method is called, and not only at the first result."""
    with virtual_service() as (lattice, client):
        for method in (client.plan_all, client.ensure_all):
            with pytest.raises(InvalidArgumentError, match="max_workers"):
                method(specs(2), max_workers=max_workers)
        assert lattice.calls == ()


def test_allow_unknown_applies_to_batches() -> None:
    """With allow_unknown=True, a batch accepts an unknown type."""
    with virtual_service() as (_, client):
        newer = evolve(ORDERS, type=cast("Any", "CONTAINER"))

        assert [*map(bool, client.with_options(allow_unknown=True).plan_all([newer]))] == [True]
