"""How widely an initializer scatters the entries it draws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    return drawn(kind.__name__, vars(initializer), shape)


def drawn(
    name: str, options: Mapping[str, Any], shape: tuple[int, ...]
) -> tuple[float, float] | None:
    """Return the same of an initializer by its class name and options.

    Example:
        >>> drawn("HeNormal", {}, (50, 10))
        (0.0, 0.04)
    """
    scale, mode = _SCALED.get(name, (options.get("scale"), options.get("mode")))
    if scale is not None and mode is not None:
        return _scaled(options, scale, mode, shape)
    how = _DRAWN.get(name)
    return how(options, shape) if how is not None else None


def _scaled(
    options: Mapping[str, Any], scale: float, mode: str, shape: tuple[int, ...]
) -> tuple[float, float] | None:
    """VarianceScaling and all that are made of it: Glorot, He, LeCun."""
    axes = options.get("input_axes") is not None or options.get("output_axes") is not None
    if len(shape) < 2 or axes:  # noqa: PLR2004
        return None
    positions = math.prod(shape[:-2])
    fan_in, fan_out = positions * shape[-2], positions * shape[-1]
    fan = fan_in if mode == "fan_in" else fan_out if mode == "fan_out" else (fan_in + fan_out) / 2
    return 0.0, scale / max(1.0, fan)


def _constant(options: Mapping[str, Any], _: tuple[int, ...]) -> tuple[float, float] | None:
    value = options.get("value", 0.0)
    return (float(value), 0.0) if isinstance(value, (int, float)) else None


def _orthogonal(options: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[float, float]:
    """Its rows or columns, whichever are fewer, have length `gain`."""
    return 0.0, options.get("gain", 1.0) ** 2 / max(math.prod(shape[:-1]), shape[-1])


def _uniform(options: Mapping[str, Any], _: tuple[int, ...]) -> tuple[float, float]:
    low, high = options.get("minval", -0.05), options.get("maxval", 0.05)
    return (low + high) / 2, (high - low) ** 2 / 12


def _normal(options: Mapping[str, Any], _: tuple[int, ...]) -> tuple[float, float]:
    return float(options.get("mean", 0.0)), options.get("stddev", 0.05) ** 2


def _truncated(options: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[float, float]:
    mean, variance = _normal(options, shape)
    return mean, _CUT * variance


# class name -> scale and mode of the VarianceScaling that it is
_SCALED = {
    "GlorotNormal": (1.0, "fan_avg"),
    "GlorotUniform": (1.0, "fan_avg"),
    "HeNormal": (2.0, "fan_in"),
    "HeUniform": (2.0, "fan_in"),
    "LecunNormal": (1.0, "fan_in"),
    "LecunUniform": (1.0, "fan_in"),
}
_DRAWN: dict[str, Any] = {
    "Zeros": lambda _, __: (0.0, 0.0),
    "Ones": lambda _, __: (1.0, 0.0),
    "Constant": _constant,
    "RandomNormal": _normal,
    "TruncatedNormal": _truncated,
    "RandomUniform": _uniform,
    "Orthogonal": _orthogonal,
}
