"""Checks that sigmoids are not stacked in hidden layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.findings import WARNING, Seen
from advisor.rules._common import hidden, lively, names, number, reactivated
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="stacked sigmoids", zh="隐藏层堆叠 sigmoid")
WHY = Text(
    en="The slope of sigmoid is at most 0.25, so each layer takes most of the gradient away: after "
    "three little is left, after eight hardly anything. One sigmoid layer is fine.",
    zh="sigmoid 的斜率最多 0.25，每过一层梯度就去掉一大半：三层后所剩不多，八层后几乎没有了。只有一层 "
    "sigmoid 没问题。",
)
REPAIR = Text(
    en="ReLU with He initialisation, tanh, or BatchNormalization between the layers.",
    zh="换成 ReLU 配 He 初始化、tanh，或者层间加 BatchNormalization。",
)
FALSE_POSITIVES = Text(
    en="Stacks with normalisation or shortcuts between the sigmoids are not reported.",
    zh="sigmoid 之间有归一化或捷径连接的，不报告。",
)
SOURCE = "The lecture; advisor lab vanishing-gradient"
EXAMPLE = """\
model = keras.Sequential(
    [keras.Input((20,))]
    + [layers.Dense(32, activation="sigmoid") for _ in range(6)]
    + [layers.Dense(1, activation="sigmoid")]
)
model.compile("adam", "binary_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace(
    'Dense(32, activation="sigmoid")',
    'Dense(32, activation="relu", kernel_initializer="he_normal")',
)
_SQUASHES = {"sigmoid", "hard_sigmoid", "sparse_sigmoid"}
_MANY = 3
_LOST = -1.0  # log10 of the share of the gradient that arrives
_NORMALISES = {"BatchNormalization", "LayerNormalization", "GroupNormalization"}
_NORMALISES |= {"Add", "Concatenate", "Multiply", "Average"}


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the stacks of sigmoids."""
    stack = [n for n in hidden(facts) if _squashes(facts, n)]
    squashed = [facts.layers[n] for n in stack]
    if len(squashed) < _MANY or any(layer.kind in _NORMALISES for layer in facts.layers):
        return
    journey = facts.journey
    known = (
        [] if journey is None else [r for r in (journey.ratio, journey.measured) if r is not None]
    )
    if known and min(known) > _LOST:
        return
    share = _SHARE.format(number(10 ** min(known))) if known else Text(en="", zh="")
    yield Seen(
        WARNING,
        squashed[0].name,
        _SEEN.format(len(squashed), names(squashed), share),
        REPAIR,
        tuple(c for at in stack for c in reactivated(facts, at, *lively(squashed))),
        explains=("vanishing-gradient", "initializer-activation-mismatch"),
    )


def _squashes(facts: Facts, at: int) -> bool:
    """Say whether a sigmoid follows a layer's weighted sum."""
    layer = facts.layers[at]
    own = layer.function.name if layer.function is not None else ""
    if own in _SQUASHES:
        return True
    reader = facts.layers[facts.readers[at][0]] if len(facts.readers[at]) == 1 else None
    return own == "linear" and bool(
        reader and reader.function is not None and reader.function.name in _SQUASHES
    )


_SEEN = Text(
    en="{} hidden layers end in a sigmoid ({}).{}", zh="有 {} 个隐藏层用 sigmoid（{}）。{}"
)
_SHARE = Text(
    en=" Of the gradient at the last hidden layer, {} arrives at the first.",
    zh="最后一个隐藏层的梯度，传到第一层只剩 {}。",
)
