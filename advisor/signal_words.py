"""The words of a signal: its verdict, its tables, its remarks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import remedies
from advisor.page import Page
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.signals import Layer, Signal

VANISHES, EXPLODES = -2.0, 2.0  # log10 of ‖δ‖ at the first hidden layer over the last one's
_FADES, _GROWS = -1.0, 1.0
_DEAD = 0.1  # a share of dead units worth a word


def verdict(answer: Signal) -> Text:
    """Say what to expect, in one sentence; of the measured gradient where there is one."""
    if not answer.anatomy.parts:
        return _NO_LAYERS
    if answer.last_hidden < 1:
        return _SHALLOW
    ratio, where = answer.measured_log10_delta_ratio, _MEASURED
    if ratio is None:
        ratio, where = answer.log10_delta_ratio, _FORETOLD
    lost = len(answer.steps) < answer.anatomy.reached()
    if ratio is None or math.isnan(ratio):
        return _OVERFLOW if lost or ratio is not None else _UNKNOWN
    words = _about(ratio)
    gap = _gap(answer)
    if words is _FINE and gap is not None and gap < remedies.ALIKE:
        return _ALIKE.format(_power(ratio), f"{gap:.1g}")
    return words.format(_power(ratio), where)


def _about(ratio: float) -> Text:
    """Choose the words for a ratio."""
    if ratio <= _FADES:
        return _VANISHES if ratio <= VANISHES else _FADING
    if ratio >= _GROWS:
        return _EXPLODES if ratio >= EXPLODES else _GROWING
    return _FINE


def _gap(answer: Signal) -> float | None:
    """Return how different two inputs look to the last hidden layer."""
    last = answer.last_hidden
    if answer.measured and answer.measured[last].gap is not None:
        return answer.measured[last].gap
    return answer.steps[last].gap if len(answer.steps) > last else None


def remarks(answer: Signal) -> list[Text]:
    """Say what was assumed, what hides what, what would help, and what cannot be said."""
    found = _about_prediction(answer)
    for layer in answer.layers:
        dead = _of(layer.measured, "dead")
        if layer.hidden and dead is not None and dead >= _DEAD:
            found.append(_DEAD_UNITS.format(layer.name, f"{dead:.0%}"))
    if answer.measured and all(row.delta is None for row in answer.measured):
        found.append(_NO_GRADIENT)
    if not answer.measured and answer.steps:
        found.append(_UNIT_INPUTS)
    return found + [_BARRIER.format(one.where, one.why) for one in answer.anatomy.barriers]


def _about_prediction(answer: Signal) -> list[Text]:
    """Say what the foretold numbers hide, what would help, and whether to trust them."""
    ratio, found = answer.log10_delta_ratio, []
    if ratio is None:
        return []
    kernel = answer.layers[0].kernel
    if kernel is not None and abs(ratio) >= 1 > 2 * abs(kernel):
        found.append(_HIDDEN.format(_power(kernel)))
    remedy = answer.remedy()
    if remedy is not None:
        own = remedy.activation == answer.layers[0].activation
        words = _SET if own else _TAKE
        found.append(words.format(remedy.activation, remedy.initializer, _power(remedy.ratio)))
    if answer.uncertain:
        found.append(_UNCERTAIN)
    return found


def describe(answer: Signal) -> Page:
    """Return the page of a signal."""
    page = Page(str(_TITLE.format(answer.model.name, max(answer.last_hidden + 1, 0))))
    page.say(answer.verdict)
    layers = answer.layers
    if answer.measured:
        page.heading(_BACK).rows(*_elided([_back(one) for one in layers]), head=_titles(_BACK_HEAD))
        rows = _elided([_forward(one) for one in layers])
        page.heading(_FORWARD).rows(*rows, head=_titles(_FORWARD_HEAD))
        page.say(_LEGEND_DATA.format(answer.rows))
    elif layers:
        page.rows(*_elided([_foretold(one) for one in layers]), head=_titles(_HEAD)).say(_LEGEND)
    for remark in answer.remarks:
        page.say(f"· {remark}")
    return page


def _of(thing: Any, name: str) -> float | None:
    """Return an attribute of what may not be there."""
    return None if thing is None else getattr(thing, name)


def _elided(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out the middle of a very deep model."""
    if len(rows) <= _MOST_ROWS:
        return rows
    half = _MOST_ROWS // 2
    return [*rows[:half], ("…", *[""] * (len(rows[0]) - 1)), *rows[-half:]]


