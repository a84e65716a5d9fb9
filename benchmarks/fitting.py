"""`fit` beside `model.fit` and scikit-learn's MLPClassifier, on iris and digits, 50 epochs.

All sides take turns within one run; medians are compared. Data are standardised for scikit-learn
as the network's first layer does; both have two hidden layers of 32 units, Adam and batches of 32.
"""

from __future__ import annotations

import logging
import statistics
import warnings
from typing import TYPE_CHECKING, Any

from benchmarks.speed import seconds

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCHS, RUNS = 50, 5


def network(name: str) -> Any:
    """Return a fresh network for a data set."""
    import advisor

    return advisor.build(dataset=name, seed=0)


def by_keras(name: str) -> float:
    """Time `model.fit`, compiled as it is by default, on a fresh network."""
    import advisor

    data, model = advisor.load(name), network(name)
    X = data.X_train.astype("float32")
    return seconds(lambda: model.fit(X, data.y_train, epochs=EPOCHS, batch_size=32, verbose=0))


def by_advisor(name: str, *, first: bool) -> float:
    """Time `fit` on a fresh network: the first of its shape, or a later one."""
    import advisor
    from advisor import loops

    if first:
        loops._shared.clear()  # noqa: SLF001 - as in a process that has met no such network
    data, model = advisor.load(name), network(name)
    X = data.X_train.astype("float32")
    return seconds(lambda: advisor.fit(model, X, data.y_train, epochs=EPOCHS, seed=0))


def perceptron(name: str, seed: int = 0, activation: str = "relu") -> Callable[[], Any]:
    """Return the same training by scikit-learn, ready to be called."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    import advisor

    data = advisor.load(name)
    X = data.X_train
    X = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    model = MLPClassifier(
        (32, 32),
        activation=activation,
        batch_size=32,
        learning_rate_init=0.01,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS + 1,
        random_state=seed,
    )

    def train() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that 50 epochs are few
            return model.fit(X, data.y_train)

    return train


def medians(name: str) -> dict[str, float]:
    """Return the median seconds of each side."""
    perceptron(name)()
    by_advisor(name, first=True)
    sides: dict[str, Callable[[], float]] = {
        "first": lambda: by_advisor(name, first=True),
        "later": lambda: by_advisor(name, first=False),
        "keras": lambda: by_keras(name),
        "sklearn": lambda: seconds(perceptron(name)),
    }
    found: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(RUNS):
        for side, run in sides.items():
            found[side].append(run())
    return {side: statistics.median(times) for side, times in found.items()}


def main() -> None:
    """Print a line a ratio beside its bar."""
    warnings.filterwarnings("ignore", message=".* of .* columns of X never vary")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # retracing, of model.fit
    print(
        f"fit: {EPOCHS} epochs, batch 32, medians of {RUNS} in turns      ratio     bar   seconds"
    )
    for name, times_sklearn, times_later in (("iris", 1.5, 15.0), ("digits", 1.2, 6.5)):
        t = medians(name)
        for words, found, bar, shown in (
            ("first of its shape, faster than model.fit", t["keras"] / t["first"], "≥ 5", "first"),
            (
                "later ones, faster than model.fit",
                t["keras"] / t["later"],
                f"≥ {times_later:g}",
                "later",
            ),
            (
                "later ones, beside MLPClassifier",
                t["later"] / t["sklearn"],
                f"≤ {times_sklearn}",
                "sklearn",
            ),
        ):
            print(f"  {name:<8}{words:<46}{found:8.2f}{bar:>8}{t[shown]:10.3f}")


if __name__ == "__main__":
    main()
