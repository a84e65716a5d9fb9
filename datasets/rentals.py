"""Rentals: how many bicycles are rented in an hour, many hours none."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "租车：一小时租出多少辆自行车，很多时候一辆也没有"
TASK = "count"
FEATURES = ["temperature (°C)", "rain (mm)", "wind (m/s)", "weekend (0, 1)"]
TARGET = "bicycles rented (count)"
SOURCE = "generated: Poisson around a product of effects, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 600 and 200 hours."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    temperature = rng.normal(14, 8, size=800)
    rain = rng.exponential(1.5, size=800)
    wind = rng.gamma(4, 1, size=800)
    weekend = rng.integers(0, 2, size=800)
    X = np.column_stack([temperature, rain, wind, weekend])
    y = rng.poisson(np.exp(0.11 * temperature - 0.6 * rain - 0.12 * wind + 0.5 * weekend + 0.2))
    return train_test_split(X, y, test_size=0.25, random_state=0)
