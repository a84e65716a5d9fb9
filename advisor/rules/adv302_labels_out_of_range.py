"""Checks that labels lie where the loss expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import purposes
from advisor.changes import MapLabels
from advisor.facts import BINARY, HINGE, NEEDS_LOSS, ONEHOT, SPARSE
from advisor.findings import ERROR, NotApplicable, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Loss, Output, Targets

TITLE = Text(en="labels out of range", zh="标签越界")
WHY = Text(
    en="Class numbers start at 0: with 5 units they go to 4, and class 5 does not exist. Binary "
    "cross-entropy wants 0 or 1: with other labels it falls to minus infinity without a word.",
    zh="类别编号从 0 开始：5 个单元就到 4，没有第 5 类。二元交叉熵要 0 或 1：别的标签会让损失一声不吭地跌到负无穷。",
)
REPAIR = Text(en="y = np.searchsorted(np.unique(y), y)", zh="y = np.searchsorted(np.unique(y), y)")
FALSE_POSITIVES = Text(en="None known.", zh="暂时没有。")
SOURCE = "keras.io/api/losses/probabilistic_losses; measured with Keras 3.15"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(90, 4))
y = np.arange(90) % 3 + 1
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model, X, y
"""
INSTEAD = EXAMPLE.replace("% 3 + 1", "% 3")
_PAIR = 2
_MAP = "y = np.searchsorted(np.unique(y), y)"


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose labels are out of range."""
    if not any(o.loss and not o.loss.own for o, _ in facts.with_targets()):
        raise NotApplicable(NEEDS_LOSS)
    for output, targets in facts.with_targets():
        loss = output.loss
        if loss is None or loss.own or targets.text:
            continue
        bounds = _bounds(output, loss, targets)
        if bounds is None:
            continue
        low, high = bounds
        if targets.low < low or targets.high > high:
            seen = (number(targets.low), number(targets.high), number(low), number(high))
            columns = targets.columns > 1
            yield Seen(
                ERROR,
                facts.place("y", output),
                _SEEN.format(*seen, loss.kind),
                _SCALE if columns else REPAIR,
                () if columns else (MapLabels(output.number, _MAP),),
                explains=("metric-task-mismatch", "unscaled-targets", "learning-rate-too-high"),
            )


def _bounds(output: Output, loss: Loss, targets: Targets) -> tuple[float, float] | None:
    """Return where labels may lie; None where anything may, or another rule speaks."""
    purpose = purposes.of(output)
    if loss.kind in SPARSE and targets.columns == 1 and output.units:
        return 0, output.units - 1
    if loss.kind in BINARY and purpose is not None and purpose.task != "regression":
        return 0, 1
    if loss.kind in ONEHOT and targets.columns > 1:
        return 0, 1
    if loss.kind in HINGE and purpose is not None and purpose.task == "binary":
        return -1, 1
    return None


_SEEN = Text(
    en="y goes from {0} to {1}; {4} expects {2} to {3}.",
    zh="y 从 {0} 到 {1}；{4} 要求 {2} 到 {3}。",
)
_SCALE = Text(en="Bring each column into 0 to 1.", zh="把每一列变到 0 到 1。")
