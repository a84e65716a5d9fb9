"""Checks that the units of a hidden layer do not all start alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.findings import ERROR, Seen
from advisor.rules._common import hidden, initializer_for, names, same_units
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="kernel of one constant", zh="权重是同一个常数")
WHY = Text(
    en="Units with the same weights compute the same thing, and equal ones get equal updates: a layer "
    "of 100 such units is a layer of one. Random weights break the symmetry.",
    zh="权重相同的单元算的是同一个东西，更新也相同：100 个这样的单元等于一个。随机权重才能打破这种对称。",
)
REPAIR = Text(
    en="A random initializer: leave it out, or he_normal.",
    zh="用随机初始化：不写就行，或写 he_normal。",
)
FALSE_POSITIVES = Text(
    en="Where the next kernel is random the units part, slowly.",
    zh="下一层权重是随机的时候，这些单元会慢慢分开。",
)
SOURCE = "The chain rule; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="tanh", kernel_initializer="ones"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"ones"', '"glorot_uniform"')


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the hidden kernels whose units are all alike."""
    found = [facts.layers[n] for n in hidden(facts) if same_units(facts, n)]
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
                "dead-units",
                "vanishing-gradient",
                "exploding-gradient",
                "kernel-too-large",
                "initializer-activation-mismatch",
            ),
        )


_SEEN = Text(
    en="All units of {} have the same weights: each layer is as good as one unit.",
    zh="{} 的所有单元权重都一样：一层只顶得上一个单元。",
)
