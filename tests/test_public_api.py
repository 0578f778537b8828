"""Tests of the public names of the root package and of what importing them loads."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import lattice_tg
from lattice_tg import AsyncTargetGroupClient, CallEvent, TargetGroup, TargetGroupClient, operations

MODULES: dict[str, str] = vars(lattice_tg)["_LAZY_IMPORTS"]
HEAVY_LIBRARIES = ("boto3", "botocore", "moto", "cattrs", "tenacity", "urllib3", "yaml")


def find_heavy_imports(program: str) -> list[str]:
    """Return the names in HEAVY_LIBRARIES that are imported when ``program`` runs."""
    script = f"{program}\nimport sys; print(*(name for name in {HEAVY_LIBRARIES!r} if name in sys.modules))"
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return completed.stdout.split()


def parse_type_checking_imports() -> dict[str, str]:
    """Map each name that the package imports for type checkers to the module of the name."""
    source = Path(lattice_tg.__file__).read_text(encoding="utf-8")
    (type_checking_block,) = [node for node in ast.parse(source).body if isinstance(node, ast.If)]
    imports = [node for node in type_checking_block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module).removeprefix("lattice_tg.") for node in imports for alias in node.names}


@pytest.mark.parametrize(
    "program",
    [
        "import lattice_tg",
        "import lattice_tg; dir(lattice_tg)",
        "from lattice_tg import TargetGroupSpec, HealthCheck, InvalidSpecError, ServiceError, Plan, RetryPolicy",
        "from lattice_tg import TargetGroupBuilder; TargetGroupBuilder.lambda_('resize').build()",
    ],
)
def test_importing_models_imports_no_heavy_library(program: str) -> None:
    """The package and its models import no third-party library except attrs."""
    assert find_heavy_imports(program) == []


def test_importing_the_client_does_not_import_moto() -> None:
    """The client does not import moto, which only the emulator needs."""
    assert "moto" not in find_heavy_imports("from lattice_tg import TargetGroupClient")


def test_creating_a_client_does_not_import_boto3() -> None:
    """A client without a boto3 session needs only botocore. boto3 and cattrs are slow to import."""
    program = "from lattice_tg import TargetGroupClient; TargetGroupClient(region_name='us-east-1')"

    assert find_heavy_imports(program) == ["botocore", "urllib3"]


@cache
def find_modules_of_a_create() -> set[str]:
    """Return the modules of the package that a program imports to create a group, relative to the package."""
    program = (
        "import sys\nfrom lattice_tg import TargetGroupClient, TargetGroupBuilder\n"
        "from lattice_tg.testing import mock_vpc_lattice\n"
        "with mock_vpc_lattice():\n"
        "    client = TargetGroupClient(region_name='us-east-1')\n"
        "    client.create(TargetGroupBuilder.lambda_('resize').build())\n"
        "print(*(name for name in sys.modules if name.startswith('lattice_tg.')))"
    )
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.removeprefix("lattice_tg.") for name in completed.stdout.split()}


def test_operations_are_imported_on_first_use() -> None:
    """A client that only creates groups does not import the operations of its other methods."""
    imported = {name for name in find_modules_of_a_create() if name.startswith("operations.")}

    assert imported == {"operations.create", "operations.interruption"}


def test_plans_and_results_are_imported_on_first_use() -> None:
    """A client that only creates groups does not import the modules of plans, results and routes."""
    imported = find_modules_of_a_create()

    # An import after a request could fail, for example without a free file descriptor, and lose the response.
    assert {"operations.create", "events"} <= imported
    assert imported.isdisjoint(
        {
            "async_client",
            "errors.workflows",
            "models.desired_state",
            "models.plan_steps",
            "planning.plan",
            "results",
            "route",
        }
    )


@pytest.mark.parametrize("client", [TargetGroupClient, AsyncTargetGroupClient])
def test_type_hints_of_a_client_and_its_basic_methods_can_be_resolved(client: Any) -> None:
    """Frameworks for dependency injection resolve the annotations of a constructor."""
    hints = get_type_hints(client.__init__)

    assert hints["on_call"] == Callable[[CallEvent], object] | None
    assert get_type_hints(client.create)["return"] is TargetGroup


def test_modules_of_operations_are_listed() -> None:
    """The package of operations lists every module that the clients use, and has no other attribute."""
    folder = Path(operations.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "interruption"}

    assert set(operations.__all__) == modules
    assert {name: getattr(operations, name).__name__ for name in modules} == {
        name: f"lattice_tg.operations.{name}" for name in modules
    }
    with pytest.raises(AttributeError, match="has no attribute 'erase'"):
        operations.erase  # noqa: B018


def test_missing_dependency_of_an_operation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a module of the operations cannot import another module, the error names the other module."""
    monkeypatch.delattr(operations, "tags", raising=False)
    monkeypatch.delitem(sys.modules, "lattice_tg.operations.tags", raising=False)
    monkeypatch.setitem(sys.modules, "lattice_tg.operations.read", None)
    monkeypatch.delattr(operations, "read", raising=False)

    with pytest.raises(ModuleNotFoundError, match=r"lattice_tg\.operations\.read"):
        operations.tags  # noqa: B018


def test_tenacity_is_imported_on_first_retry() -> None:
    """tenacity is not imported until a call has to be retried for the first time."""
    program = (
        "from lattice_tg import TargetGroupClient\nfrom lattice_tg.testing import mock_vpc_lattice\n"
        "with mock_vpc_lattice() as lattice:\n"
        "    client = TargetGroupClient(region_name='us-east-1')\n    list(client.list())\n"
    )
    assert "tenacity" not in find_heavy_imports(program)
    assert "tenacity" in find_heavy_imports(
        f"{program}    lattice.throttle('ListTargetGroups')\n    list(client.list())"
    )


def test_all_lazy_imports_and_type_checking_imports_agree() -> None:
    """``__all__``, the lazy imports and the imports for type checkers contain the same names."""
    assert (sorted(lattice_tg.__all__), MODULES) == (
        sorted(parse_type_checking_imports()),
        parse_type_checking_imports(),
    )
    assert lattice_tg.__all__ == sorted(lattice_tg.__all__)


@pytest.mark.parametrize("name", lattice_tg.__all__)
def test_exported_name_is_the_object_of_its_module(name: str) -> None:
    """Each exported name refers to the object of the same name in the defining module."""
    module = import_module(f"lattice_tg.{MODULES[name]}")

    assert getattr(lattice_tg, name) is getattr(module, name)
    assert name in dir(lattice_tg)


def test_star_import_provides_every_public_name() -> None:
    """A star import provides every public name."""
    namespace: dict[str, Any] = {}

    exec("from lattice_tg import *", namespace)

    assert set(lattice_tg.__all__) <= set(namespace)


def test_unknown_name_raises_attribute_error() -> None:
    """Accessing an unknown name raises AttributeError with the same message as for any other module."""
    with pytest.raises(AttributeError, match="module 'lattice_tg' has no attribute 'TargetGroups'"):
        _ = lattice_tg.TargetGroups  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("client_class", [TargetGroupClient, AsyncTargetGroupClient])
def test_type_errors_name_the_method(client_class: Any) -> None:
    """The TypeError for a wrong argument starts with the class and the method."""
    client = client_class(region_name="eu-west-1")
    methods = [name for name, _ in inspect.getmembers(client_class, inspect.isfunction) if name[0] != "_"]
    for name in methods:
        with pytest.raises(TypeError) as caught:
            getattr(client, name)(wrong=1)

        assert str(caught.value).startswith(f"{client_class.__name__}.{name}() ")
