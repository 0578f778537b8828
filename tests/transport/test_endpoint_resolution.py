"""Tests of the endpoint resolver, which must find the same endpoints as botocore's resolver."""

from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.model import OperationModel
from botocore.regions import EndpointRulesetResolver

from lattice_tg import TargetGroupClient
from lattice_tg.transport import endpoint_resolution
from lattice_tg.transport.endpoint_resolution import set_endpoint_resolver

pytestmark = pytest.mark.usefixtures("credentials")

FastResolver: Any = vars(endpoint_resolution)["_FastEndpointResolver"]
GROUP_ID = "tg-0123456789abcdefg"


def make_clients(**options: Any) -> list[Any]:
    """Return two boto3 clients of the library, of which only the first has the fast resolver."""
    clients: list[Any] = [TargetGroupClient(**options).boto3_client for _ in range(2)]
    assert [type(client._ruleset_resolver) for client in clients] == [FastResolver] * 2
    clients[1]._ruleset_resolver.__class__ = EndpointRulesetResolver
    return clients


def resolve(client: Any, operation: str = "GetTargetGroup", **parameters: Any) -> tuple[Any, dict[str, Any]]:
    """Return the endpoint for a request, and the context of the request."""
    context: dict[str, Any] = {}
    model = client.meta.service_model.operation_model(operation)
    return client._resolve_endpoint_ruleset(model, parameters, context), context


