"""Completion after a dot and after ``import``."""

import pkgutil
from typing import Any

import pytest

import lattice_tg
from support.open_document import OpenFile
from support.public_api import CLASSES, public_names

START = "from lattice_tg import HealthCheck, TargetGroupBuilder\n"
IP = 'TargetGroupBuilder.ip("orders", vpc_identifier="vpc-0123456789abcdefg")'
INSTANCE = IP.replace("ip(", "instance(")
ALB = IP.replace("ip(", "alb(")
LAMBDA = 'TargetGroupBuilder.lambda_("orders")'

EVERY_TYPE = {"named", "tag", "tags"}
ALB_STEPS = EVERY_TYPE | {"http", "https"}
INSTANCE_STEPS = ALB_STEPS | {"tcp", "health_check"}
IP_STEPS = INSTANCE_STEPS | {"ipv4", "ipv6"}
LAMBDA_STEPS = EVERY_TYPE | {"event_structure_version", "build"}
BUILD_STEP = {"build"}

BUILDERS = (
    ("TargetGroupBuilder", {"ip", "instance", "alb", "lambda_", "mro"}),  # Every class has mro().
    (IP, IP_STEPS),
    (f"{IP}.ipv6()", IP_STEPS),
    (f"{IP}.health_check(HealthCheck.http())", IP_STEPS),
    (f"{IP}.http()", IP_STEPS | BUILD_STEP),
    (f'{IP}.https(version="GRPC").ipv4()', IP_STEPS | BUILD_STEP),
    (f"{IP}.tcp(9000)", IP_STEPS | BUILD_STEP),
    (INSTANCE, INSTANCE_STEPS),
    (f'{INSTANCE}.named("billing")', INSTANCE_STEPS),
    (f"{INSTANCE}.http()", INSTANCE_STEPS | BUILD_STEP),
    (f"{INSTANCE}.tcp(9000)", INSTANCE_STEPS | BUILD_STEP),
    (ALB, ALB_STEPS),
    (f'{ALB}.tag("team", "shop")', ALB_STEPS),
    (f"{ALB}.https()", ALB_STEPS | BUILD_STEP),
    (LAMBDA, LAMBDA_STEPS),
    (f'{LAMBDA}.event_structure_version("V2")', LAMBDA_STEPS),
)
"""Typed texts, and the steps that completion must list for each text."""

BUILTIN_NAMES = {*dir(OSError), "characters_written", "winerror"}
"""Names of Python's built-in exceptions. Some of these names exist only on some systems."""


@pytest.mark.parametrize(("typed", "steps"), BUILDERS)
def test_builders_complete_the_steps_of_their_type(file: OpenFile, typed: str, steps: set[str]) -> None:
    """Completion lists exactly the steps of a builder's type before all private names."""
    completions = file.completions(f"{START}{typed}.|")

    assert {*completions[: len(steps)]} == steps
    assert [name for name in completions[len(steps) :] if not name.startswith("_")] == []


@pytest.mark.parametrize("name", CLASSES)
def test_values_complete_their_public_names(file: OpenFile, name: str) -> None:
    """Completion lists the fields and methods of a public class, and no other public name."""
    completions = file.completions(f"import lattice_tg\ndef use(it: lattice_tg.{name}) -> None:\n    it.|")

    public = {each for each in completions if not each.startswith("_")}
    assert public - BUILTIN_NAMES == public_names(CLASSES[name]) - BUILTIN_NAMES


ITERATIONS = (
    ("Route", "for item in it.shift('a', 'b'): item.|", "ShiftStep"),
    ("AsyncRoute", "async for item in it.shift('a', 'b'): item.|", "ShiftStep"),
    ("TargetGroupClient", "for item in it.plan_all([]): item.|", "PlanResult"),
    ("AsyncTargetGroupClient", "async for item in it.plan_all([]): item.|", "PlanResult"),
    ("TargetGroupClient", "for item in it.apply_all([]): item.|", "ApplyResult"),
    ("AsyncTargetGroupClient", "async for item in it.ensure_all([]): item.|", "ApplyResult"),
    ("TargetGroupClient", "for item in it.list(): item.|", "TargetGroupSummary"),
    ("AsyncTargetGroupClient", "async for item in it.list_targets('tg'): item.|", "TargetSummary"),
    ("TargetGroupClient", "it.with_options(on_call=lambda item: item.|)", "CallEvent"),
    ("AsyncTargetGroupClient", "it.with_options(on_retry=lambda item: item.|)", "RetryEvent"),
    ("HealthCheck", "if isinstance(item := it.matcher, lattice_tg.Matcher): item.|", "Matcher"),
)
"""Classes, texts that use a value of the class, and the class of the item at the cursor."""


@pytest.mark.parametrize(("cls", "typed", "item"), ITERATIONS)
def test_results_and_events_complete_their_fields(file: OpenFile, cls: str, typed: str, item: str) -> None:
    """Completion lists the fields of the items of iterators and of the arguments of hooks."""
    completions = file.completions(f"import lattice_tg\nasync def use(it: lattice_tg.{cls}) -> None:\n    {typed}")

    assert {each for each in completions if not each.startswith("_")} == public_names(CLASSES[item])


@pytest.mark.parametrize("typed", ["from lattice_tg import |", "import lattice_tg\nlattice_tg.|"])
def test_the_package_completes_every_name(file: OpenFile, typed: str) -> None:
    """Completion lists all lazily imported names, and otherwise only modules."""
    completions = {name for name in file.completions(typed) if not name.startswith("_")}

    modules = {module.name for module in pkgutil.iter_modules(lattice_tg.__path__)}
    assert completions >= {*lattice_tg.__all__}
    assert completions - {*lattice_tg.__all__} <= modules | {"TYPE_CHECKING", "import_module"}


def test_unknown_types_complete_nothing(file: OpenFile) -> None:
    """Completion is empty for unknown types, so these tests fail if the server lacks type data."""
    completions: Any = file.completions(f"{START}{LAMBDA}.health_check().|")

    assert completions == ()
