"""The one door to every check: ``nox`` runs the default sessions, ``nox --list`` names the others."""

import os
import shutil
import subprocess
from itertools import chain
from pathlib import Path

import nox

HERE = Path(__file__).parent
PYPROJECT = nox.project.load_toml(HERE / "pyproject.toml")
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")


def pythons_found() -> list[str]:
    """Each supported Python that runs here; those that pyenv keeps are found behind its shims, which may not."""
    kept = sorted(Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob("versions/3.*/bin"))
    os.environ["PATH"] = os.pathsep.join([*map(str, kept), os.environ["PATH"]])
    return [version for version in SUPPORTED if runs(f"python{version}")]


def runs(python: str) -> bool:
    """Whether there is such a Python, and it starts."""
    found = shutil.which(python)
    return found is not None and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0


PYTHONS = pythons_found()
ON_ALL_CORES = ("--numprocesses", "auto", "--dist", "loadgroup")
"""How pytest spreads tests; those that share something dear are a group, which one process runs."""

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["lint", "types", "language_server", "tests", "lowest", "docs", "package"]


def install(session: nox.Session, *groups: str, extras: str = "testing,yaml") -> None:
    """This package as it stands here, and what the groups name."""
    session.install("-e", f".[{extras}]", *nox.project.dependency_groups(PYPROJECT, *groups))


@nox.session(python=PYTHONS[:1])
def demo(session: nox.Session) -> None:
    """The main job on the embedded emulator, over real HTTP."""
    install(session)
    session.run("python", "docs/demo/demo.py", *session.posargs)


@nox.session(python=PYTHONS[:1])
def lint(session: nox.Session) -> None:
    """Style."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")


@nox.session(python=PYTHONS[:1])
def types(session: nox.Session) -> None:
    """Types, in the library and as its users see them."""
    install(session, "types", "test", "docs", "bench")
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "lattice_tg", "--ignoreexternal")


@nox.session(python=PYTHONS[:1])
def language_server(session: nox.Session) -> None:
    """What an editor shows: a real language server, asked as an editor asks it."""
    install(session, "test", "language_server")
    session.run("pytest", "tests/language_server", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests with the newest dependencies; on the oldest Python with branch coverage, which has to be 100 %."""
    install(session, "test")
    if session.posargs:
        session.run("pytest", *session.posargs)
    elif session.python == PYTHONS[0]:
        session.run("coverage", "erase")
        session.run("coverage", "run", "-m", "pytest", *ON_ALL_CORES)
        session.run("coverage", "combine", "--quiet")
        session.run("coverage", "report")
    else:
        session.run("pytest", *ON_ALL_CORES)


@nox.session(python=PYTHONS[:1])
def lowest(session: nox.Session) -> None:
    """All tests with the lowest version of each dependency that pyproject.toml allows."""
    install(session, "test")
    project = PYPROJECT["project"]
    ranges = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    session.install(*(requirement.replace(">=", "==") for requirement in ranges))
    session.run("pytest", *(session.posargs or ON_ALL_CORES))


@nox.session(python=PYTHONS[:1])
def interop(session: nox.Session) -> None:
    """The emulator, driven by boto3, the AWS CLI and the JavaScript SDK; not by default, since it needs npm."""
    install(session, "test")
    folder = Path(session.create_tmp()).resolve()
    command_line = folder / "aws"  # an environment of its own: it pins botocore
    session.run("python", "-m", "venv", "--clear", str(command_line))
    session.run(str(command_line / "bin" / "pip"), "install", "--quiet", "awscli", external=True)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder))
    session.run(*npm, "@aws-sdk/client-vpc-lattice", external=True)
    programs = {"INTEROP_AWS": str(command_line / "bin" / "aws"), "INTEROP_NODE_FOLDER": str(folder)}
    session.run("pytest", "tests/interop", *session.posargs, env=programs)


@nox.session(python=PYTHONS[:1])
def distributed(session: nox.Session) -> None:
    """A fleet on a local Dask cluster, with a worker killed half way; not by default, as it takes its time."""
    install(session, "test", "distributed")
    session.run("pytest", "tests/distributed", *session.posargs)


@nox.session(python=PYTHONS[:1])
def docs(session: nox.Session) -> None:
    """The site, where a warning is an error; its examples are run by the tests."""
    install(session, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html")


@nox.session(python=PYTHONS[:1])
def package(session: nox.Session) -> None:
    """The wheel and the sdist, built twice; what is in them; the wheel at work where nothing else is installed."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "package"))
    folder = Path(session.create_tmp()).resolve()
    build = ("python", "-m", "build", "--installer", "uv", str(HERE), "--outdir")
    for built, what in (("built", ()), ("built again", ("--sdist", "--wheel"))):  # the first wheel is the sdist's
        shutil.rmtree(folder / built, ignore_errors=True)
        session.run(*build, str(folder / built), *what, silent=True)
    wheel = next(folder.glob("built/*.whl"))
    for name, extras, more in (("bare", "", ()), ("full", "[testing,yaml,rich]", ("pytest",))):  # a page tests by it
        session.run("uv", "venv", "--quiet", "--clear", "--python", PYTHONS[0], str(folder / name))
        there = ("--quiet", "--python", str(folder / name))
        session.run("uv", "pip", "install", *there, f"lattice-tg{extras} @ {wheel.as_uri()}", *more)
    session.run("pytest", "tests/package", *session.posargs, env={"PACKAGE_FOLDER": str(folder)})


@nox.session(python=PYTHONS[-1:])
def bench(session: nox.Session) -> None:
    """What things cost, as ratios taken side by side in one run; a name picks one, such as ``calls``."""
    install(session, "bench")
    options = [argument for argument in session.posargs if argument.startswith("-")]
    chosen = [argument for argument in session.posargs if argument not in options]
    for name in chosen or sorted(path.stem for path in (HERE / "tests" / "benchmarks").glob("*.py")):
        session.run("python", f"tests/benchmarks/{name}.py", *options)
