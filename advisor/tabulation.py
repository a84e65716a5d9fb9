"""Makes `moments.npz`, the tables of `moments`: run `python -m advisor.tabulation` (20 minutes)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import moments, quadrature
from advisor.activations import ACTIVATIONS
from advisor.expressions import evaluate

if TYPE_CHECKING:
    from advisor.curves import Activation


def squares(row: Activation, log2_q: float) -> tuple[float, float]:
    """Return log2 E f² and log2 E f'² of an elementwise activation at a variance of 2**log2_q."""
    q, kinks = 2.0**log2_q, tuple(x for x, _ in row.kinks)
    forward = quadrature.mean(lambda x: evaluate(row.f, x=x) ** 2, q, kinks)
    backward = quadrature.mean(lambda x: evaluate(row.df, x=x) ** 2, q, kinks)
    return _log2(forward), _log2(backward)


def gap(row: Activation, log2_q: float, log10_gap: float) -> float:
    """Return log2 of E (f(u) − f(v))² / (2 (1 − c) E f²), 1 − c = 10**log10_gap."""
    q, kinks = 2.0**log2_q, tuple(x for x, _ in row.kinks)

    def f(x: Any) -> Any:
        return evaluate(row.f, x=x)

    forward = quadrature.mean(lambda x: f(x) ** 2, q, kinks)
    if not 0 < forward < math.inf:
        return 0.0
    between = quadrature.mean_squared_gap(f, q, 10**log10_gap, kinks)
    return _log2(between / (2 * 10**log10_gap * forward))


def _log2(value: float) -> float:
    if not 0 < value < math.inf:
        return moments.LEAST if value <= 0 else -moments.LEAST
    return math.log2(value)


def _row(name: str) -> tuple[Any, Any]:
    """Tabulate one activation: (squares and slopes), gaps."""
    row = ACTIVATIONS[name]
    means = [squares(row, q) for q in moments.Q]
    return means, [[gap(row, q, g) for g in moments.GAPS] for q in moments.Q_OF_GAPS]


def write() -> None:
    """Compute all tables on all cores and write them to `moments.FILE`."""
    import joblib
    import numpy as np

    names = [name for name, row in ACTIVATIONS.items() if row.elementwise]
    rows = joblib.Parallel(n_jobs=-1, verbose=10)(joblib.delayed(_row)(name) for name in names)
    means = np.array([means for means, _ in rows])
    np.savez_compressed(
        moments.FILE,
        names=np.array(names),
        squares=means[..., 0].astype("float32"),
        slopes=means[..., 1].astype("float32"),
        gaps=np.array([gaps for _, gaps in rows], "float32"),
    )


if __name__ == "__main__":
    write()
