"""Is the gradient foretold before training the one that is measured? Real Keras networks say."""

from __future__ import annotations

import itertools
import math
import statistics
import timeit
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

import advisor
from advisor import backend
from advisor.signal_words import VANISHES

ACTIVATIONS = (
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softsign",
    "hard_sigmoid",
)  # fmt: skip
INITIALIZERS = ("glorot_uniform", "he_normal", "lecun_uniform")
DEPTHS, WIDTHS = (3, 8, 17, 27), (100, 320)
SEEDS = 3
LARGE = 0.5  # of |log10 ratio|; relative errors of what is near 0 mean nothing


def data_sets() -> dict[str, tuple[Any, Any, int]]:
    """Return standardised rows, labels and number of classes: real ones, and noise."""
    found = {}
    for name in ("breast_cancer", "digits", "wine"):
        data = advisor.load(name)
        X, y = data.X_train.astype("float64"), data.y_train
        X = (X - X.mean(0)) / np.where(X.std(0) > 0, X.std(0), 1)
        found[name] = (X.astype("float32"), y, int(y.max()) + 1)
    rng = np.random.default_rng(0)
    found["noise"] = (rng.normal(size=(512, 100)).astype("float32"), rng.integers(0, 5, 512), 5)
    return found


def network(kind: tuple[str, str, int, int], features: int, classes: int) -> Any:
    """Return a compiled network with the default head."""
    keras = backend.keras()
    activation, initializer, depth, width = kind
    hidden = [
        keras.layers.Dense(width, activation=activation, kernel_initializer=initializer)
        for _ in range(depth)
    ]
    head = keras.layers.Dense(classes, activation="softmax")
    model = keras.Sequential([keras.Input((features,)), *hidden, head])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@dataclass
class Setting:
    """One kind of network: its ratio foretold, and measured from several seeds."""

    kind: tuple[str, str, int, int]
    foretold: float
    measured: list[float]
    uncertain: bool

    @property
    def mean(self) -> float:
        """The mean of what was measured."""
        return statistics.fmean(self.measured)

    @property
    def tolerance(self) -> float:
        """How far a network may lie off."""
        _, _, depth, width = self.kind
        return 0.15 + math.sqrt(depth / width)


def main() -> None:
    """Print how far foretold and measured ratios lie apart, and how long foretelling takes."""
    keras = backend.keras()
    warnings.simplefilter("ignore")
    sets = list(data_sets().values())
    settings = []
    for number, kind in enumerate(itertools.product(ACTIVATIONS, INITIALIZERS, DEPTHS, WIDTHS)):
        X, y, classes = sets[number % len(sets)]
        found = []
        for seed in range(SEEDS):
            keras.utils.set_random_seed(seed)
            found.append(advisor.signal(network(kind, X.shape[1], classes), X, y))
        ratios = [one.measured_log10_delta_ratio or 0.0 for one in found]
        settings.append(
            Setting(kind, found[0].log10_delta_ratio or 0.0, ratios, found[0].uncertain)
        )
        keras.utils.clear_session(free_memory=True)
    report(settings)
    model = network(("relu", "he_normal", 30, 64), 64, 10)
    advisor.signal(model)
    times = timeit.repeat(lambda: advisor.signal(model).log10_delta_ratio, number=50, repeat=9)
    print(f"foretelling 30 layers, the model read anew: {min(times) / 50 * 1e3:.3f} ms (bar 0.2)")


def report(settings: list[Setting]) -> None:
    """Print errors over networks and over settings, and what no predictor could do better."""
    large = [one for one in settings if abs(one.mean) > LARGE]

    def median(errors: list[float]) -> str:
        return f"{statistics.median(errors):.2%}"

    of_means = median([abs(one.foretold - one.mean) / abs(one.mean) for one in large])
    of_nets = median([abs(one.foretold / m - 1) for one in large for m in one.measured])
    free = SEEDS / (SEEDS - 1)  # the mean lies nearer to what it is the mean of
    floor = median([abs(one.mean / m - 1) * free**0.5 for one in large for m in one.measured])
    print(f"{len(settings) * SEEDS} networks of {len(settings)} settings")
    print(
        f"median relative error of log10 δ ratio where it is over {LARGE}: of a setting's mean "
        f"{of_means} (bar 1 %), of a single network {of_nets} (chance alone: {floor})"
    )
    certain = [one for one in settings if not one.uncertain]
    errors = [abs(one.foretold - m) / one.tolerance for one in certain for m in one.measured]
    within = statistics.fmean(error <= 1 for error in errors)
    print(
        f"within 0.15 + √(depth/width): {within:.2%} of {len(errors)} networks not said to be "
        f"uncertain, worst {max(errors):.2f} of the tolerance"
    )
    flags = [
        (one.foretold <= VANISHES) == (m <= VANISHES) for one in settings for m in one.measured
    ]
    print(f"the vanishing flag agrees: {statistics.fmean(flags):.2%} (bar 98 %)")


if __name__ == "__main__":
    main()
