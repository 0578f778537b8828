"""botocore's service model of VPC Lattice.

The emulator takes operations, shapes, limits and error codes from the model.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from botocore.loaders import Loader  # pyright: ignore[reportMissingTypeStubs]
from botocore.model import ServiceModel  # pyright: ignore[reportMissingTypeStubs]

OperationName = Literal[
    "CreateTargetGroup",
    "GetTargetGroup",
    "ListTargetGroups",
    "UpdateTargetGroup",
    "DeleteTargetGroup",
    "RegisterTargets",
    "DeregisterTargets",
    "ListTargets",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "CreateListener",
    "GetListener",
    "ListListeners",
    "UpdateListener",
    "DeleteListener",
    "CreateRule",
    "GetRule",
    "ListRules",
    "UpdateRule",
    "BatchUpdateRule",
    "DeleteRule",
]
FaultOperation = OperationName | Literal["*"]
"""The name of an operation, or ``"*"`` for all operations."""

ErrorCode = Literal[
    "AccessDeniedException",
    "ConflictException",
    "InternalServerException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ThrottlingException",
    "ValidationException",
]
"""An error code that the service model defines."""

TargetStatus = Literal["DRAINING", "UNAVAILABLE", "HEALTHY", "UNHEALTHY", "INITIAL", "UNUSED"]
"""A status of a target."""

OPERATION_NAMES: tuple[str, ...] = get_args(OperationName)
ANY_OPERATION = "*"


@cache
def service_model() -> Any:
    """Return the service model of the installed botocore."""
    loader: Any = Loader()
    return ServiceModel(loader.load_service_model("vpc-lattice", "service-2"), "vpc-lattice")


@cache
def operation_model(operation: str) -> Any:
    """Return botocore's model of ``operation``."""
    return service_model().operation_model(operation)


@cache
def error_shapes() -> Mapping[str, Any]:
    """Return the error shapes of the emulated operations, keyed by error code."""
    shapes = {shape.name: shape for name in OPERATION_NAMES for shape in operation_model(name).error_shapes}
    return MappingProxyType(shapes)


def http_status_of(code: str) -> int:
    """Return the HTTP status that the service model assigns to the error ``code``."""
    return int(error_shapes()[code].metadata["error"]["httpStatusCode"])
