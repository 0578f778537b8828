"""What stands above a call while it is typed."""

import builtins
import collections.abc
import re

import pytest

from support.open_document import OpenFile
from support.public_api import NAMES, Call, calls

CLIENT = "import lattice_tg\ndef use(client: lattice_tg.TargetGroupClient) -> None:\n    client."
DESIRED = ("spec: TargetGroupSpec", "*", "targets: Iterable[Target] | None = None", "prune: bool = False")

SIGNATURES = (
    (
        f"{CLIENT}create(",
        (
            "spec: TargetGroupSpec",
            "*",
            "client_token: str | None = None",
            "wait: bool = False",
            "timeout_seconds: float = 300",
        ),
        "TargetGroup",
    ),
    (f"{CLIENT}register_targets(", ("target_group: TargetGroupLike", "targets: Iterable[Target]"), "TargetsResult"),
    (f"{CLIENT}plan(", (*DESIRED, "replace: bool = False"), "Plan"),
    (f"{CLIENT}ensure(", (*DESIRED, "replace: bool = False", "run_id: str | None = None"), "TargetGroup"),
    (
        "import lattice_tg\nlattice_tg.RetryPolicy(",
        (
            "*",
            "max_attempts: int = 8",
            "max_elapsed_seconds: float = 120",
            "wait: (Any) -> float = FullJitter()",
            "stop: ((Any) -> bool) | None = None",
        ),
        "RetryPolicy",
    ),
)
"""Calls that every user makes, each with its parameters and what it gives."""

PYTHONS_OWN = {*dir(builtins), *dir(collections.abc), "AbstractContextManager", "Executor", "PathLike", "datetime"}
TYPES = {*NAMES, *PYTHONS_OWN}
"""Names of types that a user can import without looking for them: ours, and Python's own."""

BORDERS = {
    *("from_boto3", "to_boto3"),  # dicts as boto3 has them, for any class of models
    "progress_bar",  # a console of rich, which is an extra
    *("RetryPolicy", "FullJitter"),  # the state that tenacity hands to its waits and stops, whose type no other fits
}
"""Where types of other libraries stand, as ``Any`` or by name."""


@pytest.mark.parametrize(("typed", "parameters", "given"), SIGNATURES)
def test_signatures_read_well(file: OpenFile, typed: str, parameters: tuple[str, ...], given: str) -> None:
    """Each parameter stands with its name, its type and its default, and after them what the call gives."""
    shown = file.signature(f"{typed}|)")

    assert (shown.parameters, shown.label.rpartition(" -> ")[2]) == (parameters, given)


@pytest.mark.parametrize(("typed", "parameters", "given"), SIGNATURES)
def test_signatures_tell_of_each_parameter(file: OpenFile, typed: str, parameters: tuple[str, ...], given: str) -> None:
    """While an argument is typed, the words below the call tell of it, and of all others."""
    names = [name for parameter in parameters if (name := parameter.partition(":")[0]) != "*"]

    shown = {name: file.signature(f"{typed}{name}=|)") for name in names}

    assert {name: each.active.partition(":")[0] for name, each in shown.items()} == dict(zip(names, names, strict=True))
    assert [name for name in names if name not in shown[name].documentation.replace("\\_", "_")] == []


@pytest.mark.parametrize("name", ["create", "register_targets", "plan", "ensure"])
def test_the_argument_that_is_typed_is_told_about(file: OpenFile, name: str) -> None:
    """A verb tells of the argument at the cursor by itself."""
    (verb,) = [call for call in calls() if call.name == f"TargetGroupClient.{name}"]

    told = {each.name: file.signature(f"{verb.typed}{each.name}=|)").told for each in verb.keywords}

    assert [name for name, words in told.items() if not re.match(rf"{name}: \w+", words)] == []


@pytest.mark.parametrize("call", [call for call in calls() if call.name not in BORDERS], ids=lambda call: call.name)
def test_signatures_name_what_can_be_imported(file: OpenFile, call: Call) -> None:
    """No signature has an ``Any``, or a type whose name a user would have to search for."""
    shown = file.signature(f"{call.typed}|)")

    types = [re.sub(r"^\W*\w+: | = .*$", "", parameter) for parameter in shown.parameters if ":" in parameter]
    words = re.findall(r"[A-Za-z_]\w*", " ".join([*types, shown.label.rpartition(") -> ")[2]]))
    assert {*words} - TYPES == set()
