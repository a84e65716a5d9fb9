"""Checks that the gradient arrives at the first hidden layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.facts import NEEDS_STACK
from advisor.findings import WARNING, NotApplicable, Seen
from advisor.rules._common import hidden, lively, number, reactivated
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="vanishing gradient", zh="梯度消失")
WHY = Text(
    en="The gradient is multiplied by slopes and weights at every layer. Where the product is small "
    "the first layers stay as they were drawn, and the rest learns on random features.",
    zh="梯度每过一层都要乘上斜率和权重。乘积太小时，前面的层就停在随机初值上，后面的层只能在随机特征上学。",
)
REPAIR = Text(
    en="ReLU with He initialisation, fewer layers, BatchNormalization or shortcuts.",
    zh="用 ReLU 配 He 初始化，减少层数，加 BatchNormalization 或捷径连接。",
)
FALSE_POSITIVES = Text(
    en="A trained model near its minimum: the ratio is of directions that are left over.",
    zh="已经训练到极小值附近的模型：这时的比值没有太大意义。",
)
SOURCE = "Schoenholz et al. 2017, arXiv 1611.01232; advisor lab vanishing-gradient"
EXAMPLE = """\
model = keras.Sequential(
    [keras.Input((20,))]
    + [layers.Dense(32, activation="silu") for _ in range(20)]
    + [layers.Dense(1, activation="sigmoid")]
)
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"silu"', '"relu", kernel_initializer="he_normal"')
_LOST = -2.0


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the model whose gradient does not arrive."""
    journey = facts.journey
    if journey is None:
        raise NotApplicable(NEEDS_STACK)
    foretold = journey.ratio if not journey.uncertain else None
    ratio = journey.measured if journey.measured is not None else foretold
    if ratio is None or ratio > _LOST:
        return
    how = _MEASURED if journey.measured is not None else _FORETOLD
    stack = hidden(facts)
    kind = lively([facts.layers[n] for n in stack])
    changes = tuple(change for n in stack for change in reactivated(facts, n, *kind))
    message = _SEEN.format(number(10**ratio), journey.depth, how)
    yield Seen(WARNING, "hidden layers", message, REPAIR, changes)


_SEEN = Text(
    en="Of the gradient at the last hidden layer, {} arrives at the first of {} ({}).",
    zh="最后一个隐藏层的梯度，传到 {1} 层中的第一层只剩 {0}（{2}）。",
)
_MEASURED = Text(en="measured on a batch", zh="在一批数据上实测")
_FORETOLD = Text(en="foretold", zh="理论预测")
