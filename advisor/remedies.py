"""What would help: the same stack foretold with other activations and initializers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from advisor.activations import ACTIVATIONS
from advisor.meanfield import travel
from advisor.moments import known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.meanfield import Link

REACH = 1.0  # log10 of ‖δ‖ at the first hidden layer over the last one's: at most so far from 0
ALIKE = 1e-3  # 1 − correlation under which a layer sees all rows as one
_KINDS = ("relu", "tanh", "selu")  # what is tried beside the stack's own activation


@dataclass(frozen=True, slots=True)
class Remedy:
    """An activation with an initializer for all hidden layers, and what is foretold of it.

    Attributes:
        activation, initializer: by Keras' names.
        ratio: log10 of ‖δ‖ at the first hidden layer over the last one's.
        gap: 1 − correlation of two inputs at the last hidden layer.
    """

    activation: str
    initializer: str
    ratio: float
    gap: float

    @property
    def good(self) -> bool:
        """Gradients keep their size, and inputs stay apart."""
        return abs(self.ratio) <= REACH and self.gap >= ALIKE


def find(links: Sequence[Link], widths: Sequence[int], activation: str) -> Remedy | None:
    """Return the first remedy that is good; None where none is.

    Args:
        links: of the hidden layers, without convolutions.
        widths: how many units each has.
        activation: the one in use, which is kept if its own initializer is enough.
    """
    for name in dict.fromkeys((activation, *_KINDS)):
        row, moments = ACTIVATIONS.get(name), known().get(name)
        if row is None or moments is None or row.hidden.avoid:
            continue
        tried = [
            replace(link, weight=_weight(row.initializer, link.inputs, width), moments=moments)
            for link, width in zip(links, widths, strict=True)
        ]
        steps = travel(tried)
        if len(steps) < len(links):
            continue
        found = Remedy(name, row.initializer, steps[0].delta - steps[-1].delta, steps[-1].gap)
        if found.good:
            return found
    return None


def _weight(initializer: str, inputs: int, outputs: int) -> float:
    """Return the variance that one of Keras' common initializers gives a Dense kernel."""
    if initializer.startswith("glorot"):
        return 2 / (inputs + outputs)
    return (2 if initializer.startswith("he") else 1) / inputs
