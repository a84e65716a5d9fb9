"""Checks that the loss is one for the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings, purposes
from advisor.facts import BINARY, EXCLUSIVE, HINGE, ONEHOT, REAL, SPARSE
from advisor.findings import ERROR, WARNING, Seen
from advisor.rules._common import number, repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Loss, Output, Targets
    from advisor.purposes import Purpose

TITLE = Text(en="loss for another task", zh="损失函数和任务不符")
WHY = Text(
    en="A loss says what a good prediction is. Cross-entropy compares probabilities with classes, "
    "squared error compares numbers. The wrong one trains towards something else, or hardly at all: "
    "behind a saturated sigmoid squared error passes almost no gradient, cross-entropy does.",
    zh="损失函数规定了什么叫预测得好。交叉熵拿概率和类别比，平方误差拿数值和数值比。用错了就朝别的方向训练，"
    "或者几乎不动：sigmoid 饱和时，平方误差几乎传不回梯度，交叉熵可以。",
)
REPAIR = Text(
    en="Binary cross-entropy for yes or no, categorical for one of several, mean squared error for "
    "numbers.",
    zh="是非题用二元交叉熵，多选一用分类交叉熵，数值用均方误差。",
)
FALSE_POSITIVES = Text(
    en="Squared error on classes on purpose (Brier score): a warning, no error.",
    zh="有意用平方误差做分类（Brier 分数）：只是警告，不算错误。",
)
SOURCE = "The lecture; gradients behind a saturated sigmoid measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace('"binary_', '"categorical_')
_SOME = 3  # with two units binary and categorical cross-entropy are the same number


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose loss is for another task."""
    for output, loss in facts.with_loss():
        purpose = purposes.of(output)
        seen = None
        if output.targets is not None:
            seen = _of_targets(loss, output.targets, purpose)
        if seen is None:
            seen = _of_shape(output, loss, purpose)
        if seen is None and purpose is not None:
            seen = _of_classes(output, loss, purpose)
        if seen is None:
            continue
        severity, message = seen
        ending = endings.nearest(output)
        yield Seen(
            severity,
            facts.place("loss", output),
            message,
            repair_of(ending, REPAIR),
            endings.changes(facts, output, ending) if ending is not None else (),
            explains=(
                "output-activation-mismatch",
                "loss-activation-mismatch",
                "metric-task-mismatch",
                "label-encoding-mismatch",
                "labels-out-of-range",
                "logits-without-from-logits",
                "unscaled-targets",
            )
            if severity == ERROR
            else (),
        )


def _of_shape(output: Output, loss: Loss, purpose: Purpose | None) -> tuple[str, Text] | None:
    """Look at the outputs alone."""
    units, sums = output.units or 0, output.behaviour.sums
    if loss.kind in ONEHOT | SPARSE and units == 1:
        return ERROR, _ONE_CLASS.format(loss.kind)
    if loss.kind == "KLDivergence" and units == 1:
        return ERROR, _ONE_DIVERGENCE
    if loss.kind == "CosineSimilarity" and units == 1:
        return ERROR, _ONE_COSINE
    if loss.kind in HINGE and units >= _SOME:
        return WARNING, _MARGINS.format(loss.kind, units)
    several = purpose is not None and purpose.seen and purpose.task == "multilabel"
    if loss.kind in BINARY and not loss.from_logits and sums and units >= _SOME and not several:
        return WARNING, _BINARY_ON_SOFTMAX.format(units)
    if loss.kind in BINARY and not sums and purpose is not None:
        raw = output.behaviour.name == "linear" and units >= _SOME
        if raw and purpose.seen and purpose.task == "multiclass" and purpose.onehot:
            return WARNING, _BINARY_ON_CLASSES.format(units)
    return None


def _of_targets(loss: Loss, targets: Targets, purpose: Purpose | None) -> tuple[str, Text] | None:
    """Look at what y is."""
    if targets.text or purpose is None:
        return None
    low, high = number(targets.low), number(targets.high)
    if loss.kind == "Poisson" and targets.low < 0:
        return ERROR, _NEGATIVE.format(loss.kind, low)
    if loss.kind == "MeanSquaredLogarithmicError" and targets.low <= -1:
        return ERROR, _NEGATIVE.format(loss.kind, low)
    classed = BINARY | EXCLUSIVE | HINGE | {"CategoricalHinge", "KLDivergence"}
    numbers = purpose.seen and purpose.task in {"regression", "count", "positive"}
    if numbers and loss.kind in classed:
        words = _NUMBERS if loss.kind in BINARY | ONEHOT else _NO_CLASSES
        return ERROR, words.format(loss.kind, low, high)
    if purpose.task == "share" and loss.kind in EXCLUSIVE:
        return ERROR, _NUMBERS.format(loss.kind, low, high)
    if loss.kind == "KLDivergence" and targets.columns > 1 and not targets.sums:
        return ERROR, _NO_DISTRIBUTION
    if purpose.task == "multilabel" and loss.kind in EXCLUSIVE and targets.columns > 1:
        return ERROR, _SEVERAL.format(loss.kind)
    return None


