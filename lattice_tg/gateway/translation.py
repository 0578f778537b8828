"""botocore's errors become ours here, and nowhere else."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from botocore import exceptions as botocore_exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from lattice_tg.errors import ConfigurationError, InvalidSpecError, LatticeError
from lattice_tg.gateway.conflicts import conflict_kind, is_mended_by_waiting
from lattice_tg.gateway.waiting_asked import seconds_asked
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

_BOTOCORE_ITSELF: tuple[type[Exception], ...] = (BotoCoreError, botocore_exceptions.UndefinedModelAttributeError)
_UNREADABLE = (ResponseParserError, ValueError, TypeError, LookupError, AttributeError)
"""What botocore's parser raises on an answer that is not the service's, such as a JSON list: it does not check."""

FOREIGN: tuple[type[Exception], ...] = (ClientError, *_BOTOCORE_ITSELF, *_UNREADABLE)
"""All that a boto3 client raises."""

_THROTTLING = "ThrottlingException"
_TOO_MANY_REQUESTS = 429
_SERVER_FAULT = 500

_NO_ANSWER: tuple[type[Exception], ...] = (
    botocore_exceptions.ConnectionError,
    botocore_exceptions.HTTPClientError,
    botocore_exceptions.IncompleteReadError,
)
_NOT_REACHED: tuple[type[Exception], ...] = (
    botocore_exceptions.EndpointConnectionError,
    botocore_exceptions.ConnectTimeoutError,
    botocore_exceptions.ProxyConnectionError,
)
_NO_CREDENTIALS: tuple[type[Exception], ...] = (
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
    if isinstance(error, ClientError):
        return _answered(operation, error)
    for kinds, build in _TRANSLATIONS:
        if isinstance(error, kinds):
            return build(operation, error)
    return unreadable(operation, f"{type(error).__name__}: {error}")


def _answered(operation: str, error: Any) -> LatticeError:
    if error.operation_name != operation:  # a request that botocore itself makes, such as AssumeRole
        message = f"{operation}: no credentials: {_words(error)}; mend the profile or the role that they come from"
        return ConfigurationError(message)
    return _service_error(operation, cast("Answer", error.response))


def _tls(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(
        f"{operation}: TLS failed, and trying again will not mend it: {_words(error)}; check endpoint_url, the proxy, "
        "and the certificates that are trusted (AWS_CA_BUNDLE)"
    )


def _no_answer(operation: str, error: Exception) -> LatticeError:
    return TransportError(operation=operation, message=str(error))


def _not_reached(operation: str, error: Exception) -> LatticeError:
    check = "check the Region, endpoint_url, and the way there (DNS, VPC endpoint, proxy)"
    return TransportError(operation=operation, message=f"{_words(error)}; {check}")


def _no_credentials(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(f"{operation}: {_words(error)}; set AWS_PROFILE, or sign in, or pass profile_name=…")


def _refused_by_botocore(operation: str, error: Exception) -> LatticeError:
    return InvalidSpecError((problem(operation, str(error), "botocore refused to send this; change what it names"),))


def _misconfigured(operation: str, error: Exception) -> LatticeError:
    return ConfigurationError(f"{operation}: {what_to_check(error)}")


def what_to_check(error: Exception) -> str:
    """What botocore says of settings that it cannot work with, and which those are."""
    return f"{_words(error)}; check region_name, endpoint_url, config and the AWS profile"


def _words(error: Exception) -> str:
    """What botocore says, to go on after."""
    return str(error).removesuffix(".")


# the first row that fits decides; what fits none is an answer that botocore could not read
_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], Callable[[str, Exception], LatticeError]], ...] = (
    ((botocore_exceptions.SSLError,), _tls),
    (_NOT_REACHED, _not_reached),
    (_NO_ANSWER, _no_answer),
    (_NO_CREDENTIALS, _no_credentials),
    ((botocore_exceptions.ParamValidationError,), _refused_by_botocore),
    (_BOTOCORE_ITSELF, _misconfigured),
)


def unreadable(operation: str, why: str) -> TransportError:
    """Our error for an answer that tells nothing, as one from a proxy, or one that was cut off."""
    return TransportError(operation=operation, message=f"what came cannot be read as an answer of the service: {why}")


def _service_error(operation: str, answer: Answer) -> ServiceError:
    code = str(answer.get("Error", {}).get("Code", "Unknown"))
    facts = _common_facts(operation, code, answer)
    build = _MODELLED.get(code)
    return build(facts, answer) if build else ServiceError(**facts)


def _common_facts(operation: str, code: str, answer: Answer) -> Facts:
    metadata: Answer = answer.get("ResponseMetadata", {})
    headers: Mapping[str, str] = metadata.get("HTTPHeaders", {})
    http_status = int(metadata.get("HTTPStatusCode", 0))
    return {
        "operation": operation,
        "code": code,
        "message": str(answer.get("Error", {}).get("Message", "")),
        "http_status": http_status,
        "request_id": metadata.get("RequestId") or headers.get("x-amzn-requestid"),
        "retryable": code == _THROTTLING or http_status == _TOO_MANY_REQUESTS or http_status >= _SERVER_FAULT,
        "retry_after_seconds": _retry_after_seconds(answer.get("retryAfterSeconds"), headers),
    }


def _retry_after_seconds(modelled: int | None, headers: Mapping[str, str]) -> float | None:
    """What the member says, or the header: answers of a code that is not modelled have the header alone."""
    if modelled is not None:
        return max(0.0, float(modelled))
    header = headers.get("retry-after")
    return None if header is None else seconds_asked(header, headers.get("date"))


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
    _THROTTLING: _with_members(ThrottlingError, service_code="serviceCode", quota_code="quotaCode"),
    "InternalServerException": _with_members(InternalServerError),
}
