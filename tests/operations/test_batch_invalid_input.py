"""What is no fleet: refused at once, with every mistake, before anything is sent."""

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


def problems(items: list[Any]) -> list[str]:
    with virtual_service() as (lattice, client):
        for verb in (client.plan_all, client.ensure_all):
            with pytest.raises(InvalidSpecError) as caught:
                verb(items)
        assert lattice.calls == ()
    return [problem.field for problem in caught.value.problems]


def test_mistakes_are_told_with_the_place_of_their_item() -> None:
    """All of them, of specs and targets alike, before anything is sent."""
    bad = evolve(with_config(ORDERS, port=0), name="x")
    items = [RESIZE, bad, DesiredState(ORDERS, [Target.ip("10.0.0.1"), Target.ip("nowhere")])]

    assert problems(items) == ["[1].name", "[1].config.port", "[2].targets[1].id"]


def test_a_name_stands_once_in_a_fleet() -> None:
    """Two wishes for one group cannot both be met."""
    assert problems([ORDERS, RESIZE, DesiredState(OTHER_VPC)]) == ["[0].name", "[2].name"]


@pytest.mark.parametrize("item", [None, "orders", {"name": "orders"}])
def test_what_is_no_spec_is_a_mistake(item: object) -> None:
    """It is told like any other, with its place."""
    assert problems([ORDERS, item])[0].startswith("[1].")


@pytest.mark.parametrize("items", [ORDERS, DesiredState(ORDERS), "orders", None])
def test_a_fleet_is_several(items: Any) -> None:
    """One group alone stands in a list, too."""
    assert problems(items) == ["items"]


def test_an_executor_and_a_hook_are_what_they_should_be() -> None:
    """Both mistakes are told at once, before anything is sent."""
    with virtual_service() as (lattice, client):
        with pytest.raises(InvalidArgumentError) as caught:
            client.ensure_all(specs(2), executor=cast("Any", 5), on_progress=cast("Any", "log"))

        assert [str(problem) for problem in caught.value.problems] == [
            "executor=5: must be a concurrent.futures.Executor",
            "on_progress='log': must be a function that accepts a BatchProgress",
        ]
        assert lattice.calls == ()


@pytest.mark.parametrize("workers", [0, -1, True, 1.5])
def test_a_number_of_workers_is_at_least_one(workers: Any) -> None:
    """It is refused where it stands, not at the first outcome."""
    with virtual_service() as (lattice, client):
        for verb in (client.plan_all, client.ensure_all):
            with pytest.raises(InvalidArgumentError, match="max_workers"):
                verb(specs(2), max_workers=workers)
        assert lattice.calls == ()


def test_a_client_that_allows_newer_words_allows_them_in_fleets() -> None:
    """The service has the last word then."""
    with virtual_service() as (_, client):
        newer = evolve(ORDERS, type=cast("Any", "CONTAINER"))

        assert [*map(bool, client.with_options(allow_unknown=True).plan_all([newer]))] == [True]
