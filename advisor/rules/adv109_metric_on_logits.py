"""Checks that metrics which cut at 0.5 do not look at raw scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings
from advisor.changes import Change, SetLoss, SetMetric
from advisor.facts import BINARY
from advisor.findings import WARNING, Seen
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Metric, Output

TITLE = Text(en="metric cuts raw scores at 0.5", zh="指标在 0.5 处切分原始分数")
WHY = Text(
    en="A raw score above 0 means a probability above one half. A metric that cuts at 0.5 calls "
    "scores from 0 to 0.5 negative: what it reports is not what the model does.",
    zh="原始分数大于 0 就相当于概率过半。在 0.5 处切分的指标，会把 0 到 0.5 的分数算作负类：报出来的不是"
    "模型真正的表现。",
)
REPAIR = Text(
    en="keras.metrics.BinaryAccuracy(threshold=0), or a sigmoid in the model.",
    zh="用 keras.metrics.BinaryAccuracy(threshold=0)，或者在模型里加 sigmoid。",
)
FALSE_POSITIVES = Text(en="None known.", zh="暂时没有。")
LAST = True  # it misleads people, not the training
SOURCE = "github.com/tensorflow/tensorflow/issues/41413; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1),
])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model
"""
INSTEAD = EXAMPLE.replace('"accuracy"', "keras.metrics.BinaryAccuracy(threshold=0.0)")
_CUT = {"BinaryAccuracy": "threshold", "F1Score": "threshold", "FBetaScore": "threshold"}
_CUT |= {"Precision": "thresholds", "Recall": "thresholds", "TruePositives": "thresholds"}
_CUT |= {"TrueNegatives": "thresholds", "FalsePositives": "thresholds"}
_CUT |= {"FalseNegatives": "thresholds", "BinaryIoU": "threshold"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the metrics that cut raw scores."""
    for output, loss in facts.with_loss():
        if not loss.from_logits or output.behaviour.name != "linear":
            continue
        for position, metric in enumerate(output.metrics):
            if _cuts(metric, output):
                yield Seen(
                    WARNING,
                    facts.place("metrics", output),
                    _SEEN.format(metric.given),
                    REPAIR,
                    _changes(facts, output, position, metric),
                    explains=("metric-task-mismatch",),
                )


def _cuts(metric: Metric, output: Output) -> bool:
    if metric.own or output.loss is None:
        return False
    if metric.kind == "accuracy":
        return output.loss.kind in BINARY and output.units == 1
    if metric.kind == "AUC":
        return not metric.options.get("from_logits", False)
    option = _CUT.get(metric.kind)
    if option is None:
        return False
    cut = metric.options.get(option)
    if metric.kind in {"F1Score", "FBetaScore"} and cut is None:
        return False  # it takes the largest
    return cut is None or bool(cut)


def _changes(facts: Facts, output: Output, position: int, metric: Metric) -> tuple[Change, ...]:
    if metric.kind in {"accuracy", "BinaryAccuracy"}:
        return (SetMetric(output.number, position, (("BinaryAccuracy", {"threshold": 0.0}),)),)
    if metric.kind == "AUC":
        kept = {"from_logits": True, "multi_label": metric.options.get("multi_label", False)}
        return (SetMetric(output.number, position, (("AUC", kept),)),)
    loss = output.loss
    activation = "sigmoid" if loss is not None and loss.kind in BINARY else "softmax"
    kind = loss.kind if loss is not None else "BinaryCrossentropy"
    return (*endings.set_activation(facts, output, activation), SetLoss(output.number, kind))


_SEEN = Text(
    en="'{}' cuts at 0.5, but the outputs are raw scores, whose middle is 0: it reports too low.",
    zh="“{}”在 0.5 处切分，而输出是原始分数，中点是 0：它报出来的偏低。",
)
