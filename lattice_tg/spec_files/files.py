"""Reading and atomic replacement of regular files."""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from lattice_tg.errors import InvalidSpecError
from lattice_tg.models.problem import Problem

_MAX_BYTES = 16 * 1024 * 1024
_MAX_PREFIX_LENGTH = 40  # The name of a file can have at most 255 bytes on most file systems.
_ABANDONED_AFTER_SECONDS = 3600
_PATH_HINT = "Pass the path of a file"


def read_file(path: Path) -> bytes:
    """Return the content of a regular file of at most 16 MiB.

    Other kinds of files are not opened, because a FIFO can block forever and a device can be endless.

    Raises:
        InvalidSpecError: If the file cannot be read, is not a regular file or is too large.

    """
    try:
        content = _read(path) if stat.S_ISREG(path.stat().st_mode) else None
    except (OSError, ValueError) as error:
        raise _path_error(path, f"cannot be read: {_describe(error)}") from error
    if content is None:
        raise _path_error(path, "is not a regular file")
    if len(content) > _MAX_BYTES:
        raise _path_error(path, "is larger than 16 MiB", "Split the file")
    return content


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)


def replace_file(path: Path, text: str) -> None:
    """Replace the content of a file atomically, or create the file.

    The function writes a temporary file in the same folder and renames this file, because renaming is atomic. The
    permissions of the file and symbolic links to the file are kept.

    Raises:
        InvalidSpecError: If ``path`` cannot be the path of a regular file.
        OSError: If the file cannot be written.

    """
    mode = _find_mode(path)
    path = path.resolve()
    prefix = f".{path.name[:_MAX_PREFIX_LENGTH]}."
    temporary_path = path.with_name(f"{prefix}{uuid4().hex}.tmp")
    try:
        with temporary_path.open("x", encoding="utf-8", newline="\n") as file:
            if mode is not None:
                temporary_path.chmod(stat.S_IMODE(mode))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _delete_abandoned_files(temporary_path, prefix)
        temporary_path.replace(path)
    finally:
        temporary_path.unlink(missing_ok=True)


def _find_mode(path: Path) -> int | None:
    """Return the mode of a regular file, or None if the file does not exist."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _path_error(path, f"cannot be written: {_describe(error)}") from error
    if not stat.S_ISREG(mode):
        raise _path_error(path, "is not a regular file")
    return mode


def _delete_abandoned_files(temporary_path: Path, prefix: str) -> None:
    """Delete the temporary files of processes that were killed while they wrote the same file.

    The age of a file is the difference to the new temporary file, because the clock of a file server can be different.
    """
    is_temporary = re.compile(rf"{re.escape(prefix)}[0-9a-f]{{32}}\.tmp").fullmatch
    oldest_time = temporary_path.stat().st_mtime - _ABANDONED_AFTER_SECONDS
    with suppress(OSError):  # another process may delete the same files
        for path in temporary_path.parent.iterdir():
            if is_temporary(path.name) and path.lstat().st_mtime < oldest_time:
                path.unlink()


def _path_error(path: Path, rule: str, hint: str = _PATH_HINT) -> InvalidSpecError:
    return InvalidSpecError((Problem("path", str(path), rule, hint),))


def _describe(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return "embedded null byte" if "embedded null" in text else text  # The text depends on the version of Python.
