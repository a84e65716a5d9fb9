"""Linear layers, however many, are one linear layer."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs._crowd import Crowd
from advisor.pictures import BLUE, GREY, ORANGE
from advisor.text import Text

ORDER = 2
LECTURE = ("linear-collapse",)
TITLE = Text(en="without activations depth is worth nothing", zh="没有激活函数，再深也没用")
VERDICT = Text(
    en="True, exactly: the product of the kernels is one kernel, and predicts the same.",
    zh="成立，而且是严格的：各层权重相乘就是一层的权重，预测完全一样。",
)
LIMITS = Text(
    en="With biases it is affine, not linear. And only what can be expressed is the same: a deep "
    "linear network is trained along other paths than one layer.",
    zh="带偏置时是仿射变换。另外，相同的只是表达能力：深层线性网络的训练过程和单层并不一样。",
)
CRITERION = Text(
    en="1 to 10 linear layers and their product give the same outputs; on circles and xor they "
    "classify no better than chance, ReLU does nearly perfectly.",
    zh="1 到 10 层线性层和它们的乘积输出相同；在同心圆和异或上它们和乱猜差不多，ReLU 几乎全对。",
)
QUESTION = Text(
    en="Two moons are separated to 87 % by a line. Is that data good for showing the collapse?",
    zh="双月数据用一条直线就能分对 87%。用它演示“塌缩”合适吗？",
)
ANSWER = Text(
    en="No: a line is nearly enough there, so linear and non-linear networks look alike. Take data "
    "where a line is no better than chance: circles, xor.",
    zh="不合适：那里直线已经差不多够了，线性和非线性看不出差别。要用直线等于乱猜的数据：同心圆、异或。",
)
SOURCE = "associativity of the matrix product"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Compare stacks with their product, and train both kinds on circles and xor."""
    worst = [max(_difference(depth, seed) for depth in range(1, 11)) for seed in range(seeds)]
    numbers = [Number(_PRODUCT, tuple(worst), most=5e-6)]
    keras = backend.keras()
    rows = {"circles": _circles(), "xor": _xor()}

    def train(name: str, hidden: str, seeds: int) -> tuple[float, ...]:
        X, y = rows[name]
        half = len(X) // 2
        initializer, optimizer = {
            "linear": ("glorot_uniform", keras.optimizers.SGD(0.5)),
            "relu": ("he_normal", keras.optimizers.Adam(0.01)),
        }[hidden]
        crowd = Crowd([2, 32, 32, 2], hidden, seeds, initializer=initializer)
        crowd.train(X[:half], y[:half], optimizer, 400, batch_size=half)
        return tuple(crowd.accuracy(X[half:], y[half:]))

    kinds = [(name, hidden) for name in rows for hidden in ("linear", "relu")]
    found = chunks.named(train, {", ".join(kind): (*kind, seeds) for kind in kinds})
    for name, hidden in kinds:
        bounds = {"most": 0.6} if hidden == "linear" else {"least": 0.95}
        accuracy = found[f"{name}, {hidden}"]
        numbers.append(Number(_ACCURACY.format(name, hidden), accuracy, **bounds))
    return numbers, {"accuracies": found, "circles": rows["circles"]}


def _difference(depth: int, seed: int) -> float:
    """Return how far a stack of linear layers lies from its product, over the largest output."""
    import numpy as np

    keras = backend.keras()
    widths = [6, *[24] * (depth - 1), 3]
    layers = [
        keras.layers.Dense(
            n,
            kernel_initializer=keras.initializers.GlorotUniform(seed=100 * seed + i),
            bias_initializer=keras.initializers.RandomNormal(seed=100 * seed + i),
        )
        for i, n in enumerate(widths[1:])
    ]
    model = keras.Sequential([keras.Input((6,)), *layers])
    X = np.random.default_rng(seed).normal(size=(50, 6)).astype("float32")
    kernel, bias = np.eye(6), np.zeros(6)
    for layer in layers:
        w, b = (a.astype("float64") for a in layer.get_weights())
        kernel, bias = kernel @ w, bias @ w + b
    p = np.asarray(model(X), "float64")
    return float(np.abs(p - (X @ kernel + bias)).max() / np.abs(p).max())


def _circles() -> tuple[Any, Any]:
    """Return two rings, mirrored at both axes so that no line has an advantage by chance."""
    from sklearn.datasets import make_circles

    X, y = make_circles(300, noise=0.05, factor=0.5, random_state=0)
    return _mirrored(X, y, y)


def _xor() -> tuple[Any, Any]:
    """Return the four quadrants of a square, mirrored likewise."""
    import numpy as np

    X = np.random.default_rng(0).uniform(0.1, 1, (300, 2))
    return _mirrored(X, np.zeros(300, int), np.ones(300, int))


def _mirrored(X: Any, even: Any, odd: Any) -> tuple[Any, Any]:
    """Return rows with their mirror images; `odd` are the classes after a single reflection."""
    import numpy as np

    signs = ((1, 1), (-1, -1), (1, -1), (-1, 1))
    rows = np.stack([X * sign for sign in signs], axis=1).reshape(-1, 2)
    classes = np.stack([even, even, odd, odd], axis=1).reshape(-1)
    return rows.astype("float32"), classes


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the rows, and how well each network tells them apart."""
    X, y = data["circles"]
    for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        axes[0].scatter(*X[y == label].T, s=14, color=colour, marker=marker)
    axes[0].set(title=words(Text(en="circles", zh="同心圆")), aspect="equal")
    names = list(data["accuracies"])
    for place, name in enumerate(names):
        found = data["accuracies"][name]
        colour = ORANGE if "linear" in name else BLUE
        axes[1].plot(found, [len(names) - place] * len(found), "o", color=colour, alpha=0.7)
    axes[1].axvline(0.5, color=GREY, linestyle=":")
    axes[1].set_yticks(range(len(names), 0, -1), names)
    axes[1].set(xlim=(0.3, 1.02), title=words(_TEST))


_PRODUCT = Text(
    en="1 to 10 linear layers beside their product: largest difference over the largest output",
    zh="1 到 10 层线性层与其乘积：最大差 ÷ 最大输出",
)
_ACCURACY = Text(en="{}: test accuracy, hidden layers {}", zh="{}：测试准确率，隐藏层 {}")
_TEST = Text(en="Test accuracy", zh="测试准确率")
