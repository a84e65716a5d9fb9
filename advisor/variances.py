"""How widely an initializer scatters the entries it draws."""

from __future__ import annotations

import math
from typing import Any

_CUT = 0.87962566103423978**2  # variance of a normal number that is drawn anew beyond 2


def of(initializer: Any, shape: tuple[int, ...]) -> tuple[float, float] | None:
    """Return mean and variance of the entries that Keras' initializer draws for a shape.

    None where they are not drawn independently, or not known.

    Args:
        initializer: a `keras.initializers.Initializer`.
        shape: of the weights; the last two axes are in and out, those before positions.

    Example:
        >>> from advisor import backend
        >>> keras = backend.keras()
        >>> of(keras.initializers.GlorotUniform(), (30, 10))
        (0.0, 0.05)
    """
    kind = type(initializer)
    if not kind.__module__.startswith("keras."):
        return None
    scale = getattr(initializer, "scale", None)
    if scale is not None:
        return _scaled(initializer, scale, shape)
    how = _DRAWN.get(kind.__name__)
    return how(initializer, shape) if how is not None else None


def _scaled(one: Any, scale: float, shape: tuple[int, ...]) -> tuple[float, float] | None:
    """VarianceScaling and all that are made of it: Glorot, He, LeCun."""
    if len(shape) < 2 or one.input_axes is not None or one.output_axes is not None:  # noqa: PLR2004
        return None
    positions = math.prod(shape[:-2])
    fan_in, fan_out = positions * shape[-2], positions * shape[-1]
    mode = one.mode
    fan = fan_in if mode == "fan_in" else fan_out if mode == "fan_out" else (fan_in + fan_out) / 2
    return 0.0, scale / max(1.0, fan)


def _constant(one: Any, _: tuple[int, ...]) -> tuple[float, float] | None:
    value = one.value
    return (float(value), 0.0) if isinstance(value, (int, float)) else None


def _orthogonal(one: Any, shape: tuple[int, ...]) -> tuple[float, float]:
    """Its rows or columns, whichever are fewer, have length `gain`."""
    return 0.0, one.gain**2 / max(math.prod(shape[:-1]), shape[-1])


_DRAWN: dict[str, Any] = {
    "Zeros": lambda _, __: (0.0, 0.0),
    "Ones": lambda _, __: (1.0, 0.0),
    "Constant": _constant,
    "RandomNormal": lambda one, _: (float(one.mean), one.stddev**2),
    "TruncatedNormal": lambda one, _: (float(one.mean), _CUT * one.stddev**2),
    "RandomUniform": lambda one, _: (
        (one.minval + one.maxval) / 2,
        (one.maxval - one.minval) ** 2 / 12,
    ),
    "Orthogonal": _orthogonal,
}
