"""The ladder of isolation, and which rung this machine has: found by trying, never by asking.

Students' code is run on A and B. Saved models, which are vetted first, are graded on every rung.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.grading import confinement
from advisor.grading.jail import bubblewrap, landlock, notices, readable, seccomp
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SECONDS = 30.0
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: A, B, C or D, and what holds a process on it."""

    letter: str
    words: Text

    @property
    def jails(self) -> bool:
        """Whether students' code is run on it."""
        return self.letter in {"A", "B"}

    @property
    def shows(self) -> bool:
        """Whether it jails and hides no file, so that somebody must answer what names tell."""
        return self.letter == "B"


RUNGS = {
    rung.letter: rung
    for rung in (
        Rung(
            "A",
            Text(
                en="A: bubblewrap, Landlock, seccomp and limits",
                zh="A：bubblewrap、Landlock、seccomp 加资源上限",
            ),
        ),
        Rung(
            "B",
            Text(en="B: Landlock, seccomp and limits", zh="B：Landlock、seccomp 加资源上限"),
        ),
        Rung("C", Text(en="C: limits alone", zh="C：只有资源上限")),
        Rung("D", Text(en="D: nothing", zh="D：没有隔离")),
    )
}


def probe(private: str, most: str = "A") -> Rung:
    """Return the highest rung that holds on this machine, no higher than `most`.

    Args:
        private: the course's folder, which nothing on the upper rungs reads.
        most: a letter.
    """
    able = confinement.FORKS and seccomp.known()
    if most == "A" and able and _bubblewrap_holds(private):
        return RUNGS["A"]
    if most <= "B" and able and _holds_in_a_child():
        return RUNGS["B"]
    return RUNGS["C" if confinement.FORKS and most <= "C" else "D"]


def confine(place: str, paths: Iterable[str], whom: socket.socket | None = None) -> None:
    """Let this process, for good, compute and write into one folder, and nothing else.

    Args:
        place: the folder.
        paths: what it may read.
        whom: leads to who answers what names tell, where no namespace hides files.

    Raises:
        OSError: the kernel cannot do that; then nothing may be run.
    """
    libc = confinement.libc()
    confinement.without_rights()
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # else what follows fails
    landlock.apply(libc, _readable(paths), place, [readable.SINK])
    if whom is not None:
        notices.ask(libc, whom)
    seccomp.apply(libc)


def answerer(
    child: int, source: socket.socket, place: str, paths: Iterable[str]
) -> notices.Answerer | None:
    """Return who answers for a child that confines itself, started; None where it ended before.

    Raises:
        OSError: its memory cannot be read.
    """
    listener = notices.heard(source)
    if listener is None:
        return None
    one = notices.Answerer(child, listener, [*_readable(paths), readable.SINK, place])
    one.start()
    return one


def _readable(paths: Iterable[str]) -> list[str]:
    return [*paths, *readable.OWN, *readable.DEVICES]


def holds(place: str, whom: socket.socket | None = None) -> bool:
    """Confine this process to a folder and try what must fail; say whether it does, and the rest works."""
    try:
        confine(place, readable.paths(place), whom)
        with open(f"{place}/own", "w", encoding="ascii") as file:  # noqa: PTH123 - a name, not a path
            known = os.path.samestat(os.stat(f"{place}/own"), os.fstat(file.fileno()))  # noqa: PTH116
        return known and not any(map(_works, _FORBIDDEN))
    except OSError:
        return False


def _works(what: Callable[[], object]) -> bool:
    try:
        what()
    except OSError:
        return False
    return True


def _read_a_secret() -> None:
    with open("/etc/passwd", "rb"):  # noqa: PTH123
        pass


def _look_at_a_secret() -> None:
    os.stat("/etc/passwd")  # noqa: PTH116


def _open_a_socket() -> None:
    socket.socket().close()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _empty_what_may_be_read() -> None:
    os.close(os.open("/dev/zero", os.O_RDONLY | os.O_TRUNC))


def _open_without_a_right() -> None:
    os.close(os.open("/etc/passwd", 3))


_FORBIDDEN = (
    _read_a_secret,
    _look_at_a_secret,
    _open_a_socket,
    _fork,
    _empty_what_may_be_read,
    _open_without_a_right,
)


def _holds_in_a_child() -> bool:
    """Try in a child, as there is no way back."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory() as place, ours:
        child = os.fork()
        if child == 0:
            status = 1
            with contextlib.suppress(BaseException):
                status = int(not holds(place, theirs))
            os._exit(status)
        theirs.close()
        answers = None
        with contextlib.suppress(OSError):  # then its calls fail
            answers = answerer(child, ours, place, readable.paths(place))
        status = os.waitpid(child, 0)[1]
        if answers is not None:
            answers.join()
        return status == 0


def _bubblewrap_holds(private: str) -> bool:
    attempt = [sys.executable, "-P", "-B", "-c", _TRY]
    try:
        command = bubblewrap.around(attempt, readable.paths(private), 2**20)
        done = subprocess.run(  # noqa: S603 - bubblewrap
            command,
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "TMPDIR": bubblewrap.SCRATCH,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


_TRY = f"""import sys
from advisor.grading.jail import ladder
sys.exit(not ladder.holds({bubblewrap.SCRATCH!r}))"""
