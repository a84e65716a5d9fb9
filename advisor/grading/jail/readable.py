"""What Python, Keras and what students import have to read, and nothing of the course."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SYSTEM = [
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/share",
    "/usr/local/lib",
    "/usr/local/share",
    "/nix/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/fs/cgroup/cpu",
    "/sys/fs/cgroup/cpu.max",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
]
# of a process's own; TensorFlow asks for the first
OWN = tuple(f"/proc/self/{name}" for name in ("cmdline", "maps", "stat", "statm", "status"))
DEVICES = ("/dev/zero", "/dev/random", "/dev/urandom")
SINK = "/dev/null"
# of a checkout, whose other files are nobody's business; elsewhere the folder is that of all packages
_CHECKOUT = ("advisor", "datasets", "templates", "pyproject.toml")
_PROJECT = str(Path(__file__).resolve().parents[3])


def paths(private: str) -> list[str]:
    """Return what may be read, as this process imports it, without the folder `private`.

    Where a folder that is needed holds the private one, what lies beside that is named instead.
    """
    entries = [sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path)]
    for name in ("LD_LIBRARY_PATH", "PYTHONPATH"):
        entries += filter(os.path.isdir, os.environ.get(name, "").split(os.pathsep))
    whole = {"/", *([_PROJECT] if os.path.exists(f"{_PROJECT}/pyproject.toml") else [])}  # noqa: PTH110
    found = [one for one in map(os.path.abspath, entries) if one not in whole]
    if not any(_within(_PROJECT, os.path.realpath(one)) for one in found):
        found += [f"{_PROJECT}/{name}" for name in _CHECKOUT]
    hidden = os.path.realpath(private)
    kept = dict.fromkeys(path for one in (*found, *_SYSTEM) for path in _beside(one, hidden))
    return [one for one in kept if os.path.exists(one)]  # noqa: PTH110 - names, not paths


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _beside(folder: str, private: str) -> list[str]:
    """Return a folder by its name and its real name, or what lies in it beside the private one."""
    real = os.path.realpath(folder)
    if _within(real, private):
        return []
    if not _within(private, real):
        return [folder, real]
    try:
        entries = sorted(os.listdir(real))  # noqa: PTH208
    except OSError:
        return []
    within = (os.path.join(real, name) for name in entries)  # noqa: PTH118
    return [path for one in within for path in _beside(one, private)]