_MOST_ROWS = 40


def _log(value: float | None) -> str:
    """Write a logarithm."""
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:+.2f}".replace("inf", "∞")
    return (text[1:] if text[1:] == "0.00" else text).replace("-", "−")


def _power(value: float) -> str:
    """Write 10 to a power; what is near 1 as a factor."""
    if abs(value) < 1:
        return f"{10**value:.2g}"
    return f"10^{_log(value).lstrip('+')}"


def _small(value: float | None) -> str:
    return "–" if value is None else f"{value:.2g}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _titles(head: Text) -> tuple[str, ...]:
    return tuple(str(head).split("|"))


def _foretold(one: Layer) -> tuple[str, ...]:
    step = one.step
    return (
        one.name,
        one.activation,
        one.initializer,
        _small(_of(step, "q")),
        _small(_of(step, "chi")),
        _log(one.delta),
        _log(one.level),
        _small(_of(step, "gap")),
    )


def _back(one: Layer) -> tuple[str, ...]:
    seen = one.measured
    return (
        one.name,
        one.activation,
        one.initializer,
        _log(one.delta),
        _log(one.measured_delta),
        _log(one.level),
        _log(_of(seen, "delta")),
        _log(one.kernel),
        _log(one.measured_kernel),
    )


def _forward(one: Layer) -> tuple[str, ...]:
    step, seen = one.step, one.measured
    return (
        one.name,
        _small(_of(step, "q")),
        _small(_of(seen, "q")),
        _small(_of(step, "gap")),
        _small(_of(seen, "gap")),
        _share(_of(seen, "dead")),
        _share(_of(seen, "saturated")),
        _log(_of(seen, "update")),
    )


