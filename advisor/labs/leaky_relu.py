"""What Leaky ReLU cures, and what ELU, GELU and SiLU do not."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._crowd import Crowd, digits
from advisor.text import Text

ORDER = 13
LECTURE = ("leaky-next",)
TITLE = Text(en="Leaky ReLU revives dead units", zh="Leaky ReLU 能救活死掉的神经元")
VERDICT = Text(
    en="True as a cure of death: a slope of 0.2 is left, and the units come back.",
    zh="作为“起死回生”的办法成立：左边还留着 0.2 的斜率，神经元能回来。",
)
LIMITS = Text(
    en="ELU, GELU and SiLU do not bring units back from far left: their slope goes to 0 there. On "
    "healthy networks Leaky ReLU gains nothing that can be measured.",
    zh="ELU、GELU、SiLU 从左边很远处救不回来：那里它们的斜率趋于 0。网络本来健康时，Leaky ReLU 没有可测的好处。",
)
CRITERION = Text(
    en="Digits, every hidden bias started at −30, Adam(0.01), 60 epochs: Leaky ReLU at least .90, "
    "ReLU at most .11; ELU, GELU and SiLU at most .25.",
    zh="digits、隐藏层偏置从 −30 开始、Adam(0.01)、60 轮：Leaky ReLU 至少 .90，ReLU 至多 .11；"
    "ELU、GELU、SiLU 至多 .25。",
)
QUESTION = Text(
    en="ELU's slope is nowhere 0 for real numbers. Why does it not recover either?",
    zh="对实数来说 ELU 的斜率处处不为 0。为什么它也救不回来？",
)
ANSWER = Text(
    en="At z = −30 its slope is e^−30, about 1e-13: not 0, but in any number of steps that one has "
    "the time for, nothing moves.",
    zh="z = −30 处斜率是 e^−30，约 1e-13：不是 0，但在等得起的步数里什么也不会动。",
)
SOURCE = "Maas et al. 2013; measured with Keras on digits"
PANELS = 2
KINDS = ("leaky_relu", "relu", "elu", "gelu", "silu")


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Bury all units, and let them train."""
    keras = backend.keras()
    X, y, test, truth = digits()

    def train(hidden: str, bias: float, rate: float, epochs: int, seeds: int) -> tuple[float, ...]:
        crowd = Crowd([64, 64, 64, 10], hidden, seeds, initializer="he_normal", bias=bias)
        crowd.train(X, y, keras.optimizers.Adam(rate), epochs)
        return tuple(crowd.accuracy(test, truth))

    buried = chunks.named(train, {name: (name, -30.0, 0.01, 60, seeds) for name in KINDS})
    healthy = chunks.named(train, {name: (name, 0.0, 0.001, 20, seeds) for name in KINDS[:2]})
    bounds: dict[str, dict[str, float]] = {"leaky_relu": {"least": 0.9}, "relu": {"most": 0.11}}
    numbers = [
        Number(_BURIED.format(name), found, **bounds.get(name, {"most": 0.25}))
        for name, found in buried.items()
    ]
    gain = fmean(healthy["leaky_relu"]) - fmean(healthy["relu"])
    numbers.append(Number(_GAIN, (gain,), least=-0.02, most=0.02))
    return numbers, {"buried": buried, "healthy": healthy}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the accuracy of every network."""
    _scores.rows(axes[0], data["buried"], words(_FROM), xlim=(0, 1.02))
    _scores.rows(axes[1], data["healthy"], words(_USUAL), xlim=(0, 1.02))


_BURIED = Text(en="test accuracy from biases of −30, {}", zh="偏置从 −30 开始的测试准确率，{}")
_GAIN = Text(
    en="healthy start: mean accuracy of Leaky ReLU minus ReLU's",
    zh="正常开始：Leaky ReLU 的平均准确率减去 ReLU 的",
)
_FROM = Text(en="Accuracy from biases of −30", zh="准确率：偏置从 −30 开始")
_USUAL = Text(en="Accuracy from the usual start", zh="准确率：正常开始")
