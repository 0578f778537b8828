"""Exceptions raised by this library.

::

    LatticeError
    ├── InvalidArgumentError(ValueError)    an argument breaks a rule; the error lists every problem
    │   ├── InvalidSpecError                a spec, target, tag or file breaks a rule
    │   └── InvalidIdentifierError          a value is not the id or ARN of a resource
    ├── ConfigurationError                  a setting is invalid, or the Region, credentials or boto3 is missing
    ├── ServiceError                        VPC Lattice returned an error response
    │   ├── ValidationError                 400
    │   ├── AccessDeniedError               403
    │   ├── ResourceNotFoundError           404
    │   ├── ServiceQuotaExceededError       402
    │   ├── ThrottlingError                 429
    │   ├── InternalServerError             500
    │   └── ConflictError                   409; `kind` states the cause
    ├── TransportError                      the client received no usable response
    ├── PartialFailureError                 VPC Lattice rejected or did not confirm some targets
    ├── InsufficientHealthyTargetsError     too few healthy targets would remain
    ├── WaitTimeoutError(TimeoutError)      the awaited state was not reached in time
    │   └── DrainTimeoutError               deregistered targets did not finish draining in time
    ├── WaitFailedError                     the awaited state cannot be reached
    │   └── TargetGroupFailedError          CREATE_FAILED or DELETE_FAILED
    ├── ReplacementRequiredError            the desired state differs in fields that cannot be updated
    ├── StalePlanError                      the target group changed after it was planned
    ├── StaleRouteError                     the weights of a route changed after they were read
    ├── ShiftError                          the targets of the new group are not healthy
    ├── ApplyError                          a step of a plan failed
    └── IncompleteError                     a target group of a batch was left unfinished

Each error stores its details in attributes, which copying and pickling preserve. In the process that raised the error,
``__cause__`` is the original botocore exception, if any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from attrs import define

from lattice_tg.formatting import format_problems, format_request, format_seconds, join_first, join_sentences
from lattice_tg.models.problem import Problem

if TYPE_CHECKING:
    from lattice_tg.errors.workflows import (
        ApplyError,
        DrainTimeoutError,
        IncompleteError,
        InsufficientHealthyTargetsError,
        PartialFailureError,
        ReplacementRequiredError,
        ShiftError,
        StalePlanError,
        StaleRouteError,
        TargetGroupFailedError,
        WaitFailedError,
        WaitTimeoutError,
    )

__all__ = [
    "AccessDeniedError",
    "ApplyError",
    "ConfigurationError",
    "ConflictError",
    "ConflictKind",
    "DrainTimeoutError",
    "IncompleteError",
    "InsufficientHealthyTargetsError",
    "InternalServerError",
    "InvalidArgumentError",
    "InvalidIdentifierError",
    "InvalidSpecError",
    "LatticeError",
    "PartialFailureError",
    "ReplacementRequiredError",
    "ResourceNotFoundError",
    "ServiceError",
    "ServiceQuotaExceededError",
    "ShiftError",
    "StalePlanError",
    "StaleRouteError",
    "TargetGroupFailedError",
    "ThrottlingError",
    "TransportError",
    "ValidationError",
    "WaitFailedError",
    "WaitTimeoutError",
]


class LatticeError(Exception):
    """Base class of every exception that this library raises deliberately."""

    def __repr__(self) -> str:
        # One method for all errors makes the package faster to import than a generated method for each class.
        fields = getattr(type(self), "__attrs_attrs__", None)
        if fields is None:
            return super().__repr__()
        return f"{type(self).__name__}({', '.join(f'{field.name}={getattr(self, field.name)!r}' for field in fields)})"

    def __reduce__(self) -> tuple[Callable[..., LatticeError], tuple[Any, ...]]:
        return _rebuild_error, (type(self), self.args, self.__dict__.copy())


def _rebuild_error(cls: type[LatticeError], args: tuple[Any, ...], attributes: dict[str, Any]) -> LatticeError:
    error = cls.__new__(cls, *args)
    error.args = args  # OSError, a base of TimeoutError, discards args unless __init__ is called.
    error.__dict__.update(attributes)
    return error


@define(slots=False, eq=False, repr=False)
class InvalidArgumentError(LatticeError, ValueError):
    """An argument breaks a rule. The error lists every problem."""

    problems: tuple[Problem, ...]
    """Every problem found, at most one per field."""

    def __str__(self) -> str:
        return format_problems(self.problems)


class InvalidSpecError(InvalidArgumentError):
    """A spec, target, tag or file breaks a rule. The error lists every problem."""


class InvalidIdentifierError(InvalidArgumentError):
    """An id or ARN is required, but another value was passed."""


@define(slots=False, eq=False, repr=False)
class ConfigurationError(LatticeError):
    """The client cannot be created, or its settings prevent it from reaching VPC Lattice."""

    message: str
    """The cause and how to fix it."""

    def __str__(self) -> str:
        return self.message


# AWS API reference, Common Errors: https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/CommonErrors.html
_CREDENTIALS_HINT = "Sign in again, or fix the profile or role that provides the credentials"
_HINTS_BY_CODE = {
    "ExpiredToken": _CREDENTIALS_HINT,
    "ExpiredTokenException": _CREDENTIALS_HINT,
    "InvalidClientTokenId": _CREDENTIALS_HINT,
    "UnrecognizedClientException": _CREDENTIALS_HINT,
    "MissingAuthenticationTokenException": _CREDENTIALS_HINT,
    "InvalidSignatureException": f"{_CREDENTIALS_HINT}. Also check the clock of this machine",
    "RequestExpired": "Correct the clock of this machine",
    "OptInRequired": "Enable VPC Lattice and the Region for this account",
}

ConflictKind = Literal["name_exists", "wrong_status", "in_use", "has_targets", "token_reused", "unknown"]
"""The causes of a 409 response, explained in :class:`ConflictError`."""


@define(slots=False, eq=False, repr=False, kw_only=True)
class ServiceError(LatticeError):
    """VPC Lattice returned an error response.

    If an error code has no subclass, ``ServiceError`` itself is raised.
    """

    operation: str
    """API operation, such as ``CreateTargetGroup``."""

    code: str
    """Error code of the response, such as ``ConflictException``."""

    message: str
    """Message of the response."""

    http_status: int
    """HTTP status of the response."""

    target_group: str | None = None
    """Name or id of the target group that the request concerns. None if the request does not name a group."""

    request_id: str | None = None
    """Request id to include when you contact AWS Support."""

    attempts: int = 1
    """Number of requests sent for this call. 0 if the library rejected the call without a request."""

    client_token: str | None = None
    """Client token of a create request. Call ``create(spec, client_token=…)`` with this token to resume creation."""

    retryable: bool = False
    """Whether sending the same request again may succeed. The client has already retried the request as often as the
    retry policy allows."""

    retry_after_seconds: float | None = None
    """Seconds that the response asks the client to wait before a retry. None if the response does not
    specify a wait."""

    def __str__(self) -> str:
        request = format_request(self.operation, self.target_group)
        if self.attempts == 0:
            return join_sentences(f"{request} was not sent: {self.message}", self._hint())
        failure = f"{request} failed: {self.code} ({self.http_status})"
        text = join_sentences(f"{failure}: {self.message}" if self.message else failure, self._hint())
        request_id = f", request id: {self.request_id}" if self.request_id else ""
        return f"{text} [attempts: {self.attempts}{request_id}]"

    def _hint(self) -> str:
        if self.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _unknown_outcome_hint(self.operation, self.client_token)
        return _HINTS_BY_CODE.get(self.code, "Look up the code under Common Errors in the VPC Lattice API reference")


@define(slots=False, eq=False, repr=False, kw_only=True)
class ValidationError(ServiceError):
    """400: VPC Lattice rejected the request as invalid."""

    reason: str | None = None
    """``unknownOperation``, ``cannotParse``, ``fieldValidationFailed`` or ``other``."""

    fields: tuple[tuple[str, str], ...] = ()
    """Name and message of each invalid field that the response lists."""

    def _hint(self) -> str:
        unmentioned = [f"{name} ({message})" for name, message in self.fields if message not in self.message]
        if unmentioned:
            return f"Correct these fields: {join_first(unmentioned)}"
        return f"Compare the parameters with the description of {self.operation} in the VPC Lattice API reference"


class AccessDeniedError(ServiceError):
    """403: The credentials do not allow the operation, or an action that the operation requires."""

    def _hint(self) -> str:
        if "explicit deny" in self.message:
            return ""  # An additional permission does not override an explicit deny.
        denied, missing = re.search(_DENIED_ACTION, self.message), re.search(_MISSING_POLICY, self.message)
        action = denied[1] if denied else f"vpc-lattice:{self.operation}"
        policy = f"the {missing[1]}" if missing else "the caller's IAM policy"
        return f"Allow {action} in {policy}"


# IAM user guide, "Troubleshoot access denied error messages".
_DENIED_ACTION = r"\bperform: ([\w-]+:\w+)"
_MISSING_POLICY = r"\bbecause no ([\w -]+ (?:policy|boundary)) allows\b"


@define(slots=False, eq=False, repr=False, kw_only=True)
class ResourceNotFoundError(ServiceError):
    """404: The target group, service, listener or rule does not exist in this account and Region."""

    resource_id: str | None = None
    """Id of the missing resource."""

    resource_type: str | None = None
    """Resource type as named in the response."""

    def _hint(self) -> str:
        return "Check the id, the account and the Region"


@define(slots=False, eq=False, repr=False, kw_only=True)
class ServiceQuotaExceededError(ServiceError):
    """402: The request would exceed a quota of the account."""

    resource_type: str | None = None
    """Type of the resource that the quota limits, as named in the response."""

    service_code: str | None = None
    """Service code in Service Quotas."""

    quota_code: str | None = None
    """Quota code in Service Quotas."""

    def _hint(self) -> str:
        quota = f"quota {self.quota_code} of {self.service_code}" if self.quota_code else "the quota"
        return f"Delete unused resources, or request an increase of {quota} in Service Quotas"


@define(slots=False, eq=False, repr=False, kw_only=True)
class ThrottlingError(ServiceError):
    """429: VPC Lattice throttled the requests for longer than the retry policy allows."""

    service_code: str | None = None
    """Service code in Service Quotas."""

    quota_code: str | None = None
    """Quota code in Service Quotas."""

    def _hint(self) -> str:
        seconds = self.retry_after_seconds
        wait = "" if seconds is None else f"Wait {format_seconds(seconds)}, as the response requests. "
        return f"{wait}Set a lower max_requests_per_second, or allow more time in RetryPolicy"


class InternalServerError(ServiceError):
    """500: VPC Lattice failed, but it may have processed the request."""


@define(slots=False, eq=False, repr=False, kw_only=True)
class ConflictError(ServiceError):
    """409: The request conflicts with the current state. ``kind`` states the cause.

    - ``name_exists``: Another target group has this name.
    - ``wrong_status``: The target group is being created or deleted.
    - ``in_use``: A service uses the target group.
    - ``has_targets``: Targets are registered or draining.
    - ``token_reused``: The client token belongs to another request.
    - ``unknown``: The library could not determine the cause.
    """

    resource_id: str | None = None
    """Id of the resource in conflict."""

    resource_type: str | None = None
    """Resource type as named in the response."""

    kind: ConflictKind = "unknown"
    """Cause of the conflict: name_exists, wrong_status, in_use, has_targets, token_reused or unknown.

    AWS does not document the error messages. The library infers the cause from the operation and the message. If the
    cause remains unclear, the library also reads the state of the target group.
    """

    service_arns: tuple[str, ...] = ()
    """ARNs of the services that use the target group. Empty unless ``kind`` is ``in_use`` and the library could read
    the services."""

    def _hint(self) -> str:
        hint = _CONFLICT_HINTS[self.kind]
        unmentioned = [arn for arn in self.service_arns if arn not in self.message]
        return f"{hint}: {join_first(unmentioned)}" if unmentioned else hint


_CONFLICT_HINTS: dict[ConflictKind, str] = {
    "name_exists": "Choose another name, or use the target group that find(name) returns",
    "wrong_status": "Wait until the target group is active (wait_until_active) or deleted (wait_until_deleted)",
    "in_use": "Remove the target group from the listeners and rules of the services that use it",
    "has_targets": "Deregister the targets of the group, or call delete(…, drain=True)",
    "token_reused": "Use a new client token because this token belongs to another request",
    "unknown": "Check the target group's status and services with get(…) and its targets with list_targets(…)",
}


@define(slots=False, eq=False, repr=False, kw_only=True)
class TransportError(LatticeError):
    """The client received no usable response, but VPC Lattice may have processed the request."""

    operation: str
    """API operation, such as ``CreateTargetGroup``."""

    message: str
    """Description of the failure. If the connection failed, the description also lists what to check."""

    target_group: str | None = None
    """Name or id of the target group that the request concerns. None if the request does not name a group."""

    attempts: int = 1
    """Number of requests sent for this call."""

    client_token: str | None = None
    """Client token of a create request. Call ``create(spec, client_token=…)`` with this token to resume creation."""

    def __str__(self) -> str:
        request = format_request(self.operation, self.target_group)
        failure = f"{request} received no usable response: {self.message}"
        text = join_sentences(failure, _unknown_outcome_hint(self.operation, self.client_token))
        return f"{text} [attempts: {self.attempts}]"


def _unknown_outcome_hint(operation: str, client_token: str | None) -> str:
    """Return a hint for a request that VPC Lattice may or may not have processed."""
    if operation.startswith(("Get", "List")):
        return "Retry later, or allow more retries in RetryPolicy"
    repeat = (
        "Call create(spec, client_token=error.client_token) to resume"
        if client_token
        else "You can safely repeat the call"
    )
    return f"VPC Lattice may have processed the request. {repeat}"


def __getattr__(name: str) -> object:
    """Import an error of a call that can send several requests on first use."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.workflows"), name)
