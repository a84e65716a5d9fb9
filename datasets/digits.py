"""Digits: which digit was written by hand, from 8 × 8 grey pixels."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "手写数字：由 8 × 8 个灰度像素认出写的是哪个数字"
TASK = "multiclass"
FEATURES = [f"pixel row {row} column {column} (0..16)" for row in range(8) for column in range(8)]
CLASSES = [str(digit) for digit in range(10)]
TARGET = "digit"
SOURCE = "E. Alpaydin and C. Kaynak 1998, as shipped in scikit-learn (load_digits)"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 1347 and 450 digits."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    return train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
