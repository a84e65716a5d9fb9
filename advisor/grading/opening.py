"""The process that lets Keras open models: imports Keras once, then forks a child for each model.

A child gets the model's bytes and the rows to predict, never labels or answers, and returns raw
numbers of bounded size. It lives in a scratch folder of its own, with limits of time, memory, file
size and open files; whatever happens to it happens to nobody else. Run as
`python -m advisor.grading.opening`, spoken to over its standard input and output by `nursery`.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from advisor.grading.frames import BROKEN, MOST, read_frame, write_frame

if TYPE_CHECKING:
    from typing import BinaryIO

_WORDS = 160
_HEADER = 2**16


def serve() -> None:
    """Answer requests until the grader goes away."""
    source, sink = _own_streams()
    die_with_parent()
    keras = _keras()
    while (request := read_frame(source, MOST)) is not None:
        header, payload = request
        if hasattr(os, "fork"):
            reply = _in_child(header, payload, keras, source)
        else:  # the grader ends this process where it takes too long
            with tempfile.TemporaryDirectory(prefix="advisor-model-") as scratch:
                reply = _answer(header, payload, keras, scratch)
        write_frame(sink, *reply)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the grader's pipes to ourselves: what libraries print goes nowhere."""
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return source, sink


def _keras() -> Any:
    """Import Keras on TensorFlow, which every installation has."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from advisor import backend

    keras = backend.keras()
    import advisor.signals  # noqa: F401 - imported before the fork, not after each

    return keras


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends."""
    if sys.platform != "linux":
        return
    import ctypes

    parent = os.getppid()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def _in_child(
    header: dict[str, Any], payload: bytes, keras: Any, source: BinaryIO
) -> tuple[dict[str, Any], bytes]:
    """Answer one request in a child; say how it ended."""
    scratch = tempfile.mkdtemp(prefix="advisor-model-")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            _confine(header, scratch)
            with os.fdopen(writing, "wb", buffering=0) as sink:
                write_frame(sink, *_answer(header, payload, keras, scratch))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    try:
        return _wait(child, reading, float(header["seconds"]), source)
    finally:
        os.close(reading)
        _end(child)
        shutil.rmtree(scratch, ignore_errors=True)


def _confine(header: dict[str, Any], scratch: str) -> None:
    """Bound what the child may take, before it touches the model."""
    import resource

    die_with_parent()
    os.setsid()
    os.chdir(scratch)
    os.umask(0o077)
    keep = {key: os.environ[key] for key in ("PATH", "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES")
            if key in os.environ}  # fmt: skip
    os.environ.clear()
    os.environ.update(keep | {"HOME": scratch, "TMPDIR": scratch, "TF_CPP_MIN_LOG_LEVEL": "3"})
    tempfile.tempdir = scratch
    seconds = int(float(header["seconds"])) + 1
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, 2 * seconds),  # TensorFlow computes on several cores
        (resource.RLIMIT_FSIZE, 2**26),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_AS, int(header["memory_mb"]) * 2**20),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _answer(
    header: dict[str, Any], payload: bytes, keras: Any, scratch: str
) -> tuple[dict[str, Any], bytes]:
    """Open the model and run it."""
    import numpy as np

    try:
        model_bytes = int(header["model_bytes"])
        X = np.frombuffer(payload[model_bytes:], "<f8").reshape(header["shape"])
        model = _load(payload[:model_bytes], keras, scratch)
        found = np.ascontiguousarray(run(header["what"], model, X, keras), dtype="<f8")
    except MemoryError:
        return {"status": "error", "why": "it needs more memory than a submission may take"}, b""
    except BaseException as error:  # noqa: BLE001 - Keras and TensorFlow raise whatever they like
        return {"status": "error", "why": _line(error)}, b""
    return {"status": "ok", "shape": list(found.shape)}, found.tobytes()


def _line(error: BaseException) -> str:
    """Return an error as one printable line."""
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    words = f"{type(error).__name__}: {first}"
    return "".join(c if c.isprintable() else "�" for c in words)[:_WORDS]


def _load(data: bytes, keras: Any, scratch: str) -> Any:
    """Let Keras read the file; its name is ours, whatever the model calls itself."""
    import pathlib

    if hasattr(os, "fork"):  # this process is a child of its own
        import tensorflow as tf

        with contextlib.suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(1)
    path = pathlib.Path(scratch) / "model.keras"
    path.write_bytes(data)
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    path.unlink()
    return model


def run(what: str, model: Any, X: Any, keras: Any) -> Any:
    """Return a model's "outputs" for rows, or its "gradient": log10 of its δ ratio."""
    return {"outputs": _outputs, "gradient": _gradient}[what](model, X, keras)


def _outputs(model: Any, X: Any, keras: Any) -> Any:
    """Run the model forward, in batches of one size; only its first output is looked at."""
    import numpy as np

    parts = []
    dtype = str(model.inputs[0].dtype) if getattr(model, "inputs", None) else "float32"
    for start in range(0, len(X), 256):
        rows = keras.ops.convert_to_tensor(X[start : start + 256].astype(dtype))
        found = model(rows, training=False)
        while isinstance(found, (list, tuple, dict)):
            found = next(iter(found.values())) if isinstance(found, dict) else found[0]
        parts.append(keras.ops.convert_to_numpy(found).astype("float64"))
    return np.concatenate(parts)


def _gradient(model: Any, X: Any, keras: Any) -> Any:
    """Measure log10 of the δ ratio, on targets of our own that tell nothing."""
    import numpy as np

    from advisor.signals import signal

    rng = np.random.default_rng(1)
    y = rng.normal(size=(len(X), *[int(n) for n in model.outputs[0].shape[1:]]))
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mean_squared_error")
    way = signal(model, X.astype("float32"), y)
    ratio = way.measured_log10_delta_ratio
    return np.asarray([np.nan if ratio is None else ratio], "float64")


def _wait(
    child: int, reading: int, seconds: float, source: BinaryIO
) -> tuple[dict[str, Any], bytes]:
    """Take what the child writes, until it ends, its time is up, or the grader is gone."""
    end, parts, size = time.monotonic() + seconds, [], 0
    while True:
        left = end - time.monotonic()
        ready, _, _ = select.select([reading, source.fileno()], [], [], max(left, 0))
        if source.fileno() in ready:  # nothing is asked before the answer: the grader is gone
            _end(child)
            os._exit(0)
        if not ready:
            return {"status": "timeout", "why": f"it took more than {seconds:g} s"}, b""
        part = os.read(reading, 2**16)
        if not part:
            break
        parts.append(part)
        size += len(part)
        if size > MOST:
            return {"status": "error", "why": "it gives too many numbers"}, b""
    return _checked(b"".join(parts))


def _checked(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Take a child's answer apart; believe nothing of it but numbers."""
    import io

    frame = read_frame(io.BytesIO(data), MOST)
    if frame is None or frame is BROKEN:
        return {"status": "killed", "why": "the process ended while it was run"}, b""
    header, payload = frame
    if header.get("status") != "ok":
        return {"status": "error", "why": str(header.get("why"))[:_WORDS]}, b""
    shape = header.get("shape")
    whole = isinstance(shape, list) and all(isinstance(n, int) and 0 <= n < 2**31 for n in shape)
    size = 8
    for n in shape if whole and shape is not None else ():
        size *= n
    if not whole or size != len(payload):
        return {"status": "error", "why": "its numbers have no shape"}, b""
    return {"status": "ok", "shape": shape}, payload


def _end(child: int) -> None:
    """End the child and all that it started."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve()
