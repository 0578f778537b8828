"""Mapping of modeled and unmodeled errors that arrive over real connections."""

from typing import Any

import attrs
import botocore.session  # pyright: ignore[reportMissingTypeStubs]
import pytest

from lattice_tg import (
    AccessDeniedError,
    ConflictError,
    InternalServerError,
    ResourceNotFoundError,
    RetryPolicy,
    ServiceError,
    ServiceQuotaExceededError,
    ThrottlingError,
    ValidationError,
)
from lattice_tg.transport import VpcLatticeApi
from support.api_operations import OPERATIONS
from support.clients import MakeClient
from support.http_stub import error_response, serve
from support.sample_groups import ID, REQUESTS, operation_of

MEMBERS: dict[str, tuple[type[ServiceError], int, dict[str, Any], dict[str, Any]]] = {
    "ValidationException": (
        ValidationError,
        400,
        {
            "reason": "fieldValidationFailed",
            "fieldList": [{"name": "n", "message": "m"}, {"name": "o", "message": "p"}],
        },
        {"reason": "fieldValidationFailed", "fields": (("n", "m"), ("o", "p"))},
    ),
    "AccessDeniedException": (AccessDeniedError, 403, {}, {}),
    "ResourceNotFoundException": (
        ResourceNotFoundError,
        404,
        {"resourceId": ID, "resourceType": "TARGET_GROUP"},
        {"resource_id": ID, "resource_type": "TARGET_GROUP"},
    ),
    "ConflictException": (
        ConflictError,
        409,
        {"resourceId": ID, "resourceType": "TARGET_GROUP"},
        {"resource_id": ID, "resource_type": "TARGET_GROUP", "kind": "unknown", "service_arns": ()},
    ),
    "ServiceQuotaExceededException": (
        ServiceQuotaExceededError,
        402,
        {"resourceType": "TARGET_GROUP", "serviceCode": "vpc-lattice", "quotaCode": "L-1"},
        {"resource_type": "TARGET_GROUP", "service_code": "vpc-lattice", "quota_code": "L-1"},
    ),
    "ThrottlingException": (
        ThrottlingError,
        429,
        {"serviceCode": "vpc-lattice", "quotaCode": "L-1"},
        {"service_code": "vpc-lattice", "quota_code": "L-1"},
    ),
    "InternalServerException": (InternalServerError, 500, {}, {}),
}
"""The class, the HTTP status, the members of the response, and the expected fields for each error code."""

RETRY_AFTER = {"ThrottlingException": 7.0, "InternalServerException": 7.0}


def modeled_errors() -> list[tuple[str, str]]:
    """Return each method with each error code that the service model lists for the operation."""
    session: Any = botocore.session.Session()
    model = session.get_service_model("vpc-lattice")
    operations = [(method, model.operation_model(operation_of(method))) for method in REQUESTS]
    return [(method, shape.name) for method, operation in operations for shape in operation.error_shapes]


@pytest.mark.parametrize(("method", "code"), modeled_errors())
def test_modeled_error_has_all_members(method: str, code: str, make_client: MakeClient) -> None:
    """Each modeled error of each operation is mapped to a specific class with a field for every member."""
    error_class, http_status, body, fields = MEMBERS[code]
    headers = {"Retry_After": "7"} if code in RETRY_AFTER else {}

    with (
        serve(error_response(http_status, code, body, **headers)) as stub,
        make_client(endpoint_url=stub.url) as client,
    ):
        api = VpcLatticeApi(client.boto3_client)
        with pytest.raises(error_class) as caught:
            api.call(OPERATIONS[method], REQUESTS[method])

    assert attrs.asdict(caught.value, recurse=False) == {
        "operation": operation_of(method),
        "code": code,
        "message": "message",
        "http_status": http_status,
        "target_group": None,
        "request_id": "r-1",
        "attempts": 1,
        "client_token": None,
        "retryable": code in RETRY_AFTER,
        "retry_after_seconds": RETRY_AFTER.get(code),
        **fields,
    }
    assert type(caught.value) is error_class


def test_null_in_the_list_of_fields_is_ignored(make_client: MakeClient) -> None:
    """If the list of invalid fields contains a null, the error has the other fields."""
    body: dict[str, Any] = {"fieldList": [None, {"name": "n", "message": "m"}]}

    with serve(error_response(400, "ValidationException", body)) as stub, pytest.raises(ValidationError) as caught:
        make_client(endpoint_url=stub.url).get(ID)

    assert caught.value.fields == (("n", "m"),)


@pytest.mark.parametrize(
    ("http_status", "retryable"), [(400, False), (403, False), (408, False), (418, False), (429, True), (503, True)]
)
def test_unmodeled_code_is_a_service_error(http_status: int, retryable: bool, make_client: MakeClient) -> None:
    """An unmodeled error code is mapped to ServiceError. The HTTP status determines whether it is retryable."""
    with serve(error_response(http_status, "TeapotException", Retry_After="3")) as stub:
        client = make_client(endpoint_url=stub.url, retry=RetryPolicy(max_elapsed_seconds=0))
        with pytest.raises(ServiceError) as caught:
            client.get(ID)

    error = caught.value
    assert (type(error), error.code, error.message) == (ServiceError, "TeapotException", "message")
    assert (error.http_status, error.retryable, error.retry_after_seconds) == (http_status, retryable, 3.0)


def test_throttling_code_with_another_status_is_throttling(make_client: MakeClient) -> None:
    """Throttling is identified by the error code alone, because some proxies respond with status 400."""
    with serve(error_response(400, "ThrottlingException"), error_response(404, "ResourceNotFoundException")) as stub:
        client = make_client(endpoint_url=stub.url)
        with pytest.raises(ResourceNotFoundError) as caught:
            client.get(ID)

    assert caught.value.attempts == 2
