"""The calls of the kernel's that a student's code may make; every other fails.

Numbers are those of the kernel's headers, for x86-64 and for arm64; None where there is no such call.
What is missing here is missing on purpose: sockets, other programs, signals to others, limits, rights,
owners, times and attributes of files, links, space set aside, shared memory, and whatever is newer than
this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class OneOf:
    """An argument, a whole number of 32 bits, must be one of these."""

    argument: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """An argument must have these bits."""

    argument: int
    bits: int


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Of an argument, the bits of the mask must be none of these."""

    argument: int
    mask: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Null:
    """A pointer must be null."""

    argument: int


@dataclass(frozen=True, slots=True)
class Own:
    """An argument must be this process's number."""

    argument: int


@dataclass(frozen=True, slots=True)
class Missing:
    """The kernel is said not to have the call, so that libraries take another."""


Check = OneOf | NoneOf | Flags | Null | Own | Missing


class Call(NamedTuple):
    """A call: its name, its numbers, and what its arguments must be."""

    name: str
    x86_64: int | None
    arm64: int | None
    checks: tuple[Check, ...] = ()

    def number(self, machine: str) -> int | None:
        """Return its number on a machine, as `platform.machine` names it."""
        return self.x86_64 if machine == "x86_64" else self.arm64


_FREE = (
    # files that are open
    ("read", 0, 63),
    ("write", 1, 64),
    ("readv", 19, 65),
    ("writev", 20, 66),
    ("pread64", 17, 67),
    ("pwrite64", 18, 68),
    ("preadv", 295, 69),
    ("pwritev", 296, 70),
    ("preadv2", 327, 286),
    ("pwritev2", 328, 287),
    ("close", 3, 57),
    ("lseek", 8, 62),
    ("fstat", 5, 80),
    ("fstatfs", 138, 44),
    ("fsync", 74, 82),
    ("fdatasync", 75, 83),
    ("ftruncate", 77, 46),
    ("fadvise64", 221, 223),
    ("sync_file_range", 277, 84),
    ("sendfile", 40, 71),
    ("copy_file_range", 326, 285),
    ("flock", 73, 32),
    ("dup", 32, 23),
    ("dup2", 33, None),
    ("dup3", 292, 24),
    ("getdents", 78, None),
    ("getdents64", 217, 61),
    # files by name, which Landlock decides on
    ("stat", 4, None),
    ("lstat", 6, None),
    ("newfstatat", 262, 79),
    ("statx", 332, 291),
    ("access", 21, None),
    ("faccessat", 269, 48),
    ("faccessat2", 439, 439),
    ("readlink", 89, None),
    ("readlinkat", 267, 78),
    ("statfs", 137, 43),
    ("getcwd", 79, 17),
    ("chdir", 80, 49),
    ("fchdir", 81, 50),
    ("rename", 82, None),
    ("renameat", 264, 38),
    ("mkdir", 83, None),
    ("mkdirat", 258, 34),
    ("rmdir", 84, None),
    ("unlink", 87, None),
    ("unlinkat", 263, 35),
    ("umask", 95, 166),
    ("fgetxattr", 193, 10),
    ("flistxattr", 196, 13),
    # memory
    ("mmap", 9, 222),
    ("munmap", 11, 215),
    ("mprotect", 10, 226),
    ("mremap", 25, 216),
    ("msync", 26, 227),
    ("mincore", 27, 232),
    ("madvise", 28, 233),
    ("brk", 12, 214),
    ("membarrier", 324, 283),
    # threads, and what they wait for
    ("futex", 202, 98),
    ("futex_waitv", 449, 449),
    ("set_robust_list", 273, 99),
    ("get_robust_list", 274, 100),
    ("set_tid_address", 218, 96),
    ("rseq", 334, 293),
    ("sched_yield", 24, 124),
    ("arch_prctl", 158, None),
    ("getcpu", 309, 168),
    ("sched_getaffinity", 204, 123),
    ("sched_getparam", 143, 121),
    ("sched_getscheduler", 145, 120),
    ("sched_get_priority_max", 146, 125),
    ("sched_get_priority_min", 147, 126),
    ("getpriority", 140, 141),
    ("exit", 60, 93),
    ("exit_group", 231, 94),
    ("wait4", 61, 260),
    ("restart_syscall", 219, 128),
    # signals to oneself
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("rt_sigtimedwait", 128, 137),
    ("rt_sigpending", 127, 136),
    ("sigaltstack", 131, 132),
    ("pause", 34, None),
    ("alarm", 37, None),
    ("getitimer", 36, 102),
    ("setitimer", 38, 103),
    # pipes and waiting for them
    ("pipe", 22, None),
    ("pipe2", 293, 59),
    ("poll", 7, None),
    ("ppoll", 271, 73),
    ("select", 23, None),
    ("pselect6", 270, 72),
    ("epoll_create", 213, None),
    ("epoll_create1", 291, 20),
    ("epoll_ctl", 233, 21),
    ("epoll_wait", 232, None),
    ("epoll_pwait", 281, 22),
    ("eventfd", 284, None),
    ("eventfd2", 290, 19),
    ("recvfrom", 45, 207),
    ("shutdown", 48, 210),
    ("getsockopt", 55, 209),
    ("getsockname", 51, 204),
    ("getpeername", 52, 205),
    # time and chance
    ("time", 201, None),
    ("gettimeofday", 96, 169),
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("nanosleep", 35, 101),
    ("clock_nanosleep", 230, 115),
    ("times", 100, 153),
    ("getrandom", 318, 278),
    # who and where one is
    ("getpid", 39, 172),
    ("gettid", 186, 178),
    ("getppid", 110, 173),
    ("getpgrp", 111, None),
    ("getpgid", 121, 155),
    ("getsid", 124, 156),
    ("getuid", 102, 174),
    ("geteuid", 107, 175),
    ("getgid", 104, 176),
    ("getegid", 108, 177),
    ("getresuid", 118, 148),
    ("getresgid", 120, 150),
    ("getgroups", 115, 158),
    ("capget", 125, 90),
    ("uname", 63, 160),
    ("sysinfo", 99, 179),
    ("getrusage", 98, 165),
    ("getrlimit", 97, 163),
)
# not O_TRUNC with no right to write, which empties what may be read where Landlock is older than 3
_EMPTIED = 0o1003, (0o1000,)
# not the access mode 3, neither reading nor writing, which Landlock lets anybody have of any file
_NEITHER = 0o3, (0o3,)
# nor O_PATH, which is like that
_HANDLE = 0o10000000, (0o10000000,)
_CHECKED = (
    Call("open", 2, None, tuple(NoneOf(1, *one) for one in (_EMPTIED, _NEITHER, _HANDLE))),
    Call("openat", 257, 56, tuple(NoneOf(2, *one) for one in (_EMPTIED, _NEITHER, _HANDLE))),
    # not RENAME_WHITEOUT, which makes a device
    Call("renameat2", 316, 276, (OneOf(4, (0, 1, 2)),)),
    # CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD: threads that share everything, no processes
    Call("clone", 56, 220, (Flags(0, 0x10F00),)),
    # its flags stand in memory, where nobody can look; libraries then call clone
    Call("clone3", 435, 435, (Missing(),)),
    # no signals to others by F_SETOWN
    Call("fcntl", 72, 25, (OneOf(1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)),)),
    # FIONCLEX, FIOCLEX, FIONBIO, FIONREAD
    Call("ioctl", 16, 29, (OneOf(1, (0x5450, 0x5451, 0x5421, 0x541B)),)),
    # names of threads and of memory; CAPBSET_READ
    Call("prctl", 157, 167, (OneOf(0, (15, 16, 23, 0x53564D41)),)),
    # limits are read, never set
    Call("prlimit64", 302, 261, (Null(2),)),
    # AF_UNIX, SOCK_STREAM: what asyncio wakes itself with
    Call("socketpair", 53, 199, (OneOf(0, (1,)), OneOf(1, (1, 0x801, 0x80001, 0x80801)))),
    # along such a pair, to no address
    Call("sendto", 44, 206, (Null(4),)),
    # abort() of oneself, no other signal to anybody
    Call("tgkill", 234, 131, (Own(0), OneOf(2, (6,)))),
)
CALLS = (*(Call(*row) for row in _FREE), *_CHECKED)
