"""Checks that no output is a softmax over a single unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings
from advisor.facts import BINARY
from advisor.findings import ERROR, Seen
from advisor.rules._common import last_layers, repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="softmax over one unit", zh="只有一个单元的 softmax")
WHY = Text(
    en="Softmax divides each unit by the sum of all units. One unit divided by itself is 1: the "
    "output is the constant 1, for every row and every weight.",
    zh="softmax 是每个单元除以所有单元之和。只有一个单元时就是自己除以自己，等于 1：不管什么样本、"
    "什么权重，输出都是常数 1。",
)
REPAIR = Text(
    en="Sigmoid for two classes; softmax with one unit a class; no activation for a number.",
    zh="两类用 sigmoid；多类用 softmax，每类一个单元；预测数值就不加激活函数。",
)
FALSE_POSITIVES = Text(
    en="None known: no weights make such an output useful.", zh="没有：什么权重都救不了这样的输出。"
)
SOURCE = "Keras 3.15, keras.layers.Softmax, which warns of an axis of size 1; measured with it"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="softmax"),
])
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"softmax"', '"sigmoid"')


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs that are a softmax over one unit."""
    for output in last_layers(facts):
        if output.behaviour.name not in {"softmax", "sparsemax"} or output.units != 1:
            continue
        hides = output.loss is not None and output.loss.kind in BINARY and facts.on("tensorflow")
        ending = endings.nearest(output)
        yield Seen(
            ERROR,
            endings.place(facts, output),
            _HIDES if hides else _CONSTANT,
            repair_of(ending, REPAIR),
            endings.changes(facts, output, ending) if ending is not None else (),
            explains=("output-activation-mismatch", "loss-activation-mismatch"),
        )


_HIDES = Text(
    en="Softmax over one unit predicts 1 for every row. On TensorFlow the loss will fall all the "
    "same, exactly as with a sigmoid, because Keras computes it from the sum before the softmax; "
    "the accuracy will not rise.",
    zh="只有一个单元的 softmax 对每个样本都输出 1。在 TensorFlow 上损失照样会下降，和 sigmoid 的一模一样，"
    "因为 Keras 是用 softmax 之前的加权和算损失的；但准确率不会上升。",
)
_CONSTANT = Text(
    en="Softmax over one unit predicts 1 for every row, and passes no gradient.",
    zh="只有一个单元的 softmax 对每个样本都输出 1，也传不回梯度。",
)
