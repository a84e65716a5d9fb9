"""Plane: a sum of two numbers, several units to either side of 0."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "平面：两个数的加权和，在 0 的两侧各伸出好几个单位"
TASK = "regression"
FEATURES = ["x1", "x2"]
TARGET = "3 x1 - 2 x2"
SOURCE = "generated: x normal, y = 3 x1 - 2 x2 + noise of 0.1, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 450 and 150 points."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2))
    y = 3 * X[:, 0] - 2 * X[:, 1] + rng.normal(scale=0.1, size=600)
    return train_test_split(X, y, test_size=0.25, random_state=0)
