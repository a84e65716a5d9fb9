"""The grader's side of the process that lets Keras open models."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.grading.confinement import FORKS
from advisor.grading.frames import BROKEN, MOST, read_frame, write_frame
from advisor.grading.judgement import CannotRunError
from advisor.text import Text

if TYPE_CHECKING:
    from typing import BinaryIO

    from advisor.grading.source import Limits

START_UP = 180.0  # seconds for Keras to be imported on a slow machine
# what a process needs to find its programs and libraries; the rest is nobody's business
_KEPT = """PATH HOME LANG LC_ALL LC_CTYPE LD_LIBRARY_PATH DYLD_LIBRARY_PATH PYTHONHOME PYTHONUSERBASE
TMPDIR TMP TEMP SYSTEMROOT SYSTEMDRIVE WINDIR USERPROFILE APPDATA LOCALAPPDATA"""


class GoneError(Exception):
    """The process that opens models is gone: a failure of our own, never the student's."""


class NoKerasError(GoneError):
    """The process could not be started."""


class Nursery:
    """One process that has imported Keras and forks a child for each model, used by one worker.

    Whoever holds it may ask; one question at a time.

    Attributes:
        ready: whether it said that Keras is imported.
        busy: whether an answer is still to come.
    """

    def __init__(self, limits: Limits) -> None:
        """Start it; it is ready some seconds later, and may be asked at once."""
        self._limits = limits
        self._late = False
        self.ready = self.busy = False
        package = str(Path(__file__).resolve().parents[2])
        more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        paths = [package, *(str(Path(path).absolute()) for path in more if path)]
        kept = {name: os.environ[name] for name in _KEPT.split() if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [
                *(sys.executable, "-P", "-B", "-W", "ignore", "-m", "advisor.grading.opening"),
                str(os.getpid()),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env=kept | {"PYTHONPATH": os.pathsep.join(paths)},
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the grader, which ends it
        )

    def fileno(self) -> int:
        """Return what can be waited on for its answer."""
        return self._pipes()[1].fileno()

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
        with self._ended_after(START_UP):
            try:
                reply = None if late else read_frame(self._pipes()[1], MOST)
            except OSError:
                reply = None
        if reply is None or reply[0].get("status") != "ready":
            told = reply[0].get("why") if reply else None
            raise NoKerasError(told or ("it took too long" if late else "its process ended"))
        self.ready = True

    def ask(self, what: str, data: bytes, X: Any) -> Any:
        """Let Keras open a model and give "outputs" or the "gradient" for rows.

        Raises:
            CannotRunError: the model cannot be run, or not within the limits.
            GoneError: the process is gone.
        """
        import numpy as np

        self.greet()
        rows = np.ascontiguousarray(X, "<f8")
        header = {
            "what": what,
            "model_bytes": len(data),
            "shape": list(rows.shape),
            "seconds": self._limits.seconds,
            "memory_mb": self._limits.memory_mb,
        }
        self.busy = True
        with self._ended_after(self._limits.seconds):
            answer, payload = self._exchange(header, data + rows.tobytes())
        self.busy = False
        if answer["status"] == "gone":
            raise GoneError("the model's process was killed from outside")
        if answer["status"] != "ok":
            words = _WHY[answer["status"]]
            raise CannotRunError(words.format(answer.get("why", ""), f"{self._limits.seconds:g}"))
        return np.frombuffer(payload, "<f8").reshape(answer["shape"])

    def _exchange(self, header: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], bytes]:
        sink, source = self._pipes()
        try:
            write_frame(sink, header, payload)
            reply = read_frame(source, MOST)
        except (OSError, ValueError) as error:
            raise GoneError(type(error).__name__) from None
        if self._late:
            return {"status": "timeout"}, b""
        if reply is None or reply is BROKEN:
            raise GoneError("the process that opens models ended")
        return reply

    @contextlib.contextmanager
    def _ended_after(self, seconds: float) -> Any:
        """End it when its time is up, where no child can be ended in its place."""
        timer = threading.Timer(seconds, self._end)
        if not FORKS:
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
        if FORKS:
            self._process.terminate()  # others may hold its pipes
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)  # it ends its child, and takes its folder away
        self._process.kill()
        self._process.wait()


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
