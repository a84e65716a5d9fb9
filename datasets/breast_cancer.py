"""Breast cancer: whether a tumour is benign, from 30 measurements of its cell nuclei."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "乳腺癌：由细胞核的 30 个测量值判断肿瘤是否良性"
TASK = "binary"
FEATURES = [
    f"{stat} {name}"
    for stat in ("mean", "error of", "worst")
    for name in (
        "radius (pixels)",
        "texture (grey levels)",
        "perimeter (pixels)",
        "area (pixels²)",
        "smoothness",
        "compactness",
        "concavity",
        "concave points",
        "symmetry",
        "fractal dimension",
    )
]
CLASSES = ["malignant", "benign"]
TARGET = "diagnosis (1 = benign)"
SOURCE = "W. H. Wolberg et al. 1995, as shipped in scikit-learn (load_breast_cancer)"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 426 and 143 tumours."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    X, y = load_breast_cancer(return_X_y=True)
    return train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
