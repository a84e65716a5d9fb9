"""Checks that no hidden layer collapses into the next one for want of an activation."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.findings import WARNING, Seen
from advisor.rules._common import hidden, straight
from advisor.tails import AVERAGING, CONVOLUTIONS, TRANSPARENT
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Layer

TITLE = Text(en="hidden layer without activation", zh="隐藏层没有激活函数")
WHY = Text(
    en="A weighted sum of weighted sums is one weighted sum: W2(W1 x) = (W2 W1) x. Without a bend "
    "between them two layers can do what one can, and nothing more.",
    zh="加权和的加权和还是一个加权和：W2(W1 x) = (W2 W1) x。中间不拐弯，两层能做的一层也能做，多不出任何东西。",
)
REPAIR = Text(en="An activation, ReLU to begin with.", zh="加上激活函数，先试 ReLU。")
FALSE_POSITIVES = Text(
    en="A layer narrower than both its neighbours limits the rank on purpose and is not reported.",
    zh="比前后都窄的层是有意压缩秩的，不报告。",
)
SOURCE = "The lecture; advisor lab linear-collapse"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("Dense(8)", 'Dense(8, activation="relu")')
_COLLAPSES = {"Dense", "Conv1D", "Conv2D", "Conv3D"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the hidden layers that collapse into the next one."""
    numbers = hidden(facts)
    usual = collections.Counter(
        layer.function.name
        for layer in (facts.layers[n] for n in numbers)
        if layer.function is not None and layer.function.name != "linear" and not layer.function.run
    )
    activation = usual.most_common(1)[0][0] if usual else "relu"
    for at in numbers:
        layer = facts.layers[at]
        following = _collapses_into(facts, at)
        if following is None or not layer.trainable:
            continue
        change = SetOptions(layer.name, {"activation": activation})
        message = _SEEN.format(layer.name, following.name)
        yield Seen(WARNING, layer.name, message, REPAIR, (change,))


def _collapses_into(facts: Facts, at: int) -> Layer | None:
    """Return the layer that a layer without activation is one with; None where it is not."""
    layer = facts.layers[at]
    if layer.kind not in _COLLAPSES or layer.function is None or layer.function.name != "linear":
        return None
    if layer.function.run is not None or layer.options.get("distributed"):
        return None
    for number in straight(facts, at):
        following = facts.layers[number]
        if following.kind in _COLLAPSES and not following.options.get("distributed"):
            narrow = _narrow(layer, following)
            conv_after_dense = following.kind in CONVOLUTIONS and layer.kind == "Dense"
            return None if narrow or conv_after_dense else following
        passes = following.kind in TRANSPARENT | AVERAGING | {"BatchNormalization"}
        if not passes and not (following.function and following.function.name == "linear"):
            return None
    return None


def _narrow(layer: Layer, following: Layer) -> bool:
    """Say whether a layer is narrower than what comes in and what goes out."""
    units, inputs, outputs = layer.units, layer.fan_in, following.units
    if layer.kind in CONVOLUTIONS and layer.arrives:
        inputs = layer.arrives[-1]
    if units is None or inputs is None or outputs is None:
        return False
    if layer.kind in CONVOLUTIONS:
        return units <= min(inputs, outputs)  # the linear bottleneck of MobileNets
    return units < min(inputs, outputs)


_SEEN = Text(
    en="'{}' has no activation, so it and '{}' are one weighted sum: the layer adds parameters, but "
    "nothing that could be learnt without it.",
    zh="“{}”没有激活函数，它和“{}”合起来只是一个加权和：多了参数，却学不到更多东西。",
)
