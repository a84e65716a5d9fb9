"""Where the gradient sets in: ‖∂L/∂z‖ at the last weighted sum of a network before training."""

from __future__ import annotations

import math
from typing import Any

from advisor import backend

_DRAWS = 2048
# what the outputs are under a loss: (loss, activation) -> kind
_KINDS = {
    ("CategoricalCrossentropy", "softmax"): "classes",
    ("SparseCategoricalCrossentropy", "softmax"): "classes",
    ("BinaryCrossentropy", "sigmoid"): "flags",
    ("MeanSquaredError", "linear"): "numbers",
}
_FROM_LOGITS = {"CategoricalCrossentropy": "softmax", "SparseCategoricalCrossentropy": "softmax"}


def size(loss: Any, activation: str, bias: Any, q: float) -> float | None:
    """Return the root mean square of ‖∂L/∂z‖, L a row's loss; None for a loss it does not know.

    Targets are taken to be spread as the untrained network's own outputs are on average, numbers
    with variance 1 around them.

    Args:
        loss: a `keras.losses.Loss`.
        activation: of the output layer, by name.
        bias: of the output layer, shape (outputs,).
        q: variance of its weighted sums.

    Example:
        >>> keras = backend.keras()
        >>> round(size(keras.losses.BinaryCrossentropy(), "sigmoid", [0.0], 1e-9), 3)
        0.5
    """
    import numpy as np

    options = loss.get_config()
    name = type(loss).__name__
    if options.get("from_logits") and activation == "linear":
        activation = _FROM_LOGITS.get(name, "sigmoid")
    kind = _KINDS.get((name, activation))
    if kind is None or options.get("label_smoothing"):
        return None
    bias = np.asarray(bias, "float64")
    z = bias + math.sqrt(q) * np.random.default_rng(0).standard_normal((_DRAWS, len(bias)))
    if kind == "numbers":
        return 2 * math.sqrt((q + 1) * len(bias)) / len(bias)
    if kind == "flags":
        p = 1 / (1 + np.exp(-z))
        return math.sqrt((p**2 - 2 * p * p.mean(axis=0) + p.mean(axis=0)).mean() / len(bias))
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return math.sqrt((p**2).sum(axis=1).mean() - 2 * (p.mean(axis=0) ** 2).sum() + 1)


def of(model: Any, layer: Any, activation: str, q: float) -> float | None:
    """Return `size` for a compiled model with one output of shape (rows, outputs), else None."""
    import numpy as np

    keras = backend.keras()
    shape = getattr(model, "output_shape", None)
    loss = getattr(model, "loss", None)
    if not isinstance(shape, tuple) or len(shape) != 2 or loss is None:  # noqa: PLR2004
        return None
    if isinstance(loss, (list, tuple, dict)) or not math.isfinite(q):
        return None
    try:
        loss = keras.losses.get(loss)
        loss = loss if isinstance(loss, keras.losses.Loss) else _as_object(keras, loss)
    except (ValueError, TypeError):
        return None
    bias = np.zeros(shape[-1])
    if layer.use_bias:
        value = getattr(layer.bias_initializer, "value", 0.0)
        bias = bias + np.asarray(value, "float64")
    return None if loss is None else size(loss, activation, bias, q)


def _as_object(keras: Any, function: Any) -> Any:
    """Return the class of a loss that was given as a function."""
    name = "".join(part.capitalize() for part in getattr(function, "__name__", "").split("_"))
    kind = getattr(keras.losses, name, None)
    return None if kind is None else kind()
