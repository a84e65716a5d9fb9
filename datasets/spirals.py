"""Three spirals: which of three arms wound around each other a point lies on."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "三条螺旋线：一个点落在互相缠绕的三条旋臂中的哪一条上"
TASK = "multiclass"
FEATURES = ["x1", "x2"]
CLASSES = ["arm 0", "arm 1", "arm 2"]
TARGET = "arm"
SOURCE = "generated: radius 0.1..1, 0.75 turns, noise 0.03, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 450 and 150 points."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    y = np.arange(600) % 3
    radius = rng.uniform(0.1, 1, size=600)
    angle = 2 * np.pi * (0.75 * radius + y / 3)
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    X = X + rng.normal(scale=0.03, size=X.shape)
    return train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
