"""How signal and gradient travel through wide random layers, foretold from a few numbers a layer.

Mean-field theory (Poole et al. 2016, arXiv 1606.05340; Schoenholz et al. 2017, arXiv 1611.01232):
with weights drawn independently, a layer's weighted sums z are normal with one variance q, and

    q        = Var(w) · fan_in · E f(√q' z)² + Var(b)        from the q' of the layer before
    ‖δ'‖²    = Var(w) · fan_in · E f'(√q' z)² · ‖δ‖²          δ = ∂L/∂z, from the layer after
    1 − c    = Var(w) · fan_in · E (f(u) − f(v))² / 2q        for two inputs of correlation c'

Exact for infinite width; the deviation of a network of width W and depth D is about √(D/W).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.moments import Measured, Moments


@dataclass(slots=True)
class Link:
    """What the theory needs to know of a layer.

    Attributes:
        weight, bias: variances of a kernel's entries and of the biases.
        inputs: how many numbers a weighted sum adds up; for a convolution, at each position.
        moments: of the activation after it; None where it has none that is known.
        keep: share of its outputs that dropout lets through.
        taps: for a convolution a matrix for each axis of the image, shape (out, in), 1 where an
            output position looks at an input position.
    """

    weight: float
    bias: float
    inputs: int
    moments: Moments | Measured | None
    keep: float = 1.0
    taps: tuple[Any, ...] = ()


@dataclass(slots=True)
class Step:
    """What is foretold at a layer; logarithms to base 10.

    Attributes:
        q: variance of its weighted sums, mean over positions.
        gap: 1 − correlation of the weighted sums of two inputs.
        chi: Var(w) · fan_in · E f'², the factor of ‖δ‖² through the activation after this layer
            and the kernel of the next; None at the end.
        delta: log10 ‖δ‖ over the last step's.
        kernel: log10 of a row's kernel gradient ‖∂L/∂W‖ over the last step's ‖δ‖; None where a
            convolution adds up the gradients of its positions.
        grows: by how many per cent q changes here if it changes by one at the first step.
    """

    q: float
    gap: float
    chi: float | None
    delta: float
    kernel: float | None
    grows: float


def travel(links: Sequence[Link], square: Any = 1.0, gap: float = 1.0) -> list[Step]:
    """Foretell how signal and gradient travel.

    Args:
        links: the layers; all but the last know their activation.
        square: mean square of an input of the first; an array over positions where it convolves.
        gap: 1 − correlation of two inputs.

    Example:
        >>> from advisor.moments import known
        >>> relu = Link(weight=1 / 64, bias=0.0, inputs=64, moments=known()["relu"])
        >>> round(travel([relu] * 5)[0].delta, 3)  # Glorot: √½ a layer
        -0.602
    """
    steps, slopes, sums = [], [], []
    between, grows = gap * _mean(square), 1.0
    last = len(links) - 1
    for number, link in enumerate(links):
        arrived = square if isinstance(square, float) else _mean(square)
        power = link.weight * link.inputs * arrived
        sums_up: Any = power + link.bias
        q = sums_up
        if link.taps:
            sums_up = link.weight * link.inputs * _over_taps(link, square) + link.bias
            q = _mean(sums_up)
            power = q - link.bias
        gap = (power / q) * (between / arrived) if q > 0 and arrived > 0 else 0.0
        grows = grows * power / q if q > 0 else grows
        size = 0.0 if link.taps else link.inputs * arrived
        steps.append(Step(q, gap, None, 0.0, math.log10(size) / 2 if size > 0 else None, grows))
        sums.append(sums_up)
        if number == last or not 0 < q < math.inf:
            break
        square, slope, elasticity, between = link.moments.means(q, gap)  # type: ignore[union-attr]
        grows *= elasticity
        if link.taps:
            square, slope = link.moments.square(sums_up), link.moments.slope(sums_up)  # type: ignore[union-attr]
        slopes.append(slope)
        if link.keep < 1:  # what dropout leaves is larger, and other for each row
            between += _mean(square) * (1 / link.keep - 1)
            square = square / link.keep
    _carry_back(links, steps, slopes, sums)
    return steps


def average(ways: Sequence[list[Step]]) -> list[Step]:
    """Return what is foretold for inputs of several sizes together, the last ‖δ‖ being alike."""
    if len(ways) == 1:
        return ways[0]
    found = []
    for steps in zip(*ways, strict=False):
        last = steps[-1]
        found.append(
            Step(
                sum(step.q for step in steps) / len(steps),
                sum(step.gap for step in steps) / len(steps),
                None if last.chi is None else sum(step.chi or 0.0 for step in steps) / len(steps),
                _mean_size([step.delta for step in steps]),
                None if last.kernel is None else _mean_size([step.kernel or 0.0 for step in steps]),
                max(step.grows for step in steps),
            )
        )
    return found


def _mean_size(logs: list[float]) -> float:
    """Return the logarithm of a root mean square."""
    top = max(logs)
    if not math.isfinite(top):
        return top
    return top + math.log10(sum(100.0 ** (one - top) for one in logs) / len(logs)) / 2


def _over_taps(link: Link, square: Any) -> Any:
    """Add up what each output position sees."""
    import numpy as np

    seen = np.broadcast_to(square, [taps.shape[1] for taps in link.taps])
    for axis, taps in enumerate(link.taps):
        seen = np.moveaxis(np.tensordot(taps, seen, (1, axis)), 0, axis)
    return seen


def _carry_back(
    links: Sequence[Link], steps: list[Step], slopes: list[Any], sums: list[Any]
) -> None:
    """Carry ‖δ‖² back from the last step: its logarithm, and its share at each position."""
    share = _evenly(sums[-1], 1.0)
    delta = 0.0
    for number in range(len(steps) - 2, -1, -1):
        link, after, step, q = links[number], links[number + 1], steps[number], sums[number]
        if after.taps:
            share = _before_taps(after, share)
        if isinstance(share, float) != isinstance(q, float):
            share = _evenly(q, share)
        share = share * slopes[number]
        total = share if isinstance(share, float) else float(share.sum())
        step.chi = chi = after.weight * after.inputs * total / link.keep
        delta += math.log10(chi) / 2 if 0 < chi < math.inf else math.copysign(math.inf, chi - 1)
        step.delta = delta
        if step.kernel is not None:
            step.kernel += delta
        share = 1.0 if isinstance(share, float) else share / total if total > 0 else share


def _before_taps(after: Link, share: Any) -> Any:
    """Return what arrives at each position that a convolution looks at."""
    import numpy as np

    if isinstance(share, float):
        share = np.full([taps.shape[0] for taps in after.taps], share)
        share /= share.size
    for axis, taps in enumerate(after.taps):
        share = np.moveaxis(np.tensordot(taps.T, share, (1, axis)), 0, axis)
    return share


def _evenly(q: Any, share: Any) -> Any:
    """Give every position of q an equal part of all shares."""
    total = share if isinstance(share, float) else float(share.sum())
    return total if isinstance(q, float) else q * 0 + total / q.size


def _mean(square: Any) -> float:
    return square if isinstance(square, float) else float(square.mean())
