"""ReLU first, and where not: a study of four activations, and an equation that ReLU cannot solve."""

from __future__ import annotations

from typing import Any

from advisor import chunks
from advisor.comparison import compare
from advisor.demonstrations import Number
from advisor.labs import _scores
from advisor.labs._equation import solve
from advisor.text import Text

ORDER = 15
LECTURE = ("relu-first", "leaky-next", "sigmoid-not-hidden", "tanh-possible")
TITLE = Text(en="how to choose a hidden activation", zh="隐藏层怎么选激活函数")
VERDICT = Text(
    en="A reasonable default for wide, convolutional and normalised networks.",
    zh="对很宽的、卷积的、带归一化的网络，是合理的默认选择。",
)
LIMITS = Text(
    en="On small tables no winner can be told from chance. Networks that stand for the solution of a "
    "differential equation need smooth activations: ReLU's second derivative is 0. Recurrent "
    "networks keep tanh, transformers take GELU or SiLU, very deep plain stacks tanh or SELU.",
    zh="小表格数据上，谁好谁坏和运气分不开。用网络表示微分方程的解时要光滑的激活函数：ReLU 的二阶导数是 0。"
    "循环网络沿用 tanh，Transformer 用 GELU 或 SiLU，很深的纯堆叠用 tanh 或 SELU。",
)
CRITERION = Text(
    en="Five hidden layers on digits: ReLU, Leaky ReLU and tanh beat sigmoid beyond noise. "
    "u'' = −π² sin πx: relative error of tanh at most 1e-2, of ReLU at least .3.",
    zh="digits 上五个隐藏层：ReLU、Leaky ReLU、tanh 都确实胜过 sigmoid。u'' = −π² sin πx：tanh 的相对误差至多 "
    "1e-2，ReLU 至少 .3。",
)
QUESTION = Text(
    en="A friend found ReLU .01 better than tanh on wine, one run each. What do you answer?",
    zh="朋友在 wine 上各跑一次，ReLU 比 tanh 高 .01。你怎么说？",
)
ANSWER = Text(
    en="One run says nothing: another split or start moves scores by more than that. Train several "
    "of each from shared seeds and look at the interval of the difference.",
    zh="一次说明不了：换个划分、换个初始权重，波动就比这大。每种用相同的种子多训练几个，看差值的区间。",
)
SOURCE = "advisor.compare; measured with Keras"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Compare on digits and wine, and solve the equation with five activations."""
    few = max(seeds, 12)
    deep = compare(
        "multiclass", dataset="digits", depth=5, seeds=few, epochs=15, learning_rate=0.003
    )
    small = compare("multiclass", dataset="wine", seeds=few, epochs=40)
    beaten = {one: float(deep.beats(one, "sigmoid")) for one in ("relu", "leaky_relu", "tanh")}
    top = [one for one in small.alternatives if one.label != "sigmoid"]
    apart = sum(small.beats(a.label, b.label) for a in top for b in top if a is not b)
    kinds = ("tanh", "silu", "sigmoid", "relu", "leaky_relu")
    errors = chunks.named(solve, {name: (name, seeds) for name in kinds})
    numbers = [
        *(Number(_BEATS.format(name), (found,), least=1) for name, found in beaten.items()),
        Number(_APART, (float(apart),)),
        Number(_EQUATION.format("tanh"), errors["tanh"], most=1e-2),
        Number(_EQUATION.format("relu"), errors["relu"], least=0.3),
        Number(_EQUATION.format("leaky_relu"), errors["leaky_relu"], least=0.1),
    ]
    scores = {one.label: one.scores for one in deep.alternatives}
    return numbers, {"scores": scores, "errors": errors}


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the study on digits, and the errors of the equation."""
    import numpy as np

    _scores.rows(axes[0], data["scores"], words(_DIGITS))
    _scores.rows(
        axes[1], {name: np.log10(found) for name, found in data["errors"].items()}, words(_ERRORS)
    )


_BEATS = Text(
    en="digits, 5 hidden layers: {} beats sigmoid beyond noise (1: yes)",
    zh="digits、5 个隐藏层：{} 确实胜过 sigmoid（1：是）",
)
_APART = Text(
    en="wine, 2 hidden layers: pairs among ReLU, Leaky ReLU, tanh told apart",
    zh="wine、2 个隐藏层：ReLU、Leaky ReLU、tanh 里分得出高下的对数",
)
_EQUATION = Text(en="u'' = −π² sin πx: relative error, {}", zh="u'' = −π² sin πx：相对误差，{}")
_DIGITS = Text(en="digits, 5 hidden layers: accuracy", zh="digits、5 个隐藏层：准确率")
_ERRORS = Text(en="u'' = −π² sin πx: log10 of the error", zh="u'' = −π² sin πx：误差的 log10")
