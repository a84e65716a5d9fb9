"""`stat` of a child on rung B, where no namespace hides files, answered by the process that forked it.

It would tell size and times of any file whose name is guessed, and Landlock lets it. The kernel hands
the call over (seccomp_unotify(2), Linux 5.0) and takes back what is to be its result. The call is made
here, never by the child: what a thread of the child's names may be something else by then.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import platform
import select
import socket
import struct
import sys
import threading
from typing import TYPE_CHECKING

from advisor.grading import confinement
from advisor.grading.jail import seccomp
from advisor.grading.jail.names import HERE, Names
from advisor.grading.jail.syscalls import CALLS

if TYPE_CHECKING:
    from collections.abc import Iterable

# which argument is the folder that a name is relative to, the name, where to write, the flags
_ASKED: dict[str, tuple[int | None, int, int, int | None]] = {
    "stat": (None, 0, 1, None),
    "lstat": (None, 0, 1, None),
    "newfstatat": (0, 1, 2, 3),
    "statx": (0, 1, 4, 2),
}
_MASK = 3  # and of statx, what is wanted
_SIZES = {"x86_64": 144, "aarch64": 128}  # bytes of a struct stat
_SIZE_OF_STATX = 256
_NO_FOLLOW, _EMPTY = 0x100, 0x1000  # AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
_LONGEST = 4096  # bytes of a name, with the zero that ends it
# SECCOMP_IOCTL_NOTIF_RECV, _SEND, _ID_VALID; struct seccomp_notif and seccomp_notif_resp
_RECEIVE, _SEND, _VALID = 0xC0502100, 0xC0182101, 0x40082102
_NOTICE, _REPLY = struct.Struct("<QIIiIQ6Q"), struct.Struct("<QqiI")


def ask(libc: ctypes.CDLL, whom: socket.socket) -> None:
    """Let an `Answerer` answer for this process, which gains no rights any more, for good.

    Args:
        libc: the C library, loaded with `use_errno`.
        whom: leads to who has `heard` it.

    Raises:
        OSError: the kernel cannot do that.
    """
    listener = seccomp.notify(libc, _numbers().values())
    socket.send_fds(whom, [b"."], [listener])
    os.close(listener)  # whoever holds it can answer


def heard(source: socket.socket) -> int | None:
    """Return what a child sent by `ask`; None where it ended before."""
    _, ends, _, _ = socket.recv_fds(source, 1, 1)
    return ends[0] if ends else None


@functools.cache
def _numbers() -> dict[str, int]:
    """Return the numbers of the calls that there are on this machine."""
    found = {call.name: call.number(platform.machine()) for call in CALLS if call.name in _ASKED}
    return {name: number for name, number in found.items() if number is not None}


class Answerer(threading.Thread):
    """Answers for a child until that has ended, with no more rights than it has."""

    def __init__(self, child: int, listener: int, paths: Iterable[str]) -> None:
        """Get ready; `start` it.

        Args:
            child: its number.
            listener: what its calls come by; closed with this.
            paths: what it may read and write, with all that is in it.

        Raises:
            OSError: its memory cannot be read; then there are no such calls for it.
        """
        super().__init__(daemon=True)
        self._listener = listener
        try:
            self._memory = os.open(f"/proc/{child}/mem", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            os.close(listener)
            raise
        self._names = Names(child, paths)

    def run(self) -> None:
        """Answer call by call; who does nothing else is never late for it, however long one takes."""
        try:
            confinement.without_rights()
            calls = select.poll()
            calls.register(self._listener, select.POLLIN)
            while calls.poll()[0][1] == select.POLLIN:  # else nobody is left to ask
                self._answer()
        finally:
            os.close(self._memory)
            os.close(self._listener)

    def _answer(self) -> None:
        """Answer one call."""
        import fcntl  # which Windows lacks

        notice = bytearray(_NOTICE.size)
        with contextlib.suppress(OSError):  # whoever asked has ended
            fcntl.ioctl(self._listener, _RECEIVE, notice)
            cookie, thread, _, number, _, _, *given = _NOTICE.unpack(notice)
            (name,) = (name for name, own in _numbers().items() if own == number)
            error, found = self._found(name, thread, given)
            fcntl.ioctl(self._listener, _VALID, cookie.to_bytes(8, sys.byteorder))  # does it wait?
            if not error and not self._written(found, given[_ASKED[name][2]]):
                error = errno.EFAULT
            fcntl.ioctl(self._listener, _SEND, _REPLY.pack(cookie, 0, -error, 0))

    def _written(self, found: bytes, address: int) -> bool:
        """Say whether the child's memory took what it asked for."""
        try:
            return os.pwrite(self._memory, found, address) == len(found)
        except (OSError, OverflowError):
            return False

    def _found(self, name: str, thread: int, given: list[int]) -> tuple[int, bytes]:
        """Return the error, 0 for none, and what a call gives that the child asks for."""
        folder, text, _, flag = (None if n is None else given[n] for n in _ASKED[name])
        at = HERE if folder is None else _int(folder)
        flags = _int(flag or 0) | (_NO_FOLLOW if name == "lstat" else 0)
        try:
            path = self._text(text or 0)
            if not path and flags & _EMPTY:
                path, flags = self._names.held(thread, at), flags & ~_NO_FOLLOW
            else:
                path = self._names.found(thread, at, path, follow=not flags & _NO_FOLLOW)
        except OSError as error:
            return error.errno or errno.ENOENT, b""
        return _called(name, path, flags & ~_EMPTY, given[_MASK])

    def _text(self, address: int) -> str:
        """Return the name at an address in the child's memory; an empty one for none.

        Raises:
            OSError: there is none, or it is too long.
        """
        if not address:
            return ""
        try:
            text, end, _ = os.pread(self._memory, _LONGEST, address).partition(b"\0")
        except (OSError, OverflowError):
            raise OSError(errno.EFAULT, "memory") from None
        if not end:
            raise OSError(errno.ENAMETOOLONG, "a name")
        return os.fsdecode(text)


def _called(name: str, path: str, flags: int, mask: int) -> tuple[int, bytes]:
    """Return the error, 0 for none, and what the kernel gives for a path of ours."""
    libc, found = confinement.libc(), ctypes.create_string_buffer(_SIZE_OF_STATX)
    start, bits = (ctypes.c_int(HERE), os.fsencode(path)), ctypes.c_int(flags)
    if name == "statx":
        size, wanted = _SIZE_OF_STATX, ctypes.c_uint(mask & 0xFFFFFFFF)
        result = libc.syscall(_numbers()["statx"], *start, bits, wanted, found)
    else:
        size = _SIZES[platform.machine()]
        result = libc.syscall(_numbers()["newfstatat"], *start, found, bits)
    return ctypes.get_errno() if result else 0, found.raw[:size]


def _int(argument: int) -> int:
    """Return an argument as the kernel takes it: its lower half, with a sign."""
    return ctypes.c_int(argument & 0xFFFFFFFF).value
