"""What an output is for: named by the user, read off its targets, or off its loss and last layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.facts import ACCURACIES, BINARY, EXCLUSIVE, HINGE, PROBABILITY_LOSSES, REAL

if TYPE_CHECKING:
    from advisor.facts import Loss, Output, Targets

_FEW = 30  # different whole numbers that may be classes where the loss does not say so
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an output is for.

    Attributes:
        task: "binary", "multiclass", "multilabel", "regression", "positive", "count", "share", or
            "distribution" (soft labels that add up to 1).
        classes: how many; of several columns, how many columns.
        onehot: labels come as rows, not as numbers.
        seen: it was read off y, or named.
    """

    task: str
    classes: int | None = None
    onehot: bool = False
    seen: bool = False


def of(output: Output) -> Purpose | None:
    """Return what an output is for; None where nothing tells.

    Known mistakes: whole numbers under a regression loss are taken for a quantity, one-hot rows for
    exclusive classes.
    """
    targets = output.targets
    if output.task is not None:
        return _named(output.task, output)
    if targets is not None:
        return _of_column(output, targets) if targets.columns == 1 else _of_columns(output, targets)
    return _of_loss(output)


def _named(task: str, output: Output) -> Purpose:
    targets = output.targets
    if targets is None:
        return Purpose(task, None, onehot=_is(output.loss, "Categorical"), seen=True)
    classes = targets.columns
    if task in {"binary", "multiclass"} and classes == 1 and targets.values is not None:
        classes = len(targets.values)
        if targets.whole and targets.low >= 0:
            classes = max(classes, int(targets.high) + 1)
    return Purpose(task, classes, onehot=targets.columns > 1, seen=True)


def _is(loss: Loss | None, start: str) -> bool:
    return loss is not None and loss.kind.startswith(start)


def _of_column(output: Output, targets: Targets) -> Purpose:
    """Read one column of targets."""
    k = len(targets.values) if targets.values is not None else None
    loss = output.loss.kind if output.loss is not None else ""
    classed = loss in PROBABILITY_LOSSES or loss in HINGE or loss == "CategoricalHinge"
    classed |= output.behaviour.name in {"softmax", "sparsemax"} and output.units != 1
    classed |= _counted(output) and (output.units or 1) > 1
    if targets.text:
        return Purpose("binary" if k == _PAIR else "multiclass", k, seen=True)
    if targets.flags:
        return Purpose("binary", 2, seen=True)
    if k is not None and k <= _PAIR:
        return Purpose("binary" if classed or _counted(output) else "regression", k, seen=True)
    if targets.whole and k is not None and loss not in REAL | {"Poisson"}:
        dense = targets.high - targets.low < 4 * k and k < max(targets.rows / 2, 3)
        if classed and (loss in EXCLUSIVE or dense or k <= _FEW):
            return Purpose("multiclass", k, seen=True)
    if targets.whole and k is not None and classed and loss in REAL and k <= _FEW:
        return Purpose("multiclass", k, seen=True)
    if loss in EXCLUSIVE and k is not None and output.units and 1 < k <= output.units:
        return Purpose("multiclass", k, seen=True)  # classes in a strange code
    if targets.low >= 0 and targets.high <= 1:
        return Purpose("share", 1, seen=True)
    return Purpose(
        "count" if loss == "Poisson" and targets.low >= 0 else "regression", 1, seen=True
    )


def _of_columns(output: Output, targets: Targets) -> Purpose:
    """Read several columns of targets."""
    k = targets.columns
    if targets.onehot:
        several = output.behaviour.name == "sigmoid" and _is(output.loss, "Binary")
        return Purpose("multilabel" if several else "multiclass", k, onehot=True, seen=True)
    if targets.flags:
        return Purpose("multilabel", k, seen=True)
    if targets.sums:
        return Purpose("distribution", k, onehot=True, seen=True)
    if targets.low >= 0 and targets.high <= 1:
        return Purpose("share", k, seen=True)
    return Purpose("regression", k, seen=True)


def _of_loss(output: Output) -> Purpose | None:
    """Read the loss, the metrics and what comes out."""
    loss = output.loss
    if loss is None or loss.own:
        return None
    softmax = output.behaviour.sums and (output.units or 0) > 1
    if loss.kind in BINARY:
        if softmax:
            return Purpose("multiclass", output.units, onehot=True)
        one = output.units == 1
        return Purpose("binary" if one else "multilabel", 2 if one else output.units)
    if loss.kind in EXCLUSIVE:
        return Purpose("multiclass", output.units, onehot=loss.kind.startswith("Categorical"))
    if loss.kind in HINGE:
        return Purpose("binary", 2)
    if loss.kind == "KLDivergence":
        return Purpose("distribution", output.units, onehot=True)
    if loss.kind == "Poisson":
        return Purpose("count", output.units)
    if loss.kind in REAL:
        if softmax:
            task = "multiclass" if _counted(output) else "distribution"
            return Purpose(task, output.units, onehot=True)
        counted = _counted(output) and output.behaviour.name in {"sigmoid", "hard_sigmoid"}
        return Purpose("binary" if counted and output.units == 1 else "regression", output.units)
    return None


def _counted(output: Output) -> bool:
    """Say whether a metric counts right classes."""
    return any(metric.kind in ACCURACIES and not metric.own for metric in output.metrics)
