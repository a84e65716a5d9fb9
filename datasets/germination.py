"""Germination: which share of fifty seeds comes up, none in the cold and nearly all in the warm."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "发芽率：五十粒种子有多大比例发芽，冷时一粒不发，暖时几乎全发"
TASK = "share"
FEATURES = ["temperature (°C)", "moisture (%)", "depth (cm)", "age of the seeds (years)"]
TARGET = "share that germinates (0..1)"
SOURCE = "generated: binomial of 50 seeds, logistic in the conditions, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 600 and 200 trays."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    temperature = rng.uniform(0, 30, size=800)
    moisture = rng.uniform(10, 90, size=800)
    depth = rng.uniform(0.5, 8, size=800)
    age = rng.exponential(2, size=800)
    X = np.column_stack([temperature, moisture, depth, age])
    z = 0.35 * (temperature - 15) + 0.05 * (moisture - 50) - 0.5 * (depth - 4) - 0.4 * (age - 2)
    y = rng.binomial(50, 1 / (1 + np.exp(-z))) / 50
    return train_test_split(X, y, test_size=0.25, random_state=0)
