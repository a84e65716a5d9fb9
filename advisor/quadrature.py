"""Means over a normal variable: what an activation makes of signals and gradients on average.

Notation: z ~ N(0, 1), q a pre-activation's variance, so √q z is what the activation sees. Mean-field
theory needs E f², E f'² and, for two inputs, E (f(u) − f(v))² (Poole et al. 2016, arXiv 1606.05340;
Schoenholz et al. 2017, arXiv 1611.01232).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Function = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]

_REACH = 12.0  # beyond 12 standard deviations lies less than 1e-32
_NODES = 12  # of Gauss-Legendre in each panel
# where activations bend: panels end there, so that each panel sees a smooth piece
_BENDS = (1e-3, 1e-2, 0.1, 0.3, 1.0, 2.0, 3.5, 6.0, 10.0, 17.0, 30.0)


def mean(f: Function, q: float = 1.0, kinks: tuple[float, ...] = ()) -> float:
    """Return E f(√q z).

    Args:
        f: elementwise, on arrays.
        q: the variance, above 0.
        kinks: where f jumps or bends sharply.

    Example:
        >>> import numpy as np
        >>> round(mean(np.square, 4.0), 12)
        4.0
    """
    import numpy as np

    z, weight = _panels(np.array([0.0]), 1.0, math.sqrt(q), kinks)
    with np.errstate(all="ignore"):
        return float((f(math.sqrt(q) * z) * weight).sum())


def mean_squared_gap(f: Function, q: float, gap: float, kinks: tuple[float, ...] = ()) -> float:
    """Return E (f(u) − f(v))² for normal u and v of variance q and correlation 1 − gap.

    Args:
        f: elementwise, on arrays.
        q: the variance of each, above 0.
        gap: 1 − correlation, in (0, 2).
        kinks: where f jumps or bends sharply.

    Example:
        >>> import numpy as np
        >>> round(mean_squared_gap(lambda x: x, 1.0, 0.5), 9)
        1.0
    """
    import numpy as np

    # u = √q (a s + b d), v = √q (a s − b d): no difference of nearly equal means is ever taken
    a, b = math.sqrt(1 - gap / 2), math.sqrt(gap / 2)
    root = math.sqrt(q)
    d, outer = _panels(np.array([0.0]), 1.0, root * b, kinks)
    half = d.ravel() > 0
    d, outer = d.ravel()[half], 2 * outer.ravel()[half]
    s, inner = _panels(b * d, a, root, kinks)
    with np.errstate(all="ignore"):
        u, v = root * (a * s + b * d[:, None]), root * (a * s - b * d[:, None])
        return float(((f(u) - f(v)) ** 2 * inner).sum(axis=1) @ outer)


def _panels(shift: Any, scale: float, root: float, kinks: tuple[float, ...]) -> tuple[Any, Any]:
    """Return nodes and weights for N(0, 1), a row for each shift.

    A panel ends wherever root · (scale · node ± shift) meets a bend or a kink.
    """
    import numpy as np

    bends = np.array(sorted({0.0, *kinks, *_BENDS, *(-bend for bend in _BENDS)})) / root
    even = np.arange(-_REACH, _REACH + 0.5, 0.5)
    sides = [bends + s for s in (shift[:, None], -shift[:, None])]
    edges = np.concatenate(
        [np.broadcast_to(even, (len(shift), len(even))), *(side / scale for side in sides)], axis=1
    )
    edges = np.sort(np.clip(edges, -_REACH, _REACH), axis=1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    middle, half = (edges[:, 1:] + edges[:, :-1]) / 2, (edges[:, 1:] - edges[:, :-1]) / 2
    z = middle[..., None] + half[..., None] * nodes
    weight = half[..., None] * weights * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return z.reshape(len(shift), -1), weight.reshape(len(shift), -1)


@dataclass(frozen=True, slots=True)
class Critical:
    """A point on the edge of chaos: gradients keep their size there, E f'² · σ_w² = 1.

    Attributes:
        sigma_b: standard deviation of the biases.
        sigma_w: standard deviation of a kernel's entries times √fan_in.
        q: the variance that then repeats itself from layer to layer; None: any.
        stability: dV/dq there; above 1 the variance drifts away from q.
    """

    sigma_b: float
    sigma_w: float
    q: float | None
    stability: float


def critical(
    f: Function, df: Function, sigma_b: float, kinks: tuple[float, ...] = ()
) -> Critical | None:
    """Find the point of the edge of chaos for a given spread of the biases, None where none is.

    Args:
        f: elementwise, on arrays.
        df: its derivative.
        sigma_b: standard deviation of the biases, 0 or more.
        kinks: where f jumps or bends sharply.

    Source: Hayou et al. 2019, arXiv 1902.06853.

    Example:
        >>> import numpy as np
        >>> point = critical(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 0.2)
        >>> round(point.sigma_w, 3), round(point.q, 3)
        (1.304, 0.512)
    """
    import numpy as np

    def squares(q: float) -> tuple[float, float]:
        return mean(lambda x: f(x) ** 2, q, kinks), mean(lambda x: df(x) ** 2, q, kinks)

    def miss(q: float) -> float:
        forward, backward = squares(q)
        return (forward / backward + sigma_b**2) / q - 1 if backward > 0 else math.inf

    def point(q: float) -> Critical:
        width = 1 / squares(q)[1]
        slope = (squares(q * 1.001)[0] - squares(q / 1.001)[0]) / (q * (1.001 - 1 / 1.001))
        return Critical(sigma_b, math.sqrt(width), q, width * slope)

    tiny = 1e-12
    if sigma_b == 0 and round(miss(tiny), 5) == 0:
        found = point(tiny)
        anywhere = all(round(miss(q), 8) == 0 for q in (0.1, 1.0, 100.0))
        return Critical(0.0, found.sigma_w, None if anywhere else 0.0, found.stability)
    grid = np.logspace(-3, 3, 121)
    values = [miss(q) for q in grid]
    for low, high, at_low, at_high in zip(grid, grid[1:], values, values[1:], strict=False):
        if math.isfinite(at_low) and at_low > 0 >= at_high:
            return point(_root(miss, float(low), float(high)))
    return None


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Halve an interval at whose ends the function has other signs, until it is a number."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-12))
