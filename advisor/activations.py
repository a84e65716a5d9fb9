"""The table of activation functions: one row holds all that an activation is."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from advisor.choices import Alternative, Avoid, Choice
from advisor.errors import UnknownNameError
from advisor.page import Answer, Page
from advisor.text import Text


@dataclass(frozen=True, slots=True)
class Hidden:
    """How an activation stands in the lecture's rule for hidden layers.

    Attributes:
        rank: 1 is tried first; None is not advised there.
        when: when to take it, or why not.
    """

    rank: int | None
    when: Text


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Activation(Answer):
    """A row of the table.

    Attributes:
        name: Keras' name.
        title: its full name.
        aliases: what people also type; case, spaces, "_" and "-" do not matter.
        formula, derivative: for people.
        f, df: the same as lines of NumPy in `x`; df is None where it is no number a unit.
        elementwise: each unit for itself; softmax looks at the whole row.
        lower, upper: infimum and supremum of the output.
        lower_reached, upper_reached: the bound is attained (in exact arithmetic).
        saturates: where f' goes to 0: "no", "left", "right" or "both".
        saturation: what that does.
        max_slope: the largest |f'| (for softmax the largest norm of its Jacobian).
        kinks: where f' jumps.
        kink: which slope Keras takes there.
        zero_centred: outputs are 0 on average for inputs around 0.
        gain_forward, gain_backward: E[f(z)²]^−½ and E[f'(z)²]^−½ for z ~ N(0, 1): the kernel's
            gain that keeps signals, or gradients, of size 1; None for softmax.
        initializer: for the kernel before it, Keras' name.
        initializer_reason: why that one.
        use: where it belongs.
        hidden: its standing in hidden layers.
        pitfalls: what goes wrong with it.
        source: where this is from.
    """

    name: str
    title: Text
    aliases: tuple[str, ...]
    formula: str
    derivative: str
    f: str
    df: str | None
    elementwise: bool = True
    lower: float
    upper: float
    lower_reached: bool
    upper_reached: bool
    saturates: str
    saturation: Text
    max_slope: float
    kinks: tuple[float, ...] = ()
    kink: Text
    zero_centred: bool
    gain_forward: float | None
    gain_backward: float | None
    initializer: str
    initializer_reason: Text
    use: Text
    hidden: Hidden
    pitfalls: tuple[Text, ...]
    source: str

    @property
    def range(self) -> str:
        """The outputs as an interval, as "(0, 1)"."""
        left = "[" if self.lower_reached else "("
        right = "]" if self.upper_reached else ")"
        return f"{left}{_number(self.lower)}, {_number(self.upper)}{right}"

    def page(self) -> Page:
        """Describe the row in the language spoken now."""
        page = Page(f"{self.name}{_COLON}{self.title}").rows(
            (Text(en="formula", zh="公式"), self.formula),
            (Text(en="derivative", zh="导数"), self.derivative),
            (Text(en="range", zh="值域"), self.range),
            (Text(en="saturation", zh="饱和"), self.saturation),
            (Text(en="largest slope", zh="最大斜率"), f"{self.max_slope:g}"),
            (Text(en="kinks", zh="拐点"), self.kink),
            (Text(en="zero-centred", zh="以零为中心"), _YES if self.zero_centred else _NO),
            (Text(en="gain", zh="增益"), self._gain()),
            (
                Text(en="initializer", zh="初始化"),
                f'"{self.initializer}": {self.initializer_reason}',
            ),
            (Text(en="where", zh="用在哪里"), self.use),
            (Text(en="hidden layers", zh="隐藏层"), self.hidden.when),
            *((Text(en="pitfall", zh="当心"), words) for words in self.pitfalls),
            (Text(en="source", zh="出处"), self.source),
        )
        return page.code(f"keras.activations.{self.name}   # np: {self.f}")

    def _gain(self) -> Text | str:
        if self.gain_forward is None or self.gain_backward is None:
            return "–"
        return _GAIN.format(f"{self.gain_forward:.4f}", f"{self.gain_backward:.4f}")

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain JSON types; infinity as "inf" or "-inf"."""
        row = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        row["hidden"] = {"rank": self.hidden.rank, "when": str(self.hidden.when)}
        return {**row, "range": self.range}


_COLON = Text(en=": ", zh="：")
_YES, _NO = Text(en="yes", zh="是"), Text(en="no", zh="否")
_GAIN = Text(en="forward {}, backward {} (z ~ N(0, 1))", zh="前向 {}，反向 {}（z ~ N(0, 1)）")
_SMOOTH = Text(en="none", zh="没有")
_KEEPS = Text(
    en="Var(w) = {} keeps the size of {} from layer to layer.",
    zh="Var(w) = {}，逐层保持{}的大小不变。",
)
_SIGNALS = Text(en="signals and gradients", zh="信号和梯度")

_ROWS = (
    Activation(
        name="relu",
        title=Text(en="rectified linear unit", zh="线性整流函数"),
        aliases=("rectifier", "rectified linear unit", "线性整流", "修正线性单元"),
        formula="f(x) = max(x, 0)",
        derivative="f'(x) = 1 if x > 0 else 0",
        f="np.maximum(x, 0.0)",
        df="(x > 0) * 1.0",
        lower=0.0,
        upper=math.inf,
        lower_reached=True,
        upper_reached=False,
        saturates="left",
        saturation=Text(
            en="left of 0 output and slope are exactly 0: a unit that is there for every row is "
            "dead, its weights never update again.",
            zh="0 的左边输出和斜率都恰好是 0：一个神经元如果对所有样本都落在那里，就死了，权重再也不更新。",
        ),
        max_slope=1.0,
        kinks=(0.0,),
        kink=Text(en="at 0; Keras takes f'(0) = 0", zh="在 0 处；Keras 取 f'(0) = 0"),
        zero_centred=False,
        gain_forward=math.sqrt(2),
        gain_backward=math.sqrt(2),
        initializer="he_normal",
        initializer_reason=_KEEPS.format("2/fan_in", _SIGNALS),
        use=Text(en="hidden layers; never the last one.", zh="用在隐藏层；不要用在输出层。"),
        hidden=Hidden(
            1,
            Text(
                en="First choice: for x > 0 the slope is exactly 1, so nothing shrinks on the way "
                "back, and it costs one comparison. Set He initialisation: Keras' default is "
                "Glorot, with which gradients shrink by 0.71 a layer.",
                zh="首选：x > 0 时斜率恰好是 1，反向传播不会越传越小，计算也只要比较一次。"
                "记得用 He 初始化：Keras 默认的是 Glorot，那样梯度每层只剩 0.71 倍。",
            ),
        ),
        pitfalls=(
            Text(
                en="Units die with raw inputs and a large step (digits 0..16, Adam(0.1): 97 % of the "
                "first layer); scale the inputs.",
                zh="输入没有缩放、步长又大时神经元会成片死掉（digits 取值 0..16、Adam(0.1)："
                "第一层死了 97%）；先把输入缩放好。",
            ),
            Text(
                en="Kinks: coarse for smooth curves with few units, and f'' = 0.",
                zh="有折角：单元少时画不出光滑曲线，而且 f'' = 0。",
            ),
        ),
        source="Keras 3.15, keras.activations.relu; He et al. 2015, arXiv 1502.01852, "
        "as cited by keras.initializers.HeNormal",
    ),
    Activation(
        name="leaky_relu",
        title=Text(en="leaky rectified linear unit", zh="带泄漏的线性整流函数"),
        aliases=("leaky relu", "lrelu", "带泄漏的relu"),
        formula="f(x) = x if x > 0 else 0.2 x",
        derivative="f'(x) = 1 if x > 0 else 0.2",
        f="np.where(x > 0, x, 0.2 * x)",
        df="np.where(x > 0, 1.0, 0.2)",
        lower=-math.inf,
        upper=math.inf,
        lower_reached=False,
        upper_reached=False,
        saturates="no",
        saturation=Text(
            en="nowhere: left of 0 a slope of 0.2 is left, so no unit is ever quite dead.",
            zh="处处不饱和：0 的左边还留着 0.2 的斜率，神经元不会真的死掉。",
        ),
        max_slope=1.0,
        kinks=(0.0,),
        kink=Text(en="at 0; Keras takes f'(0) = 0.2", zh="在 0 处；Keras 取 f'(0) = 0.2"),
        zero_centred=False,
        gain_forward=math.sqrt(2 / 1.04),
        gain_backward=math.sqrt(2 / 1.04),
        initializer="he_normal",
        initializer_reason=Text(
            en="exact would be Var(w) = 2/(1.04 fan_in); He overshoots by 2 % a layer.",
            zh="严格说应取 Var(w) = 2/(1.04 fan_in)；He 每层只大 2%。",
        ),
        use=Text(en="hidden layers.", zh="用在隐藏层。"),
        hidden=Hidden(
            2,
            Text(
                en="Next, when ReLU units die: with every bias at −30 it recovered to .94 accuracy "
                "or more where ReLU stayed at .10 (ELU, GELU and SiLU did not recover). On healthy "
                "networks it gains nothing measurable.",
                zh="ReLU 神经元死得多时换它：偏置全设成 −30，它能恢复到 .94 以上，ReLU 停在 .10"
                "（ELU、GELU、SiLU 也救不回来）。网络本来健康时，换它看不出差别。",
            ),
        ),
        pitfalls=(
            Text(
                en="The slope differs by entry point: keras.activations.leaky_relu has 0.2, "
                "keras.layers.LeakyReLU has 0.3; the argument is negative_slope.",
                zh="同名不同斜率：keras.activations.leaky_relu 是 0.2，keras.layers.LeakyReLU 是 0.3；"
                "参数名是 negative_slope。",
            ),
        ),
        source="Keras 3.15, keras.activations.leaky_relu, keras.layers.LeakyReLU",
    ),
    Activation(
        name="tanh",
        title=Text(en="hyperbolic tangent", zh="双曲正切"),
        aliases=("hyperbolic tangent", "双曲正切", "双曲正切函数"),
        formula="f(x) = (e^x − e^−x) / (e^x + e^−x)",
        derivative="f'(x) = 1 − f(x)²",
        f="np.tanh(x)",
        df="1 - np.tanh(x) ** 2",
        lower=-1.0,
        upper=1.0,
        lower_reached=False,
        upper_reached=False,
        saturates="both",
        saturation=Text(
            en="beyond |x| ≈ 3 the slope is below 0.01; in float32 it is exactly 0 from "
            "|x| = 7.91 on.",
            zh="|x| 超过 3 左右斜率就小于 0.01；float32 下 |x| ≥ 7.91 时恰好等于 0。",
        ),
        max_slope=1.0,
        kink=_SMOOTH,
        zero_centred=True,
        gain_forward=1.592537,
        gain_backward=1.467414,
        initializer="glorot_uniform",
        initializer_reason=_KEEPS.format("2/(fan_in + fan_out)", Text(en="gradients", zh="梯度")),
        use=Text(
            en="hidden layers, recurrent layers (Keras' default there).",
            zh="隐藏层、循环层（Keras 的默认值）。",
        ),
        hidden=Hidden(
            3,
            Text(
                en="Possible, and better than ReLU where the stack is very deep and plain: digits, "
                "10 layers, SGD(0.1): .970 against .942. Keep Glorot initialisation.",
                zh="可以用；很深的纯堆叠网络里比 ReLU 还好：digits、10 层、SGD(0.1) 时 .970 对 .942。"
                "保持 Glorot 初始化。",
            ),
        ),
        pitfalls=(
            Text(
                en="Large inputs or targets saturate it: standardise both.",
                zh="输入或目标太大就会饱和：两者都先标准化。",
            ),
        ),
        source="Keras 3.15, keras.activations.tanh; Glorot & Bengio 2010, "
        "as cited by keras.initializers.GlorotUniform",
    ),
    Activation(
        name="sigmoid",
        title=Text(en="logistic function", zh="逻辑函数"),
        aliases=("logistic", "σ", "s型函数", "逻辑函数"),
        formula="f(x) = 1 / (1 + e^−x)",
        derivative="f'(x) = f(x) (1 − f(x))",
        f="1 / (1 + np.exp(-x))",
        df="np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2",
        lower=0.0,
        upper=1.0,
        lower_reached=False,
        upper_reached=False,
        saturates="both",
        saturation=Text(
            en="beyond |x| ≈ 5 the slope is below 0.01; in float32 it is exactly 0 for x ≥ 16.64 "
            "and x ≤ −87.34.",
            zh="|x| 超过 5 左右斜率就小于 0.01；float32 下 x ≥ 16.64 或 x ≤ −87.34 时恰好等于 0。",
        ),
        max_slope=0.25,
        kink=_SMOOTH,
        zero_centred=False,
        gain_forward=1.846229,
        gain_backward=4.722646,
        initializer="glorot_uniform",
        initializer_reason=Text(
            en="Keras' default; no initialiser of Keras keeps its gradients (that would take a "
            "standard deviation near 10/√fan_in).",
            zh="Keras 的默认值；Keras 自带的初始化都保不住它的梯度（标准差要到 10/√fan_in 左右才行）。",
        ),
        use=Text(
            en="the last layer: two classes, several labels, shares; gates of recurrent layers.",
            zh="输出层：二分类、多标签、比例；还有循环层的门控。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="Its slope is at most 0.25, so gradients shrink about fourfold a layer (0.24 with "
                "Glorot): with 5 layers on digits, SGD(0.1), accuracy is .14 at best, ReLU's .95. "
                "With one hidden layer, or BatchNormalization, it is fine.",
                zh="斜率最大只有 0.25，梯度每过一层大约只剩四分之一（Glorot 下 0.24）："
                "digits 上 5 层、SGD(0.1)，准确率最多 .14，ReLU 有 .95。"
                "只有一个隐藏层，或者加了 BatchNormalization，其实没问题。",
            ),
        ),
        pitfalls=(
            Text(
                en="Not zero-centred (0.5 at 0): in deep stacks different rows soon look the same.",
                zh="不以零为中心（0 处是 0.5）：层数一多，不同样本很快就变得一模一样。",
            ),
        ),
        source="Keras 3.15, keras.activations.sigmoid",
    ),
    Activation(
        name="softmax",
        title=Text(en="normalised exponential", zh="归一化指数函数"),
        aliases=("normalized exponential", "归一化指数"),
        formula="f(x)_k = e^{x_k} / Σ_j e^{x_j}",
        derivative="∂f_k/∂x_j = f_k (δ_kj − f_j), a matrix",
        f="np.exp(x - x.max(axis=-1, keepdims=True))"
        " / np.exp(x - x.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True)",
        df=None,
        elementwise=False,
        lower=0.0,
        upper=1.0,
        lower_reached=False,
        upper_reached=False,
        saturates="both",
        saturation=Text(
            en="when one score leads by far, all slopes go to 0; with its cross-entropy the "
            "gradient stays p − y.",
            zh="某个分数遥遥领先时，所有斜率都趋于 0；但和交叉熵配在一起，梯度仍是 p − y。",
        ),
        max_slope=0.5,
        kink=_SMOOTH,
        zero_centred=False,
        gain_forward=None,
        gain_backward=None,
        initializer="glorot_uniform",
        initializer_reason=Text(en="Keras' default.", zh="Keras 的默认值。"),
        use=Text(
            en="the last layer, for exactly one of several classes.",
            zh="输出层：恰好属于若干类中的一类时。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="It makes the units of a layer share out 1: hardly any signal gets through.",
                zh="它让一层的神经元去分同一个 1：信号几乎传不过去。",
            ),
        ),
        pitfalls=(
            Text(en="Over a single unit it is always 1.", zh="只有一个单元时永远是 1。"),
            Text(
                en="For several labels a row it is wrong: they must not compete.",
                zh="一个样本有几个标签时不能用：标签之间不该互相争抢。",
            ),
        ),
        source="Keras 3.15, keras.activations.softmax",
    ),
    Activation(
        name="linear",
        title=Text(en="identity", zh="恒等函数"),
        aliases=("identity", "none", "恒等", "线性", "恒等函数"),
        formula="f(x) = x",
        derivative="f'(x) = 1",
        f="x * 1.0",
        df="np.ones_like(x)",
        lower=-math.inf,
        upper=math.inf,
        lower_reached=False,
        upper_reached=False,
        saturates="no",
        saturation=Text(en="nowhere.", zh="处处不饱和。"),
        max_slope=1.0,
        kink=_SMOOTH,
        zero_centred=True,
        gain_forward=1.0,
        gain_backward=1.0,
        initializer="glorot_uniform",
        initializer_reason=_KEEPS.format("1/fan_in", _SIGNALS),
        use=Text(
            en="the last layer for regression, or for raw scores (from_logits=True). In Keras it is "
            "what activation=None means.",
            zh="回归的输出层，或者要输出原始分数时（from_logits=True）。Keras 里 activation=None 就是它。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="Layers without a bend collapse: any number of them is one linear map.",
                zh="不拐弯的层会塌成一层：叠多少层都只是一个线性变换。",
            ),
        ),
        pitfalls=(
            Text(
                en="Under a probability loss without from_logits=True it trains erratically.",
                zh="配概率损失又没写 from_logits=True，训练会忽好忽坏。",
            ),
        ),
        source="Keras 3.15, keras.activations.linear",
    ),
)

