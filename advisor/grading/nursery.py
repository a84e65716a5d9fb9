"""The grader's side of the process that has imported Keras."""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.grading import executing, running, submission
from advisor.grading.frames import BROKEN, MOST, read_frame, write_frame
from advisor.grading.jail import bubblewrap, readable, watching
from advisor.grading.judgement import CannotRunError
from advisor.text import Text

if TYPE_CHECKING:
    from typing import BinaryIO

    from advisor.grading.jail.ladder import Rung
    from advisor.grading.source import Limits

    Frame = tuple[dict[str, Any], bytes]

START_UP = 180.0  # seconds for Keras to be imported on a slow machine
# what a process needs to find its programs and libraries; the rest is nobody's business
_KEPT = """PATH HOME LANG LC_ALL LC_CTYPE LD_LIBRARY_PATH DYLD_LIBRARY_PATH PYTHONHOME PYTHONUSERBASE
TMPDIR TMP TEMP SYSTEMROOT SYSTEMDRIVE WINDIR USERPROFILE APPDATA LOCALAPPDATA"""


class GoneError(Exception):
    """The process that opens models is gone: a failure of our own, never the student's."""


class NoKerasError(GoneError):
    """The process could not be started."""


class Nursery:
    """One process that has imported Keras and forks a child for each request, used by one worker.

    Whoever holds it may ask; one question at a time.

    Attributes:
        ready: whether it said that Keras is imported.
        busy: whether an answer is still to come.
    """

    def __init__(self, limits: Limits, rung: Rung, private: str) -> None:
        """Start it; it is ready some seconds later, and may be asked at once.

        Args:
            limits: of one request.
            rung: what its children are held by.
            private: the course's folder, which they do not read on the upper rungs.
        """
        self._limits = limits
        self._late = False
        self._end_of_code: float | None = None
        self.ready = self.busy = False
        self._socket: socket.socket | None = None  # where there is fork
        self._process = self._started(rung, private)

    def _started(self, rung: Rung, private: str) -> subprocess.Popen[bytes]:
        package = str(Path(__file__).resolve().parents[2])
        more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        paths = [package, *(str(Path(path).absolute()) for path in more if path)]
        kept = {name: os.environ[name] for name in _KEPT.split() if name in os.environ}
        kept |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
        parent = 0 if rung.letter == "A" else os.getpid()  # which is not seen from inside
        command = [sys.executable, "-P", "-B", "-W", "ignore", "-m", "advisor.grading.opening"]
        command += [str(parent), rung.letter, private]
        if rung.letter == "A":
            command = bubblewrap.around(command, readable.paths(private), _DISKS * self._disk())
            kept |= dict.fromkeys(("HOME", "TMPDIR"), bubblewrap.SCRATCH)
        ours, theirs = socket.socketpair() if rung.letter != "D" else (None, None)
        self._socket = ours
        started = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=theirs.fileno() if theirs is not None else subprocess.PIPE,
            stdout=subprocess.PIPE if theirs is None else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env=kept,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the grader, which ends it
        )
        if theirs is not None:
            theirs.close()
        return started

    def _disk(self) -> int:
        """Return the bytes that one submission may have, beside what it handed in."""
        return watching.DISK + submission.TIMES * self._limits.file_mb * 2**20

    def fileno(self) -> int:
        """Return what can be waited on for its answer."""
        return self._socket.fileno() if self._socket is not None else self._pipes()[1].fileno()

    @property
    def alive(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def greet(self, *, late: bool = False) -> None:
        """Wait until it says that Keras is imported; where it is too `late`, do not.

        Raises:
            NoKerasError: it could not be.
        """
        if self.ready:
            return
        told: dict[str, Any] | None = None
        with self._ended_after(START_UP):
            if not late:
                told = self._heard()
        if told is None or told.get("status") != "ready":
            why = told.get("why") if told else None
            raise NoKerasError(why or ("it took too long" if late else "its process ended"))
        self.ready = True

    def _heard(self) -> dict[str, Any] | None:
        """Return what it says next; None where it is gone."""
        try:
            if self._socket is not None:
                found = json.loads(self._socket.recv(2**12) or b"null")
                return found if isinstance(found, dict) else None
            reply = read_frame(self._pipes()[1], MOST)
            return None if reply is None else reply[0]
        except (OSError, ValueError):
            return None

    def ask(self, what: str, data: bytes, X: Any) -> Any:
        """Let Keras open a model and give "outputs" or the "gradient" for rows.

        Raises:
            CannotRunError: the model cannot be run, or not within the limits.
            GoneError: the process is gone.
        """
        import numpy as np

        rows = np.ascontiguousarray(X, "<f8")
        header = {"what": what, "model_bytes": len(data), "shape": list(rows.shape)}
        wall = _WALL * self._limits.seconds + 1
        if self._end_of_code is not None:  # what code built shares the code's time
            wall = max(self._end_of_code - time.monotonic(), 0)
        status, frames = self._answered(header, data + rows.tobytes(), wall, len(data))
        answer, payload = checked(frames[0]) if frames else ({"status": status}, b"")
        if status == "timeout":
            answer = {"status": status}
        if answer["status"] != "ok":
            words = _WHY.get(answer["status"], _WHY["killed"])
            raise CannotRunError(words.format(answer.get("why", ""), f"{self._limits.seconds:g}"))
        return np.frombuffer(payload, "<f8").reshape(answer["shape"])

    def run(self, payload: bytes) -> tuple[str, list[Frame]]:
        """Run a student's code, packed; return how that ended, and what was heard until then.

        Nothing that was heard is to be believed.

        Raises:
            GoneError: the process is gone.
        """
        self.greet()
        self._end_of_code = time.monotonic() + self._limits.seconds
        given = len(payload)  # no file that was handed in is larger
        return self._answered({"what": executing.CODE}, payload, self._limits.seconds, given)

    def _answered(
        self, header: dict[str, Any], payload: bytes, wall: float, file_bytes: int
    ) -> tuple[str, list[Frame]]:
        """Return how a request ended, and what was answered."""
        self.greet()
        limits = {
            "seconds": self._limits.seconds,
            "wall": wall,
            "memory_mb": self._limits.memory_mb,
            "file_bytes": file_bytes,
        }
        self.busy = True
        if self._socket is not None:
            status, frames = self._by_a_child(limits, header, payload)
        else:
            with self._ended_after(wall):
                status, frames = self._by_itself(header, payload)
        self.busy = False
        if status == "gone":
            raise GoneError("its process was killed from outside")
        return status, frames

    def _by_a_child(
        self, limits: dict[str, Any], header: dict[str, Any], payload: bytes
    ) -> tuple[str, list[Frame]]:
        """Give the two ends of pipes to a child that the process forks, and speak with that."""
        assert self._socket is not None  # noqa: S101 - where there is fork
        theirs, ours = os.pipe()
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._socket, [json.dumps(limits).encode()], [theirs, writing])
        except OSError as error:
            os.close(ours)
            os.close(reading)
            raise GoneError(type(error).__name__) from None
        finally:
            os.close(theirs)
            os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as source:
            with contextlib.suppress(BrokenPipeError), os.fdopen(ours, "wb", buffering=0) as sink:
                write_frame(sink, header, payload)
            heard = io.BytesIO(_until_the_end(source))
        told = self._heard()
        if told is None:
            raise GoneError("the process that imported Keras ended")
        frames = []
        while (frame := read_frame(heard, MOST)) is not None and frame is not BROKEN:
            frames.append(frame)
            if len(frames) == _FRAMES:
                break
        return str(told.get("status")), frames

    def _by_itself(self, header: dict[str, Any], payload: bytes) -> tuple[str, list[Frame]]:
        """Let the process answer itself, which may end it."""
        sink, source = self._pipes()
        frames: list[Frame] = []
        try:
            write_frame(sink, header, payload)
            while (frame := read_frame(source, MOST)) is not None and frame is not BROKEN:
                if frame[0].get("status") == "end":
                    return "ended", frames
                frames.append(frame)
        except (OSError, ValueError) as error:
            raise GoneError(type(error).__name__) from None
        if self._late:
            return "timeout", frames
        raise GoneError("the process that imported Keras ended")

    @contextlib.contextmanager
    def _ended_after(self, seconds: float) -> Any:
        """End it when its time is up, where no child can be ended in its place."""
        timer = threading.Timer(seconds, self._end)
        if self._socket is None:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self._late = True
        self._process.kill()

    def _pipes(self) -> tuple[BinaryIO, BinaryIO]:
        sink, source = self._process.stdin, self._process.stdout
        assert sink is not None  # noqa: S101 - both were asked for
        assert source is not None  # noqa: S101
        return sink, source  # type: ignore[return-value]  # unbuffered: they are BinaryIO

    def close(self) -> None:
        """End it and what it started."""
        if self._socket is not None:
            self._process.terminate()  # others may hold its socket
            self._socket.close()
        else:
            for pipe in self._pipes():
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)  # it ends its child, and takes its folder away
        self._process.kill()
        self._process.wait()


