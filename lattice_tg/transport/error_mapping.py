"""Mapping of botocore exceptions to errors of this library."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from traceback import walk_tb
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
from lattice_tg.models.problem import Problem
from lattice_tg.transport.redaction import redact, redact_exception
from lattice_tg.transport.retry_after import limit_seconds, parse_retry_after

_CREATE = "CreateTargetGroup"

# The first entry that fits the operation and has a phrase in the lowercase message determines the kind.
_PHRASES: tuple[tuple[ConflictKind, tuple[str, ...]], ...] = (
    ("token_reused", ("client token", "idempotency token")),
    ("name_exists", ("already exist",)),
    ("token_reused", ("token", "idempot")),
    ("wrong_status", ("resource status", "in_progress", "in progress", "being created")),
    ("has_targets", ("targets registered", "registered targets", "draining", "has targets")),
    ("in_use", ("in use", "used by", "listener", "rule", "associated", "service")),
)

_CREATION_IN_PROGRESS = r"\bcreat(e|ion|ing)\b.*\bin progress\b|\bbeing created\b"

_CREATE_KINDS = ("token_reused", "name_exists")


def classify_conflict(operation: str, message: str) -> ConflictKind:
    """Return the kind of conflict that a 409 response reports.

    The kind depends on the operation and on phrases in the message. If no phrase matches, the kind is ``unknown``.
    """
    lowercase_message = message.lower()
    for kind, phrases in _PHRASES:
        fits_operation = (operation == _CREATE) == (kind in _CREATE_KINDS)
        if fits_operation and any(phrase in lowercase_message for phrase in phrases):
            return kind
    return "unknown"


def is_transient(kind: ConflictKind, message: str) -> bool:
    """Return whether a 409 response means that the target group is still being created."""
    lowercase_message = message.lower()
    return kind == "wrong_status" and (
        "create_in_progress" in lowercase_message or re.search(_CREATION_IN_PROGRESS, lowercase_message) is not None
    )


_BOTOCORE_ERRORS: tuple[type[Exception], ...] = (BotoCoreError, botocore_exceptions.UndefinedModelAttributeError)
TEST_FAILURES: tuple[type[Exception], ...] = (AssertionError, botocore_exceptions.StubResponseError)
"""Exceptions by which a test fails, such as an unexpected request to botocore's Stubber."""

_THROTTLING = "ThrottlingException"

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


def map_exception(operation: str, error: Exception) -> Exception:
    """Return the library error that corresponds to an exception of a boto3 client.

    Failed tests and programming errors, such as an error in an event handler, are not failed requests. They are
    returned unchanged.
    """
    if (failure := _find_test_failure(error)) is not None:
        return failure
    map_error = _select_mapping(error)
    if map_error is None:
        return error
    redact_exception(error)
    return map_error(operation, error)


def _find_test_failure(error: Exception) -> Exception | None:
    """Return the exception by which a test fails, or None. botocore wraps exceptions that a fake connection raises."""
    wrapped = (
        getattr(error, "kwargs", {}).get("error") if isinstance(error, botocore_exceptions.HTTPClientError) else None
    )
    return next((each for each in (error, wrapped) if isinstance(each, TEST_FAILURES)), None)


def _select_mapping(error: Exception) -> Callable[[str, Exception], LatticeError] | None:
    for error_classes, map_error in _MAPPINGS:
        if isinstance(error, error_classes):
            return map_error
    modules = [str(frame.f_globals.get("__name__", "")) for frame, _ in walk_tb(error.__traceback__)]
    if not _is_raised_by_botocore(modules):
        return None
    # botocore raises any exception if the output of a credential process or a response is malformed.
    return _map_unknown_credentials_error if "botocore.credentials" in modules else _map_parser_error


def _is_raised_by_botocore(modules: Sequence[str]) -> bool:
    """Return whether botocore raised an exception, and not a user's code, such as an event handler.

    Args:
        modules: The names of the modules in the traceback, from the outermost to the innermost call.

    """
    callers = (name for name in reversed(modules) if name.partition(".")[0] not in _TRANSPARENT_PACKAGES)
    innermost = next(callers, "")
    return innermost.partition(".")[0] in _BOTOCORE_PACKAGES and innermost != _EVENT_HOOKS


_TRANSPARENT_PACKAGES = {*sys.stdlib_module_names, "lattice_tg"}
"""Packages in which an exception is caused by the caller."""

_BOTOCORE_PACKAGES = {"botocore", "dateutil", "urllib3"}
_EVENT_HOOKS = "botocore.hooks"
"""The module that calls event handlers. A handler that is not written in Python has no entry in the traceback."""


def _map_client_error(operation: str, error: Any) -> LatticeError:
    if error.operation_name != operation:  # botocore sends some requests itself, such as AssumeRole.
        return _credentials_failure(operation, _message_of(error))
    return _service_error(operation, cast("ErrorResponse", error.response))


