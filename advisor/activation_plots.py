"""The pictures of activations: f and f' over one x; for those of a whole row, what they make of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import pictures
from advisor.expressions import evaluate
from advisor.pictures import BLUE, COLOURS, GREY, ORANGE, RED
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.curves import Activation

_REACH = 5.0
_FLAT = 0.05  # a slope below this share of 1 is shaded as saturated
_WIDE = 0.4
_JUMP = 0.1  # between neighbouring points of the curve
_SCORES = (2.0, 1.0, 0.5, -1.0)
_TEMPERATURES = (0.5, 1.0, 2.0)
_ACROSS = 4  # panels in a row


def draw_activations(rows: list[Activation]) -> Any:
    """Return a Figure with a panel for each activation, side by side."""
    columns = min(len(rows), _ACROSS)
    down = math.ceil(len(rows) / columns)

    def paint(axes: Any, words: Callable[[object], str]) -> None:
        panels = list(axes.ravel())
        for axis, row in zip(panels, rows, strict=False):
            (_paint_curve if row.elementwise else _paint_row)(axis, row, words)
            axis.set_title(row.name)
        for axis in panels[len(rows) :]:
            axis.remove()

    return pictures.draw(columns, down, paint, width=5.6 if columns == 1 else 4.6)


def values(line: Any, x: Any) -> Any:
    """Evaluate a row's f or f', a line of NumPy or a function."""
    return line(x) if callable(line) else evaluate(line, x=x)


def _paint_curve(axis: Any, row: Activation, words: Callable[[object], str]) -> None:
    """Draw f and f' on one x, saturated parts shaded, the peak of |f'| marked."""
    import numpy as np

    x = np.linspace(-_REACH, _REACH, 2001)
    y, slope = values(row.f, x), values(row.df, x)
    low, high = max(float(np.nanmin([y, slope])), -_REACH), min(float(np.nanmax([y, slope])), 4.0)
    pad = 0.08 * (high - low)
    axis.axhline(0, color=GREY, linewidth=0.8)
    axis.axvline(0, color=GREY, linewidth=0.8)
    flat = _wide(np.abs(slope) < _FLAT)
    axis.fill_between(
        x, low - 2 * pad, high + 3 * pad, where=flat, color=ORANGE, alpha=0.16, linewidth=0,
        label=words(_SATURATED) if flat.any() else None,
    )  # fmt: skip
    breaks = np.abs(np.diff(slope, prepend=slope[0])) > _JUMP  # a jump is no line
    axis.plot(x, _broken(y), color=BLUE, label=words(_F))
    axis.plot(x, np.where(breaks, np.nan, slope), "--", color=RED, label=words(_DF))
    if row.max_slope_at is not None and row.max_slope is not None:
        at = max(min(row.max_slope_at, _REACH), -_REACH)
        axis.plot([at], [row.max_slope], "o", color=RED, markersize=8, zorder=5)
        axis.annotate(
            f"{row.max_slope:.4g}", (at, row.max_slope), xytext=(0, 8),
            textcoords="offset points", ha="center", color=RED, fontsize=11,
        )  # fmt: skip
    axis.set(xlabel="x", xlim=(-_REACH, _REACH), ylim=(low - 2 * pad, high + 3 * pad))
    axis.legend(loc="upper left")


def _wide(flat: Any) -> Any:
    """Keep the stretches that are wide; where a slope merely changes sign nothing saturates."""
    import numpy as np

    edges = np.flatnonzero(np.diff(flat, prepend=False, append=False))
    kept = np.zeros_like(flat)
    for start, end in edges.reshape(-1, 2):
        kept[start:end] = end - start > _WIDE * len(flat) / (2 * _REACH)
    return kept


def _broken(y: Any) -> Any:
    """Leave out the points where f jumps."""
    import numpy as np

    steps = np.abs(np.diff(y, prepend=y[0]))
    usual = np.maximum(np.roll(steps, 3), np.roll(steps, -3))
    return np.where((steps > _JUMP) & (steps > 10 * usual), np.nan, y)


def _paint_row(axis: Any, row: Activation, words: Callable[[object], str]) -> None:
    """Draw what comes out for one row of scores, divided by several temperatures."""
    import numpy as np

    scores = np.array(_SCORES)
    width = 0.8 / len(_TEMPERATURES)
    for place, temperature in enumerate(_TEMPERATURES):
        p = values(row.f, scores / temperature)
        at = np.arange(len(p)) + (place - 1) * width
        label = words(_AT.format(f"{temperature:g}", f"{p.sum():.3g}"))
        axis.bar(at, p, width, color=COLOURS[place], label=label)
        for x, value in zip(at, p, strict=True):
            axis.annotate(
                f"{value:.2f}", (x, value), xytext=(0, 2 if value >= 0 else -12),
                textcoords="offset points", ha="center", fontsize=9,
            )  # fmt: skip
    names = [f"{score:g}" for score in scores[: len(p)]]
    axis.set_xticks(range(len(p)), names)
    axis.set(xlabel=words(_IN), ylabel=words(_OUT))
    axis.margins(y=0.3)
    axis.legend(loc="best")


_F = Text(en="f(x)", zh="f(x)")
_DF = Text(en="slope f'(x)", zh="斜率 f'(x)")
_SATURATED = Text(en="saturated: |f'| < 0.05", zh="饱和：|f'| < 0.05")
_AT = Text(en="temperature {}: sum {}", zh="温度 {}：和为 {}")
_IN = Text(en="scores x", zh="输入的分数 x")
_OUT = Text(en="output", zh="输出")
