"""Mapping of botocore exceptions to errors of this library."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from botocore import exceptions as botocore_exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from lattice_tg.errors import (
    AccessDeniedError,
    ConfigurationError,
    ConflictError,
    ConflictKind,
    InternalServerError,
    InvalidSpecError,
    LatticeError,
    ResourceNotFoundError,
    ServiceError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
    ValidationError,
)
from lattice_tg.models.problem import make_problem
from lattice_tg.transport.retry_after import parse_retry_after

_CREATE = "CreateTargetGroup"

# the first row of which a word is in the message (in lower case) decides
_PHRASES: tuple[tuple[ConflictKind, tuple[str, ...]], ...] = (
    ("token_reused", ("client token", "idempotency token")),
    ("name_exists", ("already exist",)),
    ("token_reused", ("token", "idempot")),
    ("wrong_status", ("resource status", "in_progress", "in progress", "being created")),
    ("has_targets", ("targets registered", "registered targets", "draining", "has targets")),
    ("in_use", ("in use", "used by", "listener", "rule", "associated", "service")),
)

_CREATION = re.compile(r"\bcreat(e|ion|ing)\b.*\bin progress\b|\bbeing created\b")  # CREATE_FAILED stays as it is

_CREATE_KINDS = ("token_reused", "name_exists")


def classify_conflict(operation: str, message: str) -> ConflictKind:
    """The meaning of a 409 by the operation and the service's words; ``unknown`` where they tell nothing."""
    lowered = message.lower()
    for kind, words in _PHRASES:
        fits_operation = (operation == _CREATE) == (kind in _CREATE_KINDS)
        if fits_operation and any(word in lowered for word in words):
            return kind
    return "unknown"


def is_transient(kind: ConflictKind, message: str) -> bool:
    """Whether the same request may succeed later: while a group is being created, not while it is going."""
    lowered = message.lower()
    return kind == "wrong_status" and ("create_in_progress" in lowered or _CREATION.search(lowered) is not None)


_BOTOCORE_ERRORS: tuple[type[Exception], ...] = (BotoCoreError, botocore_exceptions.UndefinedModelAttributeError)
_PARSER_ERRORS = (ResponseParserError, ValueError, TypeError, LookupError, AttributeError)
"""What botocore's parser raises on an answer that is not the service's, such as a JSON list: it does not check."""

BOTOCORE_EXCEPTIONS: tuple[type[Exception], ...] = (ClientError, *_BOTOCORE_ERRORS, *_PARSER_ERRORS)
"""All that a boto3 client raises."""

_THROTTLING = "ThrottlingException"
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

_TRANSPORT_ERRORS: tuple[type[Exception], ...] = (
    botocore_exceptions.ConnectionError,
    botocore_exceptions.HTTPClientError,
    botocore_exceptions.IncompleteReadError,
)
_CONNECTION_ERRORS: tuple[type[Exception], ...] = (
    botocore_exceptions.EndpointConnectionError,
    botocore_exceptions.ConnectTimeoutError,
    botocore_exceptions.ProxyConnectionError,
)
_CREDENTIALS_ERRORS: tuple[type[Exception], ...] = (
    botocore_exceptions.NoCredentialsError,
    botocore_exceptions.PartialCredentialsError,
    botocore_exceptions.CredentialRetrievalError,
    botocore_exceptions.NoAuthTokenError,
    botocore_exceptions.TokenRetrievalError,
    botocore_exceptions.SSOError,
)

ErrorResponse = Mapping[str, Any]
ErrorFields = dict[str, Any]


def map_exception(operation: str, error: Exception) -> LatticeError:
    """Our error for one of botocore's, raised by ``operation``."""
    if isinstance(error, ClientError):
        return _map_client_error(operation, error)
    for kinds, build in _MAPPINGS:
        if isinstance(error, kinds):
            return build(operation, error)
    return malformed_response_error(operation, f"{type(error).__name__}: {error}")


def _map_client_error(operation: str, error: Any) -> LatticeError:
    if error.operation_name != operation:  # a request that botocore itself makes, such as AssumeRole
        message = f"{operation}: no credentials: {_message_of(error)}; mend the profile or the role that they come from"
        return ConfigurationError(message)
    return _service_error(operation, cast("ErrorResponse", error.response))


