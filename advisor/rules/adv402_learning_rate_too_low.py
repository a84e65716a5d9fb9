"""Checks that the learning rate lets the weights move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetStep
from advisor.facts import NEEDS_COMPILED
from advisor.findings import ERROR, WARNING, NotApplicable, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="learning rate too low", zh="学习率太小")
WHY = Text(
    en="A weight of size 0.1 that moves by 0.0000001 a step needs a million steps. The loss falls, "
    "but so slowly that the training looks stuck.",
    zh="大小 0.1 的权重，每步动 0.0000001，要走一百万步。损失在降，但慢得像卡住了。",
)
REPAIR = Text(en="Adam at 0.001, SGD at 0.01.", zh="Adam 用 0.001，SGD 用 0.01。")
FALSE_POSITIVES = Text(en="Fine-tuning with a tiny step on purpose.", zh="有意用极小步长做微调。")
SOURCE = "Measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.SGD(0.00001), "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("0.00001", "0.01")
# optimizer -> up to where it is too low, its usual rate
_LIMITS = {
    "Adam": (2e-6, 0.001),
    "AdamW": (2e-6, 0.001),
    "Nadam": (2e-6, 0.001),
    "Adamax": (2e-6, 0.001),
    "RMSprop": (2e-6, 0.001),
    "Lion": (2e-7, 0.0001),
    "SGD": (1e-4, 0.01),
    "Adagrad": (1e-4, 0.01),
    "Adadelta": (1e-3, 1.0),
    "Ftrl": (1e-4, 0.01),
}
_MOVES = -4.0  # log10 of ‖ΔW‖/‖W‖ above which a step is large enough
_TOLERANCE = 1.001  # learning rates are kept in float32


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the learning rate that is too low."""
    optimizer = facts.optimizer
    if optimizer is None:
        raise NotApplicable(NEEDS_COMPILED)
    limits, rate = _LIMITS.get(optimizer.kind), optimizer.learning_rate
    if rate == 0:
        yield Seen(ERROR, "optimizer", _ZERO, REPAIR, (SetStep((limits or (0, 0.001))[1]),))
        return
    if limits is None or rate is None or rate < 0:
        return
    scale = max((abs(output.scale) for output in facts.outputs), default=1.0)
    if rate / (1 - min(optimizer.momentum, 0.99)) * max(scale, 1) ** 2 > limits[0] * _TOLERANCE:
        return
    step = facts.step
    if step is not None and step.update is not None and step.update > _MOVES:
        return  # the gradients are large enough for it
    yield Seen(
        WARNING,
        "optimizer",
        _SEEN.format(optimizer.kind, number(rate), number(limits[1])),
        REPAIR,
        (SetStep(limits[1]),),
    )


_ZERO = Text(en="The learning rate is 0: nothing moves.", zh="学习率是 0：什么都不动。")
_SEEN = Text(
    en="{} at {}: the weights hardly move; {} is usual.",
    zh="{} 的学习率是 {}：权重几乎不动；通常用 {}。",
)
