"""Nox sessions for all checks of the project: ``nox`` runs the default sessions, ``nox --list`` lists all of them."""

import os
import shutil
import subprocess
from itertools import chain
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")


def find_pythons() -> list[str]:
    """Return the supported Python versions on this machine, including those that pyenv has but does not activate."""
    directories = sorted(Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob("versions/3.*/bin"))
    os.environ["PATH"] = os.pathsep.join([*map(str, directories), os.environ["PATH"]])
    return [version for version in SUPPORTED if can_run(f"python{version}")]


def can_run(python: str) -> bool:
    """Return whether ``python`` is installed and starts. A shim of pyenv exists even if it cannot start."""
    path = shutil.which(python)
    return path is not None and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


PYTHONS = find_pythons()
ON_ALL_CORES = ("--numprocesses", "auto", "--dist", "loadgroup")
"""Options that distribute tests over all cores. One process runs all tests of an ``xdist_group``."""
NOT_SLOW = ("-m", "not slow")

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["lint", "types", "language_server", "tests", "event_loop", "lowest", "docs", "package"]


def install(session: nox.Session, *groups: str, extras: str = "testing,yaml") -> None:
    """Install this package with ``extras`` in editable mode, and the dependency ``groups``."""
    session.install("-e", f".[{extras}]", *nox.project.dependency_groups(PYPROJECT, *groups))


@nox.session(python=PYTHONS[:1])
def demo(session: nox.Session) -> None:
    """Run the demo on the emulator, over HTTP, with throttling and a lost response."""
    install(session)
    session.run("python", "docs/demo/demo.py", *session.posargs)


@nox.session(python=PYTHONS[:1])
def lint(session: nox.Session) -> None:
    """Check style, formatting and layers."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")
    session.run("python", ".ci/async_client.py", "--check")


@nox.session(python=PYTHONS[:1])
def types(session: nox.Session) -> None:
    """Check types in the package, its tests and its public interface."""
    install(session, "types", "test", "docs", "bench")
    (stubs,) = (name for name in nox.project.dependency_groups(PYPROJECT, "bench") if name.startswith("mypy-boto3"))
    for requirement in (stubs.replace(">=", "=="), stubs):
        session.install("--upgrade", requirement)
        session.run("mypy", "tests/typing_examples/typed_boto3_client.py")
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "lattice_tg", "--ignoreexternal")


@nox.session(python=PYTHONS[:1])
def language_server(session: nox.Session) -> None:
    """Test completion, hover and signatures with a language server."""
    install(session, "test", "language_server")
    session.run("pytest", "tests/language_server", *(session.posargs or ON_ALL_CORES))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests with the newest dependencies, and require 100 % branch coverage on the oldest Python."""
    install(session, "test")
    if session.posargs:
        session.run("pytest", *session.posargs)
    elif session.python == PYTHONS[0]:
        session.run("coverage", "erase")
        # The session `lowest` runs the tests of the operations with the asyncio client.
        session.run("coverage", "run", "-m", "pytest", *ON_ALL_CORES, *NOT_SLOW, "--clients=blocking")
        session.run("coverage", "combine", "--quiet")
        session.run("coverage", "report")
        session.run("pytest", *ON_ALL_CORES, "-m", "slow")  # Without coverage, which makes these tests slower.
    else:  # To save time, each other version of Python runs the tests of the operations with one client.
        clients = "asyncio" if PYTHONS.index(str(session.python)) % 2 else "blocking"
        session.run("pytest", *ON_ALL_CORES, *NOT_SLOW, f"--clients={clients}")


@nox.session(python=PYTHONS[:1])
def event_loop(session: nox.Session) -> None:
    """Run the tests of the blocking client inside a running event loop."""
    install(session, "test")
    tests = ("tests/client", "tests/operations", "tests/sending")
    session.run("pytest", "--inside-event-loop", *tests, *(session.posargs or (*ON_ALL_CORES, *NOT_SLOW)))


@nox.session(python=PYTHONS[:1])
def lowest(session: nox.Session) -> None:
    """Run all tests with the lowest version of each dependency that pyproject.toml allows."""
    install(session, "test")
    project = PYPROJECT["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    # The version of each OpenTelemetry instrumentation must match the others.
    ranges = [*project["dependencies"], *extras, *nox.project.dependency_groups(PYPROJECT, "opentelemetry")]
    session.install(*(requirement.replace(">=", "==") for requirement in ranges))
    session.run("pytest", *(session.posargs or (*ON_ALL_CORES, *NOT_SLOW, "--clients=asyncio")))


@nox.session(python=PYTHONS[:1])
def interop(session: nox.Session) -> None:
    """Test the emulator with boto3, the AWS CLI and the JavaScript SDK (requires npm)."""
    install(session, "test")
    folder = Path(session.create_tmp()).resolve()
    aws_cli = folder / "aws"  # The AWS CLI pins botocore, so it needs its own environment.
    session.run("python", "-m", "venv", "--clear", str(aws_cli))
    session.run(str(aws_cli / "bin" / "pip"), "install", "--quiet", "awscli", external=True)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder))
    session.run(*npm, "@aws-sdk/client-vpc-lattice", external=True)
    environment = {"INTEROP_AWS": str(aws_cli / "bin" / "aws"), "INTEROP_NODE_FOLDER": str(folder)}
    session.run("pytest", "tests/interop", *session.posargs, env=environment)


