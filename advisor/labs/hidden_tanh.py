"""Tanh in hidden layers is better than its reputation."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._crowd import Crowd, digits
from advisor.text import Text

ORDER = 10
LECTURE = ("tanh-possible",)
TITLE = Text(en="tanh in hidden layers", zh="隐藏层里的 tanh")
VERDICT = Text(
    en="True, and understated: in deep plain stacks tanh with Glorot beats ReLU with He.",
    zh="成立，而且说得太谦虚：在很深的纯堆叠里，tanh 配 Glorot 胜过 ReLU 配 He。",
)
LIMITS = Text(
    en="It needs Glorot's spread: with He's the gradient grows by 5 % a layer. Wide convolutional "
    "networks with normalisation prefer ReLU, which is also cheaper.",
    zh="它需要 Glorot 的方差；用 He 的话梯度每层增大 5%。很宽、带归一化的卷积网络还是 ReLU 好，也更省计算。",
)
CRITERION = Text(
    en="Digits, 10 hidden layers, SGD(0.1), 20 epochs: tanh at least .93 from every seed, and on the "
    "mean better than ReLU.",
    zh="digits、10 个隐藏层、SGD(0.1)、20 轮：tanh 每个种子至少 .93，平均胜过 ReLU。",
)
QUESTION = Text(
    en="At 0 the slopes of tanh and ReLU are 1 and 0 or 1. Why does depth suit tanh?",
    zh="在 0 附近，tanh 的斜率是 1，ReLU 是 0 或 1。为什么深层更适合 tanh？",
)
ANSWER = Text(
    en="Small signals pass tanh unchanged and keep their angles; each ReLU layer makes any two rows "
    "more alike, until after 30 layers they nearly coincide.",
    zh="小信号通过 tanh 几乎不变，样本之间的夹角也保持住；每经过一层 ReLU，任意两个样本都更像一点，三十层"
    "之后几乎重合。",
)
SOURCE = "measured with Keras on digits"
PANELS = 1


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Train deep networks of both kinds, and tanh with He's start."""
    keras = backend.keras()
    X, y, test, truth = digits()

    def train(hidden: str, initializer: str, seeds: int) -> tuple[float, ...]:
        crowd = Crowd([64, *[64] * 10, 10], hidden, seeds, initializer=initializer)
        crowd.train(X, y, keras.optimizers.SGD(0.1), 20)
        return tuple(crowd.accuracy(test, truth))

    kinds = {
        "tanh, glorot": ("tanh", "glorot_uniform", seeds),
        "relu, he": ("relu", "he_normal", seeds),
        "sigmoid, glorot": ("sigmoid", "glorot_uniform", seeds),
    }
    found = chunks.named(train, kinds)
    lead = fmean(found["tanh, glorot"]) - fmean(found["relu, he"])
    numbers = [
        Number(_ACCURACY.format("tanh"), found["tanh, glorot"], least=0.93),
        Number(_ACCURACY.format("relu"), found["relu, he"]),
        Number(_LEAD, (lead,), least=0),
        Number(_ACCURACY.format("sigmoid"), found["sigmoid, glorot"], most=0.3),
    ]
    return numbers, {"scores": found}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the accuracy of every network."""
    _scores.rows(axes[0], data["scores"], words(_TITLE), xlim=(0, 1.02))


_ACCURACY = Text(en="test accuracy, 10 hidden layers of {}", zh="测试准确率，10 个 {} 隐藏层")
_LEAD = Text(en="mean accuracy of tanh minus ReLU's", zh="tanh 的平均准确率减去 ReLU 的")
_TITLE = Text(en="Accuracy, 10 hidden layers", zh="准确率，10 个隐藏层")
