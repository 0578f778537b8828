"""``route.shift()``: steps, health checks, rollbacks, interrupts and other tools that move weights."""

import gc
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from lattice_tg import (
    InternalServerError,
    InvalidArgumentError,
    RetryPolicy,
    ShiftError,
    ShiftStep,
    StaleRouteError,
    Target,
    TargetSummary,
)
from lattice_tg.testing import VpcLatticeEmulator
from support.clients import MakeClient
from support.routes import GREEN_TARGET, Shop, create_group, forward, open_shop, problems_of

OpenShop = Callable[..., Shop]
HEALTHY = TargetSummary(id=GREEN_TARGET, port=8080, status="HEALTHY")


def fail_green(shop: Shop) -> None:
    """Make the target of the green group unhealthy."""
    shop.lattice.set_target_status(shop.green.id, GREEN_TARGET, "UNHEALTHY", reason_code="HealthCheckFailed")


def list_updates(shop: Shop) -> list[dict[str, int]]:
    """Return the weights in each UpdateListener request."""
    actions = [call.params["defaultAction"] for call in shop.lattice.calls if call.operation == "UpdateListener"]
    return [
        {group["targetGroupIdentifier"]: group["weight"] for group in action["forward"]["targetGroups"]}
        for action in actions
    ]


def test_shift_moves_the_traffic_step_by_step(shop: Shop) -> None:
    """A shift adds the new group at weight 0, waits for healthy targets, and then moves 1, 10, 50 and 100 %."""
    steps = list(shop.route.shift(shop.blue, shop.green))

    expected = [(1, 99, 1), (10, 90, 10), (50, 50, 50), (100, 0, 100)]
    assert steps == [
        ShiftStep(percent=percent, weights=shop.weights(blue, green), targets=(HEALTHY,))
        for percent, blue, green in expected
    ]
    assert list_updates(shop) == [shop.weights(100, 0), *(step.weights for step in steps)]
    assert [share.target_id for share in shop.lattice.traffic_shares(shop.service)] == [GREEN_TARGET]
    assert str(steps[0]) == f"1 %: 1 of 1 targets healthy, weights {shop.weights(99, 1)}"


def test_weights_have_settled_when_a_step_is_yielded(shop: Shop) -> None:
    """When a step is yielded, requests follow the weights of the step."""
    for step in shop.route.shift(shop.blue, shop.green):
        shares = {share.target_group_id: share.share for share in shop.lattice.traffic_shares(shop.service)}
        assert shares == {group: weight / 100 for group, weight in step.weights.items() if weight}


def test_shift_keeps_the_share_of_other_groups(shop: Shop) -> None:
    """If a third group receives traffic, the sum of both weights and the weight of the third group stay the same."""
    other = create_group(shop.client, "other", "10.0.3.1")
    shop.move({other.id: 100, shop.blue.id: 200})

    steps = list(shop.route.shift(shop.blue, shop.green))

    assert [step.weights for step in steps] == [
        {other.id: 100, **shop.weights(200 - weight, weight)} for weight in (2, 20, 100, 200)
    ]


@pytest.mark.parametrize(
    ("blue", "green", "expected"),
    [
        (1, None, [(99, 1), (90, 10), (50, 50), (0, 100)]),
        (300, None, [(99, 1), (90, 10), (50, 50), (0, 100)]),
        (1, 0, [(99, 1), (90, 10), (50, 50), (0, 100)]),
        (200, 0, [(198, 2), (180, 20), (100, 100), (0, 200)]),
        (999, 999, [(499, 500), (0, 999)]),
        (90, 10, [(90, 10), (50, 50), (0, 100)]),
        (60, 40, [(50, 50), (0, 100)]),
        (1, 2, [(0, 100)]),
    ],
)
def test_shift_continues_from_any_weights(
    shop: Shop, blue: int, green: int | None, expected: list[tuple[int, int]]
) -> None:
    """A shift never takes traffic away from the new group, whatever the weights at the start."""
    shop.move({shop.blue.id: blue} if green is None else shop.weights(blue, green))

    steps = list(shop.route.shift(shop.blue, shop.green))

    assert [step.weights for step in steps] == [shop.weights(*weights) for weights in expected]


