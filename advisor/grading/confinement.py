"""What a process of the grader's may take, and that it ends when the grader does."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FORKS = hasattr(os, "fork")  # else nothing here can be done
_PR_SET_PDEATHSIG = 1
# version 3 of the header, this thread
_CAPABILITIES = (0x20080522).to_bytes(4, "little") + bytes(4)


def end_with(parent: int, by: int | None = None) -> None:
    """End this process when its parent does, on Linux by a signal, else within half a second."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            libc().prctl(_PR_SET_PDEATHSIG, by or signal.SIGKILL, 0, 0, 0)
    elif by is None:  # who names a signal notices otherwise as well
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before
        os._exit(1)


@functools.cache
def libc() -> Any:
    """Return the C library; asked for before a fork, it costs no child anything."""
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def without_rights() -> None:
    """Let this thread keep no right of root's; what another user may not do, it may not.

    Raises:
        OSError: it cannot give them up.
    """
    import ctypes

    if libc().capset(_CAPABILITIES, bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def bound(seconds: float, memory: int, file_bytes: int) -> None:
    """Limit seconds of computing, bytes of memory, of a file, open files; no core is dumped."""
    import resource

    most = math.ceil(seconds)
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, most, most + 1),  # the first is told from other ends by its signal
        (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
        (resource.RLIMIT_NOFILE, 256, 256),
        (resource.RLIMIT_AS, memory, memory),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (soft, hard))
    with contextlib.suppress(OSError):  # where memory runs out, the grader is not the one to go
        _proc("oom_score_adj", os.O_WRONLY, lambda file: os.write(file, b"1000"))


def address_space() -> int:
    """Return the bytes of address space that this process has; 0 where nobody tells."""
    try:
        pages = _proc("statm", os.O_RDONLY, lambda file: os.read(file, 200))
        return int(pages.split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _proc(name: str, how: int, then: Callable[[int], Any]) -> Any:
    """Open what the kernel tells of this process; by hand, as a `Path` costs each child 2 ms."""
    file = os.open(f"/proc/self/{name}", how)
    try:
        return then(file)
    finally:
        os.close(file)