ACTIVATIONS: dict[str, Activation] = {row.name: row for row in _ROWS}


def activation(name: object) -> Activation:
    """Return the row of an activation: formula, derivative, range, gain, initializer, pitfalls.

    Args:
        name: Keras' name or an alias, in any case; or a function, such as keras.activations.relu.

    Raises:
        UnknownNameError: it is not in the table.

    Example:
        >>> row = activation("Leaky ReLU")
        >>> row.name, row.range, row.initializer
        ('leaky_relu', '(-∞, ∞)', 'he_normal')
    """
    if isinstance(name, Activation):
        return name
    wanted = _key("none" if name is None else getattr(name, "__name__", name))
    for row in ACTIVATIONS.values():
        if wanted in {_key(word) for word in (row.name, row.title.en, row.title.zh, *row.aliases)}:
            return row
    raise UnknownNameError("activation", name, ACTIVATIONS)


def by_rank() -> list[Activation]:
    """List the activations advised in hidden layers, the lecture's first choice first."""
    advised = [row for row in ACTIVATIONS.values() if row.hidden.rank is not None]
    return sorted(advised, key=lambda row: row.hidden.rank or 0)


def hidden_choice(name: object = "relu") -> Choice:
    """Return the advice for hidden layers: this one, what else to try, what to avoid.

    Raises:
        UnknownNameError: the activation is not in the table.
    """
    row = activation(name)
    return Choice(
        value=row.name,
        reason=row.hidden.when,
        formula=f"{row.formula}; {row.derivative}",
        source=row.source,
        alternatives=tuple(
            Alternative(other.name, other.hidden.when) for other in by_rank() if other is not row
        ),
        avoid=tuple(
            Avoid(other.name, other.hidden.when)
            for other in ACTIVATIONS.values()
            if other.hidden.rank is None
        ),
    )


def _key(word: object) -> str:
    """Make case, spaces and joiners not matter."""
    return "".join(c for c in str(word).lower() if c not in " _-")


def _number(value: float) -> str:
    return f"{value:g}".replace("inf", "∞")


def _plain(value: Any) -> Any:
    """Turn a field into plain JSON types."""
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, float) and math.isinf(value) else value
