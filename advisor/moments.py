"""What an activation makes of a signal's size, its gradient's and of the gap between two inputs.

The means of `quadrature`, looked up in tables in microseconds. The tables lie beside this file and
are made by `python -m advisor.tabulation`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor import quadrature

if TYPE_CHECKING:
    from advisor.quadrature import Function

FILE = Path(__file__).with_name("moments.npz")
# the tables' nodes: log2 of the variance q; for gaps more coarsely, and log10 of the gap
Q = [-24 + 48 * i / 640 for i in range(641)]
Q_OF_GAPS = [-24.0 + i for i in range(49)]
GAPS = [-8 + 0.175 * i for i in range(48)]  # up to 10^0.225, correlation −0.68
LEAST = -2000.0  # stands for the logarithm of 0


@dataclass(frozen=True, slots=True)
class Moments:
    """The means of one activation, from its tables.

    Attributes:
        squares: log2 E f(√q z)² at the nodes Q, z ~ N(0, 1).
        slopes: log2 E f'(√q z)² there.
        gaps: log2 of E (f(u) − f(v))² / (2 (1 − c) E f²) for u, v of variance q and correlation c,
            at the nodes Q_OF_GAPS and GAPS.
    """

    squares: list[float]
    slopes: list[float]
    gaps: list[list[float]]

    def means(self, q: float, gap: float) -> tuple[float, float, float, float]:
        """Return E f², E f'², the elasticity d log E f² / d log q, and E (f(u) − f(v))² / 2.

        Args:
            q: variance of u and v, above 0.
            gap: 1 − their correlation.
        """
        log_q = math.log2(q)
        at = (log_q - _FIRST) / _STEP
        node = int(at) if 0 <= at < _LAST else 0 if at < 0 else _LAST
        at -= node
        left = self.squares[node]
        rise = self.squares[node + 1] - left
        log_square = left + at * rise
        left = self.slopes[node]
        log_slope = left + at * (self.slopes[node + 1] - left)
        between = 0.0
        if gap > 0:
            at = log_q - Q_OF_GAPS[0]
            node = int(at) if 0 <= at < _LAST_Q else 0 if at < 0 else _LAST_Q
            at -= node
            share = (math.log10(gap) - _LEAST_GAP) / _GAP_STEP
            column = int(share) if 0 <= share < _LAST_GAP else 0 if share < 0 else _LAST_GAP
            share -= column
            low, high = self.gaps[node], self.gaps[node + 1]
            first = low[column] + at * (high[column] - low[column])
            second = low[column + 1] + at * (high[column + 1] - low[column + 1])
            between = gap * _power(log_square + first + share * (second - first))
        return _power(log_square), _power(log_slope), rise / _STEP, between

    def square(self, q: Any) -> Any:
        """Return E f(√q z)² for an array of variances."""
        return _interpolated(self.squares, q)

    def slope(self, q: Any) -> Any:
        """Return E f'(√q z)² for an array of variances."""
        return _interpolated(self.slopes, q)


_FIRST, _STEP, _LAST = Q[0], Q[1] - Q[0], len(Q) - 2
_LAST_Q, _LEAST_GAP, _GAP_STEP, _LAST_GAP = (
    len(Q_OF_GAPS) - 2,
    GAPS[0],
    GAPS[1] - GAPS[0],
    len(GAPS) - 2,
)


def _power(exponent: float) -> float:
    return 2.0**exponent if exponent < _LARGEST else math.inf


_LARGEST = 1000.0  # as a power of 2


def _interpolated(table: list[float], q: Any) -> Any:
    """Look variances up, linear between logarithms; outside the ends go on straight."""
    import numpy as np

    at = (np.log2(np.maximum(q, _TINY)) - _FIRST) / _STEP
    node = np.clip(at, 0, _LAST).astype(int)
    values = np.asarray(table)
    with np.errstate(over="ignore"):
        return np.exp2(values[node] + (at - node) * (values[node + 1] - values[node]))


_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Measured:
    """The same means by quadrature, for a function without a table, or one that is shifted.

    Attributes:
        f, df: elementwise, on arrays.
        kinks: where they jump.
        shift: a bias that all units share.
    """

    f: Function
    df: Function
    kinks: tuple[float, ...] = ()
    shift: float = 0.0

    def means(self, q: float, gap: float) -> tuple[float, float, float, float]:
        """Return E f², E f'², the elasticity d log E f² / d log q, and E (f(u) − f(v))² / 2."""
        square, low, high = (self._mean(_squared(self.f), q * by) for by in (1.0, 0.99, 1.01))
        elasticity = math.log(high / low) / math.log(1.01 / 0.99) if low > 0 else 1.0
        between = 0.0
        if gap > 0:
            places = tuple(kink - self.shift for kink in self.kinks)
            shifted, finest = (lambda x: self.f(x + self.shift)), max(gap, _FINEST)
            between = quadrature.mean_squared_gap(shifted, q, finest, places) / 2 * gap / finest
        return square, self._mean(_squared(self.df), q), elasticity, between

    def square(self, q: Any) -> Any:
        """Return E f(√q z + shift)² for an array of variances."""
        return self._each(self.f, q)

    def slope(self, q: Any) -> Any:
        """Return E f'(√q z + shift)² for an array of variances."""
        return self._each(self.df, q)

    def _mean(self, function: Function, q: float) -> float:
        places = tuple(kink - self.shift for kink in self.kinks)
        return quadrature.mean(lambda x: function(x + self.shift), max(q, _TINY), places)

    def _each(self, function: Function, q: Any) -> Any:
        import numpy as np

        different, back = np.unique(np.ravel(q), return_inverse=True)
        found = np.array([self._mean(_squared(function), float(one)) for one in different])
        return found[back].reshape(np.shape(q))


def _squared(function: Function) -> Function:
    return lambda x: function(x) ** 2


_FINEST = 1e-12  # below, the difference of rounded numbers


@functools.cache
def known() -> dict[str, Moments]:
    """Return the tables of all elementwise activations by name."""
    import numpy as np

    with np.load(FILE) as file:
        parts = (file["squares"], file["slopes"], file["gaps"])
        names = file["names"].tolist()
        return {
            name: Moments(*(part[i].tolist() for part in parts)) for i, name in enumerate(names)
        }
