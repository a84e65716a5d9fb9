"""A regression's output layer reaches every real number only without an activation."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._crowd import Crowd
from advisor.pictures import GREY, ORANGE
from advisor.text import Text

ORDER = 16
LECTURE = ("regression-linear", "regression-hidden")
TITLE = Text(en="no activation last in regression", zh="回归的输出层不加激活函数")
VERDICT = Text(
    en="True for targets that may be any real number: every other output cannot reach them.",
    zh="目标可以取任意实数时成立：别的输出根本够不到。",
)
LIMITS = Text(
    en="Positive targets want softplus or exp, counts exp with Poisson, shares sigmoid; angles want "
    "two outputs. And raw targets far from 0 want scaling, or a bias that starts at their mean.",
    zh="正数用 softplus 或 exp，计数用 exp 配 Poisson，比例用 sigmoid；角度用两个输出。另外，目标离 0 很远时要"
    "缩放，或者让偏置从平均值开始。",
)
CRITERION = Text(
    en="y = 3 x1 − 2 x2: R² with a linear output at least .99, with ReLU, softplus, tanh and sigmoid "
    "at most .6.",
    zh="y = 3 x1 − 2 x2：线性输出 R² 至少 .99，ReLU、softplus、tanh、sigmoid 至多 .6。",
)
QUESTION = Text(
    en="Prices are never negative. Is ReLU the right output layer for them?",
    zh="价格不会是负数。输出层用 ReLU 对吗？",
)
ANSWER = Text(
    en="No: for every row with z < 0 its slope is 0, so such a row never improves. Take softplus, or "
    "learn the logarithm.",
    zh="不对：z < 0 的样本斜率是 0，永远改不好。用 softplus，或者去学价格的对数。",
)
SOURCE = "measured with Keras"
PANELS = 2
HEADS = ("linear", "relu", "softplus", "tanh", "sigmoid")


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Learn a plane with each output layer."""
    import numpy as np

    keras = backend.keras()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(800, 2)).astype("float32")
    y = (X @ np.array([[3.0], [-2.0]])).astype("float32")

    def train(head: str, seeds: int) -> tuple[tuple[float, ...], Any]:
        crowd = Crowd([2, 32, 1], "relu", seeds, initializer="he_normal", head=head)
        crowd.train(X, y, keras.optimizers.Adam(0.01), 40)
        scores = tuple(crowd.r2(X, y))
        return scores, crowd.outputs(X)[int(np.argmax(scores)), :, 0]

    found = chunks.named(train, {head: (head, seeds) for head in HEADS})
    scores, seen = ({head: one[i] for head, one in found.items()} for i in (0, 1))
    numbers = [
        Number(_R2.format(head), found, **({"least": 0.99} if head == "linear" else {"most": 0.6}))
        for head, found in scores.items()
    ]
    return numbers, {"scores": scores, "seen": seen, "y": y[:, 0]}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show every score, and what two output layers predict."""
    _scores.rows(axes[0], data["scores"], "R²", xlim=(0, 1.02))
    axes[1].plot([-10, 10], [-10, 10], color=GREY, linewidth=1)
    for head, colour, marker in (("linear", "#0072B2", "o"), ("relu", ORANGE, "^")):
        axes[1].plot(data["y"], data["seen"][head], marker, color=colour, markersize=3, label=head)
    axes[1].set(xlabel=words(Text(en="target", zh="目标")), title=words(_PREDICTED))
    axes[1].legend()


_R2 = Text(en="R², output layer {}", zh="R²，输出层 {}")
_PREDICTED = Text(
    en="Predicted by the best network of two kinds", zh="两种输出层里最好的网络的预测值"
)
