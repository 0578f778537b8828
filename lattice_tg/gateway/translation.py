"""botocore's errors become ours here, and nowhere else."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from botocore import exceptions as botocore_exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from lattice_tg.errors import ConfigurationError, InvalidSpecError, LatticeError
from lattice_tg.gateway.conflicts import conflict_kind, is_mended_by_waiting
from lattice_tg.models.problems import problem
from lattice_tg.service_errors import (
    AccessDeniedError,
    ConflictError,
    InternalServerError,
    ResourceNotFoundError,
    ServiceError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
    ValidationError,
)

FOREIGN: tuple[type[Exception], ...] = (BotoCoreError, ClientError, ResponseParserError)
"""All that a boto3 client raises."""

_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500

_NO_ANSWER = (botocore_exceptions.ConnectionError, botocore_exceptions.HTTPClientError, ResponseParserError)
_NO_CREDENTIALS = (
    botocore_exceptions.NoCredentialsError,
    botocore_exceptions.PartialCredentialsError,
    botocore_exceptions.CredentialRetrievalError,
    botocore_exceptions.NoAuthTokenError,
    botocore_exceptions.TokenRetrievalError,
    botocore_exceptions.SSOError,
)

Answer = Mapping[str, Any]
Facts = dict[str, Any]


def translated(operation: str, error: Exception) -> LatticeError:
    """Our error for one of botocore's, raised by ``operation``."""
    match error:
        case ClientError():
            return _service_error(operation, cast("Answer", error.response))  # pyright: ignore[reportUnknownMemberType]
        case botocore_exceptions.SSLError():
            return ConfigurationError(f"{operation}: TLS failed, and trying again will not mend it: {error}")
        case _ if isinstance(error, _NO_ANSWER):
            return TransportError(operation=operation, message=str(error))
        case _ if isinstance(error, _NO_CREDENTIALS):
            return ConfigurationError(f"{operation}: {error}; set AWS_PROFILE, or sign in, or pass profile_name=…")
        case botocore_exceptions.ParamValidationError():
            return InvalidSpecError((problem(operation, str(error), "botocore refused to send this"),))
        case _:
            return ConfigurationError(f"{operation}: {error}")


def _service_error(operation: str, answer: Answer) -> ServiceError:
    code = str(answer.get("Error", {}).get("Code", "Unknown"))
    facts = _common_facts(operation, code, answer)
    build = _MODELLED.get(code)
    return build(facts, answer) if build else ServiceError(**facts)


def _common_facts(operation: str, code: str, answer: Answer) -> Facts:
    metadata: Answer = answer.get("ResponseMetadata", {})
    http_status = int(metadata.get("HTTPStatusCode", 0))
    return {
        "operation": operation,
        "code": code,
        "message": str(answer.get("Error", {}).get("Message", "")),
        "http_status": http_status,
        "request_id": metadata.get("RequestId"),
        "retryable": http_status == _TOO_MANY_REQUESTS or http_status >= _SERVER_FAULT,
        "retry_after_seconds": _retry_after_seconds(answer),
    }


def _retry_after_seconds(answer: Answer) -> float | None:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return max(0.0, float(answer.get("retryAfterSeconds", headers.get("retry-after"))))
    except (TypeError, ValueError):
        return None


def _with_members(cls: type[ServiceError], **members: str) -> Callable[[Facts, Answer], ServiceError]:
    """Builds ``cls`` from the answer, in which the field of each keyword has that name."""

    def build(facts: Facts, answer: Answer) -> ServiceError:
        special: Facts = {field: answer.get(member) for field, member in members.items()}
        return cls(**facts, **special)

    return build


def _validation_error(facts: Facts, answer: Answer) -> ValidationError:
    fields = tuple((str(field.get("name")), str(field.get("message"))) for field in answer.get("fieldList") or ())
    return ValidationError(**facts, reason=answer.get("reason"), fields=fields)


def _conflict_error(facts: Facts, answer: Answer) -> ConflictError:
    kind = conflict_kind(facts["operation"], facts["message"])
    mended: Facts = {**facts, "retryable": is_mended_by_waiting(kind, facts["message"])}
    return ConflictError(
        **mended,
        resource_id=answer.get("resourceId"),
        resource_type=answer.get("resourceType"),
        kind=kind,
    )


_MODELLED: Mapping[str, Callable[[Facts, Answer], ServiceError]] = {
    "ValidationException": _validation_error,
    "AccessDeniedException": _with_members(AccessDeniedError),
    "ResourceNotFoundException": _with_members(
        ResourceNotFoundError, resource_id="resourceId", resource_type="resourceType"
    ),
    "ConflictException": _conflict_error,
    "ServiceQuotaExceededException": _with_members(
        ServiceQuotaExceededError, resource_type="resourceType", service_code="serviceCode", quota_code="quotaCode"
    ),
    "ThrottlingException": _with_members(ThrottlingError, service_code="serviceCode", quota_code="quotaCode"),
    "InternalServerException": _with_members(InternalServerError),
}
