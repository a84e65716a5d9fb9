"""Checks that the last layer has as many units as the labels and the loss need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings, purposes
from advisor.facts import BINARY, EXCLUSIVE, ONEHOT, SPARSE
from advisor.findings import ERROR, Seen
from advisor.rules._common import repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Output
    from advisor.purposes import Purpose

TITLE = Text(en="wrong number of output units", zh="输出单元的个数不对")
WHY = Text(
    en="One unit tells two classes apart, or gives one number. K classes need K units, K targets need "
    "K units. With one unit too few a class has no place, and Keras may train on without a word.",
    zh="一个单元只能分两类，或给出一个数。K 个类别要 K 个单元，K 个目标也要 K 个单元。少了就有类别没地方放，"
    "而 Keras 可能一声不吭地继续训练。",
)
REPAIR = Text(
    en="As many units as classes, or as columns of y.", zh="单元数等于类别数，或 y 的列数。"
)
FALSE_POSITIVES = Text(
    en="Whole numbers under a cross-entropy that are a quantity are read as classes.",
    zh="交叉熵损失下的整数其实是数量时，会被当成类别。",
)
SOURCE = "keras.io/api/losses/probabilistic_losses"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(90, 4))
y = np.arange(90) % 3
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model, X, y
"""
INSTEAD = EXAMPLE.replace("Dense(2", "Dense(3")


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs with a wrong number of units."""
    facts.need_loss_or_targets()
    for output in facts.outputs:
        message = _wrong(output)
        if message is None or output.units is None:
            continue
        ending = endings.nearest(output)
        yield Seen(
            ERROR,
            endings.place(facts, output),
            message,
            repair_of(ending, REPAIR),
            endings.changes(facts, output, ending) if ending is not None else (),
            explains=(
                "softmax-on-one-unit",
                "output-activation-mismatch",
                "loss-task-mismatch",
                "labels-out-of-range",
                "metric-task-mismatch",
                "missing-flatten",
            ),
        )


def _wrong(output: Output) -> Text | None:
    loss = output.loss.kind if output.loss is not None else ""
    units, purpose = output.units, purposes.of(output)
    numbers = purpose is not None and purpose.seen and purpose.task in {"regression", "share"}
    if units == 1 and loss in SPARSE and not numbers:
        return _ONE_FOR_SPARSE
    targets = output.targets
    if targets is None or units is None or purpose is None or targets.text:
        return None
    if targets.columns > 1:
        return _COLUMNS.format(units, targets.columns) if units != targets.columns else None
    return _one_column(output, purpose, loss, units)


def _one_column(output: Output, purpose: Purpose, loss: str, units: int) -> Text | None:
    """Judge labels that stand in one column."""
    flat = output.shape is None or len(output.shape) == 1
    k = purpose.classes or 1
    if purpose.task == "multiclass":
        if units == 1:
            return _ONE_UNIT.format(k)
        return _TOO_FEW.format(k, units) if loss in SPARSE and k > units else None
    if units == 1 or not flat or loss in SPARSE:
        return None
    if purpose.task == "binary" and (loss in ONEHOT or output.behaviour.sums):
        return None  # the labels' encoding is what is wrong
    if purpose.task in {"binary", "regression", "share", "positive", "count"}:
        return None if loss in EXCLUSIVE - BINARY else _ONE_COLUMN.format(units)
    return None


_ONE_FOR_SPARSE = Text(
    en="Sparse categorical cross-entropy over one unit knows one class only, 0: any other label is "
    "out of range.",
    zh="稀疏分类交叉熵配一个单元，只认得一个类别 0：别的标签都越界。",
)
_COLUMNS = Text(
    en="The output has {} units, y has {} columns.", zh="输出有 {} 个单元，y 有 {} 列。"
)
_ONE_UNIT = Text(
    en="One unit for {} classes: it can tell two apart. Under binary cross-entropy labels beyond 1 "
    "even take the loss to minus infinity.",
    zh="{} 个类别只有一个单元：它最多分两类。在二元交叉熵下，大于 1 的标签还会让损失一路跌到负无穷。",
)
_TOO_FEW = Text(
    en="y has {} classes, the output {} units: the last classes have no place.",
    zh="y 有 {} 个类别，输出只有 {} 个单元：后面的类别没有位置。",
)
_ONE_COLUMN = Text(
    en="The output has {} units, y one number a row.", zh="输出有 {} 个单元，y 每行只有一个数。"
)
