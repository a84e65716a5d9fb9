"""Checks that each metric means something for the task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import purposes
from advisor.changes import SetMetric
from advisor.facts import ACCURACIES, BINARY, EXCLUSIVE, PROBABILITY_LOSSES
from advisor.findings import WARNING, Seen
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Metric, Output
    from advisor.purposes import Purpose

TITLE = Text(en="metric for another task", zh="指标和任务不符")
WHY = Text(
    en="Accuracy counts exact hits: of numbers there are none, so it stays near 0 however good the "
    "fit. Counted in the wrong way it looks far too good, or is the class frequency.",
    zh="准确率数的是完全命中：预测数值时几乎不会命中，拟合得再好也在 0 附近。数法用错了，就会好得离谱，"
    "或者只是类别的比例。",
)
REPAIR = Text(
    en="MeanAbsoluteError or R2Score for numbers; BinaryAccuracy for yes or no; CategoricalAccuracy "
    "or SparseCategoricalAccuracy for one of several.",
    zh="数值用 MeanAbsoluteError 或 R2Score；是非题用 BinaryAccuracy；多选一用 CategoricalAccuracy 或 "
    "SparseCategoricalAccuracy。",
)
FALSE_POSITIVES = Text(
    en="Accuracy of a regression on targets that are whole numbers on purpose.",
    zh="有意在整数目标的回归上看准确率。",
)
LAST = True  # it misleads people, not the training
SOURCE = "keras.io/api/metrics; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1),
])
model.compile("adam", "mse", metrics=["accuracy"])
model
"""
INSTEAD = EXAMPLE.replace('"accuracy"', '"mae"')
_OF_CLASSES = ACCURACIES | {"Precision", "Recall", "AUC", "F1Score", "FBetaScore"}
_NUMBERS = {"regression", "positive", "count", "share"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the metrics that mean nothing here."""
    for output, _ in facts.with_loss():
        purpose = purposes.of(output)
        for position, metric in enumerate(output.metrics):
            message = None
            if purpose is not None and not metric.own:
                message = _wrong(output, purpose, metric)
            if message is None or purpose is None:
                continue
            yield Seen(
                WARNING,
                facts.place("metrics", output),
                message,
                REPAIR,
                (SetMetric(output.number, position, _right(output, purpose)),),
            )


def _wrong(output: Output, purpose: Purpose, metric: Metric) -> Text | None:
    kind, given, units = metric.kind, metric.given, output.units
    if purpose.task in _NUMBERS and kind in _OF_CLASSES:
        sure = purpose.seen or output.behaviour.name == "linear"
        return _OF_NUMBERS.format(given) if sure else None
    if kind == "Accuracy" and output.behaviour.name != "unknown":
        return _EXACT.format(given)
    many = (units or 0) > 1
    loss = output.loss.kind if output.loss is not None else ""
    if purpose.task == "multilabel" and purpose.seen and many and loss in BINARY:
        argmax = kind in {"accuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"}
        exclusive = output.targets is not None and output.targets.onehot
        return _ARGMAX.format(given) if argmax and not exclusive else None
    if loss in EXCLUSIVE and many and kind == "BinaryAccuracy":
        return _EACH.format(given)
    if units == 1 and kind in {"CategoricalAccuracy", "SparseCategoricalAccuracy"}:
        return _ONE_UNIT.format(given)
    if purpose.task == "multiclass" and purpose.seen and many and output.targets is not None:
        column = output.targets.columns == 1
        if kind == ("CategoricalAccuracy" if column else "SparseCategoricalAccuracy"):
            return _FORMAT.format(given)
        if column and kind in {"Precision", "Recall"}:
            return _FORMAT.format(given)
    return None


def _right(output: Output, purpose: Purpose) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return the metric that means something."""
    if purpose.task in _NUMBERS or purpose.task == "distribution":
        return (("MeanAbsoluteError", {}),)
    logits = output.loss is not None and output.loss.from_logits
    if purpose.task in {"binary", "multilabel"} and (output.units == 1 or purpose.task != "binary"):
        raw = logits or (output.behaviour.name == "linear" and _probability(output))
        return (("BinaryAccuracy", {"threshold": 0.0} if raw else {}),)
    sparse = output.loss is not None and output.loss.kind.startswith("Sparse")
    if output.targets is not None:
        sparse = output.targets.columns == 1
    return (("SparseCategoricalAccuracy" if sparse else "CategoricalAccuracy", {}),)


def _probability(output: Output) -> bool:
    return output.loss is not None and output.loss.kind in PROBABILITY_LOSSES


_OF_NUMBERS = Text(
    en="'{}' counts hits of classes, but the targets are numbers: it stays near 0 or means nothing.",
    zh="“{}”数的是类别命中数，而目标是数值：它会停在 0 附近，或者毫无意义。",
)
_EXACT = Text(
    en="'{}' is keras.metrics.Accuracy, which asks whether output and label are exactly equal; "
    "a probability or a score almost never is.",
    zh="“{}”是 keras.metrics.Accuracy，它要求输出和标签完全相等；概率或分数几乎不可能。",
)
_ARGMAX = Text(
    en="With several outputs '{}' becomes categorical accuracy: it compares the largest output only, "
    "though rows carry several labels.",
    zh="输出有好几个时，“{}”会变成分类准确率：只比较最大的那个输出，可一行有好几个标签。",
)
_EACH = Text(
    en="'{}' counts each of the K outputs by itself: with 10 classes, always answering no already "
    "scores 0.9.",
    zh="“{}”把 K 个输出各算各的：10 个类别时，一律回答“不是”就有 0.9。",
)
_ONE_UNIT = Text(
    en="'{}' takes the largest of the outputs; of one output that is always the first.",
    zh="“{}”取最大的那个输出；只有一个输出时永远是第一个。",
)
_FORMAT = Text(
    en="'{}' expects labels in another format than y has.", zh="“{}”要求的标签格式和 y 的不一样。"
)
