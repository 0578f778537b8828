"""Every error that the service's model has, as it comes over a real connection, and those that it has not."""

from typing import Any

import attrs
import botocore.session  # pyright: ignore[reportMissingTypeStubs]
import pytest

from conftest import MakeClient
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
from support.http_stub import answering, refusal
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
"""Each modelled code: our class, its HTTP status, the members sent and the fields that they become."""

ASKING_TO_WAIT = {"ThrottlingException": 7.0, "InternalServerException": 7.0}


def modelled_errors() -> list[tuple[str, str]]:
    """Each method and each code that the service's model gives its operation."""
    session: Any = botocore.session.Session()
    model = session.get_service_model("vpc-lattice")
    operations = [(method, model.operation_model(operation_of(method))) for method in REQUESTS]
    return [(method, shape.name) for method, operation in operations for shape in operation.error_shapes]


@pytest.mark.parametrize(("method", "code"), modelled_errors())
def test_every_modelled_error_comes_with_all_its_members(method: str, code: str, make_client: MakeClient) -> None:
    """Each modelled error of each operation is its class of ours, every fact in its field."""
    kind, http_status, body, fields = MEMBERS[code]
    asked = {"Retry_After": "7"} if code in ASKING_TO_WAIT else {}

    with answering(refusal(http_status, code, body, **asked)) as stub, make_client(endpoint_url=stub.url) as client:
        gateway = VpcLatticeApi(client.boto3_client)
        with pytest.raises(kind) as caught:
            gateway.call(OPERATIONS[method], REQUESTS[method])

    assert attrs.asdict(caught.value, recurse=False) == {
        "operation": operation_of(method),
        "code": code,
        "message": "told",
        "http_status": http_status,
        "request_id": "r-1",
        "attempts": 1,
        "client_token": None,
        "retryable": code in ASKING_TO_WAIT,
        "retry_after_seconds": ASKING_TO_WAIT.get(code),
        **fields,
    }
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("http_status", "retryable"), [(400, False), (403, False), (408, False), (418, False), (429, True), (503, True)]
)
def test_an_unmodelled_code_is_a_plain_service_error(
    http_status: int, retryable: bool, make_client: MakeClient
) -> None:
    """A code that the model does not have is a ServiceError and nothing more; its status says whether to repeat."""
    with answering(refusal(http_status, "TeapotException", Retry_After="3")) as stub:
        client = make_client(endpoint_url=stub.url, retry=RetryPolicy(max_elapsed_seconds=0))
        with pytest.raises(ServiceError) as caught:
            client.get(ID)

    error = caught.value
    assert (type(error), error.code, error.message) == (ServiceError, "TeapotException", "told")
    assert (error.http_status, error.retryable, error.retry_after_seconds) == (http_status, retryable, 3.0)


def test_throttling_with_another_status_is_throttling(make_client: MakeClient) -> None:
    """The code alone makes throttling, too: some ways to AWS answer it with 400."""
    with answering(refusal(400, "ThrottlingException"), refusal(404, "ResourceNotFoundException")) as stub:
        client = make_client(endpoint_url=stub.url)
        with pytest.raises(ResourceNotFoundError) as caught:
            client.get(ID)

    assert caught.value.attempts == 2
