"""Tests that each error in botocore's service model has an exception class with a field per member."""

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
"""The exception class and the HTTP status of each error, and the field for each member of the error."""
UNUSED_MEMBERS: Mapping[str, set[str]] = {
    "ServiceQuotaExceededException": {"resourceId"},  # the group was not created
}


def test_every_modeled_error_has_an_exception_class() -> None:
    """Every modeled error of the target group operations has an exception class."""
    codes = {error.name for name in OPERATIONS for error in service().operation_model(name).error_shapes}

    compare("the errors", codes, set(ERRORS), "errors.py and transport/error_mapping.py")


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_every_error_member_has_a_field(code: str) -> None:
    """The exception class has a field for every member of the error, and the HTTP status is as expected."""
    cls, status, fields = ERRORS[code]
    shape = {error.name: error for error in service().error_shapes}[code]
    members = set(shape.members) - {"message"} - UNUSED_MEMBERS.get(code, set())

    compare(code, members, set(fields), f"the class {cls.__name__} in errors.py")
    assert set(fields.values()) <= attrs.fields_dict(cls).keys()  # type: ignore[arg-type]
    assert shape.metadata["error"]["httpStatusCode"] == status, f"botocore changed the HTTP status of {code}"
