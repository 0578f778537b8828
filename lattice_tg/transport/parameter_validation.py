"""botocore's parameter validation, skipped for prevalidated requests.

Validating a hundred targets takes a third as long as the rest of the call. However, users can access the boto3 client,
and without any validation an empty identifier would turn DeleteTargetGroup into a DELETE of the whole list. Therefore,
clients created by the library validate parameters in an event handler, which skips prevalidated requests.
"""

from collections.abc import Callable, Mapping
from threading import local
from typing import Any


class _ThreadState(local):
    prevalidated: tuple[str, Mapping[str, Any]] | None = None
    """Operation and request that the library has validated, while this thread sends the request."""


_this_thread = _ThreadState()


def send_prevalidated(method: Callable[..., Any], operation: str, request: Mapping[str, Any]) -> Any:
    """Send a request that the library has validated through ``method``, and return the response."""
    try:
        _this_thread.prevalidated = operation, request
        return method(**request)
    finally:
        _this_thread.prevalidated = None


def is_sending_prevalidated(operation: str) -> bool:
    """Return whether this thread is sending a prevalidated request of this operation."""
    return _this_thread.prevalidated is not None and _this_thread.prevalidated[0] == operation


def make_parameter_validator() -> Callable[..., None] | None:
    """Create the handler that validates the parameters of a request before they are serialized.

    Returns:
        The handler, or None if botocore has moved its validator. In that case, its clients validate as usual.

    """
    try:
        from botocore.validate import (  # noqa: PLC0415 - the import fails if botocore has moved the function
            validate_parameters,  # pyright: ignore[reportUnknownVariableType]
        )
    except ImportError:
        return None

    def validate(params: Mapping[str, Any], model: Any, **_: object) -> None:
        if not is_prevalidated(model.name, params) and model.input_shape is not None:
            validate_parameters(params, model.input_shape)

    return validate


def is_prevalidated(operation: str, params: Mapping[str, Any]) -> bool:
    """Return whether ``params`` are the same objects that the library has validated.

    A user's event handler may have replaced parameters, or may be sending a request of its own, even through another
    client. Changes within a parameter are not noticed.
    """
    if _this_thread.prevalidated is None:
        return False
    name, request = _this_thread.prevalidated
    is_same = name == operation and len(params) == len(request)
    return is_same and all(params.get(member) is value for member, value in request.items())
