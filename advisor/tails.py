"""From an output back to the weighted sums it is made of, and what comes out in effect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from advisor import behaviours
from advisor.behaviours import Behaviour, Function

if TYPE_CHECKING:
    from advisor.facts import Facts, Layer, Output

# layers that leave each number as it is, or move it
TRANSPARENT = {
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "Masking",
    "Permute",
    "Reshape",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "Squeeze",
    "ExpandDims",
    "Cropping1D",
    "Cropping2D",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
}
AVERAGING = {
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
}
RECURRENT = {"LSTM", "GRU", "SimpleRNN", "Bidirectional"}
DENSE = {"Dense", "EinsumDense"}
CONVOLUTIONS = {
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Conv1DTranspose",
    "Conv2DTranspose",
    "Conv3DTranspose",
    "SeparableConv1D",
    "SeparableConv2D",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
}
WEIGHTED = DENSE | CONVOLUTIONS | RECURRENT


def follow(facts: Facts, output: Output, end: int | None) -> None:
    """Fill in an output's weighted layer, what follows it, and what that does.

    Args:
        facts: with their layers linked.
        output: to be filled in.
        end: number of the layer it comes from; None where that is not known.
    """
    if end is None:
        return
    tail: list[int] = []
    output.end = at = end
    layers = facts.layers
    output.shape = layers[end].shape
    while layers[at].kind not in WEIGHTED:
        layer = layers[at]
        passes = (
            layer.function is not None
            or layer.kind in TRANSPARENT
            or layer.kind in AVERAGING
            or layer.kind == "BatchNormalization"
        )
        if not passes or len(layer.inputs) != 1:
            output.units = _last(layers[end])
            return
        tail.insert(0, at)
        at = layer.inputs[0]
    output.layer, output.tail = at, tuple(tail)
    output.units = _last(layers[end]) or layers[at].units
    _scale(layers, output)
    output.behaviour = _behaviour(layers, output)


def _last(layer: Layer) -> int | None:
    return layer.shape[-1] if layer.shape else None


def _scale(layers: list[Layer], output: Output) -> None:
    """Note a Rescaling at the very end of a tail that is linear otherwise."""
    if not output.tail or layers[output.tail[-1]].kind != "Rescaling":
        return
    options = layers[output.tail[-1]].options
    scale, offset = options.get("scale", 1.0), options.get("offset", 0.0)
    if isinstance(scale, (int, float)) and isinstance(offset, (int, float)) and scale:
        output.scale, output.offset = float(scale), float(offset)


def _behaviour(layers: list[Layer], output: Output) -> Behaviour:
    """Return what comes out of the tail."""
    assert output.layer is not None  # noqa: S101 - called with a weighted layer only
    first = layers[output.layer]
    functions: list[Function] = []
    if first.kind in RECURRENT:
        return _of_recurrent(first, output, layers)
    if first.function is not None:
        functions.append(first.function)
    rows = None  # where a function on whole rows was met: how long they were
    for number in output.tail:
        layer = layers[number]
        if layer.kind == "BatchNormalization" and any(f.name != "linear" for f in functions):
            return behaviours.UNKNOWN
        if layer.function is not None and not _last_scale(layers, output, number):
            functions.append(layer.function)
            rows = _last(layer)
    found = behaviours.of(functions, first.units if rows is None else rows)
    own = first.units if not output.tail else (rows or first.units)
    if found.sums and output.units is not None and own is not None and own != output.units:
        return replace(found, sums=False)  # reshaped since: a row is no longer what adds up to 1
    return found


def _last_scale(layers: list[Layer], output: Output, number: int) -> bool:
    """Say whether a layer is the Rescaling at the end that `scale` and `offset` tell of."""
    last = number == output.tail[-1] and layers[number].kind == "Rescaling"
    bent = [
        layers[n].function
        for n in (output.layer, *output.tail[:-1])
        if n is not None and layers[n].function is not None
    ]
    return last and all(f is None or f.name == "linear" for f in bent)


def _of_recurrent(first: Layer, output: Output, layers: list[Layer]) -> Behaviour:
    """Return what a recurrent layer at the end gives."""
    bent = [layers[n].function for n in output.tail if layers[n].function is not None]
    name = first.function.name if first.function is not None else "tanh"
    if bent:
        return behaviours.UNKNOWN
    inner = behaviours.listed(name)
    if not inner.known or first.kind == "SimpleRNN":
        return inner
    if first.kind in {"LSTM", "Bidirectional"}:
        low, high = min(inner.low, 0.0), max(inner.high, 0.0)
    else:
        low, high = inner.low, inner.high
    return Behaviour(first.kind, low, high)
