"""The picture of a signal: one row a layer, the gradient's size foretold and measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import pictures
from advisor.pictures import BLUE, GREEN, GREY, ORANGE, RED
from advisor.signal_words import EXPLODES, VANISHES
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.signals import Layer, Signal

_MOST_NAMES = 32  # rows whose layers can be named legibly
_HEIGHT = 0.24  # of a row, in inches


def draw_signal(answer: Signal) -> Any:
    """Draw gradient and signal, a row a layer, input on top."""
    layers = answer.layers
    deep = max(len(layers), 8)

    def paint(axes: Any, words: Callable[[object], str]) -> None:
        gradient, signal = axes[0]
        _paint_gradient(gradient, layers, words)
        _paint_signal(signal, layers, words)
        for axis in (gradient, signal):
            step = -(-len(layers) // _MOST_NAMES)
            names = [f"{one.name}  {one.activation}" for one in layers]
            axis.set_yticks(range(0, len(layers), step), names[::step], fontsize=10)
            axis.set_ylim(len(layers) - 0.4, -0.6)
        signal.tick_params(labelleft=False)
        gradient.figure.suptitle(words(_short(answer)), fontsize=13)

    figure = pictures.draw(2, 1, paint, width=5.8)
    figure.set_figheight(min(max(2.4 + _HEIGHT * deep, 4.0), 12.0))
    return figure


def _short(answer: Signal) -> Text:
    """Give the verdict's first part; the picture shows the rest."""
    words = answer.verdict
    return Text(en=words.en.split(":")[0].rstrip("."), zh=words.zh.split("：")[0].rstrip("。"))


def _paint_gradient(axis: Any, layers: tuple[Layer, ...], words: Callable[[object], str]) -> None:
    """Show log10 of ‖∂L/∂z‖ over the last hidden layer's; beyond the limits is shaded."""
    foretold = [_finite(one.delta) for one in layers]
    measured = [_finite(one.measured_delta) for one in layers]
    known = [value for value in (*foretold, *measured) if not math.isnan(value)]
    low, high = min([*known, -1.5]) - 0.4, max([*known, 1.5]) + 0.4
    if low < VANISHES:
        axis.axvspan(low, VANISHES, color=ORANGE, alpha=0.16, linewidth=0, label=words(_VANISHES))
    if high > EXPLODES:
        axis.axvspan(EXPLODES, high, color=RED, alpha=0.12, linewidth=0, label=words(_EXPLODES))
    axis.axvline(0, color=GREY, linewidth=1)
    rows = range(len(layers))
    axis.plot(foretold, rows, "-", color=BLUE, label=words(_FORETOLD))
    if not all(math.isnan(value) for value in measured):
        axis.plot(
            measured, rows, "o", color=ORANGE, markeredgecolor="black", label=words(_MEASURED)
        )
    axis.set(xlim=(low, high), xlabel=words(_DELTA), title=words(_GRADIENT))
    axis.legend(loc="best")


def _paint_signal(axis: Any, layers: tuple[Layer, ...], words: Callable[[object], str]) -> None:
    """Show the size of the weighted sums, and how different two inputs still look."""
    rows = range(len(layers))
    for colour, style, label, name, seen in (
        (BLUE, "-", _VARIANCE, "q", "q"),
        (GREEN, "--", _APART, "gap", "gap"),
    ):
        foretold = [_log10(one.step, name) for one in layers]
        measured = [_log10(one.measured, seen) for one in layers]
        axis.plot(foretold, rows, style, color=colour, label=words(label))
        if not all(math.isnan(value) for value in measured):
            marker = "o" if name == "q" else "s"
            axis.plot(measured, rows, marker, color=colour, markeredgecolor="black")
    axis.axvline(0, color=GREY, linewidth=1)
    axis.set(xlabel=words(Text(en="log10", zh="log10")), title=words(_SIGNAL))
    axis.legend(loc="best")


def _finite(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else math.nan


def _log10(thing: Any, name: str) -> float:
    value = None if thing is None else getattr(thing, name)
    return math.log10(value) if value is not None and 0 < value < math.inf else math.nan


_DELTA = Text(
    en="log10 of ‖∂L/∂z‖ over the last hidden layer's", zh="‖∂L/∂z‖ 与最后一个隐藏层之比（log10）"
)
_GRADIENT = Text(en="Gradient, on its way back", zh="梯度：反向传回")
_SIGNAL = Text(en="Signal, on its way forward", zh="信号：正向传递")
_FORETOLD = Text(en="foretold", zh="预测")
_MEASURED = Text(en="measured", zh="实测")
_VANISHES, _EXPLODES = Text(en="vanishes", zh="消失"), Text(en="explodes", zh="爆炸")
_VARIANCE = Text(en="variance of z", zh="z 的方差")
_APART = Text(en="1 − correlation of two inputs", zh="1 − 两个输入的相关系数")
