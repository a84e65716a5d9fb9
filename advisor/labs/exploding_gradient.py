"""Gradients explode by the weights, not by a slope above 1."""

from __future__ import annotations

import math
from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs import _stacks
from advisor.labs._crowd import Crowd, digits
from advisor.text import Text

ORDER = 7
LECTURE = ("exploding",)
TITLE = Text(en="what makes gradients explode", zh="梯度为什么会爆炸")
VERDICT = Text(
    en="Half true: what counts is Var(w) · fan_in · E f'², so the weights; a slope above 1 alone "
    "does nothing.",
    zh="对了一半：起作用的是 Var(w) · fan_in · E f'²，也就是权重；单单导数大于 1 并不会爆炸。",
)
LIMITS = Text(
    en="SELU's slope reaches 1.76 and its gradients hardly grow. The sigmoid's is at most 0.25, and "
    "with weights of standard deviation 15/√fan_in its gradients explode all the same.",
    zh="SELU 的导数最大 1.76，梯度几乎不增大；sigmoid 的导数最大 0.25，权重标准差取 15/√fan_in 时梯度照样爆炸。",
)
CRITERION = Text(
    en="20 layers of 256: foretold and measured log10 ratios agree within 0.2; with ReLU at twice "
    "He's variance, ReLU with RandomNormal(0.2) and linear at Var(w) = 4/fan_in the loss is NaN or "
    "infinite within two epochs of SGD(0.01), from every seed.",
    zh="20 层、每层 256 个：预测与实测的 log10 比值相差不超过 0.2；ReLU 取 He 方差的两倍、ReLU 配 "
    "RandomNormal(0.2)、线性层取 Var(w) = 4/fan_in 时，SGD(0.01) 两轮之内损失变成 NaN 或无穷，每个种子都如此。",
)
QUESTION = Text(
    en="GELU's slope exceeds 1 at x = √2. Why do gradients vanish in a deep GELU stack with Glorot?",
    zh="GELU 在 x = √2 处导数大于 1。为什么用 Glorot 的深层 GELU 网络梯度反而消失？",
)
ANSWER = Text(
    en="It is the mean of f'² over what the units really see that counts. With Glorot the signals "
    "shrink towards 0, where GELU's slope is ½, so each layer halves the gradient.",
    zh="起作用的是在单元实际看到的输入上 f'² 的平均。Glorot 下信号越来越小，靠近 0，而 GELU 在 0 处斜率是 "
    "½，于是每层减半。",
)
SOURCE = "Poole et al. 2016, arXiv 1606.05340; advisor.signal"
PANELS = 1
DEPTH, WIDTH = 20, 256


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Measure gradients before training, then train those that should explode."""
    keras = backend.keras()
    X, y, _, _ = digits()
    wide = keras.initializers.RandomNormal
    kinds = {
        "relu, 2 × He": ("relu", wide(stddev=math.sqrt(4 / WIDTH)), True),
        "relu, RandomNormal(0.2)": ("relu", wide(stddev=0.2), True),
        "linear, σ_w² = 4": ("linear", wide(stddev=math.sqrt(4 / WIDTH)), True),
        "sigmoid, σ_w = 15": ("sigmoid", wide(stddev=15 / math.sqrt(WIDTH)), False),
        "selu, lecun": ("selu", "lecun_normal", False),
    }

    def train(name: str, seeds: int) -> tuple[float, ...]:
        """Return for each network whether it gives numbers no more."""
        hidden, initializer, _ = kinds[name]
        crowd = Crowd([64, *[WIDTH] * DEPTH, 10], hidden, seeds, initializer=initializer)
        crowd.train(X, y, keras.optimizers.SGD(0.01), 2)
        return tuple(float(not _finite(one)) for one in crowd.outputs(X))

    broken = chunks.named(train, {name: (name, seeds) for name, kind in kinds.items() if kind[2]})
    numbers, ways = [], {}
    for name, (hidden, initializer, _) in kinds.items():
        some = _stacks.signals(hidden, initializer, depth=DEPTH, width=WIDTH, seeds=seeds)
        found = _stacks.ratios(some)
        errors = tuple(
            abs(ratio - (way.log10_delta_ratio or 0.0))
            for ratio, way in zip(found, some, strict=True)
        )
        least, most = (None, 0.6) if name.startswith("selu") else (1.0, None)
        numbers += [Number(_RATIO.format(name), found, least, most)]
        numbers += [Number(_ERROR.format(name), errors, most=0.2)]
        if name in broken:
            numbers.append(Number(_NAN.format(name), broken[name], least=1))
        ways[name] = some
    return numbers, {"ways": ways}


def _finite(values: Any) -> bool:
    import numpy as np

    return bool(np.isfinite(values).all())


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the gradient at each layer."""
    _stacks.draw(axes[0], data["ways"], words)


_RATIO = Text(
    en="log10 of ‖∂L/∂z‖, first hidden layer over the last: {}",
    zh="‖∂L/∂z‖ 的 log10，第一个隐藏层比最后一个：{}",
)
_ERROR = Text(en="|foretold − measured|: {}", zh="|预测 − 实测|：{}")
_NAN = Text(
    en="outputs are NaN or infinite after two epochs of SGD(0.01) (1: yes): {}",
    zh="SGD(0.01) 两轮之后输出是 NaN 或无穷（1：是）：{}",
)
