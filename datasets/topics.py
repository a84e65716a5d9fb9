"""Topics: which of five topics a text touches, several or none, from counts of 20 words."""

from __future__ import annotations

from typing import Any

TITLE_ZH = "话题：由 20 个词的出现次数判断一篇文章涉及五个话题中的哪些，可以几个，也可以没有"
TASK = "multilabel"
FEATURES = [f"count of word {number}" for number in range(1, 21)]
CLASSES = ["sports", "politics", "science", "culture", "economy"]
TARGET = "topics (0/1 each)"
SOURCE = "generated: Poisson word counts, four words favoured by each topic, seed 0"


def load() -> Any:
    """Return X_train, X_test, y_train, y_test: 450 and 150 texts."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    rng = np.random.default_rng(0)
    y = (rng.random(size=(600, 5)) < 0.35).astype(int)  # each topic for itself: none to five a text
    favoured = np.kron(np.eye(5), np.ones(4))  # each topic favours four of the twenty words
    X = rng.poisson(1 + 2.5 * y @ favoured).astype(float)
    return train_test_split(X, y, test_size=0.25, random_state=0)
