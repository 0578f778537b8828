"""Exceptions raised by this library.

::

    LatticeError
    ├── InvalidArgumentError(ValueError)    an argument breaks rules; lists every problem
    │   ├── InvalidSpecError                a spec, targets, tags or a file break rules
    │   └── InvalidIdentifierError          a name, or nothing, where an id or ARN is required
    ├── ConfigurationError                  no Region, no credentials, an unsupported boto3, …
    ├── ServiceError                        VPC Lattice returned an error response
    │   ├── ValidationError                 400
    │   ├── AccessDeniedError               403
    │   ├── ResourceNotFoundError           404
    │   ├── ServiceQuotaExceededError       402
    │   ├── ThrottlingError                 429
    │   ├── InternalServerError             500
    │   └── ConflictError                   409; `kind` tells its meanings apart
    ├── TransportError                      no usable response
    ├── PartialFailureError                 some targets were rejected or remain unconfirmed
    ├── WaitTimeoutError(TimeoutError)      the awaited state was not reached in time
    │   └── DrainTimeoutError               deregistered targets were still draining
    ├── WaitFailedError                     the awaited state cannot be reached
    │   └── TargetGroupFailedError          CREATE_FAILED or DELETE_FAILED
    ├── ReplacementRequiredError            the desired state differs in fields that cannot be updated
    ├── StalePlanError                      the target group changed after it was planned
    ├── ApplyError                          a step of a plan failed
    └── IncompleteError                     a target group of a batch was left unfinished

Each error keeps its facts in fields, and can be copied and pickled with them. In the process that raised the error,
``__cause__`` is the botocore exception behind it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from attrs import define

from lattice_tg.formatting import format_seconds
from lattice_tg.models.plan_steps import Change, PlanStep
from lattice_tg.models.problem import Problem
from lattice_tg.models.responses import TargetSummary
from lattice_tg.models.target_group import TargetGroup

if TYPE_CHECKING:
    from lattice_tg.results import TargetsResult


class LatticeError(Exception):
    """The root of the tree: ``except LatticeError`` catches all that this library raises on purpose."""

    def __reduce__(self) -> tuple[Callable[..., "LatticeError"], tuple[Any, ...]]:
        return _rebuild_error, (type(self), self.args, self.__dict__.copy())


def _rebuild_error(cls: type[LatticeError], args: tuple[Any, ...], facts: dict[str, Any]) -> LatticeError:
    error = cls.__new__(cls, *args)
    error.args = args  # some built-in parents drop them when they are made without __init__
    error.__dict__.update(facts)
    return error


@define(slots=False, eq=False)
class InvalidArgumentError(LatticeError, ValueError):
    """An argument breaks rules. The error lists every problem."""

    problems: tuple[Problem, ...]
    """Every problem found, one per field."""

    def __str__(self) -> str:
        count = len(self.problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        return f"{count} validation error{'s' * (count != 1)}:{lines}"


@define(slots=False, eq=False)
class InvalidSpecError(InvalidArgumentError):
    """A spec, targets, tags or a file break rules. The error lists every problem."""


@define(slots=False, eq=False)
class InvalidIdentifierError(InvalidArgumentError):
    """A value that is not a target group's id or ARN was passed where one is required."""


@define(slots=False, eq=False)
class ConfigurationError(LatticeError):
    """The client cannot be made, or cannot reach the service as it is set up."""

    message: str
    """What is missing or wrong, and the way out."""

    def __str__(self) -> str:
        return self.message


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


@define(slots=False, eq=False)
class PartialFailureError(LatticeError):
    """Some targets were refused, or not answered for; the others are done."""

    result: "TargetsResult"
    """What became of each target."""

    def __str__(self) -> str:
        return str(self.result)


@define(slots=False, eq=False, kw_only=True)
class WaitTimeoutError(LatticeError, TimeoutError):
    """What was waited for did not come in time."""

    waiting_for: str
    """What was waited for, in words."""

    last_status: str
    """The last state seen of what is still missing."""

    elapsed_seconds: float
    """How long was waited."""

    def __str__(self) -> str:
        return f"{self.describe()}; nothing was undone: wait again, or longer"

    def describe(self) -> str:
        """What was waited for, how long, and what was seen: the error's text without the way out."""
        return (
            f"{self.waiting_for} did not come in {format_seconds(self.elapsed_seconds)}; last seen: {self.last_status}"
        )