def _of_classes(output: Output, loss: Loss, purpose: Purpose) -> tuple[str, Text] | None:
    """Look at losses for numbers where there are classes, or the other way round by name."""
    units = output.units or 0
    if loss.kind in REAL and purpose.task == "multiclass" and units > 1:
        column = output.targets is not None and output.targets.columns == 1
        if column and not purpose.onehot:
            return ERROR, _CODES.format(loss.kind)
        return WARNING, _CLASSES.format(loss.kind)
    if loss.kind in REAL and purpose.task == "binary":
        signs = output.targets is not None and output.targets.values == (-1, 1)
        return None if signs else (WARNING, _CLASSES.format(loss.kind))
    if output.task is None or output.targets is not None:
        return None
    wanted = {ending.loss for ending in endings.right(output)}
    near = BINARY | SPARSE | ONEHOT | REAL
    if loss.kind in near and loss.kind not in wanted and not _kin(loss.kind, wanted):
        return ERROR, _NAMED.format(loss.kind, purpose.task)
    return None


def _kin(kind: str, wanted: set[str]) -> bool:
    """Say whether a loss differs from a right one in its label format only."""
    groups = (BINARY, EXCLUSIVE, REAL)
    return any(kind in group and wanted & group for group in groups)


_ONE_CLASS = Text(
    en="{} over one unit compares a single class with itself: the loss is the same whatever the model "
    "predicts, or knows no label but 0.",
    zh="{} 只有一个单元时，是拿唯一的类别和自己比：不管模型预测什么损失都一样，或者只认得标签 0。",
)
_ONE_DIVERGENCE = Text(
    en="KL divergence over one unit does not look at rows whose y is 0: every prediction drifts to 1.",
    zh="KL 散度只有一个单元时，y 是 0 的样本它根本不看：所有预测都会漂向 1。",
)
_ONE_COSINE = Text(
    en="The cosine between two single numbers is only whether their signs agree.",
    zh="两个单独的数之间的余弦，只看符号是否相同。",
)
_MARGINS = Text(
    en="{} separates two classes; over {} outputs each is a margin of its own. "
    "CategoricalHinge, or softmax with cross-entropy, is for several classes.",
    zh="{} 是分两类用的；有 {} 个输出时，每个都各算各的间隔。多类请用 CategoricalHinge，或 softmax 配交叉熵。",
)
_BINARY_ON_SOFTMAX = Text(
    en="Binary cross-entropy treats the {} softmax outputs as as many yes-or-no questions, though "
    "exactly one class is right. It trains, more slowly; binary accuracy would look far too good.",
    zh="二元交叉熵把 {} 个 softmax 输出当成同样多道是非题，而其实恰好一个类别对。能训练，只是慢；"
    "二元准确率看上去会好得离谱。",
)
_BINARY_ON_CLASSES = Text(
    en="Each row belongs to exactly one of {} classes, but binary cross-entropy asks as many "
    "independent questions.",
    zh="每行恰好属于 {} 个类别中的一个，二元交叉熵却当成互不相干的是非题。",
)
_NEGATIVE = Text(
    en="{} takes a logarithm, and y goes down to {}.", zh="{} 要取对数，而 y 低到 {}。"
)
_NUMBERS = Text(
    en="{} is a loss for classes; y holds numbers from {} to {}. Outside 0 to 1 it falls without "
    "end, whatever is learnt.",
    zh="{} 是分类用的损失；y 是 {} 到 {} 的数值。超出 0 到 1 时损失会一直跌下去，跟学没学到无关。",
)
_NO_CLASSES = Text(
    en="{} is a loss for classes; y holds numbers from {} to {}.",
    zh="{} 是分类用的损失；y 是 {} 到 {} 的数值。",
)
_NO_DISTRIBUTION = Text(
    en="KL divergence compares distributions, but the rows of y do not add up to 1.",
    zh="KL 散度比较的是概率分布，而 y 的每行加起来不等于 1。",
)
_SEVERAL = Text(
    en="{} takes each row for one class, but rows of y carry several 1s.",
    zh="{} 认为每行只属于一个类别，而 y 的一行里有好几个 1。",
)
_CODES = Text(
    en="{} compares the output units with the class number itself, as if class 2 were twice class 1.",
    zh="{} 拿输出单元直接和类别编号比，好像第 2 类是第 1 类的两倍似的。",
)
_CLASSES = Text(
    en="{} is a loss for numbers, but these are classes: where the prediction is sure and wrong it "
    "passes almost no gradient. Cross-entropy passes the full error.",
    zh="{} 是数值用的损失，而这里是类别：预测得很肯定却错了的时候，它几乎不传梯度；交叉熵会把误差完整传回去。",
)
_NAMED = Text(en="{} is no loss for the task '{}'.", zh="{} 不是任务 {} 的损失函数。")
