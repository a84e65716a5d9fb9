"""The changes that repair a model, as plain data: rules name them, `repairs` makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a model or of its labels."""


@dataclass(frozen=True, slots=True)
class SetOptions(Change):
    """Give a layer other options: {"activation": "sigmoid", "units": 1}."""

    layer: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Insert(Change):
    """Put a new layer before another one; `after` puts it behind."""

    layer: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    after: bool = False


@dataclass(frozen=True, slots=True)
class Remove(Change):
    """Take a layer that has no weights away."""

    layer: str


@dataclass(frozen=True, slots=True)
class SetLoss(Change):
    """Give an output another loss, by Keras' class name and options."""

    output: int
    kind: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetMetric(Change):
    """Replace one metric of an output by others, by class names and options; none removes it."""

    output: int
    position: int
    kinds: tuple[tuple[str, dict[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class SetStep(Change):
    """Set the optimizer's learning rate; `factor` multiplies it instead."""

    learning_rate: float | None = None
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class MapLabels(Change):
    """Map the labels of an output: one line of NumPy in y."""

    output: int
    line: str
