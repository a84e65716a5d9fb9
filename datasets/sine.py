"""Sine: a wave of one number, which a straight line cannot follow."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "正弦：只有一个特征的波浪，直线跟不上它"
TASK = "regression"
FEATURES = ["x"]
TARGET = "sin(3x)"
SOURCE = "generated: x uniform on [-2, 2], y = sin(3x) + noise of 0.05, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 450 and 150 points."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(600, 1))
    y = np.sin(3 * X[:, 0]) + rng.normal(scale=0.05, size=600)
    return train_test_split(X, y, test_size=0.25, random_state=0)
