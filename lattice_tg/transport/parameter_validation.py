"""botocore's own check of a request, made for everything but what our rules have checked already.

For a hundred targets it takes as long as a third of the rest of the call. A client that has it switched off is not
safe to hand out, though: an empty identifier would turn DeleteTargetGroup into a DELETE of the whole list. So a
client of ours makes the check in a hook, and the gateway says which requests need none.
"""

from collections.abc import Callable, Mapping
from threading import local
from typing import Any


class _ThreadState(local):
    checked: tuple[str, Mapping[str, Any]] | None = None
    """The operation and the request that our rules have checked, while it is being sent."""


_this_thread = _ThreadState()


def send_prevalidated(method: Callable[..., Any], operation: str, request: Mapping[str, Any]) -> Any:
    """What the method of a boto3 client answers to a request that our rules have checked."""
    try:
        _this_thread.checked = operation, request
        return method(**request)
    finally:
        _this_thread.checked = None


def is_sending_prevalidated(operation: str) -> bool:
    """Whether this thread is sending a request of this operation that our rules have checked."""
    return _this_thread.checked is not None and _this_thread.checked[0] == operation


def make_parameter_validator() -> Callable[..., None] | None:
    """The hook that checks the parameters of a request before they are built into it.

    None where a newer botocore has its check elsewhere: its clients go on making it themselves.
    """
    try:
        from botocore.validate import (  # noqa: PLC0415 - where it is missing, that is an answer
            validate_parameters,  # pyright: ignore[reportUnknownVariableType]
        )
    except ImportError:
        return None

    def check(params: Mapping[str, Any], model: Any, **_: object) -> None:
        if not is_prevalidated(model.name, params) and model.input_shape is not None:
            validate_parameters(params, model.input_shape)

    return check


def is_prevalidated(operation: str, params: Mapping[str, Any]) -> bool:
    """Whether these are the very values that our rules have seen.

    A user's hook may have put others in their place, or may be sending a request of its own, be it through another
    client; what a hook changes within a value is not noticed.
    """
    if _this_thread.checked is None:
        return False
    name, request = _this_thread.checked
    is_same = name == operation and len(params) == len(request)
    return is_same and all(params.get(member) is value for member, value in request.items())
