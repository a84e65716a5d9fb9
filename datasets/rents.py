"""Rents: what a flat costs a month, always above 0 and many times more for a few."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "房租：一套房每月多少钱，总是大于 0，少数特别贵"
TASK = "positive"
FEATURES = ["floor area (m²)", "distance to the centre (km)", "age (years)", "floor"]
TARGET = "rent (hundreds of euro a month)"
SOURCE = "generated: log-normal around a product of effects, noise of 15 %, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 600 and 200 flats."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    area = rng.gamma(4, 18, size=800)
    distance = rng.uniform(0, 20, size=800)
    age = rng.uniform(0, 100, size=800)
    floor = rng.integers(0, 10, size=800)
    X = np.column_stack([area, distance, age, floor])
    log_rent = 1.2 * np.log(area / 60) - 0.22 * distance - 0.006 * age + 0.03 * floor + 2.6
    y = np.exp(log_rent + rng.normal(scale=0.15, size=800))
    return train_test_split(X, y, test_size=0.25, random_state=0)
