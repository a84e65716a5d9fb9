"""Checks that probabilities do not go to a loss that takes raw scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import endings
from advisor.changes import SetLoss
from advisor.facts import BINARY
from advisor.findings import ERROR, Seen
from advisor.rules._common import repair_of
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Output

TITLE = Text(
    en="sigmoid or softmax with from_logits=True", zh="sigmoid 或 softmax 又写了 from_logits=True"
)
WHY = Text(
    en="from_logits=True tells the loss to apply sigmoid or softmax itself. Applied twice they are "
    "squeezed: the loss of a perfect prediction stays at 0.31 for yes or no, at 0.55 for 3 classes.",
    zh="from_logits=True 是让损失自己再套一次 sigmoid 或 softmax。套两次就被压扁了：预测全对时，"
    "是非题的损失也停在 0.31，三类停在 0.55。",
)
REPAIR = Text(
    en="Leave from_logits=True out, or the activation.",
    zh="去掉 from_logits=True，或者去掉激活函数。",
)
FALSE_POSITIVES = Text(
    en="On TensorFlow Keras repairs the plain case itself, with a warning; the model is still "
    "compiled wrongly, and wrong on JAX.",
    zh="在 TensorFlow 上，Keras 会自己纠正最简单的情形并警告；但编译写法仍然是错的，换到 JAX 就真错了。",
)
SOURCE = "keras.io/api/losses/probabilistic_losses; measured with Keras 3.15"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
model
"""
INSTEAD = EXAMPLE.replace("from_logits=True", "")


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs that are squeezed twice."""
    for output, loss in facts.with_known_ends():
        does = output.behaviour
        if not loss.from_logits or not (does.probability or does.sums):
            continue
        if output.units == 1 and does.sums:
            continue  # softmax over one unit: a rule of its own
        fits = does.name == ("sigmoid" if loss.kind in BINARY else "softmax")
        ending = endings.nearest(output)
        changes = (SetLoss(output.number, loss.kind, _without(output)),) if fits else ()
        if not fits and ending is not None:
            changes = endings.changes(facts, output, ending)  # type: ignore[assignment]
        mended = fits and facts.backend == "tensorflow"
        yield Seen(
            ERROR,
            facts.place("loss", output),
            (_MENDED if mended else _TWICE).format(does.name),
            _DROP if fits else repair_of(ending, REPAIR),
            changes,
            explains=("output-activation-mismatch", "metric-on-logits"),
        )


def _without(output: Output) -> dict[str, object]:
    kept = {"label_smoothing", "alpha", "gamma", "apply_class_balancing"}
    options = output.loss.options if output.loss is not None else {}
    return {name: value for name, value in options.items() if name in kept}


_DROP = Text(en="Leave from_logits=True out.", zh="去掉 from_logits=True。")
_MENDED = Text(
    en="The output is a {} already, and from_logits=True asks for it once more. TensorFlow mends "
    "this one case and warns; on JAX the probabilities are squeezed twice.",
    zh="输出已经是 {}，from_logits=True 又要求再来一次。TensorFlow 会纠正这一种情形并警告；在 JAX 上"
    "概率就被压了两次。",
)
_TWICE = Text(
    en="The output is a {} already, and from_logits=True squeezes it once more: the loss cannot come "
    "near 0, the gradients stay small.",
    zh="输出已经是 {}，from_logits=True 又压一次：损失降不到 0 附近，梯度也一直很小。",
)
