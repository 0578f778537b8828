"""Operations behind the methods of the client. Each module is imported when one of its operations is first needed."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lattice_tg.operations import (
        adopt,
        apply,
        batch,
        batch_task,
        create,
        delete,
        plan,
        read,
        route,
        tags,
        targets,
        update,
        waiters,
    )

__all__ = [
    "adopt",
    "apply",
    "batch",
    "batch_task",
    "create",
    "delete",
    "plan",
    "read",
    "route",
    "tags",
    "targets",
    "update",
    "waiters",
]


def __getattr__(name: str) -> ModuleType:
    """Import a module of this package on first use."""
    module = f"{__name__}.{name}"
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message) from None
