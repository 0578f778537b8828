"""Error responses of the service."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import asdict, field, frozen

from lattice_tg.testing.service_model import error_shapes, http_status_of

TARGET_GROUP = "TARGET_GROUP"
SERVICE_CODE = "vpc-lattice"
QUOTA_CODE = "L-EMULATOR"  # the real codes are not in any source that we have


@frozen
class Violation:
    """One thing wrong with a request: a row of ``fieldList``."""

    name: str
    message: str


@frozen
class ErrorResponse:
    """One error answer of the service."""

    code: str
    message: str
    http_status: int
    members: Mapping[str, Any] = field(factory=dict[str, Any])
    retry_after_seconds: int | None = None


class EmulatedServiceError(Exception):
    """The emulator's way out of an operation that answers with a refusal."""

    def __init__(self, refusal: ErrorResponse) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def service_error(code: str, message: str, **members: Any) -> EmulatedServiceError:
    """The error to raise for a refusal with a modelled code."""
    return EmulatedServiceError(ErrorResponse(code, message, http_status_of(code), members))


def validation_error(violations: Iterable[Violation], reason: str = "fieldValidationFailed") -> EmulatedServiceError:
    """400: each violation is a row of ``fieldList``; the message says the first ones."""
    rows = [asdict(violation) for violation in violations]
    message = "; ".join(f"{row['name']}: {row['message']}" for row in rows)
    return service_error("ValidationException", message, reason=reason, fieldList=rows)


def not_found(resource_id: str) -> EmulatedServiceError:
    """404, for an id or ARN that names no target group."""
    message = f"Target group {resource_id} not found"
    return service_error("ResourceNotFoundException", message, resourceId=resource_id, resourceType=TARGET_GROUP)


def conflict(message: str, resource_id: str) -> EmulatedServiceError:
    """409, in any of its meanings; only the message tells them apart, as at the real service."""
    return service_error("ConflictException", message, resourceId=resource_id, resourceType=TARGET_GROUP)


def wrong_status(resource_id: str, status: str) -> EmulatedServiceError:
    """409: the group is not in a status that allows this (text: AWS Gateway API Controller, issue 781)."""
    message = f"Invalid resource status for this operation, resource id {resource_id}, status: {status}."
    return conflict(message, resource_id)


def quota_exceeded(message: str, resource_type: str) -> EmulatedServiceError:
    """402."""
    members = {"resourceType": resource_type, "serviceCode": SERVICE_CODE, "quotaCode": QUOTA_CODE}
    return service_error("ServiceQuotaExceededException", message, **members)


def placeholder_members(code: str, resource_id: str) -> dict[str, Any]:
    """Plausible values for the members that the model gives ``code``, for a refusal made on request."""
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
