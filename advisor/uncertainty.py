"""How sure a comparison over seeds is: intervals of medians, and of all paired differences."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

RESAMPLES = 2000
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

    It is the percentile interval, with tails as much farther out as Student's t of n runs is wider
    than the normal distribution (Hesterberg 2015, "What teachers should know about the bootstrap":
    without that, intervals of few runs are too narrow).
    """
    import numpy as np
    from scipy import stats

    scores = np.asarray(scores, "float64")
    n = len(scores)
    if n == 1:
        return float(scores[0]), float(scores[0])
    rows = np.random.default_rng(0).integers(0, n, (RESAMPLES, n))
    medians = np.median(scores[rows], axis=1)
    wide = stats.t.isf((1 - LEVEL) / 2, n - 1) * (n / (n - 1)) ** 0.5
    tail = stats.norm.sf(wide)
    low, high = np.quantile(medians, [tail, 1 - tail])
    return float(low), float(high)


def differences(scores: Any) -> dict[tuple[int, int], Difference]:
    """Compare all pairs of alternatives over shared seeds.

    Student's t intervals of the paired differences, each at 1 − 0.05/m for m pairs (Bonferroni), so
    that with 95 % not one of them all is wrong.

    Args:
        scores: shape (alternatives, seeds), finite.

    Returns:
        for every pair (a, b) with a < b the difference a − b.
    """
    import itertools

    import numpy as np
    from scipy import stats

    scores = np.asarray(scores, "float64")
    count, n = scores.shape
    pairs = list(itertools.combinations(range(count), 2))
    reach = stats.t.isf((1 - LEVEL) / 2 / max(len(pairs), 1), n - 1) / n**0.5 if n > 1 else 0.0
    found = {}
    for a, b in pairs:
        paired = scores[a] - scores[b]
        mean = float(paired.mean())
        width = float(reach * paired.std(ddof=1)) if n > 1 else 0.0
        told_apart = n >= FEWEST and mean != 0 and abs(mean) > width
        found[a, b] = Difference(mean, mean - width, mean + width, told_apart)
    return found


def letters(count: int, differences: dict[tuple[int, int], Difference]) -> list[str]:
    """Give letters so that two alternatives share one exactly where they are not told apart.

    Source: the compact letter display of Piepho (2004): start with one group, split it at each
    pair told apart, drop groups inside others.
    """
    groups = [set(range(count))]
    for (a, b), found in differences.items():
        if not found.told_apart:
            continue
        split = [part for g in groups for part in ((g - {a}, g - {b}) if {a, b} <= g else (g,))]
        groups = [
            g for i, g in enumerate(split) if not any(g < h for h in split) and g not in split[:i]
        ]
    groups.sort(key=sorted)
    names = [string.ascii_lowercase[i % 26] for i in range(len(groups))]
    return ["".join(n for n, g in zip(names, groups, strict=True) if i in g) for i in range(count)]
