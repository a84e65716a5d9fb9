"""A scratch folder that does not outlive its process, even one that is killed.

A lock tells whether somebody lives in it, and ends with the process; what nobody holds any more is
taken away by whoever grades next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
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
        for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
            with contextlib.suppress(OSError):
                subprocess.run([*command, "--", folder], check=False, stderr=subprocess.DEVNULL)  # noqa: S603


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
