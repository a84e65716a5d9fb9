"""What a function does to the weighted sums of a last layer, whatever it is called.

Spellings differ: a layer's `activation`, an Activation, Softmax or ReLU layer behind it, an own
function, two of them in a row. What counts is what comes out, so a chain that is in no table is run
on numbers and compared with the rows of the table of activations.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.activations import ACTIVATIONS
from advisor.expressions import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_AS = "linear sigmoid softmax log_softmax tanh relu softplus exponential elu selu relu6 softsign"
_AS += " hard_sigmoid hard_tanh log_sigmoid squareplus leaky_relu sparsemax"
_CLOSE = 2e-4  # float32, and approximations such as tanh's of GELU are told apart


@dataclass(frozen=True, slots=True)
class Function:
    """A function that follows a weighted sum.

    Attributes:
        name: Keras' name where it is one of Keras' functions, else its own.
        run: on arrays; None where only the name is known.
    """

    name: str
    run: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What comes out.

    Attributes:
        name: the row of the table of activations that does the same; "unknown", or the chain.
        low, high: bounds of each output.
        sums: each row adds up to 1.
    """

    name: str
    low: float = -math.inf
    high: float = math.inf
    sums: bool = False

    @property
    def known(self) -> bool:
        """It could be told what comes out."""
        return self.name != "unknown"

    @property
    def probability(self) -> bool:
        """Each output lies in [0, 1] and can come near both ends."""
        return self.low >= 0 and self.high <= 1 and self.low < _END and self.high > 1 - _END

    @property
    def distribution(self) -> bool:
        """A row of outputs is a distribution over classes, and any of them is within reach."""
        return self.sums and self.probability


_END = 0.02
UNKNOWN = Behaviour("unknown")
LINEAR = Behaviour("linear")


def of(functions: Sequence[Function], units: int | None) -> Behaviour:
    """Return what a chain of functions does to rows of `units` weighted sums.

    Example:
        >>> of([Function("linear"), Function("softmax")], 3).name
        'softmax'
        >>> of([Function("sigmoid"), Function("sigmoid")], 1).low
        0.5
    """
    bent = [one for one in functions if one.name != "linear" or one.run is not None]
    if not bent:
        return LINEAR
    if len(bent) == 1 and bent[0].run is None:
        return listed(bent[0].name)
    if any(one.run is None and one.name not in ACTIVATIONS for one in bent):
        return UNKNOWN

    def chain(z: Any) -> Any:
        for one in bent:
            z = one.run(z) if one.run is not None else _row(one.name, z)
        return z

    return measure(chain, units or 2, " → ".join(one.name for one in bent))


@functools.cache
def listed(name: str) -> Behaviour:
    """Return the behaviour of one of Keras' activations."""
    row = ACTIVATIONS.get(name)
    if row is None:
        return UNKNOWN
    return Behaviour(name, row.lower, row.upper, sums=name in {"softmax", "sparsemax"})


def measure(run: Callable[[Any], Any], units: int, name: str) -> Behaviour:
    """Return the behaviour of a function on rows, found by running it; UNKNOWN where it fails."""
    import numpy as np

    width = min(max(units, 1), 64)
    rows = np.random.default_rng(0).normal(0.0, 3.0, (97, width))
    rows[:, 0] = np.linspace(-12, 12, 97)
    wide = np.concatenate([rows * 20, *(_ends(width) * s for s in (60.0, -60.0))])
    try:
        with np.errstate(all="ignore"):
            near, far = np.asarray(run(rows), float), np.asarray(run(wide), float)
            if near.shape != rows.shape or not np.isfinite(near).all():
                return UNKNOWN
            for candidate in _AS.split():
                if np.allclose(near, _row(candidate, rows), rtol=_CLOSE, atol=_CLOSE):
                    return listed(candidate)
    except Exception:  # noqa: BLE001 - a function of the user's own may raise anything
        return UNKNOWN
    far = far[np.isfinite(far).all(axis=1)]
    every = np.concatenate([near.ravel(), far.ravel()])
    low, high = float(every.min()), float(every.max())
    sums = width > 1 and bool(np.allclose(near.sum(axis=1), 1, atol=1e-3)) and low >= 0
    return Behaviour(
        name, -math.inf if low < -_OPEN else low, math.inf if high > _OPEN else high, sums
    )


_OPEN = 50.0  # beyond this a bound is none


def _row(name: str, z: Any) -> Any:
    return evaluate(ACTIVATIONS[name].f, x=z)


def _ends(width: int) -> Any:
    """Return rows that are 0 but for one entry."""
    import numpy as np

    return np.eye(width)