def test_leaving_the_loop_keeps_the_weights(shop: Shop) -> None:
    """After ``break``, the weights of the last step stay, and a new shift continues with the next step."""
    for step in shop.route.shift(shop.blue, shop.green):
        if step.percent == 10:
            break
    gc.collect()

    assert shop.route.get_weights() == shop.weights(90, 10)
    assert [step.percent for step in shop.route.shift(shop.blue, shop.green)] == [10, 50, 100]


def test_steps_can_be_any_rising_percentages(shop: Shop) -> None:
    """The steps can be a list, a tuple or a range."""
    steps = shop.route.shift(shop.blue, shop.green, steps=range(20, 101, 40), settle_seconds=0)

    assert [step.percent for step in steps] == [20, 60, 100]


def test_shift_of_a_rule(shop: Shop) -> None:
    """A shift moves the traffic of a rule and leaves the default action alone."""
    rule = shop.create_rule(forward({shop.blue.id: 100}))
    route = shop.client.route(service=shop.service, listener=shop.listener, rule=rule)

    steps = list(route.shift(shop.blue, shop.green, steps=(50, 100)))

    assert [step.weights for step in steps] == [shop.weights(50, 50), shop.weights(0, 100)]
    assert (shop.route.get_weights(), shop.count("UpdateListener")) == ({shop.blue.id: 100}, 0)


def test_roll_back_restores_the_weights_at_the_start(shop: Shop) -> None:
    """``roll_back()`` restores the weights of both groups and ends the shift."""
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    next(shift)

    assert shift.roll_back() == shop.route.get_weights() == shop.weights(100, 0)
    assert list(shift) == []


def test_roll_back_keeps_other_groups(shop: Shop) -> None:
    """``roll_back()`` keeps the weight that another tool has set for a third group."""
    other = create_group(shop.client, "other", "10.0.3.1")
    shop.move({shop.blue.id: 100, other.id: 1})
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    shop.route.set_weights({other: 7})

    assert shift.roll_back() == {**shop.weights(100, 0), other.id: 7}


def test_roll_back_restores_original_weights(shop: Shop) -> None:
    """A shift that continues an earlier shift can restore the weights from before the earlier shift."""
    original = shop.route.get_weights()
    next(shop.route.shift(shop.blue, shop.green, original_weights=original))
    shift = shop.route.shift(shop.blue, shop.green, original_weights=original)
    next(shift)

    assert shift.roll_back() == shop.weights(100, 0)


def test_roll_back_works_before_the_first_step(shop: Shop) -> None:
    """A new shift with original weights can roll back an earlier shift, and does not add the new group."""
    shop.move(shop.weights(0, 100))

    assert shop.route.shift(shop.blue, shop.green, original_weights={shop.blue: 100}).roll_back() == shop.weights(
        100, 0
    )
    shop.move({shop.blue.id: 1})
    shift = shop.route.shift(shop.blue, shop.green, original_weights={shop.blue: 100})
    assert shift.roll_back() == {shop.blue.id: 100}


def test_roll_back_of_an_unused_shift_does_nothing(shop: Shop) -> None:
    """If the shift has not started and no original weights are known, nothing is restored."""
    before = shop.operations()

    assert shop.route.shift(shop.blue, shop.green).roll_back() is None
    assert shop.operations() == before


def test_unused_shift_warns(shop: Shop) -> None:
    """A shift over which nothing iterates sends no request and warns."""
    before = shop.operations()

    with pytest.warns(RuntimeWarning, match="A shift moved no traffic because nothing iterated over the shift"):
        shop.route.shift(shop.blue, shop.green)

    assert shop.operations() == before


