"""Checks that kernels are drawn in proportion to what a unit adds up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from advisor.changes import SetOptions
from advisor.facts import NEEDS_BUILT
from advisor.findings import WARNING, NotApplicable, Seen
from advisor.rules._common import initializer_for, number, still_as_drawn
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="kernel drawn too large", zh="权重初值太大")
WHY = Text(
    en="A unit adds up fan_in numbers, so with weights of standard deviation s its sum has "
    "s·√fan_in. Where that is far above 1.4 (He) signals grow from layer to layer, sigmoids and "
    "softmax start saturated, and the first loss is in the thousands.",
    zh="一个单元要加 fan_in 个数，权重标准差是 s 时，和的标准差就是 s·√fan_in。远大于 1.4（He）时，信号逐层变大，"
    "sigmoid、softmax 一开始就饱和，第一个损失就上千。",
)
REPAIR = Text(
    en="he_normal under ReLU, glorot_uniform otherwise.",
    zh="ReLU 用 he_normal，其他用 glorot_uniform。",
)
FALSE_POSITIVES = Text(
    en="Models that are trained already are not reported.", zh="已经训练过的模型不报告。"
)
SOURCE = "Glorot & Bengio 2010 and He et al. 2015, as cited by keras.initializers"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((100,)),
    layers.Dense(64, activation="relu", kernel_initializer=keras.initializers.RandomNormal(stddev=1.0)),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("keras.initializers.RandomNormal(stddev=1.0)", '"he_normal"')
_LARGE = 7.0


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the kernels that are drawn far too large."""
    if not any(layer.drawn for layer in facts.layers):
        raise NotApplicable(NEEDS_BUILT)
    for layer in facts.layers:
        if layer.drawn is None or not layer.fan_in or not layer.drawn[1]:
            continue
        size = math.sqrt(layer.drawn[1] * layer.fan_in)
        if size < _LARGE or not still_as_drawn(layer):
            continue
        yield Seen(
            WARNING,
            layer.name,
            _SEEN.format(layer.name, number(math.sqrt(layer.drawn[1])), layer.fan_in, number(size)),
            REPAIR,
            (SetOptions(layer.name, {"kernel_initializer": initializer_for(layer)}),),
            explains=("exploding-gradient", "dead-units", "learning-rate-too-high"),
        )


_SEEN = Text(
    en="The kernel of '{}' is drawn with standard deviation {} for {} inputs: sums of size {}, where "
    "1 to 1.4 keeps signals as they are.",
    zh="“{}”的权重标准差是 {}，而输入有 {} 个：加权和的大小约 {}，1 到 1.4 才能让信号大小不变。",
)
