"""Each error of botocore's service model has its class, with a field for each member."""

from collections.abc import Mapping

import attrs
import pytest

from lattice_tg import errors
from lattice_tg.errors import LatticeError
from support.service_model import OPERATIONS, compare, service

ERRORS: Mapping[str, tuple[type[LatticeError], int, dict[str, str]]] = {
    "ValidationException": (errors.ValidationError, 400, {"reason": "reason", "fieldList": "fields"}),
    "AccessDeniedException": (errors.AccessDeniedError, 403, {}),
    "ResourceNotFoundException": (
        errors.ResourceNotFoundError,
        404,
        {"resourceId": "resource_id", "resourceType": "resource_type"},
    ),
    "ConflictException": (
        errors.ConflictError,
        409,
        {"resourceId": "resource_id", "resourceType": "resource_type"},
    ),
    "ServiceQuotaExceededException": (
        errors.ServiceQuotaExceededError,
        402,
        {"resourceType": "resource_type", "serviceCode": "service_code", "quotaCode": "quota_code"},
    ),
    "ThrottlingException": (
        errors.ThrottlingError,
        429,
        {"serviceCode": "service_code", "quotaCode": "quota_code", "retryAfterSeconds": "retry_after_seconds"},
    ),
    "InternalServerException": (
        errors.InternalServerError,
        500,
        {"retryAfterSeconds": "retry_after_seconds"},
    ),
}
"""Our class of each error, its HTTP status, and the field of each member."""
NOT_READ: Mapping[str, set[str]] = {
    "ServiceQuotaExceededException": {"resourceId"},  # of a group that was not made
}


def test_errors() -> None:
    """Every modelled error of these operations has its class."""
    theirs = {error.name for name in OPERATIONS for error in service().operation_model(name).error_shapes}

    compare("the errors", theirs, set(ERRORS), "service_errors.py and _translation.py")


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_members_of_errors(code: str) -> None:
    """Every member of an error is a field of its class, and its HTTP status is the one we go by."""
    cls, status, fields = ERRORS[code]
    shape = {error.name: error for error in service().error_shapes}[code]
    theirs = set(shape.members) - {"message"} - NOT_READ.get(code, set())

    compare(code, theirs, set(fields), f"the class {cls.__name__} in errors.py")
    assert set(fields.values()) <= attrs.fields_dict(cls).keys()  # type: ignore[arg-type]
    assert shape.metadata["error"]["httpStatusCode"] == status, f"botocore has another HTTP status for {code}"
