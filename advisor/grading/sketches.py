"""What a model's outputs do, as a few numbers that feedback draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.text import Text

if TYPE_CHECKING:
    from advisor.contracts import Outputs

_BINS = 20
_POINTS = 150
_SERIES = 6


def of_outputs(outputs: Outputs) -> dict[str, Any] | None:
    """Sketch outputs as their task's contract looks at them; None where they are no numbers."""
    import numpy as np

    p, y = outputs.p, np.asarray(outputs.y)
    if not np.isfinite(p).all():
        return None
    if outputs.task.units == "K":
        return _row_sums(p) if abs(p.sum(axis=1) - 1).max() > 1e-3 else _winners(p, y)  # noqa: PLR2004
    if outputs.task.targets == "classes":
        return _probabilities(p.ravel(), y.ravel())
    return _against_targets(p.ravel(), y.ravel())


def of_gradients(deltas: tuple[float, ...], limit: float) -> dict[str, Any] | None:
    """Sketch how much of the gradient is left at each hidden layer; None where that is not known."""
    if not deltas:
        return None
    return {
        "kind": "bars",
        "title": _both(_GRADIENTS),
        "ylabel": _both(_LEFT),
        "labels": [str(number) for number in range(1, len(deltas) + 1)],
        "values": [_short(delta) for delta in deltas],
        "limit": -limit if deltas[0] < 0 else limit,
    }


def _probabilities(p: Any, y: Any) -> dict[str, Any]:
    """Histogram of the output for each true class."""
    low, high = _span(p)
    series = [
        {"label": _both(_CLASS.format(k)), "counts": _counts(p[y == k], low, high)} for k in (0, 1)
    ]
    return _histogram(_HOW_SURE, _P, (low, high), series, [(0.5, _THRESHOLD)])


def _row_sums(p: Any) -> dict[str, Any]:
    """Histogram of what each row adds up to, where that is not 1."""
    sums = p.sum(axis=1)
    low, high = min(0.0, float(sums.min())), max(2.0, float(sums.max()))
    series = [{"label": _both(_ROWS), "counts": _counts(sums, low, high)}]
    return _histogram(_SUMS, _SUM, (low, high), series, [(1.0, _ONE)])


def _winners(p: Any, y: Any) -> dict[str, Any]:
    """Histogram of the probability given to the true class."""
    import numpy as np

    true = p[np.arange(len(y)), y]
    kinds = range(min(p.shape[1], _SERIES))
    series = [
        {"label": _both(_CLASS.format(k)), "counts": _counts(true[y == k], 0.0, 1.0)} for k in kinds
    ]
    return _histogram(_GIVEN, _P_TRUE, (0.0, 1.0), series, [])


def _against_targets(p: Any, y: Any) -> dict[str, Any]:
    """Prediction against target, with the line on which they are equal."""
    low, high = float(y.min()), float(y.max())
    pairs = [[_short(a), _short(b)] for a, b in zip(y[:_POINTS], p[:_POINTS], strict=True)]
    return {
        "kind": "scatter",
        "title": _both(_PREDICTIONS),
        "xlabel": _both(_TARGET),
        "ylabel": _both(_PREDICTED),
        "points": pairs,
        "line": [_short(low), _short(low), _short(high), _short(high)],
    }


def _histogram(
    title: Text,
    xlabel: Text,
    span: tuple[float, float],
    series: list[dict[str, Any]],
    marks: list[tuple[float, Text]],
) -> dict[str, Any]:
    low, high = span
    return {
        "kind": "histogram",
        "title": _both(title),
        "xlabel": _both(xlabel),
        "low": _short(low),
        "high": _short(high),
        "series": series,
        "marks": [{"x": x, "label": _both(words)} for x, words in marks],
    }


def _span(p: Any) -> tuple[float, float]:
    return min(0.0, float(p.min())), max(1.0, float(p.max()))


def _counts(values: Any, low: float, high: float) -> list[int]:
    import numpy as np

    return [int(n) for n in np.histogram(values, bins=_BINS, range=(low, high))[0]]


def _short(value: Any) -> float:
    """Keep four digits: rounding errors of another machine must not change a result."""
    return float(f"{float(value):.4g}")


def _both(words: Text) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


_GRADIENTS = Text(en="The gradient at each hidden layer", zh="各隐藏层的梯度")
_LEFT = Text(en="log10, against the last one", zh="与最后一层之比的 log10")
_CLASS = Text(en="true class {}", zh="真实类别 {}")
_ROWS = Text(en="rows", zh="样本")
_P = Text(en="output p", zh="输出 p")
_P_TRUE = Text(en="probability given to the true class", zh="给真实类别的概率")
_HOW_SURE = Text(en="What the model gives for each class", zh="模型对每个类别的输出")
_GIVEN = Text(en="How much the true class gets", zh="真实类别拿到多少概率")
_SUMS = Text(en="What each row adds up to", zh="每行输出之和")
_SUM = Text(en="sum of a row", zh="行和")
_THRESHOLD = Text(en="decided here", zh="在此分界")
_ONE = Text(en="should be 1", zh="应该是 1")
_PREDICTIONS = Text(en="Predictions against targets", zh="预测值对目标值")
_TARGET = Text(en="target", zh="目标值")
_PREDICTED = Text(en="prediction", zh="预测值")
