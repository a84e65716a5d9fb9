"""A scratch folder that does not outlive its process, even one that is killed.

A lock tells whether somebody lives in it, and ends with the process; what nobody holds any more is
taken away by whoever grades next.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

_PREFIX = "advisor-models-"


def begin() -> str:
    """Make a folder that is this process's until it ends."""
    while True:
        folder = tempfile.mkdtemp(prefix=_PREFIX)
        with contextlib.suppress(OSError):  # a sweeper had it first
            _hold(folder)  # never closed: the lock goes when the process does
            if os.path.exists(folder):  # noqa: PTH110 - a name, not a path
                return folder


def sweep() -> None:
    """Take away the folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            held = _hold(str(folder))
            if held is not None:
                clear(str(folder))
                os.close(held)


def clear(folder: str) -> None:
    """Take a folder away, whatever somebody built in it: too deep for Python, or closed to its owner."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder) and os.name == "posix":
        with contextlib.suppress(OSError):
            _flatten(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _flatten(folder: str) -> None:
    """Open each folder in a folder and move up what is in it, until there is none."""
    os.chmod(folder, 0o700)  # noqa: PTH101
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        while inner := [one.name for one in _folders(top)]:
            for name in inner:
                os.chmod(name, 0o700, dir_fd=top)
                within = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
                try:
                    for one in _folders(within):
                        os.chmod(one.name, 0o700, dir_fd=within)  # else it cannot be moved
                        moved = secrets.token_hex(16)
                        os.rename(one.name, moved, src_dir_fd=within, dst_dir_fd=top)
                finally:
                    os.close(within)
                shutil.rmtree(name, dir_fd=top)
    finally:
        os.close(top)


def _folders(place: int) -> list[os.DirEntry[str]]:
    with os.scandir(place) as entries:
        return [one for one in entries if one.is_dir(follow_symlinks=False)]


def _hold(folder: str) -> int | None:
    """Lock a folder of ours; None where that cannot be done on this system.

    Raises:
        OSError: it is another's, or somebody holds it.
    """
    try:
        import fcntl
    except ImportError:
        return None
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.fstat(held).st_uid != os.getuid():
            raise PermissionError(folder)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
