"""Checks that the learning rate is not negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetStep
from advisor.facts import NEEDS_COMPILED
from advisor.findings import ERROR, NotApplicable, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="negative learning rate", zh="学习率是负数")
WHY = Text(
    en="The optimizer subtracts learning rate times gradient. With a negative rate it climbs: every "
    "step makes the loss larger.",
    zh="优化器做的是减去学习率乘梯度。学习率为负就是往上爬：每一步都让损失变大。",
)
REPAIR = Text(
    en="A positive one: Adam at 0.001, SGD at 0.01.", zh="改成正数：Adam 用 0.001，SGD 用 0.01。"
)
FALSE_POSITIVES = Text(en="Gradient ascent on purpose.", zh="有意做梯度上升。")
SOURCE = "keras.io/api/optimizers"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(-0.001), "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("-0.001", "0.001")
_USUAL = {"SGD": 0.01, "Adagrad": 0.01, "Adadelta": 1.0}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the learning rate that is negative."""
    optimizer = facts.optimizer
    if optimizer is None:
        raise NotApplicable(NEEDS_COMPILED)
    rate = optimizer.learning_rate
    if rate is not None and rate < 0:
        usual = _USUAL.get(optimizer.kind, 0.001)
        yield Seen(
            ERROR,
            "optimizer",
            _SEEN.format(optimizer.kind, number(rate)),
            REPAIR,
            (SetStep(usual),),
            explains=("learning-rate-too-high", "learning-rate-too-low"),
        )


_SEEN = Text(
    en="{} at {}: each step goes uphill, and the loss will rise.",
    zh="{} 的学习率是 {}：每一步都往上走，损失会越来越大。",
)
