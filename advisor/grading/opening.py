"""The process that has imported Keras: it forks a child for each model to open and each code to run.

What is asked never passes through this process: a child gets the pipes that it reads and answers on,
and finds in its memory nothing of anybody else's. It never gets labels or right answers, lives in a
scratch folder of its own, with limits of time, memory, files and threads, and in the jail where there
is one; whatever happens to it happens to nobody else. Run as `python -m advisor.grading.opening PARENT
RUNG COURSE`, spoken to by `nursery` over its standard input.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from advisor.grading import confinement, executing, running, scratch
from advisor.grading.frames import MOST, read_frame, write_frame
from advisor.grading.jail import ladder, readable, watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, NoReturn

    from advisor.grading.jail import notices

_FILE = 2**26  # bytes that a child may write into one file
_FROM_OUTSIDE = {getattr(signal, name, None) for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")}
_ASKED = 2**40  # bytes of a request, which is the grader's own
_THREAD_ENDS = 5.0  # seconds for the thread that answers to notice that the child has ended
_LOOK = 0.05  # seconds between two looks at what a child takes
# what a child keeps of the environment
_KEPT = [
    "PATH",
    "KERAS_BACKEND",
    "CUDA_VISIBLE_DEVICES",
    "TF_CPP_MIN_LOG_LEVEL",
    "JOBLIB_MULTIPROCESSING",
    "LOKY_MAX_CPU_COUNT",
]
_ANSWERS = {
    "outputs": running.answers,
    "gradient": running.answers,
    executing.CODE: executing.answers,
}


def serve(parent: int, rung: str, private: str) -> None:
    """Answer requests until the grader goes away."""
    home = _Home(ladder.RUNGS[rung], private)
    stream = os.dup(0)
    sink = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for own in (0, 1, 2):  # what libraries print goes nowhere
        os.dup2(nowhere, own)
    if rung != "D":
        os.close(sink)
        _serve_forking(socket.socket(fileno=stream), home, parent)
    else:
        _serve_alone(os.fdopen(stream, "rb", buffering=0), os.fdopen(sink, "wb", buffering=0), home)
    home.leave()


def _serve_forking(asker: socket.socket, home: _Home, parent: int) -> None:
    """Give each request to a child of its own; tell how that ended."""
    signal.signal(signal.SIGTERM, home.leave)
    if parent:  # else bubblewrap sees to it
        confinement.end_with(parent, signal.SIGTERM)
    with contextlib.suppress(ConnectionError):
        keras = _ready(home, lambda told: asker.sendall(json.dumps(told).encode()))
        while True:
            text, ends, _, _ = socket.recv_fds(asker, 2**12, 2)
            if not text:
                return
            place = tempfile.mkdtemp(dir=home.folder)
            told = _in_child(json.loads(text), ends, keras, home, (asker, place))
            asker.sendall(json.dumps(told).encode())
            scratch.clear(place)  # thousands of files take their time, and nobody waits for that
            if os.path.lexists(place):  # whoever is next would lack the room that it takes
                home.leave()


def _serve_alone(source: BinaryIO, sink: BinaryIO, home: _Home) -> None:
    """Answer here, where the system has no fork; the grader ends this process where it takes too long."""
    with contextlib.suppress(BrokenPipeError):
        keras = _ready(home, lambda told: write_frame(sink, told, b""))
        while (request := read_frame(source, MOST)) is not None:
            for frame in _answers(request, keras, home.folder):
                write_frame(sink, *frame)
            write_frame(sink, {"status": "end"}, b"")


def _answers(
    request: tuple[dict[str, Any], bytes], keras: Any, place: str
) -> Iterator[tuple[dict[str, Any], bytes]]:
    return _ANSWERS[request[0]["what"]](*request, keras, place)


def _ready(home: _Home, tell: Any) -> Any:
    """Import Keras and say so."""
    try:
        keras = _keras(home.folder)
    except Exception as error:  # noqa: BLE001 - whatever an installation may lack
        tell({"status": "failed", "why": running.line(error)})
        home.leave()
    gc.freeze()
    tell({"status": "ready"})
    return keras


def _keras(folder: str) -> Any:
    """Import Keras on TensorFlow, which every installation has, set up as nobody changed it."""
    os.environ |= {
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": folder,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # it waits 10 s for memory that is not there
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "JOBLIB_MULTIPROCESSING": "0",  # which are forbidden: n_jobs=2 of scikit-learn are threads
        "LOKY_MAX_CPU_COUNT": "1",  # and n_jobs=-1 is one
    }
    import keras  # not by `backend`, whose first use of a device starts threads, which a fork loses

    import advisor.signals  # noqa: F401 - imported before the fork, not after each

    return keras


class _Home:
    """Where the children live, one at a time; who leaves it takes everything away."""

    def __init__(self, rung: ladder.Rung, private: str) -> None:
        self.child = 0
        self.ended: tuple[int, float] | None = None  # the child's status, seconds that it computed
        self.folder = scratch.begin()
        self.jails, self.shows = rung.jails, rung.shows
        self.answers: notices.Answerer | None = None  # to the child's calls
        self.paths = readable.paths(private) if rung.jails else []

    def leave(self, *_: Any) -> NoReturn:
        """End this process and its child."""
        self.end_child()
        scratch.clear(self.folder)
        os._exit(0)

    def listens(self, alive: socket.socket, place: str) -> bool:
        """Say whether the child sent what its calls come by, which it does once."""
        if not self.shows or self.answers is not None:
            return False
        with contextlib.suppress(OSError):  # it has ended
            self.answers = ladder.answerer(self.child, alive, place, self.paths)
        return self.answers is not None

    def reaped(self, how: int = os.WNOHANG) -> bool:
        """Say whether the child has ended, or wait for it."""
        try:
            found, status, usage = os.wait4(self.child, how)
        except OSError:
            self.ended = (0, 0.0)
            return True
        if found:
            self.ended = (status, usage.ru_utime + usage.ru_stime)
        return bool(found)

    def end_child(self) -> tuple[int, float]:
        """End the child and all that it started; return its status and the seconds it computed."""
        if self.child and self.ended is None:
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(OSError):
                    kill(self.child, signal.SIGKILL)
            self.reaped(0)
        if self.answers is not None:
            self.answers.join(_THREAD_ENDS)
            if self.answers.is_alive():
                os._exit(1)  # no child is forked beside a thread; the grader begins anew
        ended = self.ended or (0, 0.0)
        self.child, self.ended, self.answers = 0, None, None
        return ended


def _in_child(
    limits: dict[str, Any],
    ends: list[int],
    keras: Any,
    home: _Home,
    whom: tuple[socket.socket, str],
) -> dict[str, Any]:
    """Let a child answer one request of who asks, in a folder of its own; say how it ended."""
    place = whom[1]
    alive, living = socket.socketpair()
    parent = os.getpid()
    home.child = os.fork()
    if home.child == 0:
        try:
            _confine(limits, place, parent, {*ends, living.fileno()})
            with os.fdopen(ends[0], "rb") as source:
                request = read_frame(source, _ASKED)
            assert request is not None  # noqa: S101 - else who asked is gone, and so are we
            if home.jails:
                ladder.confine(place, home.paths, living if home.shows else None)
            with os.fdopen(ends[1], "wb", buffering=0) as sink:
                for frame in _answers(request, keras, place):
                    write_frame(sink, *frame)
        finally:
            os._exit(0)
    living.close()
    for end in ends:
        os.close(end)
    try:
        with alive:
            stopped = _wait(home, alive, whom, float(limits["wall"]), int(limits["file_bytes"]))
    finally:
        status, seconds = home.end_child()
    if stopped is None and seconds >= float(limits["seconds"]):
        stopped = "timeout"
    return {"status": stopped or _told(status)}


def _confine(limits: dict[str, Any], place: str, parent: int, kept: set[int]) -> None:
    """Leave the child what it needs, and bound what it may take."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    confinement.end_with(parent)
    last = 2
    for end in sorted(kept):
        os.closerange(last + 1, end)
        last = end
    os.closerange(last + 1, last + 1000)
    os.setsid()
    os.chdir(place)
    os.umask(0o077)
    values = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ |= values | {"HOME": place, "TMPDIR": place, "MPLBACKEND": "agg"}
    tempfile.tempdir = place
    file_bytes = max(_FILE, int(limits["file_bytes"]))
    confinement.bound(float(limits["seconds"]), int(limits["memory_mb"]) * 2**20, file_bytes)


def _wait(
    home: _Home, alive: socket.socket, whom: tuple[socket.socket, str], seconds: float, given: int
) -> str | None:
    """Wait until the child ends; say why it is to be ended where that comes first."""
    asker, place = whom
    look = time.monotonic() + _LOOK
    end = time.monotonic() + seconds
    watched, pause = [alive, asker], _LOOK
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select(watched, [], [], min(left, pause))
        if asker in ready:  # nothing is asked before the answer: the grader is gone
            home.leave()
        if alive in ready and not home.listens(alive, place):
            watched.remove(alive)
            pause = 0.002  # it has ended, or it closed what tells that it lives
        if alive not in watched and home.reaped():
            return None
        if home.jails and time.monotonic() > look:
            if watching.too_much(home.child, place, given):
                return "killed"
            look = time.monotonic() + _LOOK
    return "timeout"


def _told(status: int) -> str:
    """Say what a child ended by."""
    if not os.WIFSIGNALED(status):
        return "ended"
    if os.WTERMSIG(status) == signal.SIGXCPU:
        return "timeout"
    # no limit of ours sends these: they are from a system short of memory, or from a person
    return "gone" if os.WTERMSIG(status) in _FROM_OUTSIDE else "killed"


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], sys.argv[3])
