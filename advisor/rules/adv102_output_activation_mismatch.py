"""Checks that the last activation can give what the targets and the loss need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings, purposes
from advisor.facts import BINARY, EXCLUSIVE, REAL
from advisor.findings import ERROR, WARNING, Seen
from advisor.rules._common import last_layers, number, repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Output, Targets

TITLE = Text(en="last activation does not fit", zh="输出层的激活函数不合适")
WHY = Text(
    en="What the last activation cannot give, no training can: ReLU is never negative, tanh and "
    "sigmoid never pass 1, sigmoids do not add up to 1, softmax lets only one class win.",
    zh="输出层的激活函数给不出来的值，怎么训练也没用：ReLU 不会是负数，tanh、sigmoid 不会超过 1，"
    "几个 sigmoid 加起来不等于 1，softmax 只让一个类别赢。",
)
REPAIR = Text(
    en="Sigmoid for yes or no, softmax for one of several, no activation for a number.",
    zh="是非题用 sigmoid，多选一用 softmax，预测数值不加激活函数。",
)
FALSE_POSITIVES = Text(
    en="Targets whose rare extremes are not in the rows given.",
    zh="给出的样本里恰好没有（或恰好只有）罕见的极端目标值。",
)
SOURCE = "The lecture (which activation last); outputs measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3, activation="sigmoid"),
])
model.compile("adam", "categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"sigmoid"', '"softmax"')


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose activation cannot give what is needed."""
    facts.need_loss_or_targets()
    for output in last_layers(facts):
        if output.behaviour.name in {"softmax", "sparsemax"} and output.units == 1:
            continue  # a rule of its own
        seen = _against_loss(facts, output) or _against_targets(output)
        if seen is not None:
            severity, message = seen
            ending = endings.nearest(output)
            yield Seen(
                severity,
                endings.place(facts, output),
                message,
                repair_of(ending, REPAIR),
                endings.changes(facts, output, ending) if ending is not None else (),
                explains=(
                    "loss-activation-mismatch",
                    "metric-task-mismatch",
                    *(("loss-task-mismatch",) if message in (_COMPETE, _NO_DISTRIBUTION) else ()),
                ),
            )


def _against_loss(facts: Facts, output: Output) -> tuple[str, Text] | None:
    """Look at what the loss needs."""
    loss, does, purpose = output.loss, output.behaviour, purposes.of(output)
    if loss is None or loss.own or loss.from_logits or facts.own_step:
        return None
    name = does.name
    several = purpose is not None and purpose.seen and purpose.task == "multilabel"
    shares = purpose is not None and purpose.task == "share" and (output.units or 1) > 1
    if shares and does.sums and loss.kind in BINARY:
        return ERROR, _NO_DISTRIBUTION
    if several and does.sums and loss.kind in BINARY | EXCLUSIVE:
        return ERROR, _COMPETE
    if purpose is not None and purpose.seen and purpose.task == "regression":
        return None  # the loss is what is wrong
    if loss.kind in BINARY and not does.probability and name != "linear" and not does.sums:
        return ERROR, _NO_PROBABILITY.format(name, *_range(output))
    exclusive = loss.kind in EXCLUSIVE and (output.units or 2) > 1 and not several
    if exclusive and not does.sums and name != "linear":
        what = _NO_SUM if does.probability else _NO_PROBABILITY
        return ERROR, what.format(name, *_range(output))
    return None


def _against_targets(output: Output) -> tuple[str, Text] | None:
    """Look at what the targets need."""
    targets, does, purpose = output.targets, output.behaviour, purposes.of(output)
    loss = output.loss.kind if output.loss is not None else ""
    if targets is None or targets.text or purpose is None or (loss and loss not in REAL):
        if loss == "KLDivergence" and targets is not None and does.sums and not targets.sums:
            return ERROR, _NO_DISTRIBUTION
        return None
    if purpose.task == "share" and targets.columns > 1 and does.sums:
        return ERROR, _NO_DISTRIBUTION
    if purpose.task in {"regression", "share", "positive", "count"}:
        return _reach(output, targets)
    one = purpose.task == "binary" and output.units == 1
    if loss and (one or (purpose.task == "multiclass" and purpose.onehot)):
        unreached = _reach(output, targets)
        if unreached is None and not does.probability and does.high > 1:
            return WARNING, _UNBOUNDED.format(does.name)
        return unreached
    return None


def _reach(output: Output, targets: Targets) -> tuple[str, Text] | None:
    """Say whether targets lie beyond what comes out."""
    low, high = (output.behaviour.low, output.behaviour.high)
    low, high = sorted((low * output.scale + output.offset, high * output.scale + output.offset))
    slack = 1e-6 + 1e-3 * (targets.high - targets.low)
    if targets.low >= low - slack and targets.high <= high + slack:
        return None
    given = (output.behaviour.name, number(low), number(high))
    return ERROR, _REACH.format(*given, number(targets.low), number(targets.high))


def _range(output: Output) -> tuple[str, str]:
    return number(output.behaviour.low), number(output.behaviour.high)


_COMPETE = Text(
    en="Rows of y carry several 1s, but softmax makes the outputs compete: they add up to 1, so two "
    "labels can never both be near 1.",
    zh="y 的一行里有好几个 1，但 softmax 让各个输出互相竞争：加起来等于 1，两个标签不可能同时接近 1。",
)
_NO_PROBABILITY = Text(
    en="{} gives numbers from {} to {}; the loss needs probabilities, each anywhere between 0 and 1. "
    "Keras clips what lies outside, and there no gradient passes.",
    zh="{} 的输出在 {} 到 {} 之间；损失函数要的是概率，0 到 1 之间哪里都到得了。范围外的会被 Keras 截断，"
    "那里没有梯度。",
)
_NO_SUM = Text(
    en="{} gives each class a number from {} to {} for itself; the loss takes a row for a "
    "distribution. The predictions will not add up to 1, though the loss may fall as usual.",
    zh="{} 给每个类别各自一个 {} 到 {} 的数；损失函数却把一行当作概率分布。预测加起来不等于 1，"
    "尽管损失可能照常下降。",
)
_NO_DISTRIBUTION = Text(
    en="Rows of y do not add up to 1, but softmax outputs always do: these targets are out of reach.",
    zh="y 的每行加起来不等于 1，而 softmax 的输出总是等于 1：这样的目标永远够不到。",
)
_UNBOUNDED = Text(
    en="The targets are 0 and 1; {} goes far beyond 1 and is no probability.",
    zh="目标是 0 和 1；{} 的输出可以远超过 1，不是概率。",
)
_REACH = Text(
    en="{} gives numbers from {} to {}; the targets go from {} to {} and cannot be reached.",
    zh="{} 的输出在 {} 到 {} 之间；目标在 {} 到 {} 之间，够不到。",
)
