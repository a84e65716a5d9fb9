"""Exclusive or: whether exactly one of two numbers is positive, which no straight line can tell."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "异或：两个数是否恰好一正一负，任何直线都分不开"
TASK = "binary"
FEATURES = ["x1", "x2"]
CLASSES = ["same sign", "different signs"]
TARGET = "signs differ"
SOURCE = "generated: uniform on [-1, 1]², a gap of 0.05 beside each axis, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 450 and 150 points."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    X = rng.choice([-1, 1], size=(600, 2)) * rng.uniform(0.05, 1, size=(600, 2))
    y = (X[:, 0] * X[:, 1] < 0).astype(int)
    return train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
