"""Checks that no hidden kernel starts as zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.findings import ERROR, Seen
from advisor.rules._common import hidden, initializer_for, names, same_units
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="kernel of zeros", zh="权重全是 0")
WHY = Text(
    en="With a kernel of zeros all units of a layer are equal and pass no gradient to the layers "
    "before; equal units get equal updates, so they stay equal for ever. ReLU units never move.",
    zh="权重全为 0 时，同一层的单元都一样，也不往前传梯度；一样的单元更新也一样，永远分不开。ReLU 单元根本不动。",
)
REPAIR = Text(
    en="A random initializer: leave it out, or he_normal.",
    zh="用随机初始化：不写就行，或写 he_normal。",
)
FALSE_POSITIVES = Text(
    en="Zeros in the last layer, in a model without hidden layers, and at the end of a shortcut's "
    "branch are in order and not reported.",
    zh="输出层、没有隐藏层的模型、捷径分支的最后一层，用 0 没问题，不报告。",
)
SOURCE = "The chain rule; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu", kernel_initializer="zeros"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"zeros"', '"he_normal"')


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the hidden kernels that are all zeros."""
    found = [facts.layers[n] for n in hidden(facts) if same_units(facts, n) == 0]
    if found:
        yield Seen(
            ERROR,
            found[0].name,
            _SEEN.format(names(found)),
            REPAIR,
            tuple(
                SetOptions(layer.name, {"kernel_initializer": initializer_for(layer)})
                for layer in found
            ),
            explains=(
                "constant-kernel",
                "dead-units",
                "vanishing-gradient",
                "initializer-activation-mismatch",
            ),
        )


_SEEN = Text(
    en="The kernels of {} are all zeros: nothing passes, forward or back.",
    zh="{} 的权重全是 0：向前传不出信号，向后传不回梯度。",
)
