"""Which activation follows a weighted sum: Keras' function or layer, found in the tables."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend, moments
from advisor.activations import ACTIVATIONS
from advisor.errors import OptionError
from advisor.expressions import evaluate
from advisor.unlisted import in_numpy

if TYPE_CHECKING:
    from advisor.moments import Measured, Moments


@dataclass(frozen=True, slots=True)
class Follower:
    """An activation as it stands in a model.

    Attributes:
        name: Keras' name, "linear" for none.
        function: from a tensor to a tensor; None for none.
        moments: the means of what it makes of normal numbers; None where it is not elementwise.
    """

    name: str
    function: Any
    moments: Moments | Measured | None

    def shifted(self, shift: float) -> Measured:
        """Return the means where all weighted sums have a bias in common."""
        f, df, kinks = self.numeric()
        return moments.Measured(f, df, kinks, shift)

    def numeric(self) -> tuple[Any, Any, tuple[float, ...]]:
        """Return f, f' and the kinks, on arrays.

        Raises:
            OptionError: it is not elementwise, or cannot be differentiated.
        """
        row = ACTIVATIONS.get(self.name)
        if row is None or not row.elementwise:
            return in_numpy(self.function)
        return (
            lambda x: evaluate(row.f, x=x),
            lambda x: evaluate(row.df, x=x),
            tuple(x for x, _ in row.kinks),
        )


def of_function(function: Any) -> Follower:
    """Return the follower for a layer's `activation`, a function or None."""
    if function is None:
        return _listed()[_linear()]
    try:
        found = _listed().get(function)
    except TypeError:  # not hashable
        return _unlisted(function)
    return found if found is not None else _kept(function)


def of_layer(layer: Any) -> Follower | None:
    """Return the follower that a layer is; None where it is no activation layer."""
    name = type(layer).__name__
    if name == "Activation":
        return of_function(layer.activation)
    if name not in _SAME_AS:
        return None
    listed = _SAME_AS[name](layer)
    if listed is not None:
        return Follower(listed, layer, moments.known().get(listed))
    return _unlisted(layer) if name != "PReLU" else Follower("PReLU", layer, None)


def _relu(layer: Any) -> str | None:
    plain = layer.negative_slope == 0 and layer.threshold == 0
    return {None: "relu", 6: "relu6"}.get(layer.max_value) if plain else None


# activation layers of Keras -> the listed function they are, None where their options differ
_SAME_AS: dict[str, Any] = {
    "ReLU": _relu,
    "LeakyReLU": lambda layer: "leaky_relu" if layer.negative_slope == 0.2 else None,  # noqa: PLR2004
    "ELU": lambda layer: "elu" if layer.alpha == 1 else None,
    "PReLU": lambda layer: "relu" if type(layer.alpha_initializer).__name__ == "Zeros" else None,
    "Softmax": lambda _: "softmax",
}


@functools.cache
def _linear() -> Any:
    return backend.keras().activations.linear


@functools.cache
def _listed() -> dict[Any, Follower]:
    """Return the followers for Keras' own functions."""
    keras, tables = backend.keras(), moments.known()
    return {
        keras.activations.get(name): Follower(name, keras.activations.get(name), tables.get(name))
        for name in ACTIVATIONS
    }


@functools.lru_cache(maxsize=32)
def _kept(function: Any) -> Follower:
    return _unlisted(function)


def _unlisted(function: Any) -> Follower:
    """Measure a function that is in no table."""
    given = getattr(function, "negative_slope", getattr(function, "alpha", None))
    name = getattr(function, "__name__", None) or type(function).__name__
    name = name if given is None else f"{name}({given:g})"
    if not callable(function):
        return Follower(name, function, None)
    try:
        return Follower(name, function, moments.Measured(*in_numpy(function)))
    except OptionError:
        return Follower(name, function, None)
