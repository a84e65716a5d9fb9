"""What several rules ask: the outputs that can be judged, the hidden layers, and how to say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.activations import ACTIVATIONS
from advisor.changes import Change, Remove, SetOptions
from advisor.facts import NEEDS_LAYERS
from advisor.findings import NotApplicable
from advisor.tails import CONVOLUTIONS, DENSE, WEIGHTED
from advisor.text import Text, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from advisor.endings import Ending
    from advisor.facts import Facts, Layer, Output

_SHOWN = 4
_CONSTANT = {"Zeros": 0.0, "Ones": 1.0, "Constant": 0.0}
_WIDE = 16
_LITTLE = 0.25  # variance of a weighted sum of inputs of size 1
_SMALL = 65_536  # weights that are looked at, whatever the initializer says


def last_layers(facts: Facts) -> list[Output]:
    """Return the outputs of which it is known what comes out.

    Raises:
        NotApplicable: there is none.
    """
    found = [output for output in facts.outputs if output.behaviour.known]
    if not found:
        raise NotApplicable(NEEDS_LAYERS)
    return found


def hidden(facts: Facts) -> list[int]:
    """Return the numbers of the Dense and convolution layers that are no output's.

    Raises:
        NotApplicable: the order of the layers is not known.
    """
    ends = {output.layer for output in facts.outputs}
    if None in ends and not any(layer.inputs for layer in facts.layers):
        raise NotApplicable(NEEDS_LAYERS)
    kinds = DENSE | CONVOLUTIONS
    return [
        number
        for number, layer in enumerate(facts.layers)
        if layer.kind in kinds and number not in ends and facts.readers[number]
    ]


def straight(facts: Facts, number: int) -> Iterator[int]:
    """Give the layers behind one, as long as each is the only reader of the one before."""
    while len(facts.readers[number]) == 1:
        number = facts.readers[number][0]
        if len(facts.layers[number].inputs) != 1:
            return
        yield number


def names(layers: Sequence[Layer]) -> Text:
    """Name a few layers."""
    shown: list[str | Text] = [layer.name for layer in layers[:_SHOWN]]
    if len(layers) > _SHOWN:
        more = len(layers) - _SHOWN
        shown.append(Text(en=f"{more} more", zh=f"另外 {more} 层"))
    return join(shown)


def repair_of(ending: Ending | None, otherwise: Text) -> Text:
    """Say the nearest right last layer; in general where none is known."""
    return otherwise if ending is None else ending.words


def number(value: float) -> str:
    """Write a number shortly."""
    return f"{value:.4g}".replace("inf", "∞")


def same_units(facts: Facts, at: int) -> float | None:
    """Return the one number that a hidden kernel holds; None where it holds several.

    Also None for a kernel at the end of a branch that joins others, where 0 is meant.
    """
    layer = facts.layers[at]
    if (layer.units or 0) < 2:  # noqa: PLR2004 - one unit is like itself
        return None
    for number in straight(facts, at):
        if facts.layers[number].kind in WEIGHTED:
            break
    else:
        return None
    drawn = layer.drawn
    small = layer.fan_in is not None and layer.fan_in * (layer.units or 0) <= _SMALL
    if drawn is not None and drawn[1] != 0 and not (small and layer.weights is not None):
        return None
    if layer.weights is None:
        kernel = layer.kernel
        if drawn is None and kernel is not None and kernel.name in _CONSTANT:  # not built yet
            return float(kernel.options.get("value", _CONSTANT[kernel.name]))
        return drawn[0] if drawn is not None and drawn[1] == 0 else None
    if "one number" not in layer.options:  # read once for all rules: reading takes a while
        kernel = layer.weights()
        first = kernel.flat[0]
        layer.options["one number"] = float(first) if (kernel == first).all() else None
    found: float | None = layer.options["one number"]
    return found


def still_as_drawn(layer: Layer) -> bool:
    """Say whether a kernel has the size that its initializer gives; True where it is not known."""
    if layer.weights is None or layer.drawn is None:
        return True
    return bool(layer.weights().std() > 0.5 * layer.drawn[1] ** 0.5)


def initializer_for(layer: Layer) -> str:
    """Return the initializer that suits a layer's activation."""
    row = ACTIVATIONS.get(layer.function.name) if layer.function is not None else None
    return row.initializer if row is not None else "glorot_uniform"


def too_small(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers whose kernels are drawn far too small for what they add up."""
    return [
        layer
        for layer in layers
        if layer.drawn is not None and layer.drawn[1] * (layer.fan_in or 1) < _LITTLE
    ]


def lively(layers: Sequence[Layer]) -> tuple[str, str]:
    """Return the activation and the initializer that keep a stack alive.

    ReLU where layers are wide; in narrow ones all units of a layer may be off at once.
    """
    if min((layer.units or 0 for layer in layers), default=0) < _WIDE:
        return "tanh", "glorot_uniform"
    return "relu", "he_normal"


def reactivated(facts: Facts, at: int, activation: str, initializer: str) -> Iterator[Change]:
    """Give a hidden layer another activation, where its own stands, and another initializer."""
    layer = facts.layers[at]
    yield SetOptions(layer.name, {"kernel_initializer": initializer})
    if layer.function is None or layer.function.name == "linear":
        for number in straight(facts, at):
            following = facts.layers[number]
            if following.kind in WEIGHTED:
                break
            if following.kind == "Activation":
                yield SetOptions(following.name, {"activation": activation})
                return
            if following.function is not None and following.kind != "Rescaling":
                yield Remove(following.name)
                break
    yield SetOptions(layer.name, {"activation": activation})
