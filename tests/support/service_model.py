"""What botocore's service model says of target groups, and how it is compared with what the library knows."""

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
    session: Any = Session()
    return session.get_service_model("vpc-lattice")


def shapes() -> dict[str, Any]:
    """Every shape that the operations on target groups send or receive, by name."""
    found: dict[str, Any] = {}
    for name in sorted(OPERATIONS):
        operation = service().operation_model(name)
        for shape in (operation.input_shape, operation.output_shape):
            found |= {each.name: each for each in within(shape)}
    return found


def within(shape: Any) -> Iterator[Any]:
    if shape is None:
        return
    yield shape
    if shape.type_name == "structure":
        for member in shape.members.values():
            yield from within(member)
    elif shape.type_name == "list":
        yield from within(shape.member)
    elif shape.type_name == "map":
        yield from within(shape.key)
        yield from within(shape.value)


def compare(what: str, theirs: set[str], ours: set[str], where: str) -> None:
    new, gone = sorted(theirs - ours), sorted(ours - theirs)
    assert not new, f"botocore has something new in {what}: {new}; it belongs into {where}"
    assert not gone, f"botocore no longer has in {what}: {gone}; see {where}"


def each(mapping: Mapping[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("shape", sorted(mapping))
