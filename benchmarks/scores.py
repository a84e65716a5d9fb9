"""How `build` scores beside scikit-learn's linear model, on every data set shipped.

As a user would: `build`, then plain `model.fit(X_train, y_train, epochs=50, batch_size=32)`, then
the score on the shipped test rows; mean over five seeds.
"""

from __future__ import annotations

from typing import Any

SEEDS = range(5)


def network(name: str, seed: int) -> float:
    """Return the test score of the model that `build` gives, trained by plain `model.fit`."""
    import advisor
    from advisor import backend, judging
    from advisor.confirmation import score
    from advisor.tasks import TASKS

    keras = backend.keras()
    keras.utils.set_random_seed(seed)  # the order of rows in model.fit
    data = advisor.load(name)
    model = advisor.build(dataset=name, seed=seed)
    model.fit(data.X_train, data.y_train, epochs=50, batch_size=32, verbose=0)
    row = TASKS[data.task]
    y = judging.columns(row, data.y_test)
    return score(judging.outputs(row, model, data.X_test.astype("float32"), y))


def linear(name: str) -> float | None:
    """Return the linear model's test score; None for several labels a row."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    import advisor

    data = advisor.load(name)
    if data.y_train.ndim > 1:
        return None
    classes = data.task in {"binary", "multiclass"}
    model: Any = LinearRegression()
    if classes:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return float(model.fit(data.X_train, data.y_train).score(data.X_test, data.y_test))


def main() -> None:
    """Print a line a data set."""
    from advisor.catalog import titles

    print(
        f"{'data set':<15}{'task':<12}{'linear':>8}{'build':>8}   (mean of 5 seeds, lowest, highest)"
    )
    for name, task, _ in titles():
        base = linear(name)
        found = [network(name, seed) for seed in SEEDS]
        mean = sum(found) / len(found)
        shown = "–" if base is None else f"{base:.3f}"
        print(f"{name:<15}{task:<12}{shown:>8}{mean:>8.3f}   ({min(found):.3f}, {max(found):.3f})")


if __name__ == "__main__":
    main()
