"""``route.get_weights()``, ``set_weights()`` and ``remove()``."""

from functools import partial
from typing import Any

import pytest

from lattice_tg import (
    InvalidArgumentError,
    InvalidIdentifierError,
    ResourceNotFoundError,
    StaleRouteError,
    TargetGroupSummary,
    TransportError,
)
from support.routes import Shop, create_group, forward, problems_of

UNKNOWN = "tg-00000000000000000"


def get_action(shop: Shop) -> Any:
    """Return the default action of the listener."""
    parents = {"serviceIdentifier": shop.service, "listenerIdentifier": shop.listener}
    return shop.boto3_client.get_listener(**parents)["defaultAction"]


def test_creating_a_route_sends_no_request(shop: Shop) -> None:
    """``client.route()`` sends no request, and the route shows its identifiers."""
    before = shop.operations()

    route = shop.client.route(service=shop.service, listener=shop.listener, rule="rule-00000000000000000")

    assert shop.operations() == before
    assert (route.service, route.listener, route.rule) == (shop.service, shop.listener, "rule-00000000000000000")
    fields = f"service='{shop.service}', listener='{shop.listener}', rule='rule-00000000000000000'"
    assert repr(route).removeprefix("Async") == f"Route({fields})"


def test_route_reports_all_invalid_identifiers(shop: Shop) -> None:
    """``client.route()`` reports every invalid identifier, and names are not identifiers."""
    with pytest.raises(InvalidIdentifierError) as caught:
        shop.client.route(service="shop", listener="http", rule="")

    assert [problem.field for problem in caught.value.problems] == ["service", "listener", "rule"]


def test_arns_are_accepted(shop: Shop) -> None:
    """A route can be created from the ARNs of the service and the listener."""
    listener = shop.boto3_client.get_listener(serviceIdentifier=shop.service, listenerIdentifier=shop.listener)
    route = shop.client.route(service=listener["serviceArn"], listener=listener["arn"])

    assert route.get_weights() == {shop.blue.id: 100}
    assert route.set_weights({shop.blue.arn: 7}) == {shop.blue.id: 7}


def test_get_weights_reads_ids_of_groups_in_the_action(shop: Shop) -> None:
    """The keys are ids even if the action names ARNs, and a single group without a weight has weight 100."""
    shop.set_action({"forward": {"targetGroups": [{"targetGroupIdentifier": shop.blue.arn}]}})

    assert shop.route.get_weights() == {shop.blue.id: 100}


def test_get_weights_of_an_action_without_groups_is_empty(shop: Shop) -> None:
    """A fixed response has no weights."""
    shop.set_action({"fixedResponse": {"statusCode": 404}})

    assert shop.route.get_weights() == {}


def test_set_weights_changes_only_the_named_groups(shop: Shop) -> None:
    """Groups that are not named keep their weights, identifiers and positions in the action."""
    other = create_group(shop.client, "other")
    shop.set_action(forward({other.arn: 5, shop.blue.id: 100}))

    weights = shop.route.set_weights({shop.blue: 90, shop.green: 10})

    assert weights == {other.id: 5, shop.blue.id: 90, shop.green.id: 10}
    assert get_action(shop) == forward({other.arn: 5, shop.blue.id: 90, shop.green.id: 10})


def test_set_weights_of_a_rule_changes_only_the_action(shop: Shop) -> None:
    """A rule keeps its name, priority and match."""
    rule = shop.create_rule(forward({shop.blue.id: 100}))
    identifiers = {"serviceIdentifier": shop.service, "listenerIdentifier": shop.listener, "ruleIdentifier": rule}
    before = shop.boto3_client.get_rule(**identifiers)
    route = shop.client.route(service=shop.service, listener=shop.listener, rule=rule)

    assert route.set_weights({shop.green.id: 1}) == route.get_weights() == shop.weights(100, 1)

    after = shop.boto3_client.get_rule(**identifiers)
    kept = ("name", "priority", "match")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert shop.route.get_weights() == {shop.blue.id: 100}


def test_set_weights_sends_nothing_if_the_weights_are_already_set(shop: Shop) -> None:
    """Weights that are already set need no update."""
    shop.route.set_weights({shop.blue: 100})

    assert shop.count("UpdateListener") == 0


