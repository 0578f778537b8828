"""Error responses of the emulated service.

The messages imitate the messages of VPC Lattice, as far as public sources quote these messages. Therefore, the messages
of the emulator do not follow the rules for the error messages of this library.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import asdict, field, frozen

from lattice_tg.testing.service_model import error_shapes, http_status_of

TARGET_GROUP = "TARGET_GROUP"
SERVICE_CODE = "vpc-lattice"
QUOTA_CODE = "L-EMULATOR"  # No public source documents the real quota codes.


@frozen
class ErrorResponse:
    """An error response of the service, before serialization."""

    code: str
    message: str
    http_status: int
    members: Mapping[str, Any] = field(factory=dict[str, Any])
    retry_after_seconds: int | None = None


@frozen
class Violation:
    """A rule violation in a request. The response lists violations in ``fieldList``."""

    name: str
    message: str


class EmulatedServiceError(Exception):
    """Raised by an emulated operation to return an error response."""

    def __init__(self, response: ErrorResponse) -> None:
        super().__init__(response)
        self.response = response


def service_error(code: str, message: str, **members: Any) -> EmulatedServiceError:
    """Return the exception for an error ``code`` that the service model defines."""
    return EmulatedServiceError(ErrorResponse(code, message, http_status_of(code), members))


def validation_error(violations: Iterable[Violation], reason: str = "fieldValidationFailed") -> EmulatedServiceError:
    """Return a ValidationException (400) that lists all ``violations``.

    Both ``fieldList`` and the message contain the violations.
    """
    items = [asdict(violation) for violation in violations]
    message = "; ".join(f"{item['name']}: {item['message']}" for item in items)
    return service_error("ValidationException", message, reason=reason, fieldList=items)


def not_found(resource_id: str, resource: str = "Target group") -> EmulatedServiceError:
    """Return a ResourceNotFoundException (404) for an id or ARN that matches no resource of this kind."""
    message, resource_type = f"{resource} {resource_id} not found", resource.upper().replace(" ", "_")
    return service_error("ResourceNotFoundException", message, resourceId=resource_id, resourceType=resource_type)


def conflict(message: str, resource_id: str, resource_type: str = TARGET_GROUP) -> EmulatedServiceError:
    """Return a ConflictException (409).

    As in the real service, only the message distinguishes the kinds of conflicts.
    """
    return service_error("ConflictException", message, resourceId=resource_id, resourceType=resource_type)


def wrong_status(resource_id: str, status: str) -> EmulatedServiceError:
    """Return a ConflictException (409) for an operation that ``status`` does not allow."""
    # The message is quoted from AWS Gateway API Controller, issue 781.
    message = f"Invalid resource status for this operation, resource id {resource_id}, status: {status}."
    return conflict(message, resource_id)


def quota_exceeded(message: str, resource_type: str) -> EmulatedServiceError:
    """Return a ServiceQuotaExceededException (402)."""
    members = {"resourceType": resource_type, "serviceCode": SERVICE_CODE, "quotaCode": QUOTA_CODE}
    return service_error("ServiceQuotaExceededException", message, **members)


def placeholder_members(code: str, resource_id: str) -> dict[str, Any]:
    """Return plausible members for an injected error, as the service model defines them."""
    values: dict[str, Any] = {
        "reason": "other",
        "fieldList": [],
        "resourceId": resource_id,
        "resourceType": TARGET_GROUP,
        "serviceCode": SERVICE_CODE,
        "quotaCode": QUOTA_CODE,
    }
    shape = error_shapes().get(code)
    return {} if shape is None else {name: values[name] for name in shape.members if name in values}
