"""The filter that the kernel asks before each call: the table of `syscalls` as a program for it.

What the program is made of stands in the kernel's documentation (Documentation/userspace-api/
seccomp_filter.rst); a call that is not allowed fails with EPERM, one in another machine's numbers ends
the process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import TYPE_CHECKING

from advisor.grading.jail.syscalls import CALLS, Flags, Missing, NoneOf, Null, OneOf, Own

if TYPE_CHECKING:
    from collections.abc import Iterable

    from advisor.grading.jail.syscalls import Check

_LOAD, _EQUAL, _AND, _RETURN = 0x20, 0x15, 0x54, 0x06
_ALLOW, _END_PROCESS, _FAIL, _NOTIFY = 0x7FFF0000, 0x80000000, 0x00050000, 0x7FC00000
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # where they stand in seccomp_data
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_…, both little-endian
_PR_SET_SECCOMP, _FILTER = 22, 2
_SECCOMP = {"x86_64": 317, "aarch64": 277}  # the call of that name
# a signal must not end a call that is being answered: its memory is written to by then
_SET_FILTER, _NEW_LISTENER, _UNINTERRUPTED = 1, 1 << 3, 1 << 5

Step = tuple[int, int, int, int]  # code, how far to jump where true, where false, operand


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def known() -> bool:
    """Say whether there is a table for this machine."""
    return sys.platform == "linux" and platform.machine() in _MACHINES


def apply(libc: ctypes.CDLL) -> None:
    """Filter the calls of this process, which gains no rights any more, from now on and for good.

    Raises:
        OSError: the kernel has no filters.
    """
    given = _packed(program(platform.machine(), os.getpid()))
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(given), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def notify(libc: ctypes.CDLL, numbers: Iterable[int]) -> int:
    """Hand some calls of this process to whoever holds what this returns, beside what `apply` does.

    Raises:
        OSError: the kernel cannot do that.
    """
    steps: list[Step] = [(_LOAD, 0, 0, _NUMBER)]
    for number in numbers:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _NOTIFY)]
    given = _packed([*steps, (_RETURN, 0, 0, _ALLOW)])
    call = _SECCOMP[platform.machine()]
    for more in (_UNINTERRUPTED, 0):  # the first since Linux 5.19
        listener = int(libc.syscall(call, _SET_FILTER, _NEW_LISTENER | more, ctypes.byref(given)))
        if listener >= 0:
            return listener
    raise OSError(ctypes.get_errno(), "seccomp")


def _packed(steps: list[Step]) -> _Program:
    return _Program(len(steps), b"".join(struct.pack("<HBBI", *step) for step in steps))


def program(machine: str, own: int) -> list[Step]:
    """Return the filter's steps for a machine's numbers and a process of this number."""
    steps: list[Step] = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, _MACHINES[machine]),
        (_RETURN, 0, 0, _END_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for call in CALLS:
        number = call.number(machine)
        if number is not None:
            block = _block(call.checks, own)
            steps += [(_EQUAL, 0, len(block), number), *block]
    return [*steps, (_RETURN, 0, 0, _FAIL | errno.EPERM)]


def _block(checks: Iterable[Check], own: int) -> list[Step]:
    """Return what is done with one call: every check must hold."""
    block: list[Step] = []
    for check in checks:
        match check:
            case Missing():
                return [(_RETURN, 0, 0, _FAIL | errno.ENOSYS)]
            case OneOf(argument, values):
                block += _one_of(argument, values)
            case NoneOf(argument, mask, values):
                block += [(_LOAD, 0, 0, _low(argument)), (_AND, 0, 0, mask)]
                for value in values:
                    block += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _FAIL | errno.EPERM)]
            case Own(argument):
                block += _one_of(argument, (own,))
            case Flags(argument, bits):
                block += [(_LOAD, 0, 0, _low(argument)), (_AND, 0, 0, bits), *_must(bits)]
            case Null(argument):
                for half in (_low(argument), _low(argument) + 4):
                    block += [(_LOAD, 0, 0, half), *_must(0)]
    return [*block, (_RETURN, 0, 0, _ALLOW)]


def _low(argument: int) -> int:
    """Return where an argument's lower half stands."""
    return _ARGUMENTS + 8 * argument


def _must(value: int) -> list[Step]:
    """Fail unless what was loaded is a value."""
    return [(_EQUAL, 1, 0, value), (_RETURN, 0, 0, _FAIL | errno.EPERM)]


def _one_of(argument: int, values: tuple[int, ...]) -> list[Step]:
    """Fail unless an argument is one of these values."""
    last = len(values)
    tests = [(_EQUAL, last - n, 0, value) for n, value in enumerate(values)]
    return [(_LOAD, 0, 0, _low(argument)), *tests, (_RETURN, 0, 0, _FAIL | errno.EPERM)]
