"""Files that are whole or not there: written beside the old one, synced, then put in its place."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import OptionError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

_AT_ONCE = 8  # files on their way to the disk
_PREFIX = ".advisor-"
_SUFFIX = ".tmp"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_FULL = {errno.ENOSPC, errno.EDQUOT}
_LOCKED = {errno.EACCES, errno.EPERM, errno.EROFS}
_OPEN_ELSEWHERE = {5, 32, 33}  # what Windows says of a file that another program holds
_NO_PLACE = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}


def write(path: str | PathLike[str], data: bytes | str) -> bool:
    """Write a file so that it is never half there; text as UTF-8. Return whether it changed.

    A file that already says the same is left alone, with its date. Missing folders are made.

    Raises:
        OptionError: the disk is full, the place read-only, the file held by another program …; one
            line says what to do. What stood there before still does.
    """
    file = Path(path)
    wanted = data.encode("utf-8", "replace") if isinstance(data, str) else data
    try:
        if _says(file, wanted):
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        replace(file, wanted)
    except OSError as error:
        raise OptionError(_why(file, error)) from None
    return True


def write_all(files: Iterable[tuple[str | PathLike[str], bytes | str]]) -> int:
    """Write many files as `write` does, several at once; return how many changed.

    A disk confirms several files in about the time of one: 300 take 0.5 s in place of 5.

    Raises:
        OptionError: as `write`, of the first file that could not be written. Each file is whole all
            the same, old or new, and running again writes the rest.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(pool.map(lambda one: write(*one), files))


def tidy(folder: str | PathLike[str]) -> int:
    """Remove what a run that was killed while writing left in a folder; return how many files.

    Only while no other run writes there.
    """
    left = [one for one in Path(folder).glob(f"{_PREFIX}*{_SUFFIX}") if one.is_file()]
    for one in left:
        with contextlib.suppress(OSError):
            one.unlink()
    return len(left)


def _says(file: Path, wanted: bytes) -> bool:
    """Tell whether the file holds these bytes already."""
    try:
        return file.stat().st_size == len(wanted) and file.read_bytes() == wanted
    except OSError:  # no such file, or one that may be replaced but not read
        return False


def replace(file: Path, wanted: bytes) -> None:
    """Put the bytes in the file's place, or leave everything as it was.

    Raises:
        OSError: they could not be written; for whoever has words of their own.
    """
    mode = _mode(file)
    beside = file.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    try:
        with os.fdopen(os.open(beside, _NEW, 0o666), "wb") as new:
            new.write(wanted)
            new.flush()
            os.fsync(new.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync(file.parent)


def _mode(file: Path) -> int | None:
    """Return the old file's permissions; refuse one that was made read-only on purpose."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return None
    if not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, "read-only")
    return mode


def _sync(folder: Path) -> None:
    """Make the new name last through a power cut; not every system can."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _why(file: Path, error: OSError) -> str:
    """Say in one line what was in the way and what to do."""
    name = shown("/".join(file.parts[-3:]).lstrip("/"), 100)
    kept = "What was there before is unchanged."
    if error.errno == errno.EBUSY or getattr(error, "winerror", None) in _OPEN_ELSEWHERE:
        do = "another program has it open. Close it there, then run again"
    elif error.errno in _FULL:
        do = "the disk is full. Make room, then run again"
    elif error.errno in _LOCKED:
        do = "it is read-only, or its folder is. Allow writing there, then run again"
    elif error.errno in _NO_PLACE:
        do = "a file stands where a folder is wanted, or the reverse. Move it away, then run again"
    elif error.errno == errno.ENAMETOOLONG:
        do = "the name is too long for this disk. Use a shorter one"
    else:
        do = f"{error.strerror or type(error).__name__}. Run again when that is put right"
    return f"Cannot write {name}: {do}. {kept}"
