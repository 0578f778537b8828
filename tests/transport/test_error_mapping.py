"""Mapping of botocore exceptions to the errors of the library."""

import inspect
import json
from typing import Any

import pytest
from botocore import exceptions as botocore_exceptions  # pyright: ignore[reportMissingTypeStubs]
from botocore.parsers import ResponseParserError  # pyright: ignore[reportMissingTypeStubs]

from lattice_tg import ConfigurationError, InvalidSpecError, LatticeError, ServiceError, TransportError
from lattice_tg.transport.api import CREATE_TARGET_GROUP, VpcLatticeApi
from support.api_operations import OPERATIONS, ROUTE_OPERATIONS
from support.clients import MakeClient
from support.sample_groups import REQUESTS, operation_of

NO_RESPONSE = {
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
"""The botocore exceptions that mean that no response arrived."""


def make_botocore_errors() -> list[Exception]:
    """Return an instance of every exception class that botocore defines, except for the classes of its Stubber."""
    classes = [
        error_class
        for _, error_class in inspect.getmembers(botocore_exceptions, inspect.isclass)
        if issubclass(error_class, Exception)
    ]
    defined_classes = [
        error_class
        for error_class in classes
        if error_class.__module__ == botocore_exceptions.__name__ and not issubclass(error_class, Warning)
    ]
    request_errors = [
        error_class
        for error_class in [*defined_classes, ResponseParserError]
        if not issubclass(error_class, botocore_exceptions.StubResponseError)
    ]
    return [make_error(error_class) for error_class in request_errors]


def make_error(error_class: type[Exception]) -> Exception:
    if issubclass(error_class, botocore_exceptions.ClientError):
        return error_class({"Error": {"Code": "Code", "Message": "message"}}, "GetTargetGroup")
    error = error_class.__new__(error_class)
    error.args = ("message",)
    return error


def get_expected_class(error: Exception) -> type[LatticeError]:
    name = type(error).__name__
    if isinstance(error, botocore_exceptions.ClientError):
        return ServiceError
    if name in NO_RESPONSE or name == "ResponseParserError":
        return TransportError
    return InvalidSpecError if name == "ParamValidationError" else ConfigurationError


class RaisingClient:
    """A fake boto3 client whose methods raise an exception."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, method: str) -> Any:
        def raise_error(**_: Any) -> None:
            raise self._error

        return raise_error


def map_error(error: Exception, method: str = "get_target_group") -> LatticeError:
    with pytest.raises(LatticeError) as caught:
        VpcLatticeApi(RaisingClient(error)).call(OPERATIONS[method], REQUESTS[method])
    return caught.value


@pytest.mark.parametrize("error", make_botocore_errors(), ids=lambda error: type(error).__name__)
def test_every_botocore_exception_is_mapped(error: Exception) -> None:
    """Each botocore exception is mapped to the expected class. The error has the message and the cause."""
    mapped = map_error(error)

    assert (type(mapped), mapped.__cause__) == (get_expected_class(error), error)
    assert "message" in str(mapped)


@pytest.mark.parametrize("method", REQUESTS)
@pytest.mark.parametrize(
    "error_class",
    [botocore_exceptions.NoCredentialsError, ResponseParserError, botocore_exceptions.ConnectionError],
)
def test_every_operation_maps_exceptions(method: str, error_class: type[Exception]) -> None:
    """The exceptions that boto3 raises are mapped for every operation."""
    mapped = map_error(make_error(error_class), method)

    assert operation_of(method) in str(mapped)


def test_requests_cover_every_operation() -> None:
    """The sample requests cover every operation on target groups."""
    assert OPERATIONS.keys() - ROUTE_OPERATIONS == set(REQUESTS)


def test_failed_assume_role_is_a_configuration_error() -> None:
    """If a request that botocore sends to get credentials fails, the error is a ConfigurationError."""
    response = {"Error": {"Code": "AccessDenied", "Message": "not yours"}}

    mapped = map_error(botocore_exceptions.ClientError(response, "AssumeRole"))

    assert str(mapped) == (
        "GetTargetGroup: Retrieving credentials failed: An error occurred (AccessDenied) when calling the AssumeRole "
        "operation: not yours. Fix the AWS profile or the role that provides the credentials."
    )


def test_botocore_validation_error_is_an_invalid_spec(make_client: MakeClient) -> None:
    """If botocore's validation rejects a request, InvalidSpecError is raised with botocore's message."""
    api = VpcLatticeApi(make_client().boto3_client)

    with pytest.raises(
        InvalidSpecError, match=r"CreateTargetGroup=.*Missing required parameter.*botocore rejected the request"
    ):
        api.call(CREATE_TARGET_GROUP, {"name": "orders"})


def test_empty_error_response_is_mapped() -> None:
    """An error response without members is mapped to a ServiceError with default values."""
    mapped = map_error(botocore_exceptions.ClientError(json.loads("{}"), "GetTargetGroup"))

    assert (
        str(mapped)
        == "GetTargetGroup failed: Unknown (0). Look up the code under Common Errors in the VPC Lattice API reference. [attempts: 1]"
    )


@pytest.mark.parametrize(
    "error_class", [botocore_exceptions.EndpointConnectionError, botocore_exceptions.ConnectTimeoutError]
)
def test_connection_error_has_a_hint(error_class: Any) -> None:
    """If no connection can be established (for example, in an unknown Region), the error lists what to check."""
    mapped = map_error(error_class(endpoint_url="https://vpc-lattice.us-east1.amazonaws.com", error="oh"))

    assert "us-east1" in str(mapped)
    assert ". Check the Region, endpoint_url and the network connection (DNS, VPC endpoint, proxy). Retry later" in str(
        mapped
    )