def _map_tls_error(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(
        f"{operation}: TLS failed, and trying again will not mend it: {_message_of(error)}; check endpoint_url, the "
        "proxy, and the certificates that are trusted (AWS_CA_BUNDLE)"
    )


def _map_transport_error(operation: str, error: Exception) -> LatticeError:
    return TransportError(operation=operation, message=str(error))


def _map_connection_error(operation: str, error: Exception) -> LatticeError:
    check = "check the Region, endpoint_url, and the way there (DNS, VPC endpoint, proxy)"
    return TransportError(operation=operation, message=f"{_message_of(error)}; {check}")


def _map_credentials_error(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(f"{operation}: {_message_of(error)}; set AWS_PROFILE, or sign in, or pass profile_name=…")


def _map_param_validation_error(operation: str, error: Exception) -> LatticeError:
    return InvalidSpecError(
        (make_problem(operation, str(error), "botocore refused to send this; change what it names"),)
    )


def _map_configuration_error(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(f"{operation}: {settings_hint(error)}")


def settings_hint(error: Exception) -> str:
    """What botocore says of settings that it cannot work with, and which those are."""
    return f"{_message_of(error)}; check region_name, endpoint_url, config and the AWS profile"


def _message_of(error: Exception) -> str:
    """What botocore says, to go on after."""
    return str(error).removesuffix(".")


# the first row that fits decides; what fits none is an answer that botocore could not read
_MAPPINGS: tuple[tuple[tuple[type[Exception], ...], Callable[[str, Exception], LatticeError]], ...] = (
    ((botocore_exceptions.SSLError,), _map_tls_error),
    (_CONNECTION_ERRORS, _map_connection_error),
    (_TRANSPORT_ERRORS, _map_transport_error),
    (_CREDENTIALS_ERRORS, _map_credentials_error),
    ((botocore_exceptions.ParamValidationError,), _map_param_validation_error),
    (_BOTOCORE_ERRORS, _map_configuration_error),
)


def malformed_response_error(operation: str, why: str) -> TransportError:
    """Our error for an answer that tells nothing, as one from a proxy, or one that was cut off."""
    return TransportError(operation=operation, message=f"what came cannot be read as an answer of the service: {why}")


def _service_error(operation: str, answer: ErrorResponse) -> ServiceError:
    code = str(answer.get("Error", {}).get("Code", "Unknown"))
    facts = _common_fields(operation, code, answer)
    build = _MODELED_ERRORS.get(code)
    return build(facts, answer) if build else ServiceError(**facts)


def _common_fields(operation: str, code: str, answer: ErrorResponse) -> ErrorFields:
    metadata: ErrorResponse = answer.get("ResponseMetadata", {})
    headers: Mapping[str, str] = metadata.get("HTTPHeaders", {})
    http_status = int(metadata.get("HTTPStatusCode", 0))
    return {
        "operation": operation,
        "code": code,
        "message": str(answer.get("Error", {}).get("Message", "")),
        "http_status": http_status,
        "request_id": metadata.get("RequestId") or headers.get("x-amzn-requestid"),
        "retryable": code == _THROTTLING or http_status == _TOO_MANY_REQUESTS or http_status >= _SERVER_ERROR,
        "retry_after_seconds": _retry_after_seconds(answer.get("retryAfterSeconds"), headers),
    }


def _retry_after_seconds(modelled: int | None, headers: Mapping[str, str]) -> float | None:
    """What the member says, or the header: answers of a code that is not modelled have the header alone."""
    if modelled is not None:
        return max(0.0, float(modelled))
    header = headers.get("retry-after")
    return None if header is None else parse_retry_after(header, headers.get("date"))


def _error_factory(cls: type[ServiceError], **members: str) -> Callable[[ErrorFields, ErrorResponse], ServiceError]:
    """Builds ``cls`` from the answer, in which the field of each keyword has that name."""

    def build(facts: ErrorFields, answer: ErrorResponse) -> ServiceError:
        special: ErrorFields = {field: answer.get(member) for field, member in members.items()}
        return cls(**facts, **special)

    return build


def _validation_error(facts: ErrorFields, answer: ErrorResponse) -> ValidationError:
    fields = tuple((str(field.get("name")), str(field.get("message"))) for field in answer.get("fieldList") or ())
    return ValidationError(**facts, reason=answer.get("reason"), fields=fields)


def _conflict_error(facts: ErrorFields, answer: ErrorResponse) -> ConflictError:
    kind = classify_conflict(facts["operation"], facts["message"])
    mended: ErrorFields = {**facts, "retryable": is_transient(kind, facts["message"])}
    return ConflictError(
        **mended,
        resource_id=answer.get("resourceId"),
        resource_type=answer.get("resourceType"),
        kind=kind,
    )


_MODELED_ERRORS: Mapping[str, Callable[[ErrorFields, ErrorResponse], ServiceError]] = {
    "ValidationException": _validation_error,
    "AccessDeniedException": _error_factory(AccessDeniedError),
    "ResourceNotFoundException": _error_factory(
        ResourceNotFoundError, resource_id="resourceId", resource_type="resourceType"
    ),
    "ConflictException": _conflict_error,
    "ServiceQuotaExceededException": _error_factory(
        ServiceQuotaExceededError, resource_type="resourceType", service_code="serviceCode", quota_code="quotaCode"
    ),
    _THROTTLING: _error_factory(ThrottlingError, service_code="serviceCode", quota_code="quotaCode"),
    "InternalServerException": _error_factory(InternalServerError),
}
