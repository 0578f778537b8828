"""The files that this project keeps."""

from pathlib import Path

HERE = Path(__file__).parent.parent.parent
MADE = {"__pycache__", "_build"}


def kept(*folders: str) -> set[str]:
    """Those in a few folders, by their paths from the top; not what tools made there."""
    paths = (path for folder in folders for path in HERE.joinpath(folder).rglob("*") if path.is_file())
    return {path.relative_to(HERE).as_posix() for path in paths if not MADE & set(path.parts)}
