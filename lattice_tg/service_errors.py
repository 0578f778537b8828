"""What the service answers when it refuses or fails, and what there is when no answer comes."""

from typing import Literal

from attrs import define

from lattice_tg.durations import format_seconds
from lattice_tg.errors import LatticeError

_SERVER_ERROR = 500

# https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/CommonErrors.html
_CREDENTIALS_HINT = "sign in again, or mend the profile or the role that the credentials come from"
_HINTS_BY_CODE = {
    "ExpiredToken": _CREDENTIALS_HINT,
    "ExpiredTokenException": _CREDENTIALS_HINT,
    "InvalidClientTokenId": _CREDENTIALS_HINT,
    "UnrecognizedClientException": _CREDENTIALS_HINT,
    "MissingAuthenticationTokenException": _CREDENTIALS_HINT,
    "InvalidSignatureException": f"set this machine's clock right, or {_CREDENTIALS_HINT}",
    "RequestExpired": "set this machine's clock right",
    "OptInRequired": "enable VPC Lattice and the Region for this account",
}

ConflictKind = Literal["name_exists", "wrong_status", "in_use", "has_targets", "token_reused", "unknown"]
"""The meanings of a 409: see :class:`ConflictError`."""


@define(slots=False, eq=False, kw_only=True)
class ServiceError(LatticeError):
    """The service answered with an error; one of a code that the library does not know is of this very class."""

    operation: str
    """The API operation, such as ``CreateTargetGroup``."""

    code: str
    """The service's error code, such as ``ConflictException``."""

    message: str
    """The service's own words."""

    http_status: int
    """HTTP status of the answer."""

    request_id: str | None = None
    """The request's id, which AWS support asks for."""

    attempts: int = 1
    """Requests sent for this call; 0 where it was clear before that the service would refuse."""

    client_token: str | None = None
    """Of a create: its token; ``create(spec, client_token=…)`` with it resumes the same create."""

    retryable: bool = False
    """Whether sending the same request again may succeed; where true, that has been tried already."""

    retry_after_seconds: float | None = None
    """How long the service asked to wait, where it did."""

    def __str__(self) -> str:
        told = _join_message_and_hint(self.message, self._hint())
        if self.attempts == 0:
            return f"{self.operation}: not sent: {told}"
        request_id = f", request id: {self.request_id}" if self.request_id else ""
        return f"{self.operation}: {self.code} ({self.http_status}): {told} [attempts: {self.attempts}{request_id}]"

    def _hint(self) -> str:
        if self.http_status >= _SERVER_ERROR:
            return _unknown_outcome_hint(self.operation, self.client_token)
        return _HINTS_BY_CODE.get(self.code, "look the code up in the VPC Lattice API reference, common errors")


@define(slots=False, eq=False, kw_only=True)
class ValidationError(ServiceError):
    """400: the service finds the request wrong."""

    reason: str | None = None
    """unknownOperation, cannotParse, fieldValidationFailed or other."""

    fields: tuple[tuple[str, str], ...] = ()
    """The name and message of each field that the service names."""

    def _hint(self) -> str:
        named = "; ".join(f"{name}: {message}" for name, message in self.fields if message not in self.message)
        return named or "change the request: the same one is refused again"


@define(slots=False, eq=False, kw_only=True)
class AccessDeniedError(ServiceError):
    """403: the credentials may not do this."""

    def _hint(self) -> str:
        return f"the caller's IAM policy must allow vpc-lattice:{self.operation}"


@define(slots=False, eq=False, kw_only=True)
class ResourceNotFoundError(ServiceError):
    """404: there is no such target group in this account and Region."""

    resource_id: str | None = None
    """The id that was not found."""

    resource_type: str | None = None
    """The kind of resource, in the service's words."""

    def _hint(self) -> str:
        return "check the id, the account and the Region"


