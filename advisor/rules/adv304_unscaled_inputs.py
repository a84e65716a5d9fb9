"""Checks that what arrives at the first weights has a size near 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import Insert
from advisor.facts import NEEDS_LAYERS, NEEDS_X
from advisor.findings import WARNING, NotApplicable, Seen
from advisor.rules._common import number
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="inputs not scaled", zh="输入没有缩放")
WHY = Text(
    en="Initializers count on inputs of size 1. Large ones saturate sigmoid and tanh, throw ReLU units "
    "far to one side and make the loss a narrow valley, in which any step is too large or too small.",
    zh="初始化是按输入大小为 1 设计的。太大的输入让 sigmoid、tanh 饱和，把 ReLU 推到一边，损失变成狭长的山谷，"
    "步长怎么取都不合适。",
)
REPAIR = Text(
    en="A Normalization layer first, Rescaling(1/255) for pixels, or StandardScaler before.",
    zh="最前面加 Normalization 层，像素用 Rescaling(1/255)，或者事先用 StandardScaler。",
)
FALSE_POSITIVES = Text(
    en="Inputs whose size is normalised by a layer that is not Keras' own.",
    zh="用自己写的层做了归一化的输入。",
)
SOURCE = "advisor lab dying-relu; measured with Keras 3.15"
EXAMPLE = """\
X = np.random.default_rng(0).normal(size=(90, 4)) * [1, 10, 100, 1000]
y = np.arange(90) % 2
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model, X, y
"""
INSTEAD = EXAMPLE.replace(
    "    layers.Dense(8",
    "    layers.Normalization(mean=X.mean(axis=0), variance=X.var(axis=0)),\n    layers.Dense(8",
)
_LARGE, _TINY = 10.0, 0.01
_PIXEL = 255


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the first weighted layers at which inputs of another size arrive."""
    if not facts.rows:
        raise NotApplicable(NEEDS_X)
    if facts.own and not facts.features:
        raise NotApplicable(NEEDS_LAYERS)
    for features in facts.features:
        large, tiny = features.largest > _LARGE, 0 < features.largest < _TINY
        if not large and not tiny:
            continue
        pixels = features.image and features.low >= 0 and 1 < features.high <= _PIXEL
        change = (
            Insert(features.where, "Rescaling", {"scale": 1 / _PIXEL})
            if pixels
            else Insert(
                features.where,
                "Normalization",
                {"mean": features.mean, "variance": features.variance},
            )
        )
        message = (_LARGE_SEEN if large else _TINY_SEEN).format(
            features.where, number(features.largest), number(features.low), number(features.high)
        )
        yield Seen(
            WARNING,
            "X",
            message,
            REPAIR,
            (change,),
            explains=(
                "learning-rate-too-high",
                "dead-units",
                "exploding-gradient",
                "vanishing-gradient",
                "initializer-activation-mismatch",
            ),
        )


_LARGE_SEEN = Text(
    en="A feature of size {1} arrives at '{0}' (all: {2} to {3}); about 1 is wanted.",
    zh="到达“{0}”的特征里有大小为 {1} 的（总体从 {2} 到 {3}）；应当在 1 左右。",
)
_TINY_SEEN = Text(
    en="Features of size {1} at most arrive at '{0}' (all: {2} to {3}); about 1 is wanted. Were they "
    "scaled twice?",
    zh="到达“{0}”的特征最大只有 {1}（总体从 {2} 到 {3}）；应当在 1 左右。是不是缩放了两次？",
)
