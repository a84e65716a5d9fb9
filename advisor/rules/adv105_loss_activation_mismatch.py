"""Checks that what comes out lies where the loss is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings
from advisor.facts import HINGE
from advisor.findings import ERROR, Seen
from advisor.rules._common import number, repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Loss, Output

TITLE = Text(en="loss and last activation do not go together", zh="损失函数和输出激活函数不配")
WHY = Text(
    en="Poisson loss takes the logarithm of a rate, which must be positive; hinge loss wants margins "
    "of both signs; divergences and overlaps want probabilities.",
    zh="Poisson 损失要对发生率取对数，必须是正数；hinge 损失要有正有负的间隔；散度和重叠度要概率。",
)
REPAIR = Text(
    en="Exponential with Poisson, no activation or tanh with hinge, softmax with KL divergence.",
    zh="Poisson 配 exponential，hinge 不加激活函数或用 tanh，KL 散度配 softmax。",
)
FALSE_POSITIVES = Text(en="None known.", zh="暂时没有。")
SOURCE = "keras.io/api/losses; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1),
])
model.compile("adam", "poisson")
model
"""
INSTEAD = EXAMPLE.replace("Dense(1)", 'Dense(1, activation="exponential")')


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs that leave the loss's domain."""
    for output, loss in facts.with_known_ends():
        seen = _outside(output, loss)
        if seen is None:
            continue
        message, activation = seen
        ending = endings.nearest(output)
        if loss.kind in HINGE | {"Dice", "Tversky"} or ending is None:
            changes = tuple(endings.set_activation(facts, output, activation))
            fix = REPAIR
        else:
            changes, fix = endings.changes(facts, output, ending), repair_of(ending, REPAIR)
        yield Seen(ERROR, endings.place(facts, output), message, fix, changes)


def _outside(output: Output, loss: Loss) -> tuple[Text, str] | None:
    does = output.behaviour
    low, high = number(does.low), number(does.high)
    if loss.kind == "Poisson" and does.low < 0:
        return _RATE.format(does.name, low), "exponential"
    if loss.kind in HINGE and does.low >= 0:
        return _MARGIN.format(does.name, low, high), "linear"
    if loss.kind == "KLDivergence" and not does.sums and (output.units or 0) > 1:
        return _PROBABILITIES.format(loss.kind, does.name, low, high), "softmax"
    if loss.kind in {"Dice", "Tversky"} and not does.probability:
        return _PROBABILITIES.format(loss.kind, does.name, low, high), "sigmoid"
    return None


_RATE = Text(
    en="Poisson loss takes the output's logarithm, but {} goes down to {}: below 0 the loss is NaN.",
    zh="Poisson 损失要对输出取对数，而 {} 低到 {}：小于 0 时损失就是 NaN。",
)
_MARGIN = Text(
    en="Hinge loss wants −1 or below for one class, but {} gives {} to {} only.",
    zh="hinge 损失要求其中一类的输出在 −1 以下，而 {} 只给出 {} 到 {}。",
)
_PROBABILITIES = Text(
    en="{} compares probabilities, but {} gives {} to {}.",
    zh="{} 比较的是概率，而 {} 给出 {} 到 {}。",
)
