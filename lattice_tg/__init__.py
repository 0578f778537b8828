"""Typed Python client for Amazon VPC Lattice target groups.

Each public name is imported on first use. Importing the package or its models is fast because only the client
imports botocore.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lattice_tg.async_client import AsyncTargetGroupClient
    from lattice_tg.async_route import AsyncRoute, AsyncShift
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
    from lattice_tg.conversion import configure_converter, from_boto3, to_boto3
    from lattice_tg.errors import (
        AccessDeniedError,
        ApplyError,
        ConfigurationError,
        ConflictError,
        ConflictKind,
        DrainTimeoutError,
        IncompleteError,
        InsufficientHealthyTargetsError,
        InternalServerError,
        InvalidArgumentError,
        InvalidIdentifierError,
        InvalidSpecError,
        LatticeError,
        PartialFailureError,
        ReplacementRequiredError,
        ResourceNotFoundError,
        ServiceError,
        ServiceQuotaExceededError,
        ShiftError,
        StalePlanError,
        StaleRouteError,
        TargetGroupFailedError,
        ThrottlingError,
        TransportError,
        ValidationError,
        WaitFailedError,
        WaitTimeoutError,
    )
    from lattice_tg.events import CallEvent, RetryEvent
    from lattice_tg.literals import (
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
    from lattice_tg.models.change import Change
    from lattice_tg.models.desired_state import DesiredState
    from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
    from lattice_tg.models.plan_steps import (
        CreateStep,
        DeleteStep,
        DeregisterStep,
        PlanStep,
        RegisterStep,
        TagStep,
        UpdateHealthCheckStep,
        WaitHealthyStep,
    )
    from lattice_tg.models.problem import Problem
    from lattice_tg.models.responses import TargetFailure, TargetGroupDeletion, TargetGroupSummary, TargetSummary
    from lattice_tg.models.target_group import TargetGroup, TargetGroupConfig, TargetGroupSpec
    from lattice_tg.models.targets import Target
    from lattice_tg.planning.plan import ApplyOrder, Plan
    from lattice_tg.progress import progress_bar
    from lattice_tg.results import (
        ApplyResult,
        BatchProgress,
        FailedRequest,
        PlanResult,
        ShiftStep,
        TargetsResult,
        WaitProgress,
    )
    from lattice_tg.route import Route, Shift
    from lattice_tg.runtime.clocks import Clock, SystemClock
    from lattice_tg.sending.client_tokens import client_token_for
    from lattice_tg.sending.retry_policy import FullJitter, RetryPolicy
    from lattice_tg.spec_files import read_specs, write_specs
    from lattice_tg.validation import find_problems, validate
    from lattice_tg.validation.identifiers import TargetGroupLike
    from lattice_tg.validation.route import Weights

__all__ = [
    "AccessDeniedError",
    "AlbTargetGroupBuilder",
    "ApplyError",
    "ApplyOrder",
    "ApplyResult",
    "AsyncRoute",
    "AsyncShift",
    "AsyncTargetGroupClient",
    "BatchProgress",
    "BuildableAlbTargetGroupBuilder",
    "BuildableInstanceTargetGroupBuilder",
    "BuildableIpTargetGroupBuilder",
    "CallEvent",
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
    "InsufficientHealthyTargetsError",
    "InternalServerError",
    "InvalidArgumentError",
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
    "PlanResult",
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
    "Route",
    "ServiceError",
    "ServiceQuotaExceededError",
    "Shift",
    "ShiftError",
    "ShiftStep",
    "StalePlanError",
    "StaleRouteError",
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
    "WaitHealthyStep",
    "WaitProgress",
    "WaitTimeoutError",
    "Weights",
    "client_token_for",
    "configure_converter",
    "find_problems",
    "from_boto3",
    "progress_bar",
    "read_specs",
    "to_boto3",
    "validate",
    "write_specs",
]

_LAZY_IMPORTS = {
    name: module
    for module, names in {
        "builders": (
            "AlbTargetGroupBuilder BuildableAlbTargetGroupBuilder BuildableInstanceTargetGroupBuilder "
            "BuildableIpTargetGroupBuilder InstanceTargetGroupBuilder IpTargetGroupBuilder "
            "LambdaTargetGroupBuilder TargetGroupBuilder"
        ),
        "async_client": "AsyncTargetGroupClient",
        "async_route": "AsyncRoute AsyncShift",
        "client": "TargetGroupClient",
        "conversion": "configure_converter from_boto3 to_boto3",
        "errors": (
            "AccessDeniedError ApplyError ConfigurationError ConflictError ConflictKind DrainTimeoutError "
            "IncompleteError InsufficientHealthyTargetsError InternalServerError InvalidArgumentError "
            "InvalidIdentifierError InvalidSpecError LatticeError PartialFailureError ReplacementRequiredError "
            "ResourceNotFoundError ServiceError ServiceQuotaExceededError ShiftError StalePlanError StaleRouteError "
            "TargetGroupFailedError ThrottlingError TransportError ValidationError WaitFailedError "
            "WaitTimeoutError"
        ),
        "events": "CallEvent RetryEvent",
        "literals": (
            "HealthCheckProtocol HealthCheckProtocolVersion IpAddressType LambdaEventStructureVersion "
            "Protocol ProtocolVersion ResettableHealthCheckField TargetGroupStatus TargetGroupType "
            "TargetStatus"
        ),
        "models.change": "Change",
        "models.desired_state": "DesiredState",
        "models.health_check": "HealthCheck Matcher UnknownMatcher",
        "models.plan_steps": (
            "CreateStep DeleteStep DeregisterStep PlanStep RegisterStep TagStep UpdateHealthCheckStep WaitHealthyStep"
        ),
        "models.problem": "Problem",
        "models.responses": "TargetFailure TargetGroupDeletion TargetGroupSummary TargetSummary",
        "models.target_group": "TargetGroup TargetGroupConfig TargetGroupSpec",
        "models.targets": "Target",
        "planning.plan": "ApplyOrder Plan",
        "progress": "progress_bar",
        "results": "ApplyResult BatchProgress FailedRequest PlanResult ShiftStep TargetsResult WaitProgress",
        "route": "Route Shift",
        "runtime.clocks": "Clock SystemClock",
        "sending.client_tokens": "client_token_for",
        "sending.retry_policy": "FullJitter RetryPolicy",
        "spec_files": "read_specs write_specs",
        "validation": "find_problems validate",
        "validation.identifiers": "TargetGroupLike",
        "validation.route": "Weights",
    }.items()
    for name in names.split()
}
"""Module of each public name, relative to the package."""


def __getattr__(name: str) -> object:
    if name not in _LAZY_IMPORTS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"{__name__}.{_LAZY_IMPORTS[name]}"), name)
    if "__attrs_attrs__" in getattr(value, "__dict__", ()):
        from lattice_tg.models.base import document_fields  # noqa: PLC0415 - the module of the class has imported it

        document_fields(value)  # type: ignore[arg-type]
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
