"""Checks that hidden units are not off for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.facts import NEEDS_X
from advisor.findings import ERROR, WARNING, NotApplicable, Seen
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="dead units", zh="神经元死亡")
WHY = Text(
    en="Left of 0 ReLU gives 0 and has slope 0: a unit that is there for every row gives nothing and "
    "learns nothing, and neither does what lies before it.",
    zh="ReLU 在 0 的左边输出 0，斜率也是 0：一个单元如果对所有样本都落在那里，就什么也不输出、什么也学不到，"
    "它前面的也跟着学不到。",
)
REPAIR = Text(
    en="Scaled inputs, He initialisation, biases at 0, a smaller step; or Leaky ReLU.",
    zh="输入先缩放，用 He 初始化，偏置设为 0，步长小一些；或者用 Leaky ReLU。",
)
FALSE_POSITIVES = Text(
    en="A few rows that are all alike; below 32 rows nothing is said.",
    zh="给的样本太少又太像；少于 32 个样本时不作判断。",
)
SOURCE = "Lu et al. 2020, arXiv 1903.06733"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(100, 4))
y = np.arange(100) % 2
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(16, activation="relu", bias_initializer=keras.initializers.Constant(-30.0)),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model, X, y
"""
INSTEAD = EXAMPLE.replace(", bias_initializer=keras.initializers.Constant(-30.0)", "")
_MOST, _FEW = 0.8, 8


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the layers whose units are mostly dead."""
    if not facts.awake:
        raise NotApplicable(NEEDS_X)
    for layer in facts.awake:
        units = next((one.units for one in facts.layers if one.name == layer.where), None) or 0
        if layer.dead is None or layer.dead < _MOST or units < 2:  # noqa: PLR2004
            continue
        if units < _FEW and layer.dead < 1:
            continue  # a few small ones may be off by chance
        everything = layer.dead == 1 and units >= _FEW
        yield Seen(
            ERROR if everything else WARNING,
            layer.where,
            _SEEN.format(layer.where, f"{layer.dead:.0%}", units, facts.rows),
            REPAIR,
            explains=("vanishing-gradient",),
        )


_SEEN = Text(
    en="In '{}' {} of the {} units are off for every one of the {} rows.",
    zh="“{0}”的 {2} 个单元里，{1} 对全部 {3} 个样本都是关着的。",
)
