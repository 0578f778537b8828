"""The one door to every check: ``nox`` runs the default sessions, ``nox --list`` names the others."""

import filecmp
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
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["lint", "types", "tests", "lowest", "docs", "package"]


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


@nox.session(python=PYTHONS[:1])
def types(session: nox.Session) -> None:
    """Types, in the library and as its users see them."""
    install(session, "types", "test", "bench")
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "lattice_tg", "--ignoreexternal")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests; on the oldest Python with branch coverage, which has to be 100 %."""
    install(session, "test")
    if session.python == PYTHONS[0] and not session.posargs:
        session.run("coverage", "run", "-m", "pytest")
        session.run("coverage", "report")
    else:
        session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[:1])
def lowest(session: nox.Session) -> None:
    """All tests with the lowest version of each dependency that pyproject.toml allows."""
    install(session, "test")
    project = PYPROJECT["project"]
    ranges = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    session.install(*(requirement.replace(">=", "==") for requirement in ranges))
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[:1])
def foreign(session: nox.Session) -> None:
    """The emulator, driven by boto3, the AWS CLI and the JavaScript SDK; not by default, since it needs npm."""
    install(session, "test")
    folder = Path(session.create_tmp()).resolve()
    command_line = folder / "aws"  # an environment of its own: it pins botocore
    session.run("python", "-m", "venv", "--clear", str(command_line))
    session.run(str(command_line / "bin" / "pip"), "install", "--quiet", "awscli", external=True)
    npm = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder))
    session.run(*npm, "@aws-sdk/client-vpc-lattice", external=True)
    programs = {"FOREIGN_AWS": str(command_line / "bin" / "aws"), "FOREIGN_NODE_FOLDER": str(folder)}
    session.run("pytest", "tests/foreign", *session.posargs, env=programs)


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
    """The wheel and the sdist, built twice to the same bytes; the README's example run on the wheel, elsewhere."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "package"))
    builds = [Path(session.create_tmp()) / name for name in ("first", "second")]
    for build in builds:
        shutil.rmtree(build, ignore_errors=True)
        session.run("python", "-m", "build", "--installer", "uv", "--outdir", str(build), str(HERE), silent=True)
    names = sorted(path.name for path in builds[0].iterdir())
    same, different, missing = filecmp.cmpfiles(builds[0], builds[1], names, shallow=False)
    if different or missing:
        session.error(f"two builds differ: {different + missing}")
    wheel = next(builds[0].glob("*.whl"))
    session.install("--force-reinstall", f"lattice-tg[testing] @ {wheel.resolve().as_uri()}")
    with session.chdir(session.create_tmp()):
        session.run("python", str(HERE / "tests" / "page_examples.py"), str(HERE / "README.md"))
    session.log(f"the same twice: {', '.join(same)}")


@nox.session(python=PYTHONS[:1])
def bench(session: nox.Session) -> None:
    """What things cost, as ratios taken side by side in one run; a name picks one, such as ``calls``."""
    install(session, "bench")
    options = [argument for argument in session.posargs if argument.startswith("-")]
    chosen = [argument for argument in session.posargs if argument not in options]
    for name in chosen or sorted(path.stem for path in (HERE / "tests" / "benchmarks").glob("*.py")):
        session.run("python", f"tests/benchmarks/{name}.py", *options)
