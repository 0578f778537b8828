"""Typed, safe and fast target groups for Amazon VPC Lattice.

The names are imported on first use: models cost next to nothing, and boto3 comes in with the first client.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lattice_tg.builders import (
        AlbTargetGroupBuilder,
        BuildableAlbTargetGroupBuilder,
        BuildableInstanceTargetGroupBuilder,
        BuildableIpTargetGroupBuilder,
        InstanceTargetGroupBuilder,
        IpTargetGroupBuilder,
        LambdaTargetGroupBuilder,
        TargetGroupBuilder,
    )
    from lattice_tg.client import TargetGroupClient
    from lattice_tg.clock import Clock, SystemClock
    from lattice_tg.errors import (
        ApplyError,
        ConfigurationError,
        IncompleteError,
        InvalidIdentifierError,
        InvalidSpecError,
        LatticeError,
        ReplacementRequiredError,
        StalePlanError,
        TargetGroupFailedError,
        WaitFailedError,
        WaitTimeoutError,
    )
    from lattice_tg.files import read_specs, write_specs
    from lattice_tg.identifiers import TargetGroupLike
    from lattice_tg.models.answers import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
    from lattice_tg.models.changes import Change
    from lattice_tg.models.config import TargetGroupConfig
    from lattice_tg.models.desired import DesiredState
    from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
    from lattice_tg.models.problems import Problem
    from lattice_tg.models.spec import TargetGroupSpec
    from lattice_tg.models.steps import (
        CreateStep,
        DeleteStep,
        DeregisterStep,
        PlanStep,
        RegisterStep,
        TagStep,
        UpdateHealthCheckStep,
    )
    from lattice_tg.models.target_group import TargetGroup
    from lattice_tg.models.targets import Target
    from lattice_tg.outcome import ApplyResult, BatchProgress
    from lattice_tg.plan import ApplyOrder, Plan
    from lattice_tg.progress import progress_bar
    from lattice_tg.reports import DrainTimeoutError, FailedRequest, PartialFailureError, TargetsResult
    from lattice_tg.retry import FullJitter, RetryEvent, RetryPolicy
    from lattice_tg.rules import find_problems, validate
    from lattice_tg.service_errors import (
        AccessDeniedError,
        ConflictError,
        ConflictKind,
        InternalServerError,
        ResourceNotFoundError,
        ServiceError,
        ServiceQuotaExceededError,
        ThrottlingError,
        TransportError,
        ValidationError,
    )
    from lattice_tg.tokens import client_token_for
    from lattice_tg.vocabulary import (
        HealthCheckProtocol,
        HealthCheckProtocolVersion,
        IpAddressType,
        LambdaEventStructureVersion,
        Protocol,
        ProtocolVersion,
        ResettableHealthCheckField,
        TargetGroupStatus,
        TargetGroupType,
        TargetStatus,
    )
    from lattice_tg.waiting import WaitProgress
    from lattice_tg.wire import from_boto3, to_boto3

__all__ = [
    "AccessDeniedError",
    "AlbTargetGroupBuilder",
    "ApplyError",
    "ApplyOrder",
    "ApplyResult",
    "BatchProgress",
    "BuildableAlbTargetGroupBuilder",
    "BuildableInstanceTargetGroupBuilder",
    "BuildableIpTargetGroupBuilder",
    "Change",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "ConflictKind",
    "CreateStep",
    "DeleteStep",
    "DeregisterStep",
    "DesiredState",
    "DrainTimeoutError",
    "FailedRequest",
    "FullJitter",
    "HealthCheck",
    "HealthCheckProtocol",
    "HealthCheckProtocolVersion",
    "IncompleteError",
    "InstanceTargetGroupBuilder",
    "InternalServerError",
    "InvalidIdentifierError",
    "InvalidSpecError",
    "IpAddressType",
    "IpTargetGroupBuilder",
    "LambdaEventStructureVersion",
    "LambdaTargetGroupBuilder",
    "LatticeError",
    "Matcher",
    "PartialFailureError",
    "Plan",
    "PlanStep",
    "Problem",
    "Protocol",
    "ProtocolVersion",
    "RegisterStep",
    "ReplacementRequiredError",
    "ResettableHealthCheckField",
    "ResourceNotFoundError",
    "RetryEvent",
    "RetryPolicy",
    "ServiceError",
    "ServiceQuotaExceededError",
    "StalePlanError",
    "SystemClock",
    "TagStep",
    "Target",
    "TargetFailure",
    "TargetGroup",
    "TargetGroupBuilder",
    "TargetGroupClient",
    "TargetGroupConfig",
    "TargetGroupDeletion",
    "TargetGroupFailedError",
    "TargetGroupLike",
    "TargetGroupSpec",
    "TargetGroupStatus",
    "TargetGroupSummary",
    "TargetGroupType",
    "TargetStatus",
    "TargetSummary",
    "TargetsResult",
    "ThrottlingError",
    "TransportError",
    "UnknownMatcher",
    "UpdateHealthCheckStep",
    "ValidationError",
    "WaitFailedError",
    "WaitProgress",
    "WaitTimeoutError",
    "client_token_for",
    "find_problems",
    "from_boto3",
    "progress_bar",
    "read_specs",
    "to_boto3",
    "validate",
    "write_specs",
]

_LAZY_IMPORTS = {
    name: home
    for home, names in {
        "builders": (
            "AlbTargetGroupBuilder InstanceTargetGroupBuilder IpTargetGroupBuilder LambdaTargetGroupBuilder "
            "BuildableAlbTargetGroupBuilder BuildableInstanceTargetGroupBuilder BuildableIpTargetGroupBuilder "
            "TargetGroupBuilder"
        ),
        "client": "TargetGroupClient",
        "clock": "Clock SystemClock",
        "errors": (
            "ApplyError ConfigurationError InvalidIdentifierError InvalidSpecError LatticeError "
            "ReplacementRequiredError StalePlanError TargetGroupFailedError IncompleteError WaitFailedError "
            "WaitTimeoutError"
        ),
        "files": "read_specs write_specs",
        "identifiers": "TargetGroupLike",
        "models.answers": "TargetFailure TargetGroupDeletion TargetGroupSummary TargetSummary",
        "models.changes": "Change",
        "models.config": "TargetGroupConfig",
        "models.desired": "DesiredState",
        "models.health_check": "HealthCheck Matcher UnknownMatcher",
        "models.problems": "Problem",
        "models.spec": "TargetGroupSpec",
        "models.steps": "CreateStep DeregisterStep RegisterStep DeleteStep PlanStep TagStep UpdateHealthCheckStep",
        "models.target_group": "TargetGroup",
        "models.targets": "Target",
        "outcome": "BatchProgress ApplyResult",
        "plan": "ApplyOrder Plan",
        "progress": "progress_bar",
        "reports": "DrainTimeoutError TargetsResult PartialFailureError FailedRequest",
        "retry": "FullJitter RetryEvent RetryPolicy",
        "rules": "validate find_problems",
        "service_errors": (
            "AccessDeniedError ConflictError ConflictKind InternalServerError ResourceNotFoundError ServiceError "
            "ServiceQuotaExceededError ThrottlingError TransportError ValidationError"
        ),
        "tokens": "client_token_for",
        "vocabulary": (
            "HealthCheckProtocol HealthCheckProtocolVersion IpAddressType LambdaEventStructureVersion Protocol "
            "ProtocolVersion ResettableHealthCheckField TargetGroupStatus TargetGroupType TargetStatus"
        ),
        "waiting": "WaitProgress",
        "wire": "from_boto3 to_boto3",
    }.items()
    for name in names.split()
}
"""The module of each name."""


def __getattr__(name: str) -> object:
    if name not in _LAZY_IMPORTS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"{__name__}.{_LAZY_IMPORTS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
