"""A seed's rows: which are trained on, which are tested on, what they are standardised by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor import blueprint
from advisor.activations import activation

if TYPE_CHECKING:
    from advisor.blueprint import Blueprint
    from advisor.target import Target

TEST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Split:
    """One seed's rows, and the network that `build` would make of its training rows.

    Attributes:
        seed: of the split, and of the network's weights.
        train, test: places of rows.
        centre, spread: what targets are standardised by, shape (outputs,): 0 and 1 where not.
        plan: of a network on the training rows; mean and variance of the features are in it.
    """

    seed: int
    train: Any
    test: Any
    centre: Any
    spread: Any
    plan: Blueprint

    def tables(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Return features and targets of all rows, those of `train` first, then those of `test`.

        Features are standardised as the network's `normalization` layer does it, real targets by
        centre and spread.
        """
        import numpy as np

        rows = np.concatenate([self.train, self.test])
        features = (X - self.plan.mean) / np.sqrt(self.plan.variance)
        return features[rows].astype("float32"), _standardised(y, self.centre, self.spread)[rows]


def split(X: Any, target: Target, seed: int) -> Split:
    """Keep a quarter of the rows for the test, classes in proportion where they are large enough.

    Real targets (task regression) are standardised by the training rows' mean and deviation.
    """
    import numpy as np
    from sklearn.model_selection import train_test_split

    y, n = target.y, len(X)
    train, test = train_test_split(
        np.arange(n), test_size=TEST_SHARE, random_state=seed, stratify=_strata(target, n)
    )
    centre, spread = np.zeros(target.outputs), np.ones(target.outputs)
    if target.task.name == "regression":
        chosen = y[train].reshape(len(train), target.outputs)
        centre, spread = chosen.mean(axis=0), chosen.std(axis=0)
        spread[spread == 0] = 1
    mine = replace(target, y=_standardised(y, centre, spread)[train])
    relu = activation("relu")  # whoever trains puts the setting in its place
    plan = blueprint.resolve(X[train], mine, relu, dataset=None, depth=1, units=1, seed=seed)
    return Split(seed, train, test, centre, spread, plan)


def _strata(target: Target, n: int) -> Any:
    """Return the class of each row, None where a class is too small to be on both sides."""
    import numpy as np

    if target.task.targets != "classes":
        return None
    labels = target.y.argmax(axis=1) if target.onehot else target.y.ravel()
    sizes = np.unique(labels, return_counts=True)[1]
    rows = int(np.ceil(TEST_SHARE * n))
    return labels if sizes.min() > 1 and min(rows, n - rows) >= len(sizes) else None


def _standardised(y: Any, centre: Any, spread: Any) -> Any:
    if (centre == 0).all() and (spread == 1).all():
        return y
    return ((y.reshape(len(y), -1) - centre) / spread).reshape(y.shape)
