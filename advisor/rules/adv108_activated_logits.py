"""Checks that nothing bends the scores that go to a from-logits loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from advisor import endings
from advisor.findings import ERROR, WARNING, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.behaviours import Behaviour
    from advisor.facts import Facts

TITLE = Text(en="activation on raw scores", zh="原始分数上又加了激活函数")
WHY = Text(
    en="A score of 0 is a probability of one half, or of 1/K. Scores that cannot be negative can "
    "never say no, scores within ±1 can never be sure; a dead ReLU at the end stops learning.",
    zh="分数 0 对应概率一半或 1/K。分数不能为负，就永远说不了“不是”；分数卡在 ±1 之间，就永远不敢肯定；"
    "末尾的 ReLU 一死就不学了。",
)
REPAIR = Text(en="No activation in the last layer.", zh="输出层不加激活函数。")
FALSE_POSITIVES = Text(
    en="Soft caps that leave ±8 and more free are not reported.",
    zh="留出 ±8 以上余地的软截断不报告。",
)
SOURCE = "keras.io/api/losses/probabilistic_losses"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3, activation="relu"),
])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model
"""
INSTEAD = EXAMPLE.replace('Dense(3, activation="relu")', "Dense(3)")
_FREE = 8.0  # e^-8: a probability of 0.9997


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose scores are bent."""
    for output, loss in facts.with_known_ends():
        does = output.behaviour
        if not loss.from_logits or not does.known or does.sums or _free(does):
            continue
        if does.probability or (output.units == 1 and does.name == "log_softmax"):
            continue
        bounded = does.low > -_FREE or does.high < _FREE
        yield Seen(
            ERROR if bounded else WARNING,
            endings.place(facts, output),
            (_BOUNDED if bounded else _BENT).format(does.name, number(does.low), number(does.high)),
            REPAIR,
            tuple(endings.set_activation(facts, output, "linear")),
            explains=("metric-on-logits",),
        )


def _free(does: Behaviour) -> bool:
    """Say whether scores are as they should be, or free enough."""
    if does.name in {"linear", "log_softmax"}:
        return True
    capped = "→" in does.name and -math.inf < does.low <= -_FREE and _FREE <= does.high < math.inf
    return capped or ("→" in does.name and math.isinf(does.low) and math.isinf(does.high))


_BOUNDED = Text(
    en="The loss takes raw scores, but {} leaves only {} to {} of them.",
    zh="损失要的是原始分数，而 {} 只留下 {} 到 {}。",
)
_BENT = Text(
    en="The loss takes raw scores, but {} bends them.", zh="损失要的是原始分数，而 {} 把它们弯了。"
)
