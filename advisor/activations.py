"""The table of activation functions: one row holds all that an activation is."""

from __future__ import annotations

import math

from advisor.choices import Alternative, Avoid, Choice
from advisor.curves import Activation, Hidden
from advisor.errors import UnknownNameError
from advisor.quadrature import Critical
from advisor.text import Text


def _edge(*points: tuple[float, float | None, float] | None) -> tuple[Critical, ...]:
    """Return the critical points for biases of standard deviation 0, 0.2 and 0.5.

    Each as (σ_w, q*, stability), None where none is; tests compute them anew.
    """
    spreads = (0.0, 0.2, 0.5)
    return tuple(Critical(b, *p) for b, p in zip(spreads, points, strict=True) if p is not None)


_KEEPS = Text(
    en="Var(w) = {} keeps the size of {} from layer to layer.",
    zh="Var(w) = {}，逐层保持{}的大小不变。",
)
_SIGNALS = Text(en="signals and gradients", zh="信号和梯度")
_SMALL = Text(
    en="exact at unit variance would be Var(w) = {}/fan_in, for at most 10 layers: small signals "
    "see only the slope {} at 0, and fade.",
    zh="方差为 1 时严格说应取 Var(w) = {}/fan_in，最多撑 10 层：小信号只看到 0 处的斜率 {}，会越来越弱。",
)
_DEFAULT = Text(en="Keras' default.", zh="Keras 的默认值。")
_NO_INITIALIZER = Text(
    en="no initialiser keeps the gradients of a deep stack of it; this one loses least.",
    zh="没有哪种初始化保得住它深层堆叠的梯度；这个损失最小。",
)
_HIDDEN_LAYERS = Text(en="hidden layers.", zh="用在隐藏层。")
_NOT_THERE = Text(en="Not made for them.", zh="不是给隐藏层用的。")
_DRIFTS = Text(
    en="Not in deep stacks: its outputs all have one sign, so they drift from layer to layer, and "
    "different rows soon look the same.",
    zh="别用在深层堆叠里：输出全是同一个符号，一层层偏下去，不同样本很快就变得一模一样。",
)
_NO_SLOPE_AT_0 = Text(
    en="Its slope at 0 is 0, so small signals and their gradients are lost.",
    zh="0 处斜率是 0：小信号和它们的梯度都丢了。",
)
_DEAD_ZONE = Text(
    en="between −0.5 and 0.5 output and slope are exactly 0.",
    zh="−0.5 到 0.5 之间输出和斜率都恰好是 0。",
)
_SHRINKING = Text(en="denoising: it pulls small values to 0.", zh="去噪：把小的值拉到 0。")
_FAR_LEFT = Text(
    en="Far to the left it is as dead as ReLU: with every bias at −30 it does not recover.",
    zh="左边很远处和 ReLU 一样是死的：偏置全设成 −30，它恢复不了。",
)
_DIES = Text(
    en="Where the slope is exactly 0 units die, as with ReLU.",
    zh="斜率恰好为 0 的地方，神经元会像 ReLU 那样死掉。",
)

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
        saturates="left",
        saturation=Text(
            en="left of 0 output and slope are exactly 0: a unit that is there for every row is "
            "dead, its weights never update again.",
            zh="0 的左边输出和斜率都恰好是 0：一个神经元如果对所有样本都落在那里，就死了，权重再也不更新。",
        ),
        max_slope=1.0,
        max_slope_at=1.0,
        kinks=((0.0, 0.0),),
        mean=0.3989423,
        gain_forward=math.sqrt(2),
        gain_backward=math.sqrt(2),
        critical=_edge((math.sqrt(2), None, 1.0), None, None),
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
        saturates="no",
        saturation=Text(
            en="nowhere: left of 0 a slope of 0.2 is left, so no unit is ever quite dead.",
            zh="处处不饱和：0 的左边还留着 0.2 的斜率，神经元不会真的死掉。",
        ),
        max_slope=1.0,
        max_slope_at=1.0,
        kinks=((0.0, 0.2),),
        mean=0.3191538,
        gain_forward=math.sqrt(2 / 1.04),
        gain_backward=math.sqrt(2 / 1.04),
        critical=_edge((math.sqrt(2 / 1.04), None, 1.0), None, None),
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
        saturates="both",
        saturation=Text(
            en="beyond |x| ≈ 3 the slope is below 0.01; in float32 it is exactly 0 from "
            "|x| = 7.91 on.",
            zh="|x| 超过 3 左右斜率就小于 0.01；float32 下 |x| ≥ 7.91 时恰好等于 0。",
        ),
        max_slope=1.0,
        max_slope_at=0.0,
        mean=0.0,
        gain_forward=1.592537,
        gain_backward=1.467414,
        critical=_edge(
            (1.0, 0.0, 1.0), (1.304146, 0.512079, 0.542564), (1.549674, 1.317939, 0.332899)
        ),
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
        saturates="both",
        saturation=Text(
            en="beyond |x| ≈ 5 the slope is below 0.01; in float32 it is exactly 0 for x ≥ 16.64 "
            "and x ≤ −87.34.",
            zh="|x| 超过 5 左右斜率就小于 0.01；float32 下 x ≥ 16.64 或 x ≤ −87.34 时恰好等于 0。",
        ),
        max_slope=0.25,
        max_slope_at=0.0,
        mean=0.5,
        gain_forward=1.846229,
        gain_backward=4.722646,
        critical=_edge(
            (10.14926, 45.62428, 0.060250),
            (10.15403, 45.71245, 0.060144),
            (10.17886, 46.17377, 0.059591),
        ),
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
            avoid=True,
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
        lower=0.0,
        upper=1.0,
        saturates="both",
        saturation=Text(
            en="when one score leads by far, all slopes go to 0; with its cross-entropy the "
            "gradient stays p − y.",
            zh="某个分数遥遥领先时，所有斜率都趋于 0；但和交叉熵配在一起，梯度仍是 p − y。",
        ),
        max_slope=0.5,
        mean=None,
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
            avoid=True,
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
        saturates="no",
        saturation=Text(en="nowhere.", zh="处处不饱和。"),
        max_slope=1.0,
        max_slope_at=0.0,
        mean=0.0,
        gain_forward=1.0,
        gain_backward=1.0,
        critical=_edge((1.0, None, 1.0), None, None),
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
            avoid=True,
        ),
        pitfalls=(
            Text(
                en="Under a probability loss without from_logits=True it trains erratically.",
                zh="配概率损失又没写 from_logits=True，训练会忽好忽坏。",
            ),
        ),
        source="Keras 3.15, keras.activations.linear",
    ),
    Activation(
        name="elu",
        title=Text(en="exponential linear unit", zh="指数线性单元"),
        formula="f(x) = x if x > 0 else e^x − 1",
        derivative="f'(x) = 1 if x > 0 else e^x",
        f="np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))",
        df="np.exp(np.minimum(x, 0.0))",
        lower=-1.0,
        upper=math.inf,
        saturates="left",
        max_slope=1.0,
        max_slope_at=0.0,
        mean=0.1605206,
        gain_forward=1.245198,
        gain_backward=1.223429,
        critical=_edge(
            (1.0, 0.0, 1.0), (1.229251, 1.106931, 0.859777), (1.306112, 4.886627, 0.881292)
        ),
        initializer="he_normal",
        initializer_reason=Text(
            en="exact at unit variance would be Var(w) = 1.55/fan_in (signals) or 1.50/fan_in (gradients).",
            zh="方差为 1 时，严格说应取 Var(w) = 1.55/fan_in（信号）或 1.50/fan_in（梯度）。",
        ),
        use=_HIDDEN_LAYERS,
        hidden=Hidden(
            None,
            Text(
                en="Smooth at 0 and nearer to zero-centred than ReLU; each negative input costs an "
                "exponential. Units far to the left are as good as dead: with every bias at −30 it "
                "did not recover.",
                zh="在 0 处光滑，输出均值比 ReLU 更接近零；负的输入要算一次指数。"
                "落到左边很远的神经元和死了一样：偏置全设成 −30，它没有恢复。",
            ),
        ),
        pitfalls=(
            Text(
                en="Keras' docstring prints alpha * exp(x) - 1; computed is alpha * (exp(x) - 1).",
                zh="Keras 文档里写的是 alpha * exp(x) - 1；实际算的是 alpha * (exp(x) - 1)。",
            ),
        ),
        source="Keras 3.15, keras.activations.elu; Clevert et al. 2016, arXiv 1511.07289",
    ),
    Activation(
        name="celu",
        title=Text(
            en="continuously differentiable exponential linear unit", zh="连续可微指数线性单元"
        ),
        formula="f(x) = x if x > 0 else α (e^{x/α} − 1), α = 1",
        derivative="f'(x) = 1 if x > 0 else e^{x/α}",
        f="np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))",
        df="np.exp(np.minimum(x, 0.0)) * (1 + (x == 0))",
        lower=-1.0,
        upper=math.inf,
        saturates="left",
        max_slope=1.0,
        max_slope_at=1.0,
        kinks=((0.0, 2.0),),
        mean=0.1605206,
        gain_forward=1.245198,
        gain_backward=1.223429,
        critical=_edge(
            (1.0, 0.0, 1.0), (1.229251, 1.106931, 0.859777), (1.306112, 4.886627, 0.881292)
        ),
        initializer="he_normal",
        initializer_reason=Text(
            en="as for elu, which it equals at α = 1.", zh="和 elu 一样：α = 1 时两者相同。"
        ),
        use=_HIDDEN_LAYERS,
        hidden=Hidden(
            None, Text(en="At α = 1 the same function as elu.", zh="α = 1 时和 elu 是同一个函数。")
        ),
        pitfalls=(
            Text(
                en="At exactly 0 the slope is 1, but Keras on TensorFlow returns 2: both halves pass "
                "the tie.",
                zh="恰好在 0 处斜率应该是 1，Keras 在 TensorFlow 上却返回 2：两半都把平局算了进去。",
            ),
        ),
        source="Keras 3.15, keras.activations.celu; Barron 2017, arXiv 1704.07483",
    ),
    Activation(
        name="selu",
        title=Text(en="scaled exponential linear unit", zh="缩放指数线性单元"),
        formula="f(x) = λ x if x > 0 else λ α (e^x − 1), λ = 1.0507, α = 1.6733",
        derivative="f'(x) = λ if x > 0 else λ α e^x",
        f="1.0507009873554805"
        " * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0.0)))",
        df="1.0507009873554805"
        " * np.where(x >= 0, 1.0, 1.6732632423543772 * np.exp(np.minimum(x, 0.0)))",
        lower=-1.0507009873554805 * 1.6732632423543772,
        upper=math.inf,
        saturates="left",
        max_slope=1.0507009873554805 * 1.6732632423543772,
        max_slope_at=0.0,
        kinks=((0.0, 1.0507009873554805),),
        mean=0.0,
        gain_forward=1.0,
        gain_backward=0.966026,
        critical=_edge(
            (0.690486, 0.0, 1.0), (0.937476, 0.717049, 0.742917), (1.049637, 2.555510, 0.720278)
        ),
        initializer="lecun_normal",
        initializer_reason=Text(
            en="Var(w) = 1/fan_in holds mean 0 and variance 1 exactly; gradients grow by 3.5 % a layer.",
            zh="Var(w) = 1/fan_in 恰好保持均值 0、方差 1；梯度每层只涨 3.5%。",
        ),
        use=Text(
            en="hidden layers of deep plain Dense stacks on standardised inputs.",
            zh="很深的纯 Dense 堆叠的隐藏层，输入要先标准化。",
        ),
        hidden=Hidden(
            4,
            Text(
                en="For very deep plain Dense stacks: digits, 32 layers of 64, SGD: .90 to .925 where "
                "ReLU with He stays at .26 to .43. Needs lecun_normal, standardised inputs and "
                "AlphaDropout instead of Dropout.",
                zh="给很深的纯 Dense 网络：digits、32 层、每层 64 个、SGD：.90 到 .925，"
                "ReLU 加 He 只有 .26 到 .43。要配 lecun_normal、标准化的输入，Dropout 换成 AlphaDropout。",
            ),
        ),
        pitfalls=(
            Text(
                en="With another initializer or raw inputs it loses what it was made for.",
                zh="换了初始化，或者输入没有标准化，它的好处就没有了。",
            ),
        ),
        source="Keras 3.15, keras.activations.selu; Klambauer et al. 2017, arXiv 1706.02515",
    ),
    Activation(
        name="gelu",
        title=Text(en="Gaussian error linear unit", zh="高斯误差线性单元"),
        formula="f(x) = x Φ(x)",
        derivative="f'(x) = Φ(x) + x φ(x)",
        f="x * special.ndtr(x)",
        df="special.ndtr(x) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)",
        lower=-0.1699712074,
        upper=math.inf,
        lower_reached=True,
        monotone=False,
        saturates="left",
        max_slope=1.1289041452,
        max_slope_at=math.sqrt(2),
        mean=0.2820948,
        gain_forward=1.533530,
        gain_backward=1.481114,
        critical=_edge(
            (2.0, 0.0, 1.0), (1.547009, 0.575637, 1.095041), (1.399868, 6.434102, 0.985872)
        ),
        initializer="he_normal",
        initializer_reason=_SMALL.format("2.35", "0.5"),
        use=Text(en="hidden layers of transformers.", zh="Transformer 的隐藏层。"),
        hidden=Hidden(
            5,
            Text(
                en="The usual choice in transformers, which normalise every layer; on small tables "
                "no better than ReLU beyond noise. Not alone in deep plain stacks: with Glorot "
                "gradients halve at each layer.",
                zh="Transformer 里的常规选择，那里每层都有归一化；小表格数据上并不比 ReLU 确实更好。"
                "很深的纯堆叠里别单独用它：Glorot 下梯度每层减半。",
            ),
        ),
        pitfalls=(
            Text(
                en="gelu(x, approximate=True) is the tanh formula, another function by up to 5e-4.",
                zh="gelu(x, approximate=True) 用的是 tanh 近似式，最多差 5e-4。",
            ),
            _FAR_LEFT,
        ),
        source="Keras 3.15, keras.activations.gelu; Hendrycks & Gimpel 2016, arXiv 1606.08415",
    ),
    Activation(
        name="silu",
        title=Text(en="sigmoid linear unit", zh="sigmoid 线性单元"),
        aliases=("swish",),
        formula="f(x) = x σ(x)",
        derivative="f'(x) = σ(x) (1 + x (1 − σ(x)))",
        f="x * special.expit(x)",
        df="special.expit(x) * (1 + x * special.expit(-x))",
        lower=-0.2784645428,
        upper=math.inf,
        lower_reached=True,
        monotone=False,
        saturates="left",
        max_slope=1.0998393194,
        max_slope_at=2.3993573,
        mean=0.2066210,
        gain_forward=1.676532,
        gain_backward=1.623320,
        critical=_edge(
            (2.0, 0.0, 1.0), (1.679532, 0.689453, 1.098728), (1.456947, 4.428077, 1.045883)
        ),
        initializer="he_normal",
        initializer_reason=_SMALL.format("2.81", "0.5"),
        use=Text(
            en="hidden layers of convolutional networks and transformers with normalisation.",
            zh="带归一化的卷积网络和 Transformer 的隐藏层。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="Smooth like gelu and cheaper; on small tables no better than ReLU beyond noise. "
                "Not alone in deep plain stacks: with Glorot gradients halve at each layer.",
                zh="像 gelu 一样光滑，算起来更便宜；小表格数据上并不比 ReLU 确实更好。"
                "很深的纯堆叠里别单独用它：Glorot 下梯度每层减半。",
            ),
        ),
        pitfalls=(_FAR_LEFT,),
        source="Keras 3.15, keras.activations.silu; Ramachandran et al. 2017, arXiv 1710.05941; "
        "Elfwing et al. 2017, arXiv 1702.03118",
    ),
    Activation(
        name="mish",
        title=Text(en="self-regularised non-monotonic activation", zh="mish 函数"),
        formula="f(x) = x tanh(ln(1 + e^x))",
        derivative="f'(x) = t + x σ(x) (1 − t²), t = tanh(ln(1 + e^x))",
        f="x * np.tanh(np.logaddexp(0.0, x))",
        df="np.tanh(np.logaddexp(0.0, x))"
        " + x * special.expit(x) / np.cosh(np.minimum(np.logaddexp(0.0, x), 300)) ** 2",
        lower=-0.3088434130,
        upper=math.inf,
        lower_reached=True,
        monotone=False,
        saturates="left",
        max_slope=1.0884981613,
        max_slope_at=1.4905712,
        mean=0.2404039,
        gain_forward=1.486848,
        gain_backward=1.444755,
        critical=_edge(
            (1.666667, 0.0, 1.0), (1.463439, 0.745549, 1.024506), (1.393430, 5.314835, 0.974585)
        ),
        initializer="he_normal",
        initializer_reason=_SMALL.format("2.21", "0.6"),
        use=_HIDDEN_LAYERS,
        hidden=Hidden(
            None,
            Text(
                en="Smooth, dearest to compute of its family; its author's own table (SqueezeNet, "
                "CIFAR-10, 23 runs) has it at 87.5 % beside ReLU's 86.7 %, and gelu and swish within "
                "noise of it.",
                zh="光滑，同类里算起来最贵；作者自己的表（SqueezeNet、CIFAR-10、23 次）里它是 87.5%，"
                "ReLU 86.7%，gelu 和 swish 与它分不出高下。",
            ),
        ),
        pitfalls=(_FAR_LEFT,),
        source="Keras 3.15, keras.activations.mish; Misra 2019, arXiv 1908.08681; "
        "the table: github.com/digantamisra98/Mish",
    ),
    Activation(
        name="relu6",
        title=Text(en="rectified linear unit, capped at 6", zh="封顶为 6 的线性整流函数"),
        formula="f(x) = min(max(x, 0), 6)",
        derivative="f'(x) = 1 if 0 < x < 6 else 0",
        f="np.clip(x, 0.0, 6.0)",
        df="((x > 0) & (x < 6)) * 1.0",
        lower=0.0,
        upper=6.0,
        lower_reached=True,
        upper_reached=True,
        saturates="both",
        saturation=Text(
            en="left of 0 and right of 6 the slope is exactly 0.",
            zh="0 的左边和 6 的右边斜率都恰好是 0。",
        ),
        max_slope=1.0,
        max_slope_at=1.0,
        kinks=((0.0, 0.0), (6.0, 0.0)),
        mean=0.3989423,
        gain_forward=math.sqrt(2),
        gain_backward=math.sqrt(2),
        critical=_edge(
            (math.sqrt(2), 0.0, 1.0), (1.420730, 5.299658, 0.929708), (1.441871, 8.361948, 0.800062)
        ),
        initializer="he_normal",
        initializer_reason=_KEEPS.format("2/fan_in", _SIGNALS),
        use=Text(
            en="hidden layers of small convolutional networks that will run in low precision.",
            zh="要用低精度运行的小型卷积网络的隐藏层。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="ReLU with a ceiling, so that a low-precision number can hold every output. "
                "Otherwise take ReLU.",
                zh="给 ReLU 加了个上限，低精度的数也装得下每个输出。没有这个需要就用 ReLU。",
            ),
        ),
        pitfalls=(_DIES,),
        source="Keras 3.15, keras.activations.relu6",
    ),
    Activation(
        name="softplus",
        title=Text(en="smooth rectifier", zh="光滑的整流函数"),
        formula="f(x) = ln(1 + e^x)",
        derivative="f'(x) = σ(x)",
        f="np.logaddexp(0.0, x)",
        df="special.expit(x)",
        lower=0.0,
        upper=math.inf,
        saturates="left",
        max_slope=1.0,
        mean=0.8060592,
        gain_forward=1.041867,
        gain_backward=1.846229,
        initializer="he_normal",
        initializer_reason=_NO_INITIALIZER,
        use=Text(
            en="the last layer for positive targets, and for spreads and rates.",
            zh="目标为正数时的输出层；也用来输出标准差、速率。",
        ),
        hidden=Hidden(None, _DRIFTS),
        source="Keras 3.15, keras.activations.softplus",
    ),
    Activation(
        name="squareplus",
        title=Text(en="algebraic smooth rectifier", zh="代数式的光滑整流函数"),
        formula="f(x) = (x + √(x² + 4)) / 2",
        derivative="f'(x) = (1 + x/√(x² + 4)) / 2",
        f="(x + np.sqrt(x**2 + 4)) / 2",
        df="(1 + x / np.sqrt(x**2 + 4)) / 2",
        lower=0.0,
        upper=math.inf,
        saturates="left",
        saturation=Text(
            en="to the left the slope goes to 0, slowly: like 1/x².",
            zh="往左斜率慢慢趋于 0，像 1/x² 那样。",
        ),
        max_slope=1.0,
        mean=1.1093055,
        gain_forward=0.816497,
        gain_backward=1.859149,
        initializer="he_normal",
        initializer_reason=_NO_INITIALIZER,
        use=Text(
            en="where softplus is meant and e^x is too dear.",
            zh="想用 softplus、又嫌 e^x 太贵的地方。",
        ),
        hidden=Hidden(None, _DRIFTS),
        source="Keras 3.15, keras.activations.squareplus; arXiv 2112.11687",
    ),
    Activation(
        name="sparse_plus",
        title=Text(en="rectifier with a quadratic bend", zh="用二次曲线拐弯的整流函数"),
        formula="f(x) = 0 if x ≤ −1, x if x ≥ 1, else (x + 1)²/4",
        derivative="f'(x) = 0 if x ≤ −1, 1 if x ≥ 1, else (x + 1)/2",
        f="np.where(x <= -1, 0.0, np.where(x >= 1, x, (x + 1) ** 2 / 4))",
        df="np.clip((x + 1) / 2, 0.0, 1.0)",
        lower=0.0,
        upper=math.inf,
        lower_reached=True,
        saturates="left",
        saturation=Text(en="left of −1 the slope is exactly 0.", zh="−1 的左边斜率恰好是 0。"),
        max_slope=1.0,
        max_slope_at=1.0,
        mean=0.4623301,
        gain_forward=1.380337,
        gain_backward=1.624322,
        initializer="he_normal",
        initializer_reason=_NO_INITIALIZER,
        use=Text(
            en="a smooth rectifier with exact zeros; its slope is sparse_sigmoid.",
            zh="有恰好为 0 的输出的光滑整流函数；它的斜率就是 sparse_sigmoid。",
        ),
        hidden=Hidden(None, _DRIFTS),
        pitfalls=(_DIES,),
        source="Keras 3.15, keras.activations.sparse_plus",
    ),
    Activation(
        name="exponential",
        title=Text(en="exponential function", zh="指数函数"),
        aliases=("exp", "e^x"),
        formula="f(x) = e^x",
        derivative="f'(x) = e^x",
        f="np.exp(x)",
        df="np.exp(x)",
        lower=0.0,
        upper=math.inf,
        saturates="left",
        max_slope=math.inf,
        mean=1.6487213,
        gain_forward=0.367879,
        gain_backward=0.367879,
        critical=_edge((0.367879, 1.0, 2.0), (0.353455, 1.04, 2.0), (0.286505, 1.25, 2.0)),
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=Text(
            en="the last layer for counts, with the Poisson loss: it is the log link.",
            zh="计数目标的输出层，配 Poisson 损失：就是对数链接函数。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="Grows without bound, and so do its gradients.",
                zh="输出和梯度都没有上界，越叠越大。",
            ),
        ),
        pitfalls=(
            Text(en="float32 overflows from x = 88.73 on.", zh="float32 在 x ≥ 88.73 处溢出。"),
        ),
        source="Keras 3.15, keras.activations.exponential",
    ),
    Activation(
        name="hard_silu",
        title=Text(en="piecewise silu", zh="分段的 silu"),
        aliases=("hard_swish",),
        formula="f(x) = x · min(max(x + 3, 0), 6) / 6",
        derivative="f'(x) = 0 if x < −3, 1 if x > 3, else (2x + 3)/6",
        f="x * np.clip(x + 3, 0.0, 6.0) / 6",
        df="np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (2 * x + 3) / 6))",
        lower=-0.375,
        upper=math.inf,
        lower_reached=True,
        monotone=False,
        saturates="left",
        saturation=Text(en="left of −3 the slope is exactly 0.", zh="−3 的左边斜率恰好是 0。"),
        max_slope=1.5,
        max_slope_at=3.0,
        kinks=((-3.0, 0.0), (3.0, 1.0)),
        mean=0.1662167,
        gain_forward=1.736657,
        gain_backward=1.670076,
        critical=_edge(
            (2.0, 0.0, 1.0), (1.751320, 0.686714, 1.113339), (1.487042, 2.391042, 1.078797)
        ),
        initializer="he_normal",
        initializer_reason=_SMALL.format("3.02", "0.5"),
        use=Text(
            en="hidden layers of convolutional networks on telephones, with normalisation.",
            zh="手机上带归一化的卷积网络的隐藏层。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="silu without the exponential, for small devices.",
                zh="不用算指数的 silu，给小设备用。",
            ),
        ),
        pitfalls=(_DIES,),
        source="Keras 3.15, keras.activations.hard_silu; Howard et al. 2019, arXiv 1905.02244",
    ),
    Activation(
        name="hard_sigmoid",
        title=Text(en="piecewise logistic function", zh="分段的逻辑函数"),
        formula="f(x) = min(max(x + 3, 0), 6) / 6",
        derivative="f'(x) = 1/6 if |x| < 3 else 0",
        f="np.clip(x / 6 + 0.5, 0.0, 1.0)",
        df="(np.abs(x) < 3) / 6",
        lower=0.0,
        upper=1.0,
        lower_reached=True,
        upper_reached=True,
        saturates="both",
        saturation=Text(
            en="beyond |x| = 3 the slope is exactly 0.", zh="|x| 超过 3 斜率就恰好是 0。"
        ),
        max_slope=1 / 6,
        max_slope_at=0.0,
        kinks=((-3.0, 0.0), (3.0, 0.0)),
        mean=0.5,
        gain_forward=1.897840,
        gain_backward=6.008116,
        critical=_edge(
            (10.32948, 47.27366, 0.061864),
            (10.33385, 47.35889, 0.061756),
            (10.35661, 47.80504, 0.061194),
        ),
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=Text(en="gates on small devices.", zh="小设备上的门控。"),
        hidden=Hidden(
            None,
            Text(
                en="Worse than sigmoid there: with Glorot gradients shrink sixfold a layer.",
                zh="比 sigmoid 还糟：Glorot 下梯度每层缩到六分之一。",
            ),
        ),
        pitfalls=(
            Text(
                en="As a last layer it reaches exactly 0 and 1, where the cross-entropy has no slope left.",
                zh="放在输出层会恰好取到 0 和 1，那里交叉熵没有斜率了。",
            ),
        ),
        source="Keras 3.15, keras.activations.hard_sigmoid",
    ),
    Activation(
        name="sparse_sigmoid",
        title=Text(
            en="piecewise logistic function with slope one half", zh="斜率二分之一的分段逻辑函数"
        ),
        formula="f(x) = min(max((x + 1)/2, 0), 1)",
        derivative="f'(x) = 1/2 if |x| < 1 else 0",
        f="np.clip((x + 1) / 2, 0.0, 1.0)",
        df="(np.abs(x) < 1) / 2",
        lower=0.0,
        upper=1.0,
        lower_reached=True,
        upper_reached=True,
        saturates="both",
        saturation=Text(
            en="beyond |x| = 1 the slope is exactly 0.", zh="|x| 超过 1 斜率就恰好是 0。"
        ),
        max_slope=0.5,
        max_slope_at=0.0,
        kinks=((-1.0, 0.0), (1.0, 0.0)),
        mean=0.5,
        gain_forward=1.624322,
        gain_backward=2.420574,
        critical=_edge(
            (3.443161, 5.252629, 0.061864),
            (3.456142, 5.337541, 0.060905),
            (3.520451, 5.772484, 0.056423),
        ),
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=Text(
            en="probabilities of two classes with exact zeros; sparsemax is the same for several.",
            zh="想让两类的概率能恰好为 0；多类时对应的是 sparsemax。",
        ),
        hidden=Hidden(None, _NOT_THERE),
        pitfalls=(
            Text(
                en="Beyond |x| = 1 the cross-entropy has no slope: wrong rows there are never corrected.",
                zh="|x| 超过 1 交叉熵没有斜率：落在那里的错误样本永远改不过来。",
            ),
        ),
        source="Keras 3.15, keras.activations.sparse_sigmoid; Blondel et al. 2019, arXiv 1901.02324",
    ),
    Activation(
        name="log_sigmoid",
        title=Text(en="logarithm of the logistic function", zh="逻辑函数的对数"),
        formula="f(x) = −ln(1 + e^−x)",
        derivative="f'(x) = σ(−x)",
        f="-np.logaddexp(0.0, -x)",
        df="special.expit(-x)",
        lower=-math.inf,
        upper=0.0,
        saturates="right",
        max_slope=1.0,
        mean=-0.8060592,
        gain_forward=1.041867,
        gain_backward=1.846229,
        initializer="he_normal",
        initializer_reason=_NO_INITIALIZER,
        use=Text(en="log-probabilities in a loss of your own.", zh="自己写损失函数时的对数概率。"),
        hidden=Hidden(None, _DRIFTS),
        source="Keras 3.15, keras.activations.log_sigmoid",
    ),
    Activation(
        name="hard_tanh",
        title=Text(en="piecewise hyperbolic tangent", zh="分段的双曲正切"),
        formula="f(x) = min(max(x, −1), 1)",
        derivative="f'(x) = 1 if |x| ≤ 1 else 0",
        f="np.clip(x, -1.0, 1.0)",
        df="(np.abs(x) <= 1) * 1.0",
        lower=-1.0,
        upper=1.0,
        lower_reached=True,
        upper_reached=True,
        saturates="both",
        saturation=Text(
            en="beyond |x| = 1 the slope is exactly 0.", zh="|x| 超过 1 斜率就恰好是 0。"
        ),
        max_slope=1.0,
        max_slope_at=0.0,
        kinks=((-1.0, 1.0), (1.0, 1.0)),
        mean=0.0,
        gain_forward=1.392036,
        gain_backward=1.210287,
        critical=_edge(
            (1.0, 0.0, 1.0), (1.068609, 0.423287, 0.570209), (1.213148, 1.013380, 0.287801)
        ),
        initializer="glorot_uniform",
        initializer_reason=_KEEPS.format("2/(fan_in + fan_out)", Text(en="gradients", zh="梯度")),
        use=_HIDDEN_LAYERS,
        hidden=Hidden(
            None,
            Text(
                en="tanh without the exponential; units beyond ±1 stop learning. Take tanh.",
                zh="不用算指数的 tanh；超出 ±1 的神经元就不再学习。用 tanh 就好。",
            ),
        ),
        source="Keras 3.15, keras.activations.hard_tanh",
    ),
    Activation(
        name="softsign",
        title=Text(en="algebraic tanh", zh="代数式的 tanh"),
        formula="f(x) = x / (1 + |x|)",
        derivative="f'(x) = 1 / (1 + |x|)²",
        f="x / (1 + np.abs(x))",
        df="1 / (1 + np.abs(x)) ** 2",
        lower=-1.0,
        upper=1.0,
        saturates="both",
        saturation=Text(
            en="slowly: the slope falls like 1/x², where tanh's falls like e^−2x.",
            zh="来得慢：斜率按 1/x² 减小，tanh 则按 e^−2x。",
        ),
        max_slope=1.0,
        max_slope_at=0.0,
        mean=0.0,
        gain_forward=2.337533,
        gain_backward=2.095781,
        critical=_edge(
            (1.0, 0.0, 1.0), (1.729629, 0.358326, 0.515528), (2.166227, 1.176933, 0.362730)
        ),
        initializer="glorot_uniform",
        initializer_reason=_KEEPS.format("2/(fan_in + fan_out)", Text(en="gradients", zh="梯度")),
        use=_HIDDEN_LAYERS,
        hidden=Hidden(
            None,
            Text(
                en="Like tanh with softer saturation; 5 layers on digits: .961 beside tanh's .966.",
                zh="像 tanh，饱和得更缓；digits 上 5 层：.961，tanh 是 .966。",
            ),
        ),
        source="Keras 3.15, keras.activations.softsign; Glorot & Bengio 2010",
    ),
    Activation(
        name="tanh_shrink",
        title=Text(en="what tanh leaves over", zh="减去 tanh 后的剩余"),
        formula="f(x) = x − tanh(x)",
        derivative="f'(x) = tanh(x)²",
        f="x - np.tanh(x)",
        df="np.tanh(x) ** 2",
        lower=-math.inf,
        upper=math.inf,
        saturates="no",
        saturation=Text(en="in the middle: the slope at 0 is 0.", zh="在中间：0 处的斜率是 0。"),
        max_slope=1.0,
        mean=0.0,
        gain_forward=2.338367,
        gain_backward=1.988139,
        critical=_edge(None, (7.542898, 0.099787, 1.570150), (2.092512, 0.873346, 1.336972)),
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=_SHRINKING,
        hidden=Hidden(None, _NO_SLOPE_AT_0),
        source="Keras 3.15, keras.activations.tanh_shrink",
    ),
    Activation(
        name="soft_shrink",
        title=Text(en="soft threshold", zh="软阈值"),
        formula="f(x) = sign(x) · max(|x| − 0.5, 0)",
        derivative="f'(x) = 1 if |x| > 0.5 else 0",
        f="np.sign(x) * np.maximum(np.abs(x) - 0.5, 0.0)",
        df="(np.abs(x) > 0.5) * 1.0",
        lower=-math.inf,
        upper=math.inf,
        saturates="no",
        saturation=_DEAD_ZONE,
        max_slope=1.0,
        max_slope_at=1.0,
        kinks=((-0.5, 0.0), (0.5, 0.0)),
        mean=0.0,
        gain_forward=1.544360,
        gain_backward=1.273008,
        critical=_edge(None, (5.982236, 0.051743, 1.0), (1.360153, 0.667471, 1.0)),
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=_SHRINKING,
        hidden=Hidden(None, _NO_SLOPE_AT_0),
        source="Keras 3.15, keras.activations.soft_shrink",
    ),
    Activation(
        name="hard_shrink",
        title=Text(en="hard threshold", zh="硬阈值"),
        formula="f(x) = x if |x| > 0.5 else 0",
        derivative="f'(x) = 1 if |x| > 0.5 else 0",
        f="np.where(np.abs(x) > 0.5, x, 0.0)",
        df="(np.abs(x) > 0.5) * 1.0",
        lower=-math.inf,
        upper=math.inf,
        saturates="no",
        saturation=_DEAD_ZONE,
        max_slope=1.0,
        max_slope_at=1.0,
        kinks=((-0.5, 0.0), (0.5, 0.0)),
        mean=0.0,
        gain_forward=1.015796,
        gain_backward=1.273008,
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=_SHRINKING,
        hidden=Hidden(None, _NO_SLOPE_AT_0),
        pitfalls=(Text(en="It jumps at ±0.5: not continuous.", zh="在 ±0.5 处跳变：不连续。"),),
        source="Keras 3.15, keras.activations.hard_shrink",
    ),
    Activation(
        name="threshold",
        title=Text(en="cut below a value", zh="低于阈值就替换"),
        call="keras.activations.threshold(x, 1.0, 0.0)",
        formula="f(x) = x if x > t else v, here t = 1, v = 0",
        derivative="f'(x) = 1 if x > t else 0",
        f="np.where(x > 1, x, 0.0)",
        df="(x > 1) * 1.0",
        lower=0.0,
        upper=math.inf,
        lower_reached=True,
        saturates="left",
        saturation=Text(en="left of t the slope is exactly 0.", zh="t 的左边斜率恰好是 0。"),
        max_slope=1.0,
        max_slope_at=2.0,
        kinks=((1.0, 0.0),),
        mean=0.2419707,
        gain_forward=1.579903,
        gain_backward=2.510572,
        initializer="he_normal",
        initializer_reason=_NO_INITIALIZER,
        use=Text(
            en="cutting small values in a function of your own.", zh="在自己写的函数里去掉小的值。"
        ),
        hidden=Hidden(None, _NOT_THERE),
        pitfalls=(
            Text(
                en='It needs two arguments, so activation="threshold" fails at the first call.',
                zh='它要两个参数，所以 activation="threshold" 一调用就报错。',
            ),
            Text(en="It jumps at t unless v = t.", zh="除非 v = t，否则在 t 处跳变。"),
        ),
        source="Keras 3.15, keras.activations.threshold",
    ),
    Activation(
        name="log_softmax",
        title=Text(en="logarithm of softmax", zh="softmax 的对数"),
        formula="f(x)_k = x_k − ln Σ_j e^{x_j}",
        derivative="∂f_k/∂x_j = δ_kj − softmax(x)_j, a matrix",
        f="x - x.max(axis=-1, keepdims=True) - np.log(np.exp(x - x.max(axis=-1, keepdims=True))"
        ".sum(axis=-1, keepdims=True))",
        lower=-math.inf,
        upper=0.0,
        upper_reached=True,
        saturates="right",
        saturation=Text(
            en="when one score leads by far, its own slope goes to 0.",
            zh="某个分数遥遥领先时，它自己的斜率趋于 0。",
        ),
        max_slope=None,
        mean=None,
        gain_forward=None,
        gain_backward=None,
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=Text(
            en="log-probabilities of classes in a loss of your own; Keras' losses want softmax or raw scores.",
            zh="自己写损失函数时的类别对数概率；Keras 的损失要的是 softmax 或原始分数。",
        ),
        hidden=Hidden(None, _NOT_THERE),
        source="Keras 3.15, keras.activations.log_softmax",
    ),
    Activation(
        name="sparsemax",
        title=Text(en="projection onto the simplex", zh="到单纯形的投影"),
        formula="f(x)_k = max(x_k − τ(x), 0), with τ such that the row sums to 1",
        derivative="∂f_k/∂x_j = s_k (δ_kj − s_j / Σ s), s = 1 where f > 0, a matrix",
        f="np.maximum(x - ((np.cumsum(-np.sort(-x, axis=-1), axis=-1) - 1)"
        " / np.arange(1, x.shape[-1] + 1)).max(axis=-1, keepdims=True), 0.0)",
        lower=0.0,
        upper=1.0,
        lower_reached=True,
        upper_reached=True,
        saturates="both",
        saturation=Text(en="classes at exactly 0 have no slope.", zh="恰好为 0 的类没有斜率。"),
        max_slope=1.0,
        mean=None,
        gain_forward=None,
        gain_backward=None,
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=Text(
            en="attention or class probabilities with exact zeros, with a loss made for it.",
            zh="想让一些类的概率恰好为 0 的注意力或分类，要配专门的损失。",
        ),
        hidden=Hidden(None, _NOT_THERE),
        pitfalls=(
            Text(
                en="Keras 3.15.1 computes it wrongly as soon as two classes survive: scores (1, 0.9) "
                "give (0.05, 0) instead of (0.55, 0.45). Check that your rows sum to 1.",
                zh="Keras 3.15.1 在留下两个以上的类时算错：分数 (1, 0.9) 得到 (0.05, 0)，"
                "应该是 (0.55, 0.45)。用之前先看看每行之和是不是 1。",
            ),
            Text(
                en="Under cross-entropy a true class at exactly 0 has no gradient: it is never corrected.",
                zh="配交叉熵时，真实类别的概率恰好为 0 就没有梯度，永远改不过来。",
            ),
        ),
        source="Keras 3.15, keras.activations.sparsemax; Martins & Astudillo 2016, arXiv 1602.02068",
    ),
    Activation(
        name="glu",
        title=Text(en="gated linear unit", zh="门控线性单元"),
        formula="f(a, b) = a · σ(b), a and b the two halves of the units",
        derivative="∂f/∂a = σ(b), ∂f/∂b = a σ(b) (1 − σ(b))",
        f="x[..., : x.shape[-1] // 2] * special.expit(x[..., x.shape[-1] // 2 :])",
        keeps_shape=False,
        lower=-math.inf,
        upper=math.inf,
        saturates="no",
        saturation=Text(
            en="where the gate b is far to the left, nothing passes.",
            zh="门 b 落到左边很远时，什么都过不去。",
        ),
        max_slope=None,
        mean=None,
        gain_forward=None,
        gain_backward=None,
        initializer="glorot_uniform",
        initializer_reason=_DEFAULT,
        use=Text(
            en="between two layers of a transformer's block: Dense(2n) before it, n units after it.",
            zh="Transformer 块的两层之间：前面是 Dense(2n)，后面剩 n 个单元。",
        ),
        hidden=Hidden(
            None,
            Text(
                en="It halves the number of units, which must be even.",
                zh="它把单元数减半，所以单元数必须是偶数。",
            ),
        ),
        source="Keras 3.15, keras.activations.glu; Dauphin et al. 2016, arXiv 1612.08083",
    ),
)

ACTIVATIONS: dict[str, Activation] = {row.name: row for row in _ROWS}


def activation(name: object) -> Activation:
    """Return the row of an activation: formula, derivative, range, gain, initializer, pitfalls.

    Args:
        name: Keras' name or an alias, in any case; a function such as keras.activations.relu; or
            one of your own, or a layer: its row is measured (elementwise functions only).

    Raises:
        UnknownNameError: no such name is in the table.
        OptionError: a function that cannot be measured.

    Example:
        >>> row = activation("Leaky ReLU")
        >>> row.name, row.range, row.initializer
        ('leaky_relu', '(-∞, ∞)', 'he_normal')
    """
    if isinstance(name, Activation):
        return name
    known = str(getattr(name, "__module__", "")).startswith("keras.") and hasattr(name, "__name__")
    if callable(name) and not known:
        from advisor.unlisted import measure

        return measure(name)
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
            if other.hidden.avoid and other is not row
        ),
    )


def _key(word: object) -> str:
    """Make case, spaces and joiners not matter."""
    return "".join(c for c in str(word).lower() if c not in " _-")