@pytest.mark.parametrize("seconds", [1, 16, 44, 89])
def test_unhealthy_targets_restore_the_weights(shop: Shop, seconds: int) -> None:
    """If a target turns unhealthy while a step settles, the weights are restored within 15 s."""
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    started_at = shop.clock.monotonic()
    fail_at(shop, started_at + seconds)

    with pytest.raises(ShiftError) as caught:
        next(shift)

    assert seconds <= shop.clock.monotonic() - started_at <= seconds + 16
    error = caught.value
    assert (error.weights, error.rolled_back) == (shop.weights(100, 0), True)
    assert error.targets == (
        TargetSummary(id=GREEN_TARGET, port=8080, status="UNHEALTHY", reason_code="HealthCheckFailed"),
    )
    assert str(error) == (
        f"Shifting the traffic of the default action of {shop.listener} failed: the targets of {shop.green.id} are not "
        f"healthy: {GREEN_TARGET} port 8080 is UNHEALTHY (HealthCheckFailed). The original weights are restored. "
        f"Weights: {shop.weights(100, 0)}."
    )
    assert shop.route.get_weights() == shop.weights(100, 0)
    assert list(shift) == []


def fail_at(shop: Shop, reading: float) -> None:
    """Make the green target unhealthy with the first health check at or after a reading of the clock."""

    def fail(**_: object) -> None:
        if shop.clock.monotonic() >= reading:
            fail_green(shop)

    shop.client.boto3_client.meta.events.register("before-call.vpc-lattice.ListTargets", fail)


def test_groups_without_targets_restore_the_weights(shop: Shop) -> None:
    """If the new group loses its targets, the weights are restored."""
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    shop.client.deregister_targets(shop.green, [Target.ip(GREEN_TARGET)]).raise_for_failures()

    with pytest.raises(ShiftError, match=r"are not healthy: no targets\. The original weights are restored"):
        next(shift)


def test_new_targets_do_not_end_a_shift(shop: Shop) -> None:
    """A target that is registered during the shift may still be INITIAL."""
    shift = shop.route.shift(shop.blue, shop.green, settle_seconds=0)
    next(shift)
    shop.client.register_targets(shop.green, [Target.ip("10.0.2.2")]).raise_for_failures()

    assert next(shift).targets == (HEALTHY, TargetSummary(id="10.0.2.2", port=8080, status="INITIAL"))


def test_shift_fails_before_traffic_moves_if_targets_stay_unhealthy(shop: Shop) -> None:
    """If the targets do not become healthy in time, no traffic has moved."""
    fail_green(shop)
    started_at = shop.clock.monotonic()

    with pytest.raises(ShiftError) as caught:
        next(shop.route.shift(shop.blue, shop.green, health_timeout_seconds=200))

    assert shop.clock.monotonic() - started_at == pytest.approx(200)
    assert (caught.value.rolled_back, caught.value.weights) == (True, shop.weights(100, 0))
    assert f"did not become healthy within 200 s: {GREEN_TARGET} port 8080 is UNHEALTHY" in str(caught.value)
    assert list_updates(shop) == [shop.weights(100, 0)]


def test_shift_explains_targets_that_stay_unused(shop: Shop) -> None:
    """If the targets stay UNUSED at weight 0, no traffic has moved and the error names the causes."""
    shop.lattice.disassociate_from_service_networks(shop.service)
    shop.clock.advance(90)

    with pytest.raises(ShiftError, match="is associated with a service network and that the instances") as caught:
        next(shop.route.shift(shop.blue, shop.green))

    assert [target.status for target in caught.value.targets] == ["UNUSED"]
    assert list_updates(shop) == [shop.weights(100, 0)]


def test_continued_shift_returns_to_the_original_weights(shop: Shop) -> None:
    """If the targets are unhealthy when a shift continues, the weights from before the first shift are restored."""
    shop.move(shop.weights(50, 50))
    fail_green(shop)

    with pytest.raises(ShiftError) as caught:
        next(shop.route.shift(shop.blue, shop.green, health_timeout_seconds=0, original_weights={shop.blue: 100}))

    assert caught.value.rolled_back
    assert shop.route.get_weights() == shop.weights(100, 0)


def test_shift_can_continue_after_the_last_step(shop: Shop) -> None:
    """If an interrupt came after the last change, a shift with original weights only settles and checks the health."""
    shop.move(shop.weights(0, 100))
    shift = shop.route.shift(shop.blue, shop.green, original_weights=shop.weights(100, 0))

    assert [step.percent for step in shift] == [100]
    assert shift.roll_back() == shop.weights(100, 0)


