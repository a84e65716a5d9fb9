"""Sigmoid in hidden layers: useless when deep, fine when shallow."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._crowd import Crowd, digits
from advisor.text import Text

ORDER = 8
LECTURE = ("sigmoid-not-hidden",)
TITLE = Text(en="sigmoid in hidden layers", zh="隐藏层里的 sigmoid")
VERDICT = Text(
    en="A rule of thumb, true for deep plain stacks: five hidden layers of sigmoid learn nothing.",
    zh="是条经验，对深的纯堆叠成立：五个 sigmoid 隐藏层什么也学不到。",
)
LIMITS = Text(
    en="With one hidden layer it works, and so it does with BatchNormalization, even ten deep. In "
    "the gates of LSTM and GRU it is required.",
    zh="只有一个隐藏层时没问题；加上 BatchNormalization，十层也没问题。LSTM、GRU 的门里必须用它。",
)
CRITERION = Text(
    en="Digits, 5 hidden layers of 64, SGD(0.1), 20 epochs: sigmoid at most .30, ReLU at least .90, "
    "tanh at least .93.",
    zh="digits、5 个隐藏层每层 64 个、SGD(0.1)、20 轮：sigmoid 至多 .30，ReLU 至少 .90，tanh 至少 .93。",
)
QUESTION = Text(
    en="With BatchNormalization ten sigmoid layers learn. Which of the two troubles has it cured?",
    zh="加上 BatchNormalization，十层 sigmoid 也能学。它治好了哪个毛病？",
)
ANSWER = Text(
    en="Both: it spreads the weighted sums again, so rows stay apart, and it scales them up, which "
    "multiplies the gradient on its way back.",
    zh="两个都治了：它把加权和重新摊开，样本又分得开了；放大的同时，反向的梯度也乘上了同样的倍数。",
)
SOURCE = "measured with Keras on digits"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Train shallow and deep networks on digits."""
    keras = backend.keras()
    X, y, test, truth = digits()
    X, y = X[:1344], y[:1344]  # whole batches: a last one of 3 rows upsets BatchNormalization

    def train(
        hidden: str, depth: int, initializer: str, normalise: Any, seeds: int
    ) -> tuple[float, ...]:
        sizes = [64, *[64] * depth, 10]
        crowd = Crowd(sizes, hidden, seeds, initializer=initializer, normalise=normalise)
        crowd.train(X, y, keras.optimizers.SGD(0.1), 20)
        return tuple(crowd.accuracy(test, truth))

    kinds = {
        "sigmoid": ("sigmoid", 5, "glorot_uniform", False, seeds),
        "relu": ("relu", 5, "he_normal", False, seeds),
        "tanh": ("tanh", 5, "glorot_uniform", False, seeds),
        "sigmoid, 1": ("sigmoid", 1, "glorot_uniform", False, seeds),
        "relu, 1": ("relu", 1, "he_normal", False, seeds),
        "sigmoid, 10, BN": ("sigmoid", 10, "glorot_uniform", True, seeds),
    }
    found = chunks.named(train, kinds)
    numbers = [
        Number(_DEEP.format("sigmoid"), found["sigmoid"], most=0.3),
        Number(_DEEP.format("relu"), found["relu"], least=0.9),
        Number(_DEEP.format("tanh"), found["tanh"], least=0.93),
        Number(_ONE.format("sigmoid"), found["sigmoid, 1"], least=0.9),
        Number(_ONE.format("relu"), found["relu, 1"], least=0.9),
        Number(_NORMED, found["sigmoid, 10, BN"], least=0.9),
    ]
    deep = {name: found.pop(name) for name in ("sigmoid", "relu", "tanh")}
    return numbers, {"deep": deep, "other": found}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the accuracy of every network."""
    _scores.rows(axes[0], data["deep"], words(_FIVE), xlim=(0, 1.02))
    _scores.rows(axes[1], data["other"], words(_OTHER), xlim=(0, 1.02))


_DEEP = Text(en="test accuracy, 5 hidden layers of {}", zh="测试准确率，5 个 {} 隐藏层")
_ONE = Text(en="test accuracy, 1 hidden layer of {}", zh="测试准确率，1 个 {} 隐藏层")
_NORMED = Text(
    en="test accuracy, 10 hidden layers of sigmoid with BatchNormalization",
    zh="测试准确率，10 个 sigmoid 隐藏层加 BatchNormalization",
)
_FIVE = Text(en="Accuracy, 5 hidden layers", zh="准确率，5 个隐藏层")
_OTHER = Text(en="Accuracy where sigmoid is fine", zh="准确率：sigmoid 没问题的地方")
