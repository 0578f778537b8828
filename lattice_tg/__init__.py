"""Typed, safe and fast target groups for Amazon VPC Lattice.

The names are imported on first use: models cost next to nothing, and boto3 comes in with the first client.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lattice_tg.builders import TargetGroupBuilder
    from lattice_tg.client import TargetGroupClient
    from lattice_tg.clock import Clock, SystemClock
    from lattice_tg.errors import (
        ApplyError,
        ConfigurationError,
        InvalidIdentifierError,
        InvalidSpecError,
        LatticeError,
        ReplacementRequiredError,
        StalePlanError,
        TargetGroupFailedError,
        UnfinishedError,
        WaitFailedError,
        WaitTimeoutError,
    )
    from lattice_tg.files import read_specs, write_specs
    from lattice_tg.models.changes import Change
    from lattice_tg.models.config import TargetGroupConfig
    from lattice_tg.models.desired import Desired
    from lattice_tg.models.health_check import HealthCheck, Matcher, UnknownMatcher
    from lattice_tg.models.observed import TargetGroup, TargetGroupDeletion, TargetGroupSummary
    from lattice_tg.models.problems import Problem
    from lattice_tg.models.spec import TargetGroupSpec
    from lattice_tg.models.steps import Create, Deregister, Register, Replace, Step, Tag, UpdateHealthCheck
    from lattice_tg.models.targets import Target, TargetFailure, TargetSummary
    from lattice_tg.outcome import FleetProgress, Outcome
    from lattice_tg.plan import Order, Plan
    from lattice_tg.progress import progress_bar
    from lattice_tg.reports import TargetsReport, TargetsUnsuccessfulError, UnansweredTargets
    from lattice_tg.retry import FullJitter, RetryEvent, RetryPolicy
    from lattice_tg.rules import check, problems
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
    "ApplyError",
    "Change",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "ConflictKind",
    "Create",
    "Deregister",
    "Desired",
    "FleetProgress",
    "FullJitter",
    "HealthCheck",
    "HealthCheckProtocol",
    "HealthCheckProtocolVersion",
    "InternalServerError",
    "InvalidIdentifierError",
    "InvalidSpecError",
    "IpAddressType",
    "LambdaEventStructureVersion",
    "LatticeError",
    "Matcher",
    "Order",
    "Outcome",
    "Plan",
    "Problem",
    "Protocol",
    "ProtocolVersion",
    "Register",
    "Replace",
    "ReplacementRequiredError",
    "ResettableHealthCheckField",
    "ResourceNotFoundError",
    "RetryEvent",
    "RetryPolicy",
    "ServiceError",
    "ServiceQuotaExceededError",
    "StalePlanError",
    "Step",
    "SystemClock",
    "Tag",
    "Target",
    "TargetFailure",
    "TargetGroup",
    "TargetGroupBuilder",
    "TargetGroupClient",
    "TargetGroupConfig",
    "TargetGroupDeletion",
    "TargetGroupFailedError",
    "TargetGroupSpec",
    "TargetGroupStatus",
    "TargetGroupSummary",
    "TargetGroupType",
    "TargetStatus",
    "TargetSummary",
    "TargetsReport",
    "TargetsUnsuccessfulError",
    "ThrottlingError",
    "TransportError",
    "UnansweredTargets",
    "UnfinishedError",
    "UnknownMatcher",
    "UpdateHealthCheck",
    "ValidationError",
    "WaitFailedError",
    "WaitProgress",
    "WaitTimeoutError",
    "check",
    "client_token_for",
    "from_boto3",
    "problems",
    "progress_bar",
    "read_specs",
    "to_boto3",
    "write_specs",
]

_HOMES = {
    "Outcome": "outcome",
    "FleetProgress": "outcome",
    "AccessDeniedError": "service_errors",
    "ApplyError": "errors",
    "Change": "models.changes",
    "Clock": "clock",
    "ConfigurationError": "errors",
    "ConflictError": "service_errors",
    "ConflictKind": "service_errors",
    "Create": "models.steps",
    "Deregister": "models.steps",
    "Desired": "models.desired",
    "FullJitter": "retry",
    "HealthCheck": "models.health_check",
    "HealthCheckProtocol": "vocabulary",
    "HealthCheckProtocolVersion": "vocabulary",
    "InternalServerError": "service_errors",
    "InvalidIdentifierError": "errors",
    "InvalidSpecError": "errors",
    "IpAddressType": "vocabulary",
    "LambdaEventStructureVersion": "vocabulary",
    "LatticeError": "errors",
    "Matcher": "models.health_check",
    "Order": "plan",
    "Plan": "plan",
    "Problem": "models.problems",
    "Protocol": "vocabulary",
    "ProtocolVersion": "vocabulary",
    "Register": "models.steps",
    "Replace": "models.steps",
    "ReplacementRequiredError": "errors",
    "ResettableHealthCheckField": "vocabulary",
    "ResourceNotFoundError": "service_errors",
    "RetryEvent": "retry",
    "RetryPolicy": "retry",
    "ServiceError": "service_errors",
    "ServiceQuotaExceededError": "service_errors",
    "StalePlanError": "errors",
    "Step": "models.steps",
    "SystemClock": "clock",
    "Tag": "models.steps",
    "Target": "models.targets",
    "TargetFailure": "models.targets",
    "TargetGroup": "models.observed",
    "TargetGroupBuilder": "builders",
    "TargetGroupClient": "client",
    "TargetGroupConfig": "models.config",
    "TargetGroupDeletion": "models.observed",
    "TargetGroupFailedError": "errors",
    "TargetGroupSpec": "models.spec",
    "TargetGroupStatus": "vocabulary",
    "TargetGroupSummary": "models.observed",
    "TargetGroupType": "vocabulary",
    "TargetStatus": "vocabulary",
    "TargetSummary": "models.targets",
    "TargetsReport": "reports",
    "TargetsUnsuccessfulError": "reports",
    "ThrottlingError": "service_errors",
    "TransportError": "service_errors",
    "UnansweredTargets": "reports",
    "UnfinishedError": "errors",
    "UnknownMatcher": "models.health_check",
    "UpdateHealthCheck": "models.steps",
    "ValidationError": "service_errors",
    "WaitFailedError": "errors",
    "WaitProgress": "waiting",
    "WaitTimeoutError": "errors",
    "check": "rules",
    "client_token_for": "tokens",
    "from_boto3": "wire",
    "problems": "rules",
    "progress_bar": "progress",
    "read_specs": "files",
    "to_boto3": "wire",
    "write_specs": "files",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
