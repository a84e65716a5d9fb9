"""Ten layers of sigmoid: about a fifth of the gradient is left at each."""

from __future__ import annotations

from typing import Any

from advisor import backend
from advisor.demonstrations import Number
from advisor.labs import _stacks
from advisor.text import Text

ORDER = 5
LECTURE = ("vanishing",)
TITLE = Text(en="the gradient vanishes through sigmoid layers", zh="sigmoid 层层相乘，梯度消失")
VERDICT = Text(
    en="True for Keras' default start, and 0.2 a layer is a good guess: measured is 0.235.",
    zh="按 Keras 的默认初始化成立，而且“每层 0.2”猜得很准：实测 0.235。",
)
LIMITS = Text(
    en="The factor is √(Var(w) · fan_in · E σ'²): the weights have their part in it. With weights "
    "spread 10.15/√fan_in it stays, with wider ones it explodes.",
    zh="每层的因子是 √(Var(w) · fan_in · E σ'²)，权重也有份。权重的标准差取 10.15/√fan_in 时梯度不变，"
    "再大就爆炸。",
)
CRITERION = Text(
    en="log10 of ‖∂L/∂z‖ at the first hidden layer over the tenth's lies between −6.0 and −5.3, and "
    "the factor a layer between .22 and .25.",
    zh="第一个隐藏层与第十个的 ‖∂L/∂z‖ 之比的 log10 在 −6.0 到 −5.3 之间，每层因子在 .22 到 .25 之间。",
)
QUESTION = Text(
    en="0.2 to the power of 10 is 1e-7. Why are only 10^−5.65 measured with ten layers?",
    zh="0.2 的 10 次方是 1e-7。为什么十层实测是 10^−5.65？",
)
ANSWER = Text(
    en="From the tenth hidden layer to the first there are nine steps, and a step keeps 0.236, not "
    "0.2: 0.236 to the power of 9 is 10^−5.65.",
    zh="从第十个隐藏层到第一个只有九步，而且每步留下 0.236，不是 0.2：0.236 的 9 次方就是 10^−5.65。",
)
SOURCE = "Schoenholz et al. 2017, arXiv 1611.01232; advisor.signal"
PANELS = 1
DEPTH, WIDTH = 10, 256


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Measure ‖∂L/∂z‖ layer by layer on digits, before training."""
    critical = backend.keras().initializers.RandomNormal(stddev=10.15 / WIDTH**0.5)
    ways = {
        f"{hidden}, {name}": _stacks.signals(
            hidden, initializer, depth=DEPTH, width=WIDTH, seeds=seeds
        )
        for hidden, name, initializer in (
            ("sigmoid", "glorot", "glorot_uniform"),
            ("sigmoid", "σ_w = 10.15", critical),
            ("relu", "he", "he_normal"),
            ("tanh", "glorot", "glorot_uniform"),
        )
    }
    bounds = ((-6.0, -5.3), (-1.0, 1.0), (-0.5, 0.5), (-1.0, 0.2))
    found = {name: _stacks.ratios(some) for name, some in ways.items()}
    factors = tuple(10 ** (ratio / (DEPTH - 1)) for ratio in found["sigmoid, glorot"])
    numbers = [
        Number(_RATIO.format(name), some, *bound)
        for (name, some), bound in zip(found.items(), bounds, strict=True)
    ]
    return [*numbers, Number(_FACTOR, factors, least=0.22, most=0.25)], {"ways": ways}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the gradient at each layer."""
    _stacks.draw(axes[0], data["ways"], words)


_RATIO = Text(
    en="log10 of ‖∂L/∂z‖, first hidden layer over the tenth: {}",
    zh="‖∂L/∂z‖ 的 log10，第一个隐藏层比第十个：{}",
)
_FACTOR = Text(en="sigmoid, glorot: factor a layer", zh="sigmoid, glorot：每层的因子")
