"""Access to the shapes in botocore's service model, and comparison with the names in the library."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from botocore.session import Session  # pyright: ignore[reportMissingTypeStubs]

OPERATIONS = {
    "CreateTargetGroup",
    "GetTargetGroup",
    "ListTargetGroups",
    "UpdateTargetGroup",
    "DeleteTargetGroup",
    "RegisterTargets",
    "DeregisterTargets",
    "ListTargets",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
}


@cache
def service() -> Any:
    """Return botocore's service model of VPC Lattice."""
    session: Any = Session()
    return session.get_service_model("vpc-lattice")


def shapes() -> dict[str, Any]:
    """Return all shapes in requests and responses of the target group operations, by name."""
    shapes: dict[str, Any] = {}
    for name in sorted(OPERATIONS):
        operation = service().operation_model(name)
        for shape in (operation.input_shape, operation.output_shape):
            shapes |= {nested.name: nested for nested in iter_shapes(shape)}
    return shapes


def iter_shapes(shape: Any) -> Iterator[Any]:
    """Yield ``shape`` and all shapes that it contains."""
    if shape is None:
        return
    yield shape
    if shape.type_name == "structure":
        for member in shape.members.values():
            yield from iter_shapes(member)
    elif shape.type_name == "list":
        yield from iter_shapes(shape.member)
    elif shape.type_name == "map":
        yield from iter_shapes(shape.key)
        yield from iter_shapes(shape.value)


def compare(subject: str, botocore_names: set[str], library_names: set[str], location: str) -> None:
    """Assert that botocore and the library have the same names.

    Args:
        subject: Description of the compared names, such as "the operations".
        botocore_names: The names in botocore's service model.
        library_names: The names in the library.
        location: The place in the library to change if the names differ.

    """
    added, removed = sorted(botocore_names - library_names), sorted(library_names - botocore_names)
    assert not added, f"botocore added to {subject}: {added}. Add them to {location}."
    assert not removed, f"botocore removed from {subject}: {removed}. See {location}."


def each(mapping: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Return a pytest mark that runs a test with each shape name in ``mapping``."""
    return pytest.mark.parametrize("shape", sorted(mapping))
