"""Checks that labels are encoded as the loss takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings, purposes
from advisor.changes import Change, MapLabels, SetLoss
from advisor.facts import BINARY, HINGE, ONEHOT, SPARSE
from advisor.findings import ERROR, Seen
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Loss, Output, Targets

TITLE = Text(en="labels in another encoding", zh="标签的编码不对")
WHY = Text(
    en="Categorical cross-entropy wants a row of 0s and one 1; sparse categorical cross-entropy wants "
    "the class number, 0 to K−1; binary cross-entropy wants 0 or 1. The other form fails, or trains "
    "on something else.",
    zh="分类交叉熵要的是一行 0 和一个 1；稀疏分类交叉熵要的是类别编号 0 到 K−1；二元交叉熵要 0 或 1。"
    "给错形式就报错，或者训练成别的东西。",
)
REPAIR = Text(
    en="The loss that takes these labels, or y = np.searchsorted(np.unique(y), y).",
    zh="换成接受这种标签的损失，或者 y = np.searchsorted(np.unique(y), y)。",
)
FALSE_POSITIVES = Text(en="None known.", zh="暂时没有。")
SOURCE = "keras.io/api/losses/probabilistic_losses"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(90, 4))
y = np.arange(90) % 3
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "categorical_crossentropy")
model, X, y
"""
INSTEAD = EXAMPLE.replace('"categorical_', '"sparse_categorical_')
_PAIR = 2
_MAP = "y = np.searchsorted(np.unique(y), y)"


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose labels the loss cannot take."""
    for output, targets in facts.with_targets():
        loss = output.loss
        if loss is None or loss.own:
            if targets.text:
                yield _seen(facts, output, _TEXT, (MapLabels(output.number, _MAP),))
            continue
        found = _wrong(output, targets, loss)
        if found is not None:
            yield _seen(facts, output, *found)


def _seen(facts: Facts, output: Output, message: Text, changes: tuple[Change, ...]) -> Seen:
    return Seen(
        ERROR,
        facts.place("y", output),
        message,
        REPAIR,
        changes,
        explains=("labels-out-of-range", "metric-task-mismatch", "single-class-labels"),
    )


def _wrong(output: Output, targets: Targets, loss: Loss) -> tuple[Text, tuple[Change, ...]] | None:
    if targets.text:
        return _TEXT, (MapLabels(output.number, _MAP),)
    units = output.units or 0
    column = targets.columns == 1
    purpose = purposes.of(output)
    task = purpose.task if purpose is not None else ""
    classes = task in {"binary", "multiclass"}
    if column and units > 1 and classes and loss.kind in ONEHOT | BINARY | {"KLDivergence"}:
        if loss.kind in BINARY and not output.behaviour.sums and task == "binary":
            return None  # one unit is what is wanted
        ending = endings.nearest(output, keep_units=True)
        kind = ending.loss if ending is not None else "SparseCategoricalCrossentropy"
        options = {"from_logits": True} if loss.from_logits else {}
        return _NUMBERS.format(loss.kind, units), (SetLoss(output.number, kind, options),)
    if not column and loss.kind in SPARSE and targets.columns == units:
        if targets.sums:
            options = {"from_logits": True} if loss.from_logits else {}
            change = SetLoss(output.number, "CategoricalCrossentropy", options)
            return _ROWS.format(loss.kind, targets.columns), (change,)
        return None
    values = targets.values
    fractions = column and values is not None and classes and not targets.whole
    two = values is not None and len(values) == _PAIR
    if fractions and (loss.kind in SPARSE or (loss.kind in BINARY | HINGE and two)):
        return _FRACTIONS.format(loss.kind), (MapLabels(output.number, _MAP),)
    return None


_TEXT = Text(en="y holds text, the model takes numbers.", zh="y 是文字，模型要的是数字。")
_NUMBERS = Text(
    en="y holds class numbers, but {} compares each of the {} outputs with a column of its own.",
    zh="y 是类别编号，而 {} 要让 {} 个输出各和自己的一列比较。",
)
_ROWS = Text(
    en="{} takes class numbers, but y has rows of {} columns.",
    zh="{} 要的是类别编号，而 y 每行有 {} 列。",
)
_FRACTIONS = Text(
    en="The labels are fractions, which {} cannot tell apart as classes.",
    zh="标签是小数，{} 没法把它们当类别区分。",
)
