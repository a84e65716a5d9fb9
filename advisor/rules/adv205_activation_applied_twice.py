"""Checks that one activation does not follow another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings
from advisor.activations import ACTIVATIONS
from advisor.changes import Change, Remove, SetOptions
from advisor.facts import NEEDS_LAYERS
from advisor.findings import ERROR, HINT, WARNING, NotApplicable, Seen
from advisor.rules._common import straight
from advisor.tails import RECURRENT, TRANSPARENT, WEIGHTED
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Layer, Output

TITLE = Text(en="one activation after another", zh="激活函数叠了两次")
WHY = Text(
    en="The second activation sees only what the first one lets through: a sigmoid after ReLU cannot "
    "go below 0.5, a softmax after softmax cannot be sure. The gradient is multiplied by both slopes.",
    zh="第二个激活函数只看得到第一个放过来的东西：ReLU 之后的 sigmoid 低不过 0.5，softmax 之后的 softmax "
    "永远不敢肯定。梯度还要乘上两个斜率。",
)
REPAIR = Text(en="Keep one of them.", zh="只留一个。")
FALSE_POSITIVES = Text(
    en="Pairs that do the same as one activation, such as softmax after log_softmax, are not "
    "reported; ReLU after ReLU changes nothing and is a hint.",
    zh="两个合起来等于一个的（比如 log_softmax 之后的 softmax）不报告；ReLU 之后再 ReLU 没有影响，只是提示。",
)
SOURCE = "Measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((20,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(3, activation="softmax"),
    layers.Softmax(),
])
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("    layers.Softmax(),\n", "")
_SAME_TWICE = {"relu", "relu6", "hard_tanh", "hard_shrink", "threshold"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the activations that follow another one."""
    if not any(layer.inputs for layer in facts.layers):
        raise NotApplicable(NEEDS_LAYERS)
    ends = {output.layer: output for output in facts.outputs}
    for at, layer in enumerate(facts.layers):
        if layer.kind not in WEIGHTED:
            continue
        pair = _pair(facts, at)
        if pair is None:
            continue
        first, second, of_first, of_second = pair
        output = ends.get(at)
        if output is not None and output.behaviour.name in ACTIVATIONS and of_first != of_second:
            continue  # together they do what one of them does
        severity = WARNING
        if of_first == of_second and of_first in _SAME_TWICE:
            severity = HINT
        elif output is not None and of_second in {"sigmoid", "softmax", "hard_sigmoid"}:
            severity = ERROR
        yield Seen(
            severity,
            second.name,
            _SEEN.format(of_second, of_first),
            REPAIR,
            _changes(facts, output, first, second),
            explains=("output-activation-mismatch",) if output is not None else (),
        )


def _pair(facts: Facts, at: int) -> tuple[Layer, Layer, str, str] | None:
    """Return the first two activations in a row behind a weighted layer."""
    first = facts.layers[at]
    named = _bends(first)
    for number in straight(facts, at):
        layer = facts.layers[number]
        if layer.kind in WEIGHTED:
            return None
        name = _bends(layer)
        if name is not None and named is not None:
            return first, layer, named, name
        if name is not None:
            first, named = layer, name
        elif layer.kind not in TRANSPARENT and not (
            layer.function and layer.function.name == "linear"
        ):
            return None
    return None


def _bends(layer: Layer) -> str | None:
    if layer.function is None or layer.kind in {"Rescaling", "Lambda"} or layer.own:
        return None
    name = layer.function.name
    return None if name == "linear" or name not in ACTIVATIONS else name


def _changes(
    facts: Facts, output: Output | None, first: Layer, second: Layer
) -> tuple[Change, ...]:
    """Keep the one that is meant: at the end the right one, elsewhere the first."""
    ending = endings.nearest(output) if output is not None else None
    if output is not None and ending is not None:
        return tuple(endings.set_activation(facts, output, ending.activation))
    if second.kind == "Activation" and first.kind not in RECURRENT:
        return (SetOptions(second.name, {"activation": "linear"}),)
    return (Remove(second.name),)


_SEEN = Text(en="{} is applied to what {} gives.", zh="{} 套在 {} 的输出上。")