@pytest.mark.parametrize("when", ["before the change", "while settling"])
def test_weights_that_another_tool_moved_are_kept(shop: Shop, when: str) -> None:
    """If another tool moves the weights of the two groups, the shift ends with an error and changes nothing."""
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    moved = shop.weights(70, 30)
    if when == "before the change":
        shop.move(moved)
    else:
        on_health_check(shop, lambda: shop.move(moved))

    with pytest.raises(StaleRouteError) as caught:
        next(shift)

    expected = shop.weights(99, 1) if when == "before the change" else shop.weights(90, 10)
    assert (caught.value.expected, caught.value.actual) == (expected, moved)
    assert shop.route.get_weights() == moved
    assert list(shift) == []


def on_health_check(shop: Shop, *actions: Callable[[], object]) -> None:
    """Call ``actions`` before the next health check."""
    events = shop.client.boto3_client.meta.events

    def call(**_: object) -> None:
        events.unregister("before-call.vpc-lattice.ListTargets", call)
        for action in actions:
            action()

    events.register("before-call.vpc-lattice.ListTargets", call)


def test_rollback_keeps_weights_that_another_tool_moved(shop: Shop) -> None:
    """If another tool moves the weights and targets turn unhealthy, the error has the weights of the other tool."""
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    moved = shop.weights(70, 30)
    on_health_check(shop, lambda: shop.move(moved), lambda: fail_green(shop))

    with pytest.raises(ShiftError, match="Restoring the weights failed: The weights of the default action") as caught:
        next(shift)

    assert (caught.value.rolled_back, caught.value.weights) == (False, moved)
    assert shop.route.get_weights() == moved


def test_rollback_that_fails_is_reported(shop: Shop) -> None:
    """If the weights cannot be restored, the error has the weights that are set and the cause."""
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    deny = partial(shop.lattice.fail, "UpdateListener", "AccessDeniedException")
    on_health_check(shop, lambda: fail_green(shop), deny)

    with pytest.raises(ShiftError, match="Restoring the weights failed: UpdateListener failed") as caught:
        next(shift)

    assert (caught.value.rolled_back, caught.value.weights) == (False, shop.weights(90, 10))
    assert shift.roll_back() == shop.weights(100, 0)


def test_errors_say_where_the_shift_was_left(
    make_client: MakeClient, lattice: VpcLatticeEmulator, boto3_client: Any
) -> None:
    """The note of an error has the last known weights and the weights that were sent."""
    shop = open_shop(lattice, make_client(retry=RetryPolicy(max_attempts=1)), boto3_client)
    shift = shop.route.shift(shop.blue, shop.green)
    next(shift)
    lattice.fail("UpdateListener", "InternalServerException")

    with pytest.raises(InternalServerError) as caught:
        next(shift)

    (note,) = caught.value.__notes__
    assert note == (
        f"The shift of the default action of {shop.listener} from {shop.blue.id} to {shop.green.id} stopped. The last "
        f"known weights are {shop.weights(99, 1)}. An update to {shop.weights(90, 10)} was sent, and its result is "
        f"unknown.\nA new shift with original_weights={shop.weights(100, 0)} continues from the current weights, and "
        "roll_back() restores the original weights."
    )


def test_invalid_arguments_are_reported_together(shop: Shop) -> None:
    """``route.shift()`` reports all problems of its arguments before any request."""
    before = shop.operations()
    arguments: Any = {"steps": (10, 5), "settle_seconds": -1, "health_timeout_seconds": "5", "original_weights": {}}

    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.shift("blue", shop.green, **arguments)

    assert [problem.field for problem in caught.value.problems] == [
        "old",
        "steps",
        "original_weights",
        "settle_seconds",
        "health_timeout_seconds",
    ]
    assert shop.operations() == before


