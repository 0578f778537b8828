"""Signature help."""

import builtins
import collections.abc
import re

import pytest

from support.open_document import OpenFile
from support.public_api import NAMES, Call, calls

CLIENT = "import lattice_tg\ndef use(client: lattice_tg.TargetGroupClient) -> None:\n    client."
ORDER = 'order: ApplyOrder = "healthy_first"'
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
    (f"{CLIENT}plan(", (*DESIRED, "replace: bool = False", ORDER), "Plan"),
    (
        f"{CLIENT}ensure(",
        (
            *DESIRED,
            "replace: bool = False",
            ORDER,
            "health_timeout_seconds: float = 300",
            "run_id: str | None = None",
        ),
        "TargetGroup",
    ),
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

BUILTIN_NAMES = {*dir(builtins), *dir(collections.abc), "AbstractContextManager", "Executor", "PathLike", "datetime"}
TYPES = {*NAMES, *BUILTIN_NAMES}
"""Names of the types that users can import from the library and from Python."""

CALLS_WITH_EXTERNAL_TYPES = {
    *("from_boto3", "to_boto3"),  # dicts for boto3, and any model class
    "configure_converter",  # a converter of cattrs
    "progress_bar",  # a console of rich, which is an optional dependency
    *("RetryPolicy", "FullJitter"),  # tenacity's retry state
}
"""Calls whose signatures have types from other libraries, or ``Any`` instead."""


@pytest.mark.parametrize(("typed", "parameters", "return_type"), SIGNATURES)
def test_signatures_show_names_types_and_defaults(
    file: OpenFile, typed: str, parameters: tuple[str, ...], return_type: str
) -> None:
    """A signature shows the parameters with types and defaults, and the return type."""
    signature = file.signature(f"{typed}|)")

    assert (signature.parameters, signature.label.rpartition(" -> ")[2]) == (parameters, return_type)


@pytest.mark.parametrize(("typed", "parameters", "return_type"), SIGNATURES)
def test_signatures_document_each_parameter(
    file: OpenFile, typed: str, parameters: tuple[str, ...], return_type: str
) -> None:
    """Signature help shows the active parameter and documents all parameters."""
    names = [name for parameter in parameters if (name := parameter.partition(":")[0]) != "*"]

    signatures = {name: file.signature(f"{typed}{name}=|)") for name in names}

    assert {name: each.active.partition(":")[0] for name, each in signatures.items()} == dict(
        zip(names, names, strict=True)
    )
    assert [name for name in names if name not in signatures[name].documentation.replace("\\_", "_")] == []


METHODS = [
    call for call in calls() if re.match(r"(Async)?(TargetGroupClient|Route|Shift)\.", call.name) and call.keywords
]
"""The methods of both clients, routes and shifts."""


@pytest.mark.parametrize("method", METHODS, ids=lambda call: call.name)
def test_the_active_parameter_is_documented(file: OpenFile, method: Call) -> None:
    """Signature help documents the parameter at the cursor."""
    text = {
        each.name: file.signature(f"{method.typed}{each.name}=|)").parameter_documentation for each in method.keywords
    }

    assert [name for name, values in text.items() if not re.match(rf"{name}: \w+", values)] == []


@pytest.mark.parametrize(
    "call", [call for call in calls() if call.name not in CALLS_WITH_EXTERNAL_TYPES], ids=lambda call: call.name
)
def test_signatures_name_importable_types(file: OpenFile, call: Call) -> None:
    """Signatures contain neither ``Any`` nor types that users cannot import."""
    signature = file.signature(f"{call.typed}|)")

    types = [re.sub(r"^\W*\w+: | = .*$", "", parameter) for parameter in signature.parameters if ":" in parameter]
    # A language server shows the return type of an async function as a coroutine.
    returned = re.sub(r"^CoroutineType\[Any, Any, (.+)\]$", r"\1", signature.label.rpartition(") -> ")[2])
    values = re.findall(r"[A-Za-z_]\w*", " ".join([*types, returned]))
    assert {*values} - TYPES == set()