def test_set_weights_rejects_unexpected_weights(shop: Shop) -> None:
    """If the weights differ from ``expected``, nothing is changed and the error has both."""
    with pytest.raises(StaleRouteError) as caught:
        shop.route.set_weights({shop.blue: 50}, expected=shop.weights(100, 0))

    assert (caught.value.expected, caught.value.actual) == (shop.weights(100, 0), {shop.blue.id: 100})
    assert shop.route.get_weights() == {shop.blue.id: 100}


def test_set_weights_accepts_expected_weights(shop: Shop) -> None:
    """The result of ``get_weights()`` is valid as ``expected``, and the keys may also be models."""
    route = shop.route

    weights = route.set_weights({shop.green: 1}, expected=route.get_weights())

    assert route.set_weights({shop.green: 2}, expected={shop.blue: 100, shop.green: 1}) == shop.weights(100, 2)
    assert weights == shop.weights(100, 1)


def test_set_weights_reports_all_invalid_arguments(shop: Shop) -> None:
    """All problems of the arguments are reported, and no request is sent."""
    before = shop.operations()
    summary = TargetGroupSummary(id=shop.blue.id, arn=shop.blue.arn, name="blue", type="IP", status="ACTIVE")
    weights: Any = {shop.blue: 1000, summary: 1, shop.green.id: True, "orders": 1}
    many: Any = {f"tg-{number:017}": 1 for number in range(11)}

    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.set_weights(weights, expected={})
    with pytest.raises(InvalidArgumentError) as caught_many:
        shop.route.set_weights(many)

    assert problems_of(caught.value) == [
        f"weights['{shop.blue.id}']: must be an integer from 0 to 999",
        f"weights['{shop.blue.id}']: must not name the same target group twice",
        f"weights['{shop.green.id}']: must be an integer from 0 to 999",
        "the key of weights: must be the id (tg- followed by 17 characters from 0-9 and a-z) or ARN of a target group",
        "expected: must be a mapping from at least one target group to its weight",
    ]
    assert problems_of(caught_many.value) == ["weights: an action can forward to at most 10 target groups"]
    assert shop.operations() == before


def test_set_weights_reports_all_problems_of_the_groups(shop: Shop) -> None:
    """A group that another service uses, a TCP group and weights of 0 are reported together."""
    used, tcp = create_group(shop.client, "used"), create_group(shop.client, "tcp", protocol="TCP")
    other = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-00000000000000000"
    shop.lattice.attach_to_service(used.id, other)
    shop.clock.advance(90)

    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.set_weights({shop.blue: 0, used: 0, tcp: 0})

    assert problems_of(caught.value) == [
        "weights: at least one weight must be greater than 0",
        f"weights['{used.id}']: must not be used by another service, but {other} uses the group",
        f"weights['{tcp.id}']: TCP target groups require the default action of a TLS_PASSTHROUGH listener",
    ]
    assert shop.route.get_weights() == {shop.blue.id: 100}


def test_set_weights_limits_the_groups_of_the_action(shop: Shop) -> None:
    """Groups that the action already names count toward the maximum of 10."""
    named = [create_group(shop.client, f"group-{number}").id for number in range(10)]
    shop.move(dict.fromkeys(named, 1))

    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.set_weights({shop.green: 1})

    assert problems_of(caught.value) == ["weights: an action can forward to at most 10 target groups"]


def test_tls_passthrough_listeners_require_tcp_groups(shop: Shop) -> None:
    """A TLS_PASSTHROUGH listener accepts only TCP groups."""
    first, second = (create_group(shop.client, name, protocol="TCP") for name in ("first", "second"))
    service = shop.boto3_client.create_service(name="tls")["id"]
    listener = shop.boto3_client.create_listener(
        serviceIdentifier=service, name="tls", protocol="TLS_PASSTHROUGH", defaultAction=forward({first.id: 100})
    )
    route = shop.client.route(service=service, listener=listener["id"])

    with pytest.raises(InvalidArgumentError) as caught:
        route.set_weights({shop.green: 1})

    assert problems_of(caught.value) == [
        f"weights['{shop.green.id}']: TLS_PASSTHROUGH listeners require TCP target groups"
    ]
    assert route.set_weights({second: 1}) == {first.id: 100, second.id: 1}


