"""Checks that there is more than one class to tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.findings import ERROR, WARNING, Seen
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="all labels alike", zh="标签只有一种")
WHY = Text(
    en="With one class, or one value, there is nothing to tell apart: a constant output is perfect, "
    "the loss goes to 0 and the accuracy to 1, and nothing was learnt.",
    zh="只有一个类别（或一个值）就没有什么要区分的：输出常数就是满分，损失到 0、准确率到 1，其实什么也没学。",
)
REPAIR = Text(
    en="Look at how y was made: a filter, a sorted split, a wrong column.",
    zh="检查 y 是怎么来的：是不是筛过、排过序再切分、拿错了列。",
)
FALSE_POSITIVES = Text(en="A few rows given as a sample.", zh="只给了几行作样例。")
SOURCE = "Measured with Keras 3.15"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(90, 4))
y = np.ones(90)
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model, X, y
"""
INSTEAD = EXAMPLE.replace("np.ones(90)", "np.arange(90) % 2")
_SAMPLE = 20


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs with one label for all rows."""
    for output, targets in facts.with_targets():
        one = targets.values is not None and len(targets.values) == 1
        if targets.columns > 1 and targets.std == 0:
            one = True  # each column is the same in every row
        if one and targets.rows > 1:
            severity = ERROR if targets.rows >= _SAMPLE else WARNING
            message = _SEEN.format(targets.rows)
            yield Seen(severity, facts.place("y", output), message, REPAIR)


_SEEN = Text(en="All {} rows have the same target.", zh="{} 个样本的目标全都一样。")
