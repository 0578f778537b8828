"""Every error that botocore can raise becomes exactly one of ours, with all its facts."""

import inspect
import json
from typing import Any

import pytest
from botocore import exceptions as foreign  # pyright: ignore[reportMissingTypeStubs]
from botocore.parsers import ResponseParserError  # pyright: ignore[reportMissingTypeStubs]

from conftest import MakeClient
from lattice_tg import ConfigurationError, InvalidSpecError, LatticeError, ServiceError, TransportError
from lattice_tg.transport.api import CREATE_TARGET_GROUP, GET_TARGET_GROUP, VpcLatticeApi
from support.api_operations import OPERATIONS
from support.sample_groups import REQUESTS, operation_of

NO_ANSWER = {
    "HTTPClientError",
    "ConnectionError",
    "EndpointConnectionError",
    "ConnectionClosedError",
    "ReadTimeoutError",
    "ConnectTimeoutError",
    "ProxyConnectionError",
    "ResponseStreamingError",
    "IncompleteReadError",
}
"""The exceptions of botocore that say that no answer came."""


def foreign_errors() -> list[Exception]:
    """One of every exception class of botocore."""
    classes = [kind for _, kind in inspect.getmembers(foreign, inspect.isclass) if issubclass(kind, Exception)]
    own = [kind for kind in classes if kind.__module__ == foreign.__name__ and not issubclass(kind, Warning)]
    return [made(kind) for kind in [*own, ResponseParserError]]


def made(kind: type[Exception]) -> Exception:
    if issubclass(kind, foreign.ClientError):
        return kind({"Error": {"Code": "Told", "Message": "told"}}, "GetTargetGroup")
    error = kind.__new__(kind)
    error.args = ("told",)
    return error


def expected_class(error: Exception) -> type[LatticeError]:
    name = type(error).__name__
    if isinstance(error, foreign.ClientError):
        return ServiceError
    if name in NO_ANSWER or name == "ResponseParserError":
        return TransportError
    return InvalidSpecError if name == "ParamValidationError" else ConfigurationError


class Raising:
    """A boto3 client that raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, method: str) -> Any:
        def raise_error(**_: Any) -> None:
            raise self._error

        return raise_error


def raised_by(error: Exception, method: str = "get_target_group") -> LatticeError:
    with pytest.raises(LatticeError) as caught:
        VpcLatticeApi(Raising(error)).call(OPERATIONS[method], REQUESTS[method])
    return caught.value


@pytest.mark.parametrize("error", foreign_errors(), ids=lambda error: type(error).__name__)
def test_every_exception_of_botocore_has_its_class(error: Exception) -> None:
    """Each becomes exactly the class that is meant for it, which says what it said and has it as its cause."""
    ours = raised_by(error)

    assert (type(ours), ours.__cause__) == (expected_class(error), error)
    assert "told" in str(ours)


@pytest.mark.parametrize("method", REQUESTS)
@pytest.mark.parametrize("kind", [foreign.NoCredentialsError, ResponseParserError, foreign.ConnectionError, ValueError])
def test_nothing_foreign_escapes_any_operation(method: str, kind: type[Exception]) -> None:
    """Whatever boto3 raises, each operation raises an error of ours."""
    ours = raised_by(made(kind), method)

    assert operation_of(method) in str(ours)


def test_every_operation_has_its_gateway_method() -> None:
    """The gateway has the methods that are tested here and no others."""
    assert OPERATIONS.keys() == set(REQUESTS)


def test_refused_credentials_are_a_matter_of_configuration() -> None:
    """An error of a request that botocore makes for credentials is not the service's answer to ours."""
    told = {"Error": {"Code": "AccessDenied", "Message": "not yours"}}

    ours = raised_by(foreign.ClientError(told, "AssumeRole"))

    assert str(ours) == (
        "GetTargetGroup: Retrieving credentials failed: An error occurred (AccessDenied) when calling the AssumeRole "
        "operation: not yours. Fix the AWS profile or the role that provides the credentials."
    )


def test_what_botocore_refuses_to_send_is_an_invalid_spec(make_client: MakeClient) -> None:
    """What the service's model forbids and our rules let pass is said in botocore's words."""
    gateway = VpcLatticeApi(make_client().boto3_client)

    with pytest.raises(
        InvalidSpecError, match=r"CreateTargetGroup=.*Missing required parameter.*botocore rejected the request"
    ):
        gateway.call(CREATE_TARGET_GROUP, {"name": "orders"})


def test_programming_errors_are_not_hidden() -> None:
    """What no answer can cause goes through as it is."""
    with pytest.raises(ZeroDivisionError):
        VpcLatticeApi(Raising(ZeroDivisionError())).call(GET_TARGET_GROUP, {})


def test_an_answer_without_any_facts_is_read() -> None:
    """An error answer that lacks everything is an error with nothing known."""
    ours = raised_by(foreign.ClientError(json.loads("{}"), "GetTargetGroup"))

    assert (
        str(ours)
        == "GetTargetGroup failed: Unknown (0). Look up the code under Common Errors in the VPC Lattice API reference. [attempts: 1]"
    )


@pytest.mark.parametrize("kind", [foreign.EndpointConnectionError, foreign.ConnectTimeoutError])
def test_a_way_that_leads_nowhere(kind: Any) -> None:
    """Where no connection came about, as with a Region that does not exist, the error says what to check."""
    ours = raised_by(kind(endpoint_url="https://vpc-lattice.us-east1.amazonaws.com", error="oh"))

    assert "us-east1" in str(ours)
    assert ours.message.endswith(
        ". Check the Region, endpoint_url and the network connection (DNS, VPC endpoint, proxy)"
    )
