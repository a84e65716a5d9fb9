"""Softmax for classes that exclude each other."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs._crowd import Crowd
from advisor.pictures import BLUE, GREY, ORANGE
from advisor.text import Text

ORDER = 14
LECTURE = ("multiclass-softmax",)
TITLE = Text(en="softmax for several classes", zh="多分类用 softmax")
VERDICT = Text(
    en="True for classes that exclude each other: rows add up to 1.",
    zh="对互斥的类别成立：每行加起来等于 1。",
)
LIMITS = Text(
    en="With two classes softmax is the sigmoid of the difference of the scores, with one score too "
    "many. With one unit it is always 1.",
    zh="两类时，softmax 就是两个分数之差的 sigmoid，多了一个分数。只有一个单元时，它永远等于 1。",
)
CRITERION = Text(
    en="On iris softmax' rows add up to 1 within 1e-6 and sigmoid's do not; softmax of two scores is "
    "the sigmoid of their difference within 1e-12.",
    zh="iris 上 softmax 每行加起来与 1 相差不到 1e-6，sigmoid 不是；两个分数的 softmax 等于其差的 sigmoid，误差"
    "不到 1e-12。",
)
QUESTION = Text(
    en="Add 100 to every score of a row. What do the probabilities do, and why is that useful?",
    zh="把一行分数都加上 100，概率怎么变？有什么用？",
)
ANSWER = Text(
    en="Nothing: e^100 cancels. So one may subtract the largest score first, and e^x never "
    "overflows.",
    zh="不变：e^100 上下约掉了。所以可以先减去最大的分数，e^x 就不会溢出。",
)
SOURCE = "algebra; measured with Keras on iris"
PANELS = 1


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Train either output layer on iris, and compare two classes with the sigmoid."""
    import numpy as np

    from advisor.catalog import load

    keras = backend.keras()
    data = load("iris")
    X = ((data.X_train - data.X_train.mean(axis=0)) / data.X_train.std(axis=0)).astype("float32")

    def train(head: str, seeds: int) -> tuple[Any, tuple[float, ...]]:
        crowd = Crowd([4, 32, 3], "relu", seeds, initializer="he_normal")
        crowd.train(X, data.y_train, keras.optimizers.Adam(0.01), 40)
        z = crowd.outputs(X)
        p = np.asarray(
            getattr(keras.activations, head)(keras.ops.convert_to_tensor(z.astype("float32"))),
            "float64",
        )
        return p.sum(axis=-1), tuple(crowd.accuracy(X, data.y_train))

    found = chunks.named(train, {head: (head, seeds) for head in ("softmax", "sigmoid")})
    sums, scores = ({head: one[i] for head, one in found.items()} for i in (0, 1))
    z = np.random.default_rng(0).normal(size=(seeds, 10_000, 2)) * 10
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    sigmoid = 1 / (1 + np.exp(z[..., 1] - z[..., 0]))
    off = np.abs(e[..., 0] / e.sum(axis=-1) - sigmoid).max(axis=1)
    numbers = [
        Number(_SUM.format("softmax"), _worst(sums["softmax"]), most=1e-6),
        Number(_SUM.format("sigmoid"), _worst(sums["sigmoid"]), least=0.01),
        Number(_TWO, tuple(float(v) for v in off), most=1e-12),
        Number(_ACCURACY, scores["softmax"], least=0.95),
    ]
    return numbers, {"sums": {name: found.ravel() for name, found in sums.items()}}


def _worst(sums: Any) -> tuple[float, ...]:
    return tuple(float(v) for v in abs(sums - 1).max(axis=1))


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show what rows add up to."""
    for (name, sums), colour in zip(data["sums"].items(), (BLUE, ORANGE), strict=True):
        axes[0].hist(sums, 40, range=(0, 2.2), color=colour, alpha=0.75, label=name)
    axes[0].axvline(1, color=GREY, linestyle=":")
    axes[0].set(xlabel=words(_SUMS), yscale="log", title=words(_TITLE))
    axes[0].legend()


_SUM = Text(en="{}: largest |sum of a row − 1|", zh="{}：|行和 − 1| 最大值")
_TWO = Text(
    en="two classes: largest |softmax − sigmoid of the difference|",
    zh="两类：|softmax − 差的 sigmoid| 最大值",
)
_ACCURACY = Text(en="iris: accuracy on the training rows", zh="iris：训练样本上的准确率")
_SUMS = Text(en="sum of a row's outputs", zh="一行输出之和")
_TITLE = Text(en="Rows of iris, all networks", zh="iris 的各行，所有网络")
