"""How sure a comparison over seeds is: bootstrap intervals, also of all differences at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RESAMPLES = 4000
LEVEL = 0.95
FEWEST = 5  # runs; with fewer, nothing is called better


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference between two alternatives, mean over seeds.

    Attributes:
        value: of the first over the second.
        low, high: 95 % interval, wide enough for all pairs of the comparison together.
        told_apart: the interval does not hold 0, and there were runs enough to say so.
    """

    value: float
    low: float
    high: float
    told_apart: bool


def median_interval(scores: Any) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the median of runs.

    Source: Efron and Tibshirani's percentile interval, widened for few runs as in `differences`.
    """
    import numpy as np

    scores = np.asarray(scores, "float64")
    if len(scores) == 1:
        return float(scores[0]), float(scores[0])
    medians = np.median(scores[_resamples(len(scores))], axis=1)
    tail = _tail(len(scores))
    low, high = np.quantile(medians, [tail, 1 - tail])
    return float(low), float(high)


def differences(scores: Any) -> dict[tuple[int, int], Difference]:
    """Compare all pairs of alternatives over shared seeds.

    The intervals hold all at once with 95 %: their half-width is the 95 % quantile, over bootstrap
    resamples of the seeds, of the largest |difference − its mean| among the pairs, each in units of
    its own standard error. For few runs it is widened by √(n/(n−1)) · t/z, without which bootstrap
    intervals are too narrow.

    Args:
        scores: shape (alternatives, seeds), finite.

    Returns:
        for every pair (a, b) with a < b the difference a − b.
    """
    import numpy as np

    scores = np.asarray(scores, "float64")
    count, n = scores.shape
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    if not pairs:
        return {}
    paired = np.stack([scores[a] - scores[b] for a, b in pairs])
    means = paired.mean(axis=1)
    errors = paired.std(axis=1) / np.sqrt(n)
    varies = errors > np.finfo("float64").eps
    reach = np.zeros(len(pairs))
    if n > 1 and varies.any():
        rows = _resamples(n)
        moved = np.stack([paired[i][rows].mean(axis=1) for i in np.flatnonzero(varies)])
        largest = np.abs((moved - means[varies, None]) / errors[varies, None]).max(axis=0)
        reach = np.quantile(largest, LEVEL) * errors * _widening(n)
    return {
        pair: Difference(
            float(mean),
            float(mean - width),
            float(mean + width),
            bool(n >= FEWEST and abs(mean) > width and mean != 0),
        )
        for pair, mean, width in zip(pairs, means, reach, strict=True)
    }


def _resamples(n: int) -> Any:
    """Return which runs each resample draws; the same ones for every comparison of n runs."""
    import numpy as np

    return np.random.default_rng(0).integers(0, n, (RESAMPLES, n))


def _widening(n: int) -> float:
    from scipy import stats

    two_sided = 0.5 + LEVEL / 2
    return float((n / (n - 1)) ** 0.5 * stats.t.ppf(two_sided, n - 1) / stats.norm.ppf(two_sided))


def _tail(n: int) -> float:
    """Return the tail that a percentile interval of n runs leaves out on each side."""
    from scipy import stats

    return float(stats.norm.cdf(-_widening(n) * stats.norm.ppf(0.5 + LEVEL / 2)))