def _until_the_end(source: BinaryIO) -> bytes:
    """Read all that comes, up to what a message may have."""
    parts, size = [], 0
    while size <= MOST and (part := source.read(2**20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def checked(frame: Frame) -> Frame:
    """Take a model's answer apart; believe nothing of it but numbers."""
    header, payload = frame
    if header.get("status") == "killed":
        return {"status": "killed"}, b""
    if header.get("status") != "ok":
        return {"status": "error", "why": running.printable(str(header.get("why")))}, b""
    shape = header.get("shape")
    whole = isinstance(shape, list) and all(isinstance(n, int) and 0 <= n < 2**31 for n in shape)
    size = 8
    for n in shape if whole and shape is not None else ():
        size *= n
    if not whole or size != len(payload):
        return {"status": "error", "why": "its numbers have no shape"}, b""
    return {"status": "ok", "shape": shape}, payload


_WALL = 2  # times the seconds of computing, as other programs want the processor too
_FRAMES = 1000  # more than an assignment has questions
_DISKS = 2  # times what one submission may write, as much memory holds what they all write
_WHY = {
    "error": Text(en="Keras cannot run the model: {0}.", zh="Keras 运行不了这个模型：{0}。"),
    "timeout": Text(
        en="The model took more than {1} s for the test rows.", zh="模型算测试样本超过了 {1} 秒。"
    ),
    "killed": Text(
        en="The model was stopped: it wanted more memory or disk than a submission may take.",
        zh="模型被停掉了：它要的内存或磁盘超过了一份作业的上限。",
    ),
}