_TITLE = Text(en="Signal and gradient of {}: {} hidden layers", zh="{} 的信号和梯度：{} 个隐藏层")
_HEAD = Text(
    en="layer|activation|initializer|Var z|χ|δ|level|1−c",
    zh="层|激活函数|初始化|Var z|χ|δ|绝对值|1−c",
)
_BACK = Text(en="The gradient on its way back", zh="梯度：反向一层层传回去")
_BACK_HEAD = Text(
    en="layer|activation|initializer|δ foretold|measured|level f.|m.|kernel f.|m.",
    zh="层|激活函数|初始化|δ 预测|实测|绝对值 预测|实测|核 预测|实测",
)
_FORWARD = Text(en="The signal on its way forward", zh="信号：正向一层层传过去")
_FORWARD_HEAD = Text(
    en="layer|z² foretold|measured|1−c foretold|measured|dead|saturated|update:weight",
    zh="层|z² 预测|实测|1−c 预测|实测|死亡|饱和|更新:权重",
)
_LEGEND = Text(
    en="δ: log10 of ‖∂L/∂z‖ over the last hidden layer's; level: of ‖∂L/∂z‖ itself, L the loss of a "
    "row; χ: factor of ‖δ‖² on the way back through the layer; 1−c: how different two unrelated "
    "inputs still look.",
    zh="δ：‖∂L/∂z‖ 与最后一个隐藏层之比（log10）；绝对值：‖∂L/∂z‖ 本身（log10），L 是一个样本的损失；"
    "χ：反向经过这一层时 ‖δ‖² 乘上的因子；1−c：两个不相干的输入到这里还差多少。",
)
_LEGEND_DATA = Text(
    en="Measured on {} rows. δ: log10 of ‖∂L/∂z‖ over the last hidden layer's; level: of ‖∂L/∂z‖ "
    "itself, L the loss of a row; kernel: log10 of a row's ‖∂L/∂W‖ over the last hidden layer's; "
    "1−c: how different two rows still look; dead: units without a slope for any row; saturated: "
    "slopes below 0.05; update:weight: log10 of ‖ΔW‖/‖W‖ in the optimizer's next step, about −3 is "
    "usual.",
    zh="用 {} 个样本实测。δ：‖∂L/∂z‖ 与最后一个隐藏层之比（log10）；绝对值：‖∂L/∂z‖ 本身（log10），"
    "L 是一个样本的损失；核：单个样本的 ‖∂L/∂W‖ 与最后一个隐藏层之比（log10）；1−c：两个样本到这里还差"
    "多少；死亡：对所有样本斜率都是 0 的神经元；饱和：斜率小于 0.05；更新:权重：优化器下一步的 "
    "‖ΔW‖/‖W‖（log10），通常在 −3 左右。",
)
_FORETOLD = Text(en="foretold", zh="预测")
_MEASURED = Text(en="measured", zh="实测")
_VANISHES = Text(
    en="The gradient vanishes: at the first hidden layer it is {} of the last one's ({}), so the "
    "first layers hardly learn.",
    zh="梯度消失：到第一个隐藏层只剩最后一个隐藏层的 {}（{}），最前面几层几乎学不动。",
)
_FADING = Text(
    en="The gradient fades: at the first hidden layer it is {} of the last one's ({}).",
    zh="梯度在变弱：到第一个隐藏层是最后一个隐藏层的 {}（{}）。",
)
_EXPLODES = Text(
    en="The gradient explodes: at the first hidden layer it is {} times the last one's ({}).",
    zh="梯度爆炸：到第一个隐藏层是最后一个隐藏层的 {} 倍（{}）。",
)
_GROWING = Text(
    en="The gradient grows: at the first hidden layer it is {} times the last one's ({}).",
    zh="梯度在变大：到第一个隐藏层是最后一个隐藏层的 {} 倍（{}）。",
)
_FINE = Text(
    en="The gradient keeps its size: at the first hidden layer it is {} times the last one's ({}).",
    zh="梯度大小保持得住：到第一个隐藏层是最后一个隐藏层的 {} 倍（{}）。",
)
_ALIKE = Text(
    en="The gradient keeps its size ({}), but the signal does not: at the last hidden layer all "
    "inputs look alike (1 − correlation {}).",
    zh="梯度大小保持住了（{}），信号却没有：到最后一个隐藏层，所有输入看上去都一样（1 − 相关系数 {}）。",
)
_OVERFLOW = Text(
    en="The signal itself does not survive: it overflows, or becomes exactly 0.",
    zh="信号本身就传不下去：要么溢出，要么变成恰好 0。",
)
_UNKNOWN = Text(
    en="The theory does not reach the last hidden layer: give X and y to measure.",
    zh="理论够不到最后一个隐藏层：给出 X 和 y 就能实测。",
)
_SHALLOW = Text(
    en="Fewer than two hidden layers: there is no way for a gradient to vanish on.",
    zh="隐藏层不到两个：梯度没有路可以消失。",
)
_NO_LAYERS = Text(
    en="There is no Dense or convolutional layer: nothing to foretell.",
    zh="没有 Dense 或卷积层：没有什么可以预测。",
)
_HIDDEN = Text(
    en="The kernels' gradients hide it (ratio {}): what the gradient loses on its way back, the "
    "signal has lost, or won, on its way forward.",
    zh="只看权重的梯度看不出来（比值 {}）：梯度反向丢掉的，信号正向也丢了（或补上了）同样多。",
)
_SET = Text(
    en='Keep {0} and set kernel_initializer="{1}": the ratio foretold is then {2}.',
    zh='保留 {0}，设 kernel_initializer="{1}"：预测的比值就是 {2}。',
)
_TAKE = Text(
    en='With {0} and kernel_initializer="{1}" in all hidden layers the ratio foretold is {2}.',
    zh='所有隐藏层换成 {0} 和 kernel_initializer="{1}"，预测的比值是 {2}。',
)
_UNCERTAIN = Text(
    en="Uncertain: the signal's size drifts through an unstable map, so chance fluctuations of "
    "these widths grow on the way. Measure with X and y.",
    zh="不太可靠：信号的大小在一个不稳定的映射里漂移，这样的宽度下随机波动会一路放大。请给 X 和 y 实测。",
)
_DEAD_UNITS = Text(
    en="{}: {} of the units are dead: their activation has no slope for any row.",
    zh="{}：{} 的神经元死了：对所有样本，激活函数的斜率都是 0。",
)
_NO_GRADIENT = Text(
    en="No gradient was measured: it takes y and a compiled model.",
    zh="没有测梯度：需要 y 和编译好的模型。",
)
_UNIT_INPUTS = Text(
    en="Inputs are taken to have variance 1, after any Normalization; X and y would be measured.",
    zh="这里假设输入（经过 Normalization 之后）方差为 1；给出 X 和 y 就会实测。",
)
_BARRIER = Text(en="{} – {}", zh="{}：{}")
