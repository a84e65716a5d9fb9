"""What an activation is: the columns of the table, and how a row reads."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from advisor.page import Answer, Page
from advisor.text import Text, join

if TYPE_CHECKING:
    from advisor.quadrature import Critical


@dataclass(frozen=True, slots=True)
class Hidden:
    """How an activation stands in the lecture's rule for hidden layers.

    Attributes:
        rank: 1 is tried first; None is not among the advised.
        when: when to take it, or why not.
        avoid: it tempts there, and is wrong.
    """

    rank: int | None
    when: Text
    avoid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Activation(Answer):
    """A row of the table.

    Attributes:
        name: Keras' name.
        title: its full name.
        aliases: what people also type; case, spaces, "_" and "-" do not matter.
        call: how to call it in Keras.
        formula, derivative: for people.
        f, df: the same as lines of NumPy in `x`; df is None where it is no number a unit. In the
            row of a function of the user's own, functions of an array.
        keeps_shape: as many numbers come out as go in.
        lower, upper: infimum and supremum of the output.
        lower_reached, upper_reached: the bound is attained (in exact arithmetic).
        monotone: it never falls.
        saturates: where f' goes to 0: "no", "left", "right" or "both".
        saturation: what that does.
        max_slope: the largest |f'|, or its supremum (for softmax the largest norm of its Jacobian).
        max_slope_at: an x where |f'| is that large, or from where it comes as near as one likes;
            None where only infinity does.
        kinks: where f' jumps, or Keras' slope is not f': pairs of x and the slope Keras takes.
        mean: E f(z) for z ~ N(0, 1); 0 is what "zero-centred" means.
        gain_forward, gain_backward: E[f(z)²]^−½ and E[f'(z)²]^−½ for z ~ N(0, 1): the kernel's
            gain that keeps signals, or gradients, of size 1; None for what is not elementwise.
        critical: points on the edge of chaos, for biases of standard deviation 0, 0.2 and 0.5.
        initializer: for the kernel before it, Keras' name.
        initializer_reason: why that one.
        use: where it belongs.
        hidden: its standing in hidden layers.
        pitfalls: what goes wrong with it.
        source: where this is from.
    """

    name: str
    title: Text
    aliases: tuple[str, ...] = ()
    call: str | None = None
    formula: str
    derivative: str
    f: Any
    df: Any = None
    keeps_shape: bool = True
    lower: float
    upper: float
    lower_reached: bool = False
    upper_reached: bool = False
    monotone: bool = True
    saturates: str
    saturation: Text | None = None
    max_slope: float | None
    max_slope_at: float | None = None
    kinks: tuple[tuple[float, float], ...] = ()
    mean: float | None
    gain_forward: float | None
    gain_backward: float | None
    critical: tuple[Critical, ...] = ()
    initializer: str
    initializer_reason: Text
    use: Text
    hidden: Hidden
    pitfalls: tuple[Text, ...] = ()
    source: str

    @property
    def elementwise(self) -> bool:
        """Each unit for itself; softmax looks at the whole row."""
        return self.df is not None

    @property
    def by_name(self) -> bool:
        """A layer takes it as `activation="name"`."""
        return isinstance(self.f, str) and self.call is None and self.keeps_shape

    @property
    def zero_centred(self) -> bool:
        """Outputs are 0 on average for inputs that are."""
        return self.mean is not None and round(self.mean, 6) == 0

    @property
    def range(self) -> str:
        """The outputs as an interval, as "(0, 1)"."""
        left = "[" if self.lower_reached else "("
        right = "]" if self.upper_reached else ")"
        return f"{left}{number(self.lower)}, {number(self.upper)}{right}"

    def page(self) -> Page:
        """Describe the row in the language spoken now."""
        page = Page(f"{self.name}{_COLON}{self.title}").rows(
            (Text(en="formula", zh="公式"), self.formula),
            (Text(en="derivative", zh="导数"), self.derivative),
            (Text(en="range", zh="值域"), self.range),
            (Text(en="monotone", zh="单调"), _YES if self.monotone else _NO),
            (Text(en="saturation", zh="饱和"), self.saturation or _SATURATION[self.saturates]),
            (Text(en="largest slope", zh="最大斜率"), self._steepest()),
            (Text(en="kinks", zh="折点"), self._kinks()),
            (Text(en="zero-centred", zh="以零为中心"), self._centre()),
            (Text(en="gain", zh="增益"), self._gain()),
            (Text(en="edge of chaos", zh="混沌边缘"), self._critical()),
            (
                Text(en="initializer", zh="初始化"),
                f'"{self.initializer}": {self.initializer_reason}',
            ),
            (Text(en="where", zh="用在哪里"), self.use),
            (Text(en="hidden layers", zh="隐藏层"), self.hidden.when),
            *((Text(en="pitfall", zh="当心"), words) for words in self.pitfalls),
            (Text(en="source", zh="出处"), self.source),
        )
        line = f"   # np: {self.f}" if isinstance(self.f, str) else ""
        return page.code(f"{self.call or f'keras.activations.{self.name}(x)'}{line}")

    def _steepest(self) -> Text | str:
        if self.max_slope is None:
            return "–"
        slope = number(self.max_slope)
        if self.max_slope_at is None:
            return slope if math.isinf(self.max_slope) else _TOWARDS.format(slope)
        return _AT.format(slope, number(self.max_slope_at))

    def _kinks(self) -> Text:
        if not self.kinks:
            return _SMOOTH
        return join([_KINK.format(number(x), number(slope)) for x, slope in self.kinks])

    def _centre(self) -> Text | str:
        if self.mean is None:
            return _NO
        return _YES if self.zero_centred else _MEAN.format(f"{self.mean:.4f}")

    def _gain(self) -> Text | str:
        if self.gain_forward is None or self.gain_backward is None:
            return "–"
        return _GAIN.format(f"{self.gain_forward:.4f}", f"{self.gain_backward:.4f}")

    def _critical(self) -> Text | str:
        if self.gain_forward is None:
            return "–"
        if not self.critical:
            return _NONE_CRITICAL
        return join([_point(point) for point in self.critical])

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain JSON types; infinity as "inf" or "-inf"."""
        row = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        row["hidden"] = {"rank": self.hidden.rank, "when": str(self.hidden.when)}
        row["saturation"] = str(self.saturation or _SATURATION[self.saturates])
        row["critical"] = [
            {"sigma_b": p.sigma_b, "sigma_w": p.sigma_w, "q": p.q, "stability": p.stability}
            for p in self.critical
        ]
        return {**row, "range": self.range, "zero_centred": self.zero_centred}

    def plot(self) -> Any:
        """Return a matplotlib Figure: f and f' over one x, or what softmax makes of a row."""
        from advisor.activation_plots import draw_activations

        return draw_activations([self])


_COLON = Text(en=": ", zh="：")
_YES, _NO = Text(en="yes", zh="是"), Text(en="no", zh="否")
_SMOOTH = Text(en="none", zh="没有")
_KINK = Text(en="at {}, where Keras takes f' = {}", zh="在 {} 处，Keras 取 f' = {}")
_AT = Text(en="{} at x = {}", zh="{}，在 x = {} 处")
_TOWARDS = Text(en="{}, approached towards infinity", zh="{}，在无穷远处趋近")
_MEAN = Text(en="no: {} on average for z ~ N(0, 1)", zh="否：z ~ N(0, 1) 时平均为 {}")
_GAIN = Text(en="forward {}, backward {} (z ~ N(0, 1))", zh="前向 {}，反向 {}（z ~ N(0, 1)）")
_NONE_CRITICAL = Text(
    en="no spread of the weights keeps the gradients of a deep plain stack.",
    zh="权重取多大的方差，都保不住很深的纯堆叠网络里的梯度。",
)
_SATURATION = {
    "no": Text(en="nowhere.", zh="处处不饱和。"),
    "left": Text(en="far to the left the slope goes to 0.", zh="往左远处斜率趋于 0。"),
    "right": Text(en="far to the right the slope goes to 0.", zh="往右远处斜率趋于 0。"),
    "both": Text(en="far out on both sides the slope goes to 0.", zh="往两边远处斜率都趋于 0。"),
}


def _point(point: Critical) -> str:
    """Write a critical point as a formula."""
    where = "" if point.q is None else f", q* = {point.q:.4g}"
    return f"σ_w = {point.sigma_w:.4g} (σ_b = {point.sigma_b:g}{where})"


def number(value: float) -> str:
    """Return a number as people write it, infinity as ∞.

    Example:
        >>> number(-0.2784645428), number(float("inf"))
        ('-0.278465', '∞')
    """
    return f"{value:g}".replace("inf", "∞")


def _plain(value: Any) -> Any:
    """Turn a field into plain JSON types."""
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return str(value) if isinstance(value, float) and math.isinf(value) else value
