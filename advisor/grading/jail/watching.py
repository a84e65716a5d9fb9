"""Threads and disk of a process that is watched.

The kernel's limit of threads leaves root's out, and its limit of a file's size bounds no folder.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

DISK = 2**28  # bytes that one submission may have written, all files together
_FILES = 5000
_THREADS = 500


def too_much(child: int, place: str, given: int) -> bool:
    """Say whether a process takes more threads, files or bytes of disk than it may.

    Args:
        child: the process.
        place: its folder.
        given: bytes that it was given, and may have there beside its own.
    """
    most = DISK + given
    if _threads(child) > _THREADS or _written(child) > 4 * most:
        return True
    return _holds_too_much(place, most - _unnamed(child))


def _told(child: int, file: str, key: str) -> int:
    """Return a number that /proc tells of a process; 0 where it does not."""
    try:
        text = Path(f"/proc/{child}/{file}").read_text("ascii", "replace")
        return int(text.partition(key)[2].split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return 0


def _threads(child: int) -> int:
    return _told(child, "status", "Threads:")


def _written(child: int) -> int:
    """Return all bytes that were ever written, also to files that have no name any more."""
    return max(_told(child, "io", "wchar:"), _told(child, "io", "write_bytes:"))


def _unnamed(child: int) -> int:
    """Return the bytes of files that are open and have no name any more."""
    found = {}
    with contextlib.suppress(OSError), os.scandir(f"/proc/{child}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                one = entry.stat()
                if stat.S_ISREG(one.st_mode) and one.st_nlink == 0:
                    found[one.st_ino] = one.st_blocks * 512
    return sum(found.values())


def _holds_too_much(place: str, most: int) -> bool:
    """Say whether a folder holds more files or bytes than it may, or cannot be looked into."""
    count = size = 0
    folders = [place]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    count += 1
                    # of one that was renamed meanwhile nothing is told, the next ones are counted
                    with contextlib.suppress(FileNotFoundError):
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    if count > _FILES or size > most:
                        return True
        except (FileNotFoundError, NotADirectoryError):  # taken away meanwhile
            continue
        except OSError:  # too deep, or closed to whoever looks
            return True
    return False