@define(slots=False, eq=False, kw_only=True)
class ConflictError(ServiceError):
    """409: the request does not fit the state of things; ``kind`` says how.

    ``name_exists``: another group has this name. ``wrong_status``: the group is being created or deleted.
    ``in_use``: a service uses the group. ``has_targets``: targets are registered or draining.
    ``token_reused``: this client token belongs to another request. ``unknown``: the message fits none of these.
    """

    resource_id: str | None = None
    """The id of the resource in conflict."""

    resource_type: str | None = None
    """The kind of resource, in the service's words."""

    kind: ConflictKind = "unknown"
    """Which of its meanings this 409 has: name_exists, wrong_status, in_use, has_targets, token_reused or unknown. Told
    from the operation and the service's words, which AWS does not document, and where these are not enough from the
    group itself."""

    service_arns: tuple[str, ...] = ()
    """With ``in_use``: the services that use the group, where they could be read."""

    def _hint(self) -> str:
        way_out = _CONFLICT_HINTS[self.kind]
        unnamed = [arn for arn in self.service_arns if arn not in self.message]
        return f"{way_out}: {', '.join(unnamed)}" if unnamed else way_out


_CONFLICT_HINTS: dict[ConflictKind, str] = {
    "name_exists": "choose another name, or use the group that find(name) returns",
    "wrong_status": "wait until the group is ACTIVE (wait_until_active), or gone (wait_until_deleted)",
    "in_use": "take the group out of the listeners and rules of the services that use it first",
    "has_targets": "deregister its targets first, or delete(…, drain=True)",
    "token_reused": "this token belongs to another request; create with a fresh one",
    "unknown": "see how the group stands: get(…) has its status and services, list_targets(…) its targets",
}


@define(slots=False, eq=False, kw_only=True)
class ServiceQuotaExceededError(ServiceError):
    """402: a quota of the account is used up."""

    resource_type: str | None = None
    """What the quota counts, in the service's words."""

    service_code: str | None = None
    """The service's code in Service Quotas."""

    quota_code: str | None = None
    """The quota's code in Service Quotas."""

    def _hint(self) -> str:
        quota = f"{self.quota_code} of {self.service_code}" if self.quota_code else "the quota"
        return f"delete what is not needed, or ask Service Quotas to raise {quota}"


@define(slots=False, eq=False, kw_only=True)
class ThrottlingError(ServiceError):
    """429: too many requests, for longer than the retry policy waits."""

    service_code: str | None = None
    """The service's code in Service Quotas."""

    quota_code: str | None = None
    """The quota's code in Service Quotas."""

    def _hint(self) -> str:
        asked = self.retry_after_seconds
        hint = "" if asked is None else f"the service asks to wait {format_seconds(asked)}; "
        return f"{hint}send less at a time (max_requests_per_second), or wait longer (RetryPolicy)"


@define(slots=False, eq=False, kw_only=True)
class InternalServerError(ServiceError):
    """5xx: the service failed; whether it did what was asked is not known."""


@define(slots=False, eq=False, kw_only=True)
class TransportError(LatticeError):
    """No answer came, or none that can be read; whether the service did what was asked is not known."""

    operation: str
    """The API operation, such as ``CreateTargetGroup``."""

    message: str
    """What the network layer said; where nothing could be reached, also what to check."""

    attempts: int = 1
    """Requests sent for this call."""

    client_token: str | None = None
    """Of a create: its token; ``create(spec, client_token=…)`` with it resumes the same create."""

    def __str__(self) -> str:
        told = _join_message_and_hint(self.message, _unknown_outcome_hint(self.operation, self.client_token))
        return f"{self.operation}: no answer: {told} [attempts: {self.attempts}]"


def _join_message_and_hint(message: str, way_out: str) -> str:
    """The words of others, which may end in a full stop, and the way out."""
    return f"{message.removesuffix('.')}; {way_out}" if way_out else message


def _unknown_outcome_hint(operation: str, client_token: str | None) -> str:
    """What can be done where it is not known whether the service did what was asked."""
    if operation.startswith(("Get", "List")):
        return "try again later, or let it be tried for longer (RetryPolicy)"
    again = "create(spec, client_token=error.client_token) resumes it" if client_token else "doing it again is safe"
    return f"it may have been done; {again}"
