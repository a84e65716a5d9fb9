"""Checks that the learning rate is not too high for the optimizer, or for this data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from advisor.changes import SetStep
from advisor.facts import NEEDS_COMPILED
from advisor.findings import ERROR, WARNING, NotApplicable, Seen
from advisor.rules._common import number
from advisor.tails import CONVOLUTIONS, DENSE, RECURRENT
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Optimizer

TITLE = Text(en="learning rate too high", zh="学习率太大")
WHY = Text(
    en="A step that is too large jumps across the valley, and the loss with it. What is large depends "
    "on the optimizer: SGD at 0.1 is ordinary; Adam moves every weight by the learning rate itself, so "
    "at 0.1 the first steps overwrite what the initializer drew.",
    zh="步子太大就会跨过山谷，损失跟着乱跳。多大算大要看优化器：SGD 用 0.1 很平常；Adam 每步让每个权重动学习率那么多，"
    "用 0.1 的话，头几步就把初始化全盖掉了。",
)
REPAIR = Text(
    en="Adam at 0.001, SGD at 0.01; scale X and y first.",
    zh="Adam 用 0.001，SGD 用 0.01；先缩放 X 和 y。",
)
FALSE_POSITIVES = Text(
    en="Adam at 0.1 without hidden layers is in order and not reported.",
    zh="没有隐藏层时 Adam 用 0.1 没问题，不报告。",
)
SOURCE = "keras.optimizers.Adam (arXiv 1412.6980); losses measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.5), "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("0.5", "0.001")
# optimizer -> from where on it is risky, from where on wrong, its usual rate
_LIMITS = {
    "Adam": (0.05, 0.5, 0.001),
    "AdamW": (0.05, 0.5, 0.001),
    "Nadam": (0.05, 0.5, 0.001),
    "Adamax": (0.1, 1.0, 0.001),
    "RMSprop": (0.05, 0.5, 0.001),
    "Lion": (0.01, 0.1, 0.0001),
    "Adafactor": (0.1, 1.0, 0.001),
    "Lamb": (0.1, 1.0, 0.001),
    "Adagrad": (2.0, 20.0, 0.01),
    "Ftrl": (2.0, 20.0, 0.01),
    "Muon": (0.2, 2.0, 0.02),
    "SGD": (1.5, 10.0, 0.01),
}
_SHALLOW = 4  # weighted layers, for which Adam at 0.01 is usual as well
_ALONE = 10.0  # how much more a model without hidden layers bears
_JUMPS = 10.0  # times the loss after one step over the loss before
_LEAPS, _UPSIDE_DOWN = 3.0, 0.5  # fewer where weights move by more than they are, log10
_BOUNDED = 1000.0
_MORE = 1.0


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the learning rate that is too high."""
    optimizer = facts.optimizer
    if optimizer is None:
        raise NotApplicable(NEEDS_COMPILED)
    seen = _by_kind(facts, optimizer) or _by_step(facts, optimizer)
    if seen is not None:
        yield seen


def _by_kind(facts: Facts, optimizer: Optimizer) -> Seen | None:
    """Compare with what the optimizer bears."""
    rate, limits = optimizer.learning_rate, _LIMITS.get(optimizer.kind)
    if limits is None or rate is None:
        return None
    risky, wrong, usual = limits
    weighted = sum(layer.kind in DENSE | CONVOLUTIONS | RECURRENT for layer in facts.layers)
    if weighted <= 1 and not facts.own:
        risky, wrong = risky * _ALONE, wrong * _ALONE
    if rate < risky:
        return None
    shallow = usual == 0.001 and weighted <= _SHALLOW  # noqa: PLR2004
    return Seen(
        ERROR if rate >= wrong else WARNING,
        "optimizer",
        _SEEN.format(optimizer.kind, number(rate), number(usual)),
        REPAIR,
        (SetStep(0.01 if shallow else usual),),
        explains=("dead-units",),
        stands=True,
    )


def _by_step(facts: Facts, optimizer: Optimizer) -> Seen | None:
    """Look at what one step did to the loss of a batch."""
    step = facts.step
    if step is None or not math.isfinite(step.before) or optimizer.learning_rate is None:
        return None
    worse = not math.isfinite(step.after)
    jumps = _JUMPS if step.update is None or step.update < _UPSIDE_DOWN else _LEAPS
    if optimizer.kind != "SGD":
        jumps = _BOUNDED  # its step does not grow with the loss, so it comes back
    worse |= step.after > jumps * abs(step.before) and step.after - step.before > _MORE
    if not worse or optimizer.learning_rate <= 0:
        return None
    return Seen(
        ERROR,
        "optimizer",
        _JUMPED.format(
            optimizer.kind,
            number(optimizer.learning_rate),
            number(step.before),
            number(step.after),
        ),
        REPAIR,
        (SetStep(factor=0.1),),
        explains=("exploding-gradient",),
    )


_SEEN = Text(
    en="{} at {}: it moves every weight by up to that much a step; {} is usual.",
    zh="{} 的学习率是 {}：每步每个权重最多就动这么多；通常用 {}。",
)
_JUMPED = Text(
    en="One step of {} at {} takes this batch's loss from {} to {}.",
    zh="{} 用学习率 {} 走一步，这批数据的损失就从 {} 变成 {}。",
)