@define(slots=False, eq=False, kw_only=True)
class DrainTimeoutError(WaitTimeoutError):
    """Targets were deregistered, and some were not gone in time; ``report`` says what became of each request."""

    result: "TargetsResult"
    """What the service said of each target before the wait."""

    def describe(self) -> str:
        """The same, and what the service took before."""
        return f"{super().describe()}; deregistered: {self.result.summary()}"


@define(slots=False, eq=False, kw_only=True)
class WaitFailedError(LatticeError):
    """What was waited for can never come by waiting."""

    waiting_for: str
    """What was waited for, in words."""

    reason: str
    """Why it cannot come, and the way out."""

    target_group: TargetGroup | None = None
    """The group, where its state is the reason."""

    targets: tuple[TargetSummary, ...] = ()
    """The targets whose state is the reason."""

    def __str__(self) -> str:
        return f"{self.waiting_for} can never come: {self.reason}"


@define(slots=False, eq=False, kw_only=True)
class TargetGroupFailedError(WaitFailedError):
    """The group is in CREATE_FAILED or DELETE_FAILED; ``target_group`` has the service's code and message."""


@define(slots=False, eq=False)
class ReplacementRequiredError(LatticeError):
    """The group that is there cannot be changed into what is wanted; nothing was changed."""

    changes: tuple[Change, ...]
    """Each field that differs and cannot change, old and new."""

    name: str
    """The group's name."""

    service_arns: tuple[str, ...] = ()
    """The services that use the group, and so keep it from being replaced."""

    def __str__(self) -> str:
        return "\n  ".join([f"{self.name} cannot be changed{self._hint()}", *map(str, self.changes)])

    def _hint(self) -> str:
        if not self.service_arns:
            return "; replace=True drains and deletes it, and makes it again"
        return (
            f", nor be replaced, as services use it: {', '.join(self.service_arns)}; make a group of another name, and "
            "let their listeners and rules forward to that one"
        )


@define(slots=False, eq=False)
class StalePlanError(LatticeError):
    """What a plan was made against does not hold any more; nothing was changed."""

    changes: tuple[Change, ...]
    """What moved: as it was or was planned to be, and as it is."""

    name: str
    """The group's name."""

    def __str__(self) -> str:
        head = f"{self.name} has changed since the plan was made; nothing was done, plan again"
        return "\n  ".join([head, *map(str, self.changes)])


@define(slots=False, eq=False, kw_only=True)
class ApplyError(LatticeError):
    """A step of a plan failed. Planning and applying again goes on from there."""

    name: str
    """The group's name."""

    completed: tuple[PlanStep, ...]
    """The steps that are done, in order."""

    failed: PlanStep
    """The step that failed; where it is about several targets, ``error`` says which of them are done."""

    error: LatticeError
    """Why it failed."""

    pending: tuple[PlanStep, ...]
    """The steps that were not begun."""

    def __str__(self) -> str:
        told: tuple[tuple[str, Sequence[PlanStep]], ...] = (
            ("done", self.completed),
            ("failed", [self.failed]),
            ("not begun", self.pending),
        )
        return "\n".join(
            [
                f"{self.name}: a step failed: {self.error}",
                *(f"{word}:\n{_format_steps(steps)}" for word, steps in told if steps),
                "plan and apply again to go on from there",
            ]
        )


@define(slots=False, eq=False, kw_only=True)
class IncompleteError(LatticeError):
    """A group of a fleet was left before it was as it should be; how much of it is done is not known."""

    name: str
    """The group's name."""

    reason: str
    """Why it was left: it was stopped, or what ran it was lost."""

    run_id: str
    """The run_id of the run: another run with it goes on, and makes no second group."""

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}; a run with run_id={self.run_id!r} goes on from there"


def _format_steps(steps: Sequence[PlanStep]) -> str:
    return "\n".join(f"  {line}" for step in steps for line in str(step).splitlines())


def _join_message_and_hint(message: str, way_out: str) -> str:
    """The words of others, which may end in a full stop, and the way out."""
    return f"{message.removesuffix('.')}; {way_out}" if way_out else message


def _unknown_outcome_hint(operation: str, client_token: str | None) -> str:
    """What can be done where it is not known whether the service did what was asked."""
    if operation.startswith(("Get", "List")):
        return "try again later, or let it be tried for longer (RetryPolicy)"
    again = "create(spec, client_token=error.client_token) resumes it" if client_token else "doing it again is safe"
    return f"it may have been done; {again}"
