"""The grader's side of the process that lets Keras open models."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor.grading.frames import BROKEN, MOST, read_frame, write_frame
from advisor.grading.judgement import CannotRunError
from advisor.text import Text

if TYPE_CHECKING:
    from typing import BinaryIO

    from advisor.grading.source import Limits


class GoneError(Exception):
    """The process that opens models is gone: a failure of our own, never the student's."""


class Nursery:
    """One process that has imported Keras and forks a child for each model, used by one worker.

    Whoever holds it may ask; one question at a time.
    """

    def __init__(self, limits: Limits) -> None:
        """Start it; it is ready some seconds later, and is asked all the same."""
        self._limits = limits
        package = str(Path(__file__).resolve().parents[2])
        paths = [package, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-W", "ignore", "-m", "advisor.grading.opening"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p)},
            bufsize=0,
        )

    def ask(self, what: str, data: bytes, X: Any) -> Any:
        """Let Keras open a model and give "outputs" or the "gradient" for rows.

        Raises:
            CannotRunError: the model cannot be run, or not within the limits.
            GoneError: the process is gone.
        """
        import numpy as np

        rows = np.ascontiguousarray(X, "<f8")
        header = {
            "what": what,
            "model_bytes": len(data),
            "shape": list(rows.shape),
            "seconds": self._limits.seconds,
            "memory_mb": self._limits.memory_mb,
        }
        sink, source = self._pipes()
        try:
            write_frame(sink, header, data + rows.tobytes())
            reply = read_frame(source, MOST)
        except (OSError, ValueError) as error:
            raise GoneError(str(error)) from None
        if reply is None or reply is BROKEN:
            raise GoneError("no answer")
        answer, payload = reply
        if answer["status"] != "ok":
            words = _WHY[answer["status"]]
            raise CannotRunError(words.format(answer.get("why", ""), f"{self._limits.seconds:g}"))
        return np.frombuffer(payload, "<f8").reshape(answer["shape"])

    def _pipes(self) -> tuple[BinaryIO, BinaryIO]:
        sink, source = self._process.stdin, self._process.stdout
        assert sink is not None  # noqa: S101 - both were asked for
        assert source is not None  # noqa: S101
        return sink, source  # type: ignore[return-value]  # unbuffered: they are BinaryIO

    def close(self) -> None:
        """End it and what it started."""
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
        en="The model was stopped: it wanted more time, memory or disk than a submission may take.",
        zh="模型被停掉了：它要的时间、内存或磁盘超过了一份作业的上限。",
    ),
}
