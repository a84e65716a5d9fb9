"""Which names a child may look up: those of what it may read, and of the folders and links on the way.

Names are walked as the kernel does it, part by part, and nothing else is ever looked at: who walks may
see more than the child, and what lies elsewhere may not answer at all.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = -100  # AT_FDCWD: relative to the folder that it is in
_LINKS = 40  # that the kernel follows for one name
_SELF, _THREAD = "/proc/self", "/proc/thread-self"


class Names:
    """The names that a child may look up."""

    def __init__(self, child: int, paths: Iterable[str]) -> None:
        """Walk what may be read.

        Args:
            child: its number.
            paths: what it may read and write, with all that is in it.
        """
        self._child = child
        self._open = f"/proc/{child}/fd"
        self._above: set[str] = {"/", _SELF, _THREAD}
        ends = set()
        for path in (self._open, *paths):
            with contextlib.suppress(OSError):
                ends.add(self._walked("/", path, child, follow=True, passed=self._above))
        self._within = tuple(f"{end}/" for end in ends)

    def found(self, thread: int, folder: int, name: str, *, follow: bool) -> str:
        """Return the path that a name leads to; no link is left in it but to what the child has open.

        Args:
            thread: of the child's, that asks.
            folder: descriptor of the folder that the name is relative to, or HERE.
            name: any.
            follow: the last link as well.

        Raises:
            OSError: as the kernel would; there is nothing that the child may know of.
        """
        if name.startswith("/"):
            return self._walked("/", name, thread, follow=follow)
        at = self._place(thread, folder)
        if not name or not self._knows(at):
            raise _error(errno.ENOENT)
        return self._walked(at, name, thread, follow=follow)

    def held(self, thread: int, folder: int) -> str:
        """Return a path to what the child has open, or to the folder that it is in.

        Raises:
            OSError: it has not, or may not know of it.
        """
        if folder == HERE:
            return self.found(thread, folder, ".", follow=True)
        self._place(thread, folder)
        return f"/proc/{thread}/fd/{folder}"

    def _place(self, thread: int, folder: int) -> str:
        """Return what a descriptor leads to.

        Raises:
            OSError: to nothing.
        """
        link = "cwd" if folder == HERE else f"fd/{folder}"
        try:
            return os.readlink(f"/proc/{thread}/{link}")  # noqa: PTH115 - a name, not a path
        except OSError:
            raise _error(errno.EBADF) from None

    def _walked(
        self, at: str, name: str, thread: int, *, follow: bool, passed: set[str] | None = None
    ) -> str:
        """Walk a name from a folder; where asked to, note what is passed, else pass what is known."""
        parts, links, is_folder = deque(name.split("/")), 0, True
        while parts:
            part = parts.popleft()
            if part in {"", ".", ".."}:
                if not is_folder:
                    raise _error(errno.ENOTDIR)
                if part == "..":
                    at = os.path.dirname(at)  # noqa: PTH120
                continue
            one = f"{at.rstrip('/')}/{part}"
            mode = self._kind(one, passed)
            if stat.S_ISLNK(mode) and (parts or follow):
                if not parts and os.path.dirname(one) == self._open:  # noqa: PTH120
                    return one
                links += 1
                if links > _LINKS:
                    raise _error(errno.ELOOP)
                to = self._target(one, thread)
                parts.extendleft(reversed(to.split("/")))
                at = "/" if to.startswith("/") else at
            else:
                at, is_folder = one, stat.S_ISDIR(mode)
        return at

    def _kind(self, path: str, passed: set[str] | None) -> int:
        """Return what is there, where the child may know of it."""
        if passed is not None:
            passed.add(path)
        elif not self._knows(path):
            raise _error(errno.ENOENT)
        return os.lstat(path).st_mode

    def _target(self, link: str, thread: int) -> str:
        """Return what a link says, to the child."""
        own = {_SELF: f"{self._child}", _THREAD: f"{self._child}/task/{thread}"}
        return own.get(link) or os.readlink(link)  # noqa: PTH115

    def _knows(self, path: str) -> bool:
        return path in self._above or f"{path}/".startswith(self._within)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
