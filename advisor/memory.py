"""How much memory is free."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

UNKNOWN = 2**30  # bytes, where the system does not tell


def free_bytes() -> int:
    """Return how many bytes this process could take without anything being swapped out.

    On Linux what the kernel calls available, and no more than the container's limit leaves.
    """
    found = [UNKNOWN]
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found = [os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        found = [int(line.split()[1]) * 1024]
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
        found.append(max(limit - used, 0))
    return min(found)
