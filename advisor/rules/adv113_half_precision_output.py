"""Checks that probabilities are not computed in half precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.facts import NEEDS_COMPILED
from advisor.findings import WARNING, NotApplicable, Seen
from advisor.rules._common import last_layers
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="output in half precision", zh="输出用半精度计算")
WHY = Text(
    en="float16 has 11 bits: above 0.9998 the next number is 1, below 6e-8 it is 0, and the logarithm "
    "in the loss is off or infinite.",
    zh="float16 只有 11 位：比 0.9998 再大就是 1，比 6e-8 再小就是 0，损失里的对数就不准甚至无穷大。",
)
REPAIR = Text(
    en='dtype="float32" in the last layer; the rest stays in half precision.',
    zh='输出层写 dtype="float32"；其余仍用半精度。',
)
FALSE_POSITIVES = Text(en="Models for prediction only.", zh="只用来预测、不再训练的模型。")
SOURCE = "keras.io/api/mixed_precision"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu", dtype="mixed_float16"),
    layers.Dense(3, activation="softmax", dtype="mixed_float16"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"softmax", dtype="mixed_float16"', '"softmax", dtype="float32"')


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs computed in half precision."""
    if not facts.compiled:
        raise NotApplicable(NEEDS_COMPILED)
    for output in last_layers(facts):
        if output.half and output.layer is not None:
            end = output.tail[-1] if output.tail else output.layer
            name = facts.layers[end].name
            change = SetOptions(name, {"dtype": "float32"})
            yield Seen(WARNING, name, _SEEN.format(output.behaviour.name), REPAIR, (change,))


_SEEN = Text(
    en="The last step, {}, is computed in half precision, and so is the loss.",
    zh="最后一步 {} 用半精度计算，损失也跟着用半精度。",
)