PACKAGES = {
    "aioboto3": "aioboto3",
    "capo": "capo-vpc-lattice",
    "cloud_custodian": "c7n",
    "ddtrace": "ddtrace",
    "freezegun": "freezegun",
    "moto": "moto",
    "newrelic": "newrelic",
    "sentry": "sentry-sdk",
    "structlog": "structlog",
    "time_machine": "time-machine",
    "vcrpy": "vcrpy",
    "xray": "aws-xray-sdk",
}
"""Python packages that work with the emulator or the clients, by the name of the test file."""


@nox.session(python=PYTHONS[:1])
@nox.parametrize("package", list(PACKAGES))
def interop_python(session: nox.Session, package: str) -> None:
    """Test the emulator and the clients with other Python packages, each in its own environment."""
    install(session, "test")
    session.install(PACKAGES[package])
    environment = {"INTEROP_MOTO": str(download_moto(session))} if package == "moto" else {}
    session.run("pytest", f"tests/interop_python/test_{package}.py", *session.posargs, env=environment)


def download_moto(session: nox.Session) -> Path:
    """Download the sdist of moto, which contains its tests, and return the folder of the unpacked sdist."""
    folder = Path(session.create_tmp()).resolve() / "moto"
    shutil.rmtree(folder, ignore_errors=True)
    session.install("pip")
    download = ("python", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest")
    session.run(*download, str(folder), "moto")
    (archive,) = folder.glob("moto-*.tar.gz")
    shutil.unpack_archive(archive, folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


@nox.session(python=PYTHONS[:1])
def distributed(session: nox.Session) -> None:
    """Test a batch on a local Dask cluster whose worker is killed (slow)."""
    install(session, "test", "distributed")
    session.run("pytest", "tests/distributed", *session.posargs)


@nox.session(python=PYTHONS[:1])
def soak(session: nox.Session) -> None:
    """Run 20,000 tasks against a hostile server (slow), or fewer with ``nox -s soak -- --soak-size 0.01``."""
    install(session, "test")
    session.run("pytest", "tests/soak", "-s", *session.posargs)


@nox.session(python=PYTHONS[:1])
def docs(session: nox.Session) -> None:
    """Build the documentation, and treat warnings as errors."""
    install(session, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html")


@nox.session(python=PYTHONS[:1])
def package(session: nox.Session) -> None:
    """Build the wheel and the sdist twice, compare the builds, and test the wheel in empty environments."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "package"))
    folder = Path(session.create_tmp()).resolve()
    build = ("python", "-m", "build", "--installer", "uv", str(ROOT), "--outdir")
    # Without options, build creates the wheel from the sdist. With both options, it creates both from the tree.
    for name, formats in (("first", ()), ("second", ("--sdist", "--wheel"))):
        shutil.rmtree(folder / name, ignore_errors=True)
        session.run(*build, str(folder / name), *formats, silent=True)
    wheel = next(folder.glob("first/*.whl"))
    # Examples in the documentation import pydantic, pytest and OpenTelemetry.
    packages_of_examples = ("pydantic", "pytest", *nox.project.dependency_groups(PYPROJECT, "opentelemetry"))
    all_extras = "[testing,yaml,rich,opentelemetry]"
    for name, extras, packages in (("bare", "", ()), ("full", all_extras, packages_of_examples)):
        session.run("uv", "venv", "--quiet", "--clear", "--python", PYTHONS[0], str(folder / name))
        environment = ("--quiet", "--python", str(folder / name))
        session.run("uv", "pip", "install", *environment, f"lattice-tg{extras} @ {wheel.as_uri()}", *packages)
    # tests/conftest.py imports boto3, which this environment does not have.
    tests = ("tests/package", "--confcutdir", "tests/package")
    session.run("pytest", *tests, *session.posargs, env={"PACKAGE_FOLDER": str(folder)})


@nox.session(python=PYTHONS[-1:])
def bench(session: nox.Session) -> None:
    """Run the benchmarks, or only those that you name, such as ``nox -s bench -- calls``."""
    install(session, "bench")
    options = [argument for argument in session.posargs if argument.startswith("-")]
    names = [argument for argument in session.posargs if argument not in options]
    for name in names or sorted(path.stem for path in (ROOT / "tests" / "benchmarks").glob("*.py")):
        session.run("python", f"tests/benchmarks/{name}.py", *options)