OPTIONS: list[dict[str, Any]] = [
    {"region_name": "eu-west-1"},
    {"region_name": "us-gov-west-1", "config": cast("Any", Config)(use_fips_endpoint=True)},
    {"region_name": "cn-north-1", "config": cast("Any", Config)(use_dualstack_endpoint=True)},
    {"region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:8080/path"},
    {"region_name": "eu-west-1", "config": cast("Any", Config)(signature_version="v4")},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_endpoints_equal_botocores(options: dict[str, Any]) -> None:
    """The endpoint and the context are the same as botocore's, for the first and all later requests."""
    fast, plain = make_clients(**options)

    for operation in ("GetTargetGroup", "CreateTargetGroup", "GetTargetGroup", "CreateTargetGroup"):
        assert resolve(fast, operation) == resolve(plain, operation)
        assert resolve(fast, operation)[0][0]


def test_handlers_are_called_once_for_each_request() -> None:
    """The handler of the event receives the same arguments as from botocore, once for each request."""
    recorded: list[Any] = []

    def record(builtins: dict[str, Any], model: Any, params: Any, context: Any, **_: object) -> None:
        recorded.append((dict(builtins), model.name, params, context))

    for client in make_clients(region_name="eu-west-1"):
        client.meta.events.register("before-endpoint-resolution.vpc-lattice", record)
        for number in range(3):
            resolve(client, targetGroupIdentifier=str(number))

    values = [(name, params) for _, name, params, _ in recorded]
    assert values[:3] == values[3:] == [("GetTargetGroup", {"targetGroupIdentifier": str(n)}) for n in range(3)]
    assert recorded[0][0].keys() == recorded[3][0].keys() >= {"AWS::Region", "SDK::Endpoint"}


def test_handlers_can_change_the_endpoint() -> None:
    """If a handler changes a value for some requests, each request gets the endpoint for its value."""
    regions = ["us-east-1", "us-west-2", "us-west-2", "us-east-1"]
    (fast, _) = make_clients(region_name="eu-west-1")

    def change_region(builtins: dict[str, Any], **_: object) -> None:
        builtins["AWS::Region"] = regions[0]

    fast.meta.events.register("before-endpoint-resolution.vpc-lattice", change_region)
    urls: list[str] = []
    while regions:
        urls.append(resolve(fast)[0][0])
        regions.pop(0)

    assert urls == [
        f"https://vpc-lattice.{region}.api.aws"
        if "api.aws" in urls[0]
        else f"https://vpc-lattice.{region}.amazonaws.com"
        for region in ("us-east-1", "us-west-2", "us-west-2", "us-east-1")
    ]


def test_functions_as_values_are_called_for_each_request() -> None:
    """If a handler sets a function as a value, each endpoint or error is the same as with botocore's resolver."""
    outcomes: list[list[object]] = []
    for client in make_clients(region_name="eu-west-1"):
        next_region = partial(next, iter(["us-east-1", "us-west-2"]))

        def set_function(builtins: dict[str, Any], function: Any = next_region, **_: object) -> None:
            builtins["AWS::Region"] = function

        client.meta.events.register("before-endpoint-resolution.vpc-lattice", set_function)
        outcomes.append([resolve_or_fail(client) for _ in range(2)])

    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == 2


def resolve_or_fail(client: Any) -> object:
    """Return the endpoint, or the class of the error. Older versions of botocore reject functions."""
    try:
        return resolve(client)[0]
    except Exception as error:  # noqa: BLE001 - the errors are compared
        return type(error)


def test_values_that_a_handler_keeps_are_not_used_again() -> None:
    """If a handler keeps the values and changes them after the request, later requests do not use the changed values."""
    kept: list[dict[str, Any]] = []
    (fast, _) = make_clients(region_name="eu-west-1")

    def keep(builtins: dict[str, Any], **_: object) -> None:
        if not kept:
            builtins["AWS::Region"] = "us-east-1"
        kept.append(builtins)

    fast.meta.events.register("before-endpoint-resolution.vpc-lattice", keep)
    assert "us-east-1" in resolve(fast)[0][0]
    kept[0]["AWS::Region"] = "eu-west-1"
    assert "eu-west-1" in resolve(fast)[0][0]


def test_debug_log_is_complete(caplog: pytest.LogCaptureFixture) -> None:
    """If botocore's debug log is enabled, the log contains the same messages as with botocore's resolver."""
    logs: list[list[str]] = []
    for client in make_clients(region_name="eu-west-1"):
        resolve(client)
        with caplog.at_level("DEBUG", logger="botocore.regions"):
            resolve(client)
        logs.append([record.getMessage() for record in caplog.records if record.name == "botocore.regions"])
        caplog.clear()

    assert logs[0] == logs[1]
    assert logs[0]


def test_rules_are_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules are evaluated for the first request of each operation."""
    evaluated: list[str] = []
    construct: Any = vars(EndpointRulesetResolver)["construct_endpoint"]

    def record(resolver: Any, operation_model: Any, *arguments: Any) -> Any:
        evaluated.append(operation_model.name)
        return construct(resolver, operation_model, *arguments)

    monkeypatch.setattr(EndpointRulesetResolver, "construct_endpoint", record)
    (fast, _) = make_clients(region_name="eu-west-1")
    for operation in ("GetTargetGroup", "DeleteTargetGroup", "GetTargetGroup", "DeleteTargetGroup"):
        resolve(fast, operation)

    assert evaluated == ["GetTargetGroup", "DeleteTargetGroup"]


def test_rules_that_depend_on_parameters_are_evaluated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the endpoint of an operation depends on its parameters, the rules are evaluated for each request."""
    (fast, _) = make_clients(region_name="eu-west-1")
    model = fast.meta.service_model.operation_model("GetTargetGroup")
    monkeypatch.setattr(OperationModel, "context_parameters", [SimpleNamespace(**CONTEXT_PARAMETER)])

    urls = [
        fast._ruleset_resolver.construct_endpoint(model, {"targetGroupIdentifier": url}, {}).url
        for url in ("http://127.0.0.1:1", "http://127.0.0.1:2")
    ]

    assert urls == ["http://127.0.0.1:1", "http://127.0.0.1:2"]


CONTEXT_PARAMETER = {"name": "Endpoint", "member_name": "targetGroupIdentifier"}
"""A binding of a request parameter to the parameter ``Endpoint`` of the rules."""


def test_only_clients_of_the_library_change() -> None:
    """Clients that the library creates have the fast resolver. Other clients do not have it."""
    session = cast("Any", boto3).Session(region_name="eu-west-1")
    plain = session.client("vpc-lattice")
    clients = [TargetGroupClient(session=session), TargetGroupClient(boto3_client=plain)]

    types: list[object] = [client.boto3_client._ruleset_resolver.__class__ for client in clients]
    assert types == [FastResolver, EndpointRulesetResolver]


def make_resolver(builtin: str) -> Any:
    """Return a resolver of botocore whose rules use one value."""
    resolver: Any = cast("Any", EndpointRulesetResolver).__new__(EndpointRulesetResolver)
    resolver._param_definitions = {"Parameter": SimpleNamespace(builtin=builtin)}
    return resolver


class OtherResolver(EndpointRulesetResolver):  # type: ignore[misc]
    """A resolver that a user derived from botocore's."""


@pytest.mark.parametrize(
    ("resolver", "is_replaced"),
    [
        (None, False),
        (cast("Any", OtherResolver).__new__(OtherResolver), False),
        (make_resolver("AWS::Auth::AccountId"), False),
        (make_resolver("AWS::Region"), True),
    ],
)
def test_other_resolvers_stay_as_they_are(resolver: Any, is_replaced: bool) -> None:
    """A resolver that is not botocore's own, or whose rules use other values, is not replaced."""
    before: object = resolver.__class__

    assert set_endpoint_resolver(SimpleNamespace(_ruleset_resolver=resolver)) is is_replaced
    assert resolver.__class__ is (FastResolver if is_replaced else before)


def test_other_resolver_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """If botocore has another resolver, the library does not replace it and logs a debug message."""
    monkeypatch.setattr(endpoint_resolution, "EndpointRulesetResolver", OtherResolver)
    with caplog.at_level("DEBUG", logger="lattice_tg"):
        client: Any = TargetGroupClient(region_name="eu-west-1")

    assert type(client.boto3_client._ruleset_resolver) is EndpointRulesetResolver
    assert "are evaluated for each request" in caplog.text
