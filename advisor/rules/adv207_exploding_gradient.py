"""Checks that the gradient does not grow on its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.facts import NEEDS_STACK
from advisor.findings import WARNING, NotApplicable, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="exploding gradient", zh="梯度爆炸")
WHY = Text(
    en="Where weights are large each layer multiplies the gradient by more than 1; the first layers "
    "then take steps a hundred times those of the last, and the loss jumps or turns NaN.",
    zh="权重太大时，每过一层梯度都乘上一个大于 1 的数；前面的层一步迈出去是后面的上百倍，损失乱跳甚至变成 NaN。",
)
REPAIR = Text(
    en="He or Glorot initialisation, clipnorm=1.0 in the optimizer, fewer layers.",
    zh="用 He 或 Glorot 初始化，优化器加 clipnorm=1.0，减少层数。",
)
FALSE_POSITIVES = Text(
    en="Adam and its kin divide by the gradient's size and suffer less.",
    zh="Adam 一类会除以梯度的大小，受影响较小。",
)
SOURCE = "Schoenholz et al. 2017, arXiv 1611.01232; advisor lab exploding-gradient"
EXAMPLE = """\
model = keras.Sequential(
    [keras.Input((64,))]
    + [layers.Dense(64, activation="relu", kernel_initializer=keras.initializers.RandomNormal(stddev=0.5)) for _ in range(5)]
    + [layers.Dense(1)]
)
model.compile("sgd", "mse")
model
"""
INSTEAD = EXAMPLE.replace("keras.initializers.RandomNormal(stddev=0.5)", '"he_normal"')
_GROWN = 1.5


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the model whose gradient grows."""
    journey = facts.journey
    if journey is None:
        raise NotApplicable(NEEDS_STACK)
    foretold = journey.ratio if not journey.uncertain else None
    ratio = journey.measured if journey.measured is not None else foretold
    if ratio is None or ratio < _GROWN:
        return
    how = _MEASURED if journey.measured is not None else _FORETOLD
    yield Seen(
        WARNING,
        "hidden layers",
        _SEEN.format(number(10**ratio), journey.depth, how),
        REPAIR,
        explains=("learning-rate-too-high",),
    )


_SEEN = Text(
    en="The gradient at the first of {1} hidden layers is {0} times that at the last ({2}).",
    zh="{1} 个隐藏层里，第一层的梯度是最后一层的 {0} 倍（{2}）。",
)
_MEASURED = Text(en="measured on a batch", zh="在一批数据上实测")
_FORETOLD = Text(en="foretold", zh="理论预测")