def test_actions_that_forward_to_nothing_are_rejected(shop: Shop) -> None:
    """The weights of a fixed response cannot be set, whether it is the action of a listener or a rule."""
    action = {"fixedResponse": {"statusCode": 404}}
    rule = shop.create_rule(action)
    shop.set_action(action)
    routes = [shop.route, shop.client.route(service=shop.service, listener=shop.listener, rule=rule)]

    for route, name in zip(routes, ("listener", "rule"), strict=True):
        for change in (partial(route.set_weights, {shop.green: 1}), partial(route.remove, shop.green)):
            with pytest.raises(InvalidArgumentError) as caught:
                change()
            assert problems_of(caught.value) == [f"{name}: the action must forward requests to target groups"]


def test_default_rules_are_rejected(shop: Shop) -> None:
    """If the rule is the default rule of the listener, setting weights raises an error."""
    parents = {"serviceIdentifier": shop.service, "listenerIdentifier": shop.listener}
    (rule,) = shop.boto3_client.list_rules(**parents)["items"]
    route = shop.client.route(service=shop.service, listener=shop.listener, rule=rule["id"])

    with pytest.raises(InvalidArgumentError) as caught:
        route.set_weights({shop.blue: 1})

    assert problems_of(caught.value) == ["rule: must not be the default rule of a listener"]


def test_listeners_of_other_services_do_not_exist(shop: Shop) -> None:
    """The id of a listener of another service is not found."""
    other = shop.boto3_client.create_service(name="other")["id"]

    with pytest.raises(ResourceNotFoundError):
        shop.client.route(service=other, listener=shop.listener).get_weights()


def test_groups_that_do_not_exist_are_rejected(shop: Shop) -> None:
    """A group that does not exist changes nothing."""
    with pytest.raises(ResourceNotFoundError):
        shop.route.set_weights({UNKNOWN: 1})

    assert shop.count("UpdateListener") == 0


@pytest.mark.parametrize("operation", ["GetListener", "UpdateListener", "GetTargetGroup"])
@pytest.mark.parametrize("fault", ["throttle", "fail", "drop_response"])
def test_requests_are_retried(shop: Shop, operation: str, fault: str) -> None:
    """Throttling, 500 responses and lost responses are retried."""
    arguments = ("InternalServerException",) if fault == "fail" else ()
    getattr(shop.lattice, fault)(operation, *arguments, times=2)

    assert shop.route.set_weights({shop.green: 1}) == shop.route.get_weights() == shop.weights(100, 1)


def test_a_response_about_another_listener_is_never_used(shop: Shop) -> None:
    """A response about another listener counts as lost."""

    def replace_id(parsed: dict[str, Any], **_: object) -> None:
        parsed["id"] = "listener-00000000000000000"

    shop.client.boto3_client.meta.events.register("after-call.vpc-lattice.GetListener", replace_id)

    with pytest.raises(TransportError, match="the response is about id='listener-00000000000000000', expected"):
        shop.route.get_weights()


def test_remove_takes_a_group_without_traffic_out_of_the_action(shop: Shop) -> None:
    """A group with weight 0 can be removed, and then deleted. Removing the group again changes nothing."""
    shop.route.set_weights({shop.green: 0})

    for _ in range(2):
        shop.route.remove(shop.green)

    assert get_action(shop) == forward({shop.blue.id: 100})
    assert shop.count("UpdateListener") == 2


@pytest.mark.parametrize(("blue", "green"), [(99, 1), (None, 0), (None, 100)])
def test_remove_rejects_a_group_with_traffic(shop: Shop, blue: int | None, green: int) -> None:
    """A group that receives traffic, or that is the only group, stays in the action."""
    weights = {shop.green.id: green} if blue is None else shop.weights(blue, green)
    shop.move(weights)

    with pytest.raises(InvalidArgumentError) as caught:
        shop.route.remove(shop.green.arn)

    rule = f"must not receive traffic from the default action of {shop.listener}"
    assert problems_of(caught.value) == [f"target_group: {rule}"]
    assert shop.route.get_weights() == weights
