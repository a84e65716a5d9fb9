"""What does `SignalRecorder` cost on a network of about a million weights?"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

import advisor
from advisor import backend

ROWS, EPOCHS, PAIRS = 8000, 6, 4


def network() -> Any:
    """Return a compiled network of 918,460 weights."""
    keras = backend.keras()
    hidden = [keras.layers.Dense(650, activation="relu") for _ in range(3)]
    head = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((100,)), *hidden, head])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def seconds(X: Any, y: Any, callbacks: list[Any]) -> float:
    """Time a training by Keras, tracing included."""
    model = network()
    start = time.perf_counter()
    model.fit(X, y, epochs=EPOCHS, batch_size=32, verbose=0, callbacks=callbacks)
    return time.perf_counter() - start


def main() -> None:
    """Print the recorder's share of the time, by the clock of the run and by its own."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, 100)).astype("float32")
    y = (X[:, :10] @ rng.normal(size=(10, 10))).argmax(axis=1)
    seconds(X, y, [])  # warm up
    ratios, own = [], []
    for _ in range(PAIRS):
        watch = advisor.SignalRecorder(X, y)
        alone = seconds(X, y, [])
        ratios.append(seconds(X, y, [watch]) / alone - 1)
        own.append(watch.overhead)
    print(
        f"SignalRecorder on {network().count_params():,} weights, {EPOCHS} epochs, "
        f"{len(watch.moments)} moments: {statistics.median(ratios):+.1%} of the time of "
        f"model.fit ({min(ratios):+.1%} to {max(ratios):+.1%}), by its own clock "
        f"{statistics.median(own):.1%} (bar 10 %)"
    )


if __name__ == "__main__":
    main()
