"""Sigmoid for two classes, and what a wrong last layer hides in its loss."""

from __future__ import annotations

from typing import Any

from advisor.confirmation import confirm
from advisor.demonstrations import Number
from advisor.pictures import BLUE, COLOURS
from advisor.text import Text

ORDER = 17
LECTURE = ("binary-sigmoid",)
TITLE = Text(en="sigmoid for two classes", zh="二分类用 sigmoid")
VERDICT = Text(
    en="True, with binary cross-entropy: outputs are probabilities and beat the best constant.",
    zh="成立，配二元交叉熵：输出是概率，而且胜过最佳常数。",
)
LIMITS = Text(
    en="softmax of one unit is always 1, yet on TensorFlow its loss curve is the sigmoid's own: look "
    "at outputs, never at the loss. Where classes are rare start the bias at ln(p/(1−p)).",
    zh="一个单元的 softmax 永远是 1，可在 TensorFlow 上它的损失曲线和 sigmoid 一模一样：要看输出，别看损失。某一类"
    "很少时，偏置从 ln(p/(1−p)) 开始。",
)
CRITERION = Text(
    en="On breast_cancer the sigmoid's outputs lie in [0, 1] and at least 93 % are right; softmax(1) "
    "gives 1 for every row.",
    zh="breast_cancer 上，sigmoid 的输出都在 [0, 1] 里，至少 93% 判对；softmax(1) 对每一行都输出 1。",
)
QUESTION = Text(
    en="The loss of softmax(1) falls as it should. How do you notice that something is wrong?",
    zh="softmax(1) 的损失正常下降。怎么发现有问题？",
)
ANSWER = Text(
    en="model.predict gives 1 for every row, so accuracy stays at the share of class 1; and the loss "
    "computed anew from the predictions is far larger than the one on the curve.",
    zh="model.predict 对每一行都给 1，准确率停在第 1 类所占比例；用预测值重算一遍损失，也比曲线上的大得多。",
)
SOURCE = "Keras 3.15 on TensorFlow; advisor.confirm"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Confirm the task from every seed."""
    found = [confirm("binary", seed=seed) for seed in range(seeds)]
    outside = tuple(
        max(0.0, float(-one.right.p.min()), float(one.right.p.max()) - 1) for one in found
    )
    accuracy = tuple(one.right.score for one in found)
    alone = [next(c for c in one.controls if c.head == "softmax(1)") for one in found]
    spread = tuple(float(control.p.max() - control.p.min()) for control in alone)
    numbers = [
        Number(_OUTSIDE, outside, most=0),
        Number(_ACCURACY.format("sigmoid(1)"), accuracy, least=0.93),
        Number(_SPREAD, spread, least=0, most=1e-6),  # 1, to the rounding of float32
        Number(_ACCURACY.format("softmax(1)"), tuple(control.score for control in alone), most=0.7),
        Number(_CONFIRMED, tuple(float(one.ok) for one in found), least=1),
    ]
    first = found[0]
    curves = {one.head: one.losses for one in (first.right, *first.controls)}
    return numbers, {"p": first.right.p.ravel(), "y": first.y.ravel(), "curves": curves}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the probabilities by class, and the loss curves that lie."""
    for label, colour in ((0, COLOURS[1]), (1, BLUE)):
        axes[0].hist(data["p"][data["y"] == label], 25, range=(0, 1), color=colour, alpha=0.75,
                     label=words(_CLASS.format(label)))  # fmt: skip
    axes[0].set(title=words(_OUTPUTS), xlabel="sigmoid(z)", yscale="log")
    axes[0].legend()
    for place, (name, losses) in enumerate(data["curves"].items()):
        style = {"linewidth": 6, "alpha": 0.35} if place == 0 else {"linestyle": "--"}
        axes[1].plot(losses, color=COLOURS[place % len(COLOURS)], label=name, **style)
    axes[1].set(title=words(_LOSSES), xlabel=words(Text(en="epoch", zh="训练轮次")), yscale="log")
    axes[1].legend(fontsize=9)


_OUTSIDE = Text(
    en="sigmoid(1): outputs outside [0, 1], at most", zh="sigmoid(1)：输出超出 [0, 1] 最多"
)
_ACCURACY = Text(en="{}: test accuracy", zh="{}：测试准确率")
_SPREAD = Text(en="softmax(1): largest minus smallest output", zh="softmax(1)：最大输出减最小输出")
_CONFIRMED = Text(en="advisor.confirm agrees (1: yes)", zh="advisor.confirm 也确认（1：是）")
_CLASS = Text(en="class {}", zh="类别 {}")
_OUTPUTS = Text(en="Outputs of the sigmoid", zh="sigmoid 的输出")
_LOSSES = Text(en="Training losses", zh="训练损失")