@pytest.mark.parametrize(
    "steps",
    [(), (100, 100), (50, 10, 100), (10, 50), (0, 100), (1, 101), (1.5, 100), (True, 100), "100", 100, None, {100}],
)
def test_steps_must_rise_to_100(shop: Shop, steps: Any) -> None:
    """Steps are integers that increase and end with 100."""
    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.shift(shop.blue, shop.green, steps=steps)

    assert problems_of(caught.value) == ["steps: must be integers from 1 to 100 that increase and end with 100"]


def test_a_shift_needs_two_groups(shop: Shop) -> None:
    """The old and the new group must differ, also if one of them is an ARN."""
    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.shift(shop.blue, shop.blue.arn)

    assert problems_of(caught.value) == ["new: must not be the same target group as old"]


@pytest.mark.parametrize("weight", [None, 0])
def test_original_weights_must_return_the_traffic(shop: Shop, weight: int | None) -> None:
    """The old group must have a weight in the original weights."""
    original = {shop.green.id: 1} if weight is None else shop.weights(weight, 1)

    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.shift(shop.blue, shop.green, original_weights=original)

    assert problems_of(caught.value) == [f"original_weights['{shop.blue.id}']: must be an integer from 1 to 999"]


def test_all_problems_of_a_shift_are_reported_together(shop: Shop) -> None:
    """A new group that cannot be added and an old group without traffic are reported together."""
    tcp = create_group(shop.client, "tcp", protocol="TCP")
    shop.move({create_group(shop.client, f"group-{number}").id: 1 for number in range(10)})

    with pytest.raises(InvalidArgumentError) as caught:
        next(shop.route.shift(shop.blue, tcp))

    assert [problem.field for problem in caught.value.problems] == ["new", "new", "old"]
    assert shop.count("UpdateListener") == 1


@pytest.mark.parametrize("weights", [(0, 100), (None, 100)])
def test_old_group_must_receive_traffic(shop: Shop, weights: tuple[int | None, int]) -> None:
    """A group without traffic cannot be shifted. Probably, the two groups are confused."""
    blue, green = weights
    shop.move({shop.green.id: green} if blue is None else shop.weights(blue, green))

    with pytest.raises(InvalidArgumentError) as caught:
        next(shop.route.shift(shop.blue, shop.green))

    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("old", shop.blue.id)
    assert problem.rule.startswith(f"must receive traffic from the default action of {shop.listener}")


def test_shift_rejects_actions_without_groups(shop: Shop) -> None:
    """A fixed response has no traffic to shift."""
    shop.set_action({"fixedResponse": {"statusCode": 404}})

    with pytest.raises(InvalidArgumentError) as caught:
        next(shop.route.shift(shop.blue, shop.green))

    assert problems_of(caught.value) == ["listener: the action must forward requests to target groups"]


@pytest.mark.parametrize(
    ("blue", "other", "expected"),
    [
        (1, 1, "steps: 1 % of 1, the sum of both weights, must be at least 1 and less than 1"),
        (10, 1, "steps: 1 % of 10, the sum of both weights, must be at least 1 and less than 10"),
        (999, 1, "old: the sum of both weights, 1000, must be at most 999"),
    ],
)
def test_weights_must_express_the_steps(shop: Shop, blue: int, other: int, expected: str) -> None:
    """If a third group receives traffic, the weights must have room for the steps."""
    third = create_group(shop.client, "third")
    shop.move({**shop.weights(blue, 1 if blue == 999 else 0), third.id: other})

    with pytest.raises(InvalidArgumentError) as caught:
        next(shop.route.shift(shop.blue, shop.green))

    assert problems_of(caught.value) == [expected]
    assert shop.count("UpdateListener") == 1


def test_blue_can_be_retired_after_the_shift(shop: Shop) -> None:
    """After a shift, the old group can be drained, removed from the action and deleted."""
    list(shop.route.shift(shop.blue, shop.green))

    old = list(shop.client.list_targets(shop.blue))
    shop.client.deregister_targets(shop.blue, old, wait=True).raise_for_failures()
    shop.route.remove(shop.blue)
    shop.client.delete(shop.blue, wait_for_services=True, wait=True)

    assert [group.name for group in shop.client.list()] == ["green"]
