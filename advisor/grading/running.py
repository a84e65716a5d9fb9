"""A model opened by Keras and run: what the child does, and says of it.

Nothing that a model raises is believed to be more than a line of text, and nothing that it gives to be
more than numbers.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from advisor.grading.frames import MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = 160
_READ = 10_000  # letters of an error, in which the first line is looked for


def answers(
    header: dict[str, Any], payload: bytes, keras: Any, place: str
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Open the model and run it; give one message."""
    import numpy as np

    try:
        model_bytes = int(header["model_bytes"])
        X = np.frombuffer(payload[model_bytes:], "<f8").reshape(header["shape"])
        model = _load(payload[:model_bytes], keras, place)
        found = np.ascontiguousarray(run(header["what"], model, X, keras), dtype="<f8")
        if found.nbytes >= MOST:
            yield {"status": "error", "why": "it gives too many numbers"}, b""
            return
        data = found.tobytes()
    except BaseException as error:  # noqa: BLE001 - Keras and TensorFlow raise whatever they like
        yield failed(error, place), b""
        return
    yield {"status": "ok", "shape": list(found.shape)}, data


def failed(error: BaseException, place: str) -> dict[str, Any]:
    """Say what was raised; memory that ran out is told apart."""
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return {"status": "killed"}
    return {"status": "error", "why": line(error, place)}


def line(error: BaseException, place: str = "") -> str:
    """Return an error as one line, the same whenever it happens."""
    text = str(error)[:_READ]
    text = text.replace(place, "") if place else text
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    name = type(error).__name__[:_WORDS]
    return printable(placeless(f"{name}: {first}"))


def placeless(words: str) -> str:
    """Return words without addresses in memory, which differ each time."""
    return re.sub(r"0x[0-9a-f]+", "0x…", words)


def printable(words: str) -> str:
    """Return words without what would colour or move a terminal, cut to length."""
    return "".join(c if c.isprintable() else "�" for c in words)[:_WORDS]


def _load(data: bytes, keras: Any, place: str) -> Any:
    """Let Keras read the file; its name is ours, whatever the model calls itself."""
    import pathlib

    one_thread()
    path = pathlib.Path(place) / "model.keras"
    path.write_bytes(data)
    keras.utils.set_random_seed(0)  # what the file leaves out is drawn, the same each time
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    path.unlink()
    return model


def one_thread() -> None:
    """Let TensorFlow compute in one thread: the same bytes, and a core for each."""
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # where there is no fork, it is set since the first
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


def run(what: str, model: Any, X: Any, keras: Any) -> Any:
    """Return a model's "outputs" for rows, or its "gradient": log10 of its δ ratio."""
    return {"outputs": _outputs, "gradient": _gradient}[what](model, X, keras)


def _outputs(model: Any, X: Any, keras: Any) -> Any:
    """Run the model forward, in batches of one size; only its first output is looked at."""
    import numpy as np

    parts: list[Any] = []
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

    model(X[:1].astype("float32"))  # which builds it, where the file does not
    rng = np.random.default_rng(1)
    y = rng.normal(size=(len(X), *[int(n) for n in model.outputs[0].shape[1:]]))
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mean_squared_error")
    way = signal(model, X.astype("float32"), y)
    ratio = way.measured_log10_delta_ratio
    return np.asarray([np.nan if ratio is None else ratio], "float64")
