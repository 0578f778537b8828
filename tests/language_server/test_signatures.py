"""Signature help."""

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
"""Common calls with their parameters and return types."""

PYTHONS_OWN = {*dir(builtins), *dir(collections.abc), "AbstractContextManager", "Executor", "PathLike", "datetime"}
TYPES = {*NAMES, *PYTHONS_OWN}
"""Types that users can import: those of the library, and Python's own."""

BORDERS = {
    *("from_boto3", "to_boto3"),  # dicts of boto3, for any model class
    "progress_bar",  # a rich console, which is an extra
    *("RetryPolicy", "FullJitter"),  # the retry state of tenacity
}
"""Calls with types of other libraries, as ``Any`` or by name."""


@pytest.mark.parametrize(("typed", "parameters", "given"), SIGNATURES)
def test_signatures_show_names_types_and_defaults(
    file: OpenFile, typed: str, parameters: tuple[str, ...], given: str
) -> None:
    """Each parameter has its name, type and default, and the signature has its return type."""
    shown = file.signature(f"{typed}|)")

    assert (shown.parameters, shown.label.rpartition(" -> ")[2]) == (parameters, given)


@pytest.mark.parametrize(("typed", "parameters", "given"), SIGNATURES)
def test_signatures_document_each_parameter(
    file: OpenFile, typed: str, parameters: tuple[str, ...], given: str
) -> None:
    """The documentation of the active parameter and of all others is shown."""
    names = [name for parameter in parameters if (name := parameter.partition(":")[0]) != "*"]

    shown = {name: file.signature(f"{typed}{name}=|)") for name in names}

    assert {name: each.active.partition(":")[0] for name, each in shown.items()} == dict(zip(names, names, strict=True))
    assert [name for name in names if name not in shown[name].documentation.replace("\\_", "_")] == []


@pytest.mark.parametrize("name", ["create", "register_targets", "plan", "ensure"])
def test_the_active_parameter_is_documented(file: OpenFile, name: str) -> None:
    """A method documents the parameter at the cursor."""
    (verb,) = [call for call in calls() if call.name == f"TargetGroupClient.{name}"]

    text = {each.name: file.signature(f"{verb.typed}{each.name}=|)").told for each in verb.keywords}

    assert [name for name, values in text.items() if not re.match(rf"{name}: \w+", values)] == []


@pytest.mark.parametrize("call", [call for call in calls() if call.name not in BORDERS], ids=lambda call: call.name)
def test_signatures_name_importable_types(file: OpenFile, call: Call) -> None:
    """No signature has ``Any`` or a type that users cannot import."""
    shown = file.signature(f"{call.typed}|)")

    types = [re.sub(r"^\W*\w+: | = .*$", "", parameter) for parameter in shown.parameters if ":" in parameter]
    values = re.findall(r"[A-Za-z_]\w*", " ".join([*types, shown.label.rpartition(") -> ")[2]]))
    assert {*values} - TYPES == set()
