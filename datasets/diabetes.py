"""Diabetes: how far the disease has progressed after a year, from ten measurements."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "糖尿病：由十项测量值预测一年后病情的进展"
TASK = "regression"
FEATURES = [
    "age (years)",
    "sex (1, 2)",
    "body mass index (kg/m²)",
    "mean blood pressure (mmHg)",
    "total cholesterol (mg/dl)",
    "low-density lipoproteins (mg/dl)",
    "high-density lipoproteins (mg/dl)",
    "total cholesterol / HDL",
    "log of triglycerides",
    "blood sugar (mg/dl)",
]
TARGET = "disease progression (25..346)"
SOURCE = "B. Efron et al. 2004, as shipped in scikit-learn (load_diabetes, scaled=False)"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 331 and 111 patients."""
    from sklearn.datasets import load_diabetes
    from sklearn.model_selection import train_test_split

    X, y = load_diabetes(return_X_y=True, scaled=False)
    return train_test_split(X, y, test_size=0.25, random_state=0)
