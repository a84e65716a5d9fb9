"""Wine: which of three growers a wine comes from, by 13 chemical measurements."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "葡萄酒：由 13 项化学指标判断酒出自三家酒庄中的哪一家"
TASK = "multiclass"
FEATURES = [
    "alcohol (%)",
    "malic acid (g/l)",
    "ash (g/l)",
    "alcalinity of ash (meq/l)",
    "magnesium (mg/l)",
    "total phenols",
    "flavanoids",
    "nonflavanoid phenols",
    "proanthocyanins",
    "colour intensity",
    "hue",
    "OD280/OD315 of diluted wine",
    "proline (mg/l)",
]
CLASSES = ["grower 0", "grower 1", "grower 2"]
TARGET = "grower"
SOURCE = "M. Forina et al. 1991, as shipped in scikit-learn (load_wine)"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 133 and 45 wines."""
    from sklearn.datasets import load_wine
    from sklearn.model_selection import train_test_split

    X, y = load_wine(return_X_y=True)
    return train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
