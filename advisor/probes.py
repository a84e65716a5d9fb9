"""What one batch through a live model tells: sleeping units, gradients, one step on copies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import gradients, signals
from advisor.facts import Awake, Journey, Step

if TYPE_CHECKING:
    from advisor.facts import Facts
    from advisor.signals import Signal

_WEIGHTS = 3 * 10**7  # beyond, copies of weights and gradients would take gigabytes


def foretell(model: Any, facts: Facts) -> None:
    """Fill in how the gradient is foretold to travel; nothing is run."""
    if model.built:
        _journey(facts, signals.signal(model))


def look(model: Any, facts: Facts, X: Any, y: Any) -> None:
    """Run a batch forward, and backward where y is given; the model is not changed.

    Args:
        model: built.
        facts: with their data filled in.
        X: as the model takes it.
        y: as the model's loss takes it; None where it does not. A model of more than 30 million
            weights is run forward only.
    """
    import warnings

    if not model.built:
        return
    if model.count_params() > _WEIGHTS:
        y = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Keras says of losses, the rules say better
        try:
            way = signals.signal(model, X, y)
        except Exception:  # noqa: BLE001 - labels may not fit, a loss of the user's may fail
            if y is not None:
                look(model, facts, X, None)
            return
        _journey(facts, way)
        hidden = way.layers[: way.last_hidden + 1]
        facts.awake = [
            Awake(layer.name, layer.measured.dead) for layer in hidden if layer.measured is not None
        ]
        if y is not None and facts.compiled and facts.optimizer is not None:
            facts.step = _step(model, way, X, y)


def _journey(facts: Facts, way: Signal) -> None:
    last = way.last_hidden
    if not all(part.layer.trainable for part in way.anatomy.parts[: last + 1]):
        return  # frozen layers need no gradient
    remedy = way.remedy() if last >= 1 else None
    facts.journey = Journey(
        ratio=way.log10_delta_ratio,
        measured=way.measured_log10_delta_ratio,
        uncertain=way.uncertain,
        depth=last + 1,
        functions=tuple(layer.activation for layer in way.layers[: last + 1]),
        remedy=None if remedy is None else (remedy.activation, remedy.initializer),
    )


def _step(model: Any, way: Signal, X: Any, y: Any) -> Step | None:
    """Let a copy of the optimizer take one step on copies of the weights; compare the loss."""
    X, y = signals.some_rows(model, X, y, signals.ROWS)
    if y is None:
        return None
    try:
        before, after = gradients.try_step(model, X, y)
    except Exception:  # noqa: BLE001 - an optimizer of the user's may fail in any way
        return None
    known = [
        layer.measured.update
        for layer in way.layers
        if layer.measured is not None and layer.measured.update is not None
    ]
    finite = [u for u in known if math.isfinite(u)]
    return Step(before, after, max(finite) if finite else None)