def _map_tls_error(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(
        f"{operation}: TLS failed: {_message_of(error)}. Check endpoint_url, the proxy, and the trusted certificates "
        "(AWS_CA_BUNDLE). Retrying does not help."
    )


def _map_transport_error(operation: str, error: Exception) -> LatticeError:
    return TransportError(operation=operation, message=str(error))


def _map_parser_error(operation: str, error: Exception) -> LatticeError:
    reason = f"parsing the response failed with {type(error).__name__}: {error!s}"
    return TransportError(operation=operation, message=reason)


def _map_connection_error(operation: str, error: Exception) -> LatticeError:
    hint = "Check the Region, endpoint_url and the network connection (DNS, VPC endpoint, proxy)"
    return TransportError(operation=operation, message=f"{_message_of(error)}. {hint}")


def _map_credentials_error(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(f"{operation}: {_message_of(error)}. Pass profile_name, set AWS_PROFILE, or sign in.")


def _map_unknown_credentials_error(operation: str, error: Exception) -> LatticeError:
    return _credentials_failure(operation, f"{type(error).__name__}: {_message_of(error)}")


def _credentials_failure(operation: str, reason: str) -> LatticeError:
    return ConfigurationError(
        f"{operation}: Retrieving credentials failed: {reason}. "
        "Fix the AWS profile or the role that provides the credentials."
    )


def _map_param_validation_error(operation: str, error: Exception) -> LatticeError:
    hint = "Correct the parameters that the message names"
    return InvalidSpecError((Problem(operation, str(error), "botocore rejected the request", hint),))


def _map_configuration_error(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(f"{operation}: {describe_invalid_settings(error)}")


def describe_invalid_settings(error: Exception) -> str:
    """Return the message of ``error`` and a hint that names the settings to check."""
    return f"{_message_of(error)}. Check region_name, endpoint_url, config and the AWS profile."


def _message_of(error: Exception) -> str:
    """Return the message of ``error`` without a final period."""
    return str(error).removesuffix(".")


# The first entry that contains the class of the exception is used.
_MAPPINGS: tuple[tuple[tuple[type[Exception], ...], Callable[[str, Exception], LatticeError]], ...] = (
    ((ClientError,), _map_client_error),
    ((ResponseParserError,), _map_parser_error),
    ((botocore_exceptions.SSLError,), _map_tls_error),
    (_CONNECTION_ERRORS, _map_connection_error),
    (_TRANSPORT_ERRORS, _map_transport_error),
    (_CREDENTIALS_ERRORS, _map_credentials_error),
    ((botocore_exceptions.ParamValidationError,), _map_param_validation_error),
    (_BOTOCORE_ERRORS, _map_configuration_error),
)


def _service_error(operation: str, response: ErrorResponse) -> ServiceError:
    code = str(response.get("Error", {}).get("Code", "Unknown"))
    fields = _common_fields(operation, code, response)
    make_error = _MODELED_ERRORS.get(code)
    return make_error(fields, response) if make_error else ServiceError(**fields)


def _common_fields(operation: str, code: str, response: ErrorResponse) -> ErrorFields:
    metadata: ErrorResponse = response.get("ResponseMetadata", {})
    headers: Mapping[str, str] = metadata.get("HTTPHeaders", {})
    http_status = int(metadata.get("HTTPStatusCode", 0))
    return {
        "operation": operation,
        "code": code,
        "message": redact(str(response.get("Error", {}).get("Message", ""))),
        "http_status": http_status,
        "request_id": metadata.get("RequestId") or headers.get("x-amzn-requestid"),
        "retryable": (
            code == _THROTTLING
            or http_status == HTTPStatus.TOO_MANY_REQUESTS
            or http_status >= HTTPStatus.INTERNAL_SERVER_ERROR
        ),
        "retry_after_seconds": _retry_after_seconds(response.get("retryAfterSeconds"), headers),
    }


def _retry_after_seconds(member: int | None, headers: Mapping[str, str]) -> float | None:
    """Return the number of seconds to wait, or None if the response does not specify a wait.

    If the error code is not in the service model, the response has no ``retryAfterSeconds``, so the header is used.
    """
    if member is not None:
        return limit_seconds(member)
    header = headers.get("retry-after")
    return None if header is None else parse_retry_after(header, headers.get("date"))


def _error_factory(cls: type[ServiceError], **members: str) -> Callable[[ErrorFields, ErrorResponse], ServiceError]:
    """Return a function that creates an error from the common fields and a response.

    Args:
        cls: Class of the error.
        members: For each additional field of ``cls``, the response member that contains the value.

    """

    def make_error(fields: ErrorFields, response: ErrorResponse) -> ServiceError:
        own_fields: ErrorFields = {field: response.get(member) for field, member in members.items()}
        return cls(**fields, **own_fields)

    return make_error


def _validation_error(fields: ErrorFields, response: ErrorResponse) -> ValidationError:
    invalid_fields = tuple(
        (str(field.get("name")), str(field.get("message"))) for field in response.get("fieldList") or () if field
    )
    return ValidationError(**fields, reason=response.get("reason"), fields=invalid_fields)


def _conflict_error(fields: ErrorFields, response: ErrorResponse) -> ConflictError:
    kind = classify_conflict(fields["operation"], fields["message"])
    own_fields: ErrorFields = {**fields, "retryable": is_transient(kind, fields["message"])}
    return ConflictError(
        **own_fields,
        resource_id=response.get("resourceId"),
        resource_type=response.get("resourceType"),
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
