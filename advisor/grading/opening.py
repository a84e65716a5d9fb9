"""The process that lets Keras open models: imports Keras once, then forks a child for each model.

A child gets the model's bytes and the rows to predict, never labels or answers, and returns raw
numbers of bounded size. It lives in a scratch folder of its own, with limits of time, memory, file
size and open files; whatever happens to it happens to nobody else. Run as
`python -m advisor.grading.opening PARENT`, spoken to over its standard input and output by `nursery`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from advisor.grading import running, scratch
from advisor.grading.confinement import FORKS, bound, end_with
from advisor.grading.frames import BROKEN, MOST, read_frame, write_frame

if TYPE_CHECKING:
    from typing import BinaryIO, NoReturn

_FILE = 2**26  # bytes that a child may write into one file
_WALL = 2  # times the seconds of computing, as other programs want the processor too


class _Home:
    """Where the children live, one at a time; who leaves it takes everything away."""

    def __init__(self) -> None:
        self.child = 0
        self.folder = scratch.begin()

    def leave(self, *_: Any) -> NoReturn:
        """End this process and its child."""
        if self.child:
            _end(self.child)
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)


def serve(parent: int) -> None:
    """Answer requests until the grader goes away."""
    source, sink = _own_streams()
    home = _Home()
    if FORKS:
        signal.signal(signal.SIGTERM, home.leave)
        end_with(parent, signal.SIGTERM)
    with contextlib.suppress(BrokenPipeError):
        try:
            keras = _keras(home.folder)
        except Exception as error:  # noqa: BLE001 - whatever an installation may lack
            write_frame(sink, {"status": "failed", "why": running.line(error)}, b"")
            home.leave()
        write_frame(sink, {"status": "ready"}, b"")
        gc.freeze()
        while (request := read_frame(source, MOST)) is not None:
            if FORKS:
                reply = _in_child(*request, keras, home, (source, sink))
            else:  # the grader ends this process where it takes too long
                reply = running.answer(*request, keras, home.folder)
            write_frame(sink, *reply)
    home.leave()


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the grader's pipes to ourselves: what libraries print goes nowhere."""
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return source, sink


def _keras(folder: str) -> Any:
    """Import Keras on TensorFlow, which every installation has, set up as nobody changed it."""
    os.environ |= {
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": folder,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    import keras  # not by `backend`, whose first use of a device starts threads, which a fork loses

    import advisor.signals  # noqa: F401 - imported before the fork, not after each

    return keras


def _in_child(
    header: dict[str, Any],
    payload: bytes,
    keras: Any,
    home: _Home,
    streams: tuple[BinaryIO, BinaryIO],
) -> tuple[dict[str, Any], bytes]:
    """Answer one request in a child; say how it ended."""
    place = tempfile.mkdtemp(dir=home.folder)
    reading, writing = os.pipe()
    parent = os.getpid()
    home.child = os.fork()
    if home.child == 0:
        try:
            _confine(header, place, parent)
            for stream in (*streams, os.fdopen(reading, "rb")):
                stream.close()
            with os.fdopen(writing, "wb", buffering=0) as sink:
                write_frame(sink, *running.answer(header, payload, keras, place))
        finally:
            os._exit(0)
    os.close(writing)
    try:
        reply = _wait(reading, _WALL * float(header["seconds"]) + 1, streams[0])
        if reply is None:
            home.leave()
    finally:
        os.close(reading)
        ended = _end(home.child)
        home.child = 0
        shutil.rmtree(place, ignore_errors=True)
    return (_told(ended), b"") if reply is BROKEN else reply


def _confine(header: dict[str, Any], place: str, parent: int) -> None:
    """Bound what the child may take, before it touches the model."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(parent)
    os.setsid()
    os.chdir(place)
    os.umask(0o077)
    kept = ("PATH", "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES", "TF_CPP_MIN_LOG_LEVEL")
    kept_values = {key: os.environ[key] for key in kept if key in os.environ}
    os.environ.clear()
    os.environ.update(kept_values | {"HOME": place, "TMPDIR": place})
    tempfile.tempdir = place
    file_bytes = max(_FILE, int(header["model_bytes"]))
    bound(float(header["seconds"]), int(header["memory_mb"]) * 2**20, file_bytes)


def _wait(reading: int, seconds: float, source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Take what the child writes, until it ends or its time is up; None where the grader is gone."""
    end, size = time.monotonic() + seconds, 0
    parts: list[bytes] = []
    while True:
        left = end - time.monotonic()
        ready, _, _ = select.select([reading, source.fileno()], [], [], max(left, 0))
        if source.fileno() in ready:  # nothing is asked before the answer
            return None
        if not ready:
            return {"status": "timeout"}, b""
        part = os.read(reading, 2**16)
        if not part:
            return _checked(b"".join(parts))
        parts.append(part)
        size += len(part)
        if size > MOST:
            return {"status": "error", "why": "it gives too many numbers"}, b""


def _checked(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Take a child's answer apart; believe nothing of it but numbers."""
    import io

    frame = read_frame(io.BytesIO(data), MOST)
    if frame is None or frame is BROKEN:
        return BROKEN
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


def _told(ended_by: int) -> dict[str, Any]:
    """Say what a child died of."""
    if ended_by == signal.SIGXCPU:
        return {"status": "timeout"}
    own = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
    # any other signal was sent by no limit of ours: by a system short of memory, or by a person
    return {"status": "killed" if ended_by in own else "gone"}


def _end(child: int) -> int:
    """End the child and all that it started; return the signal that had ended it, 0 for none."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        _, status = os.waitpid(child, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return 0


if __name__ == "__main__":
    serve(int(sys.argv[1]))
