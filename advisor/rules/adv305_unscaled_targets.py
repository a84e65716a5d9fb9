"""Checks that a regression's targets are of a size that the last layer can reach soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import purposes
from advisor.changes import Change, Insert, SetStep
from advisor.facts import PROBABILITY_LOSSES
from advisor.findings import WARNING, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Output, Targets

TITLE = Text(en="targets not scaled", zh="目标没有缩放")
WHY = Text(
    en="Adam moves each weight by about the learning rate a step, so an output of 1,000,000 is a long "
    "way off; with SGD the squared error's gradient grows with the targets and the steps explode.",
    zh="Adam 每步只让权重动学习率那么多，输出要到一百万路太远；用 SGD 时，平方误差的梯度随目标变大，步子就炸了。",
)
REPAIR = Text(
    en="Standardise y: (y − mean) / std, and undo it afterwards; or end the model with "
    "Rescaling(std, mean).",
    zh="把 y 标准化：(y − 均值) / 标准差，预测后再变回来；或者在模型末尾加 Rescaling(std, mean)。",
)
FALSE_POSITIVES = Text(
    en="Targets in the hundreds are not reported: they only cost some epochs.",
    zh="几百大小的目标不报告：只是多花几轮。",
)
SOURCE = "Measured with Keras 3.15 on raw and standardised targets"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(90, 4))
y = 200_000 + 50_000 * X[:, 0]
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1),
])
model.compile("adam", "mse")
model, X, y
"""
INSTEAD = EXAMPLE.replace("model = keras", "y = (y - y.mean()) / y.std()\nmodel = keras")
_LARGE = 1000.0
_SQUARED = {"MeanSquaredError"}
_LOGARITHMIC = {"MeanSquaredLogarithmicError", "MeanAbsolutePercentageError", "Poisson"}
_ADAPTIVE = {"Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Lamb", "Lion", "Adafactor", "Adagrad"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose targets are far from 1."""
    for output, targets in facts.with_targets():
        purpose = purposes.of(output)
        loss = output.loss.kind if output.loss is not None else ""
        numbers = purpose is not None and purpose.task in {"regression", "positive"}
        if targets.text or not numbers or loss in _LOGARITHMIC | PROBABILITY_LOSSES:
            continue
        edges = (targets.low - output.offset, targets.high - output.offset)
        size = max(map(abs, edges)) / abs(output.scale)
        if size <= _LARGE:
            continue
        yield Seen(
            WARNING,
            facts.place("y", output),
            _SEEN.format(number(targets.low), number(targets.high)),
            REPAIR,
            _changes(facts, output, targets),
            explains=("learning-rate-too-high",),
        )


def _changes(facts: Facts, output: Output, targets: Targets) -> tuple[Change, ...]:
    """Let the model end in the targets' own unit; SGD's step shrinks as its gradient grows."""
    if output.layer is None or output.behaviour.name != "linear" or not targets.std:
        return ()
    end = facts.layers[output.tail[-1] if output.tail else output.layer].name
    made: list[Change] = [
        Insert(end, "Rescaling", {"scale": targets.std, "offset": targets.mean}, after=True)
    ]
    optimizer = facts.optimizer
    if optimizer is not None and optimizer.kind not in _ADAPTIVE:
        squared = output.loss is not None and output.loss.kind in _SQUARED
        made.append(SetStep(factor=targets.std ** -(2 if squared else 1)))
    return tuple(made)


_SEEN = Text(
    en="y goes from {} to {}; the last layer starts near 0 and needs very many steps to get there.",
    zh="y 从 {} 到 {}；输出层从 0 附近出发，要走非常多步才到得了。",
)
