"""Checks that no softmax stands between weighted layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.findings import WARNING, Seen
from advisor.rules._common import hidden, straight
from advisor.tails import AVERAGING, CONVOLUTIONS, DENSE, TRANSPARENT
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="softmax in a hidden layer", zh="隐藏层用了 softmax")
WHY = Text(
    en="Softmax makes the units of a layer compete: they share a sum of 1, each gets about 1/K, and "
    "the gradient shrinks accordingly. It belongs at the end, or in attention.",
    zh="softmax 让一层的单元互相竞争：总和是 1，每个大约 1/K，梯度也跟着变小。它该放在末尾，或者用在注意力里。",
)
REPAIR = Text(
    en="ReLU in hidden layers, softmax at the end only.", zh="隐藏层用 ReLU，softmax 只放在最后。"
)
FALSE_POSITIVES = Text(
    en="Gates: a softmax that is multiplied with something is not reported.",
    zh="门控：softmax 和别的东西相乘的，不报告。",
)
SOURCE = "Gradients measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((20,)),
    layers.Dense(32, activation="softmax"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('Dense(32, activation="softmax")', 'Dense(32, activation="relu")')
_NAMES = {"softmax", "log_softmax", "sparsemax"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the hidden layers with a softmax."""
    for at in hidden(facts):
        layer = facts.layers[at]
        where = layer if layer.function is not None and layer.function.name in _NAMES else None
        for number in straight(facts, at):
            following = facts.layers[number]
            if following.kind in DENSE | CONVOLUTIONS:
                if where is not None:
                    yield Seen(
                        WARNING,
                        where.name,
                        _SEEN.format(where.units),
                        REPAIR,
                        (SetOptions(where.name, {"activation": "relu"}),)
                        if where.kind != "Softmax"
                        else (),
                        explains=("vanishing-gradient", "initializer-activation-mismatch"),
                    )
                break
            if following.function is not None:
                where = following if following.function.name in _NAMES else where
            elif following.kind not in TRANSPARENT | AVERAGING and "Pooling" not in following.kind:
                break


_SEEN = Text(
    en="A softmax over {} units in a hidden layer: what the next layer sees adds up to 1 and hardly "
    "varies.",
    zh="隐藏层里有一个 {} 个单元的 softmax：下一层看到的总和是 1，几乎没有变化。",
)
