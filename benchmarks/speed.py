"""Two ratios: `advisor recommend` beside a bare Python, and `build` beside the same layers by hand.

Both sides alternate within one run; medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(work: Callable[[], Any]) -> float:
    """Time one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(
    ours: Callable[[], Any], theirs: Callable[[], Any], runs: int
) -> tuple[float, float, float]:
    """Return the ratio of the medians, and both medians in seconds; the sides take turns."""
    ours(), theirs()  # warm up
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    mine, yours = (statistics.median(side) for side in zip(*pairs, strict=True))
    return mine / yours, mine, yours


def start_up() -> tuple[float, float, float]:
    """Compare `advisor recommend multiclass` with `python -c "import argparse, json"`."""

    def process(*words: str) -> Callable[[], Any]:
        return lambda: subprocess.run([sys.executable, *words], capture_output=True, check=True)

    ours = process("-m", "advisor", "recommend", "multiclass")
    return ratio(ours, process("-c", "import argparse, json"), 15)


def building() -> tuple[float, float, float]:
    """Compare `build` with the same layers by hand, statistics included, loading apart."""
    import advisor
    from advisor import backend

    keras = backend.keras()
    data = advisor.load("iris")
    X, y = data.X_train, data.y_train

    def by_hand() -> Any:
        import numpy as np

        mean, variance = X.mean(axis=0), X.var(axis=0)
        variance[variance == 0] = 1
        bias = np.log(np.bincount(y) / len(y)).tolist()
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((X.shape[1],)),
                layers.Normalization(mean=mean, variance=variance),
                layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
                layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
                layers.Dense(
                    3, activation="softmax", bias_initializer=keras.initializers.Constant(bias)
                ),
            ]
        )
        model.compile(
            optimizer=keras.optimizers.Adam(0.01),
            loss=keras.losses.SparseCategoricalCrossentropy(),
            metrics=[keras.metrics.SparseCategoricalAccuracy()],
        )
        return model

    return ratio(lambda: advisor.build("multiclass", X=X, y=y, seed=0), by_hand, 25)


def main() -> None:
    """Print both ratios beside their bars."""
    for words, bar, measured in (
        ("advisor recommend, as a process / import argparse, json", 4.0, start_up()),
        ("build / the same layers by hand", 1.2, building()),
    ):
        found, ours, theirs = measured
        print(f"{words}: {found:.2f} (bar {bar}; medians {ours:.4f} s, {theirs:.4f} s)")


if __name__ == "__main__":
    main()
