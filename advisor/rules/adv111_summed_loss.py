"""Checks that the loss is a mean over the batch, not a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import SetLoss
from advisor.findings import WARNING, Seen
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="summed loss", zh="损失是求和而不是平均")
WHY = Text(
    en="A sum grows with the batch: the same learning rate takes a step 32 times as large at batch "
    "size 32 as at 1, and the last, smaller batch takes another one.",
    zh="求和会随批量变大：同样的学习率，批量 32 时的步长是批量 1 时的 32 倍，最后那个小批又不一样。",
)
REPAIR = Text(
    en='Leave reduction out; Keras\' default "sum_over_batch_size" is the mean.',
    zh="不写 reduction；Keras 默认的 sum_over_batch_size 就是平均。",
)
FALSE_POSITIVES = Text(
    en="Training distributed by hand, where the sum is divided later.",
    zh="手写分布式训练，之后再自己除。",
)
SOURCE = "keras.io/api/losses (reduction)"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", keras.losses.CategoricalCrossentropy(reduction="sum"))
model
"""
INSTEAD = EXAMPLE.replace('reduction="sum"', "")


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the losses that are summed."""
    for output, loss in facts.with_loss():
        if loss.reduction == "sum":
            options = {k: v for k, v in loss.options.items() if k != "reduction"}
            yield Seen(
                WARNING,
                facts.place("loss", output),
                _SEEN.format(loss.kind),
                REPAIR,
                (SetLoss(output.number, loss.kind, options),),
                explains=("exploding-gradient", "learning-rate-too-high"),
            )


_SEEN = Text(
    en="{} is summed over the batch: the step grows with the batch size.",
    zh="{} 对整批求和：步长随批量变大。",
)
