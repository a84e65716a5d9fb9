"""Landlock: what a process may read, and the one folder that it may write, on any Linux since 5.13.

The numbers are those of linux/landlock.h. Landlock leaves out the rights, owners and times of files,
what `stat` tells of them, and whether there is a file of a name: `seccomp` lets nobody set the first,
`notices` answers for the second.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every machine
_VERSION, _PATH_BENEATH = 1, 1
_WRITE, _READ, _LIST = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE, _MAKE_DIR, _MAKE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_OF_FILES = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights of files a version knows
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


def version(libc: ctypes.CDLL) -> int:
    """Return which version the kernel has; 0 for none."""
    return max(int(libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)), 0)


def apply(libc: ctypes.CDLL, readable: Iterable[str], written: str, also: Iterable[str]) -> None:
    """Confine this process, for good, to reading these paths and writing one folder.

    Args:
        libc: the C library, loaded with `use_errno`; this process gains no rights any more.
        readable: files and folders with all that is in them; what is not there is left out.
        written: the folder.
        also: devices that may be written as well.

    Raises:
        OSError: the kernel does not have it.
    """
    has = version(libc)
    if not has:
        raise OSError(ctypes.get_errno(), "Landlock")
    files = (1 << max(bits for since, bits in _OF_FILES.items() if since <= has)) - 1
    network = 0b11 if has >= _NETWORK_SINCE else 0  # bind and connect
    scopes = 0b11 if has >= _SCOPES_SINCE else 0  # abstract sockets and signals
    words = 3 if scopes else 2 if network else 1
    rules = struct.pack("<QQQ", files, network, scopes)[: 8 * words]
    handle = _called(libc.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), 0))
    try:
        folder = _READ | _WRITE | _LIST | _REMOVE_DIR | _REMOVE | _MAKE_DIR | _MAKE
        _allow(libc, handle, written, (folder | _REFER | _TRUNCATE) & files)
        for path in readable:
            _allow(libc, handle, path, _READ | _LIST)
        for path in also:
            _allow(libc, handle, path, _READ | _WRITE)
        _called(libc.syscall(_RESTRICT, handle, 0))
    finally:
        os.close(handle)


def _allow(libc: ctypes.CDLL, handle: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _READ | _WRITE  # what a file can be given
        rule = struct.pack("<Qi", rights, place)
        _called(libc.syscall(_ADD, handle, _PATH_BENEATH, rule, 0))
    finally:
        os.close(place)


def _called(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return result
