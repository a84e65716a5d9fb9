"""Checks that raw scores do not go to a loss that takes probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings, purposes
from advisor.facts import BINARY, EXCLUSIVE
from advisor.findings import ERROR, Seen
from advisor.rules._common import repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts

TITLE = Text(en="raw scores without from_logits=True", zh="原始分数却没写 from_logits=True")
WHY = Text(
    en="Without an activation the last layer gives scores of any size. A cross-entropy that takes "
    "them for probabilities clips them to 0..1; outside, its gradient is exactly 0, so training is "
    "erratic and often stalls near ln K.",
    zh="没有激活函数时，输出层给的是任意大小的分数。交叉熵若把它当成概率，就会截断到 0 到 1 之间；"
    "范围外梯度恰好是 0，所以训练忽好忽坏，常常停在 ln K 附近。",
)
REPAIR = Text(
    en="Either from_logits=True in the loss, or sigmoid or softmax in the last layer.",
    zh="要么在损失里写 from_logits=True，要么在输出层加 sigmoid 或 softmax。",
)
FALSE_POSITIVES = Text(en="None known.", zh="暂时没有。")
SOURCE = "keras.io/api/losses/probabilistic_losses; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(3),
])
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace(
    '"sparse_categorical_crossentropy"',
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
)


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs whose scores are taken for probabilities."""
    for output, loss in facts.with_known_ends():
        if output.behaviour.name != "linear" or loss.from_logits:
            continue
        purpose = purposes.of(output)
        numbers = purpose is not None and purpose.seen and purpose.task == "regression"
        exclusive = loss.kind in EXCLUSIVE and output.units != 1
        if numbers or not (exclusive or loss.kind in BINARY):
            continue
        ending = endings.nearest(output)
        yield Seen(
            ERROR,
            endings.place(facts, output),
            _SEEN.format(loss.kind),
            repair_of(ending, REPAIR),
            endings.changes(facts, output, ending) if ending is not None else (),
            explains=("output-activation-mismatch",),
        )


_SEEN = Text(
    en="The output has no activation, and {} takes it for probabilities: scores outside 0 to 1 are "
    "clipped, and no gradient passes there.",
    zh="输出没有激活函数，而 {} 把它当成概率：0 到 1 之外的分数被截断，那里没有梯度。",
)
