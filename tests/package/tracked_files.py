"""List of the files in the source tree."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
GENERATED = {"__pycache__", "_build"}


def list_files(*directories: str) -> set[str]:
    """Return the paths, relative to the root, of all files in ``directories`` that are not generated."""
    paths = (path for directory in directories for path in ROOT.joinpath(directory).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in paths if not GENERATED & set(path.parts)}
