"""Iris: which of three species a flower belongs to, from four lengths of its petals and sepals."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "鸢尾花：由花瓣和花萼的四个尺寸判断属于三个品种中的哪一个"
TASK = "multiclass"
FEATURES = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
CLASSES = ["setosa", "versicolor", "virginica"]
TARGET = "species"
SOURCE = "R. A. Fisher 1936, as shipped in scikit-learn (load_iris)"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 112 and 38 flowers."""
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    X, y = load_iris(return_X_y=True)
    return train_test_split(X, y, test_size=0.25, random_state=1, stratify=y)
