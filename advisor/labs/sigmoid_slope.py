"""The slope of the sigmoid lies in (0, 0.25]."""

from __future__ import annotations

from typing import Any

from advisor import backend
from advisor.activations import ACTIVATIONS
from advisor.demonstrations import Number
from advisor.expressions import evaluate
from advisor.pictures import BLUE, GREY, ORANGE, RED
from advisor.text import Text

ORDER = 4
LECTURE = ("sigmoid-slope",)
TITLE = Text(en="the sigmoid's slope is at most 0.25", zh="sigmoid 的导数最大 0.25")
VERDICT = Text(en="True for real numbers.", zh="对实数成立。")
LIMITS = Text(
    en="Not in a computer: in float32 the sigmoid rounds to 1 from x = 16.64 on, and its slope is "
    "exactly 0 there, not merely small.",
    zh="在计算机里不成立：float32 下，x 从 16.64 起 sigmoid 就舍入成 1，斜率恰好是 0，而不只是很小。",
)
CRITERION = Text(
    en="The largest slope is 0.25, at x = 0; for |x| ≤ 16 the slope is above 0; for x ≥ 17 it is "
    "exactly 0 in float32.",
    zh="最大斜率 0.25，在 x = 0；|x| ≤ 16 时斜率大于 0；float32 下 x ≥ 17 时恰好是 0。",
)
QUESTION = Text(
    en="σ' = σ(1 − σ). For which σ is the product largest, and what follows for a layer's gradient?",
    zh="σ' = σ(1 − σ)。σ 取多少时乘积最大？对一层的梯度意味着什么？",
)
ANSWER = Text(
    en="For σ = ½, at x = 0: ¼. So even the best case takes three quarters of the gradient from each "
    "layer, unless the weights make up for it.",
    zh="σ = ½ 时，也就是 x = 0：¼。所以最好的情况下，每层也要丢掉四分之三的梯度，除非权重补回来。",
)
SOURCE = "calculus; Keras 3.15 on float32"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Differentiate Keras' sigmoid at random places."""
    import numpy as np

    rng = np.random.default_rng(0)
    largest, smallest, far = [], [], []
    for _ in range(seeds):
        near = np.concatenate([[0.0], rng.uniform(-16, 16, 20_000)])
        slopes = _slopes(near)
        largest.append(float(slopes.max()))
        smallest.append(float(slopes.min()))
        far.append(float(_slopes(rng.uniform(17, 80, 1000)).max()))
    numbers = [
        Number(_LARGEST, tuple(largest), least=0.25, most=0.25),
        Number(_SMALLEST, tuple(smallest), least=1e-12),
        Number(_FAR, tuple(far), least=0, most=0),
    ]
    x = np.linspace(-20, 20, 801)
    return numbers, {"x": x, "float32": _slopes(x)}


def _slopes(x: Any) -> Any:
    """Return the gradient that Keras computes in float32."""
    import numpy as np

    keras = backend.keras()
    given = keras.ops.convert_to_tensor(np.asarray(x, "float32"))
    (found,) = backend.gradients(
        lambda parts: keras.ops.sum(keras.activations.sigmoid(parts[0])), [given]
    )
    return np.asarray(found, "float64")


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the slope, and its logarithm where float32 gives up."""
    import numpy as np

    row = ACTIVATIONS["sigmoid"]
    near = np.linspace(-8, 8, 400)
    axes[0].plot(near, evaluate(row.f, x=near), color=BLUE, label="σ(x)")
    axes[0].plot(near, evaluate(row.df, x=near), "--", color=RED, label="σ'(x)")
    axes[0].plot([0], [0.25], "o", color=RED)
    axes[0].axhline(0.25, color=GREY, linestyle=":")
    axes[0].annotate("0.25", (3.5, 0.27), color=RED)
    axes[0].set(xlabel="x", title=words(Text(en="Sigmoid and its slope", zh="sigmoid 和它的斜率")))
    axes[0].legend()
    x = data["x"]
    axes[1].plot(
        x, np.log10(evaluate(row.df, x=x)), color=GREY, linewidth=5, alpha=0.4, label=words(_REAL)
    )
    seen = data["float32"]
    axes[1].plot(x[seen > 0], np.log10(seen[seen > 0]), color=ORANGE, label="float32")
    axes[1].axvspan(16.64, 20, color=ORANGE, alpha=0.16, linewidth=0)
    axes[1].annotate("0", (17.7, -3), color=RED, fontsize=14)
    axes[1].set(xlabel="x", title=words(_LOGARITHM))
    axes[1].legend(loc="lower center")


_LARGEST = Text(en="largest slope on |x| ≤ 16", zh="|x| ≤ 16 上最大的斜率")
_SMALLEST = Text(en="smallest slope on |x| ≤ 16: above 0", zh="|x| ≤ 16 上最小的斜率：大于 0")
_FAR = Text(en="largest slope on 17 ≤ x ≤ 80, float32", zh="17 ≤ x ≤ 80 上最大的斜率，float32")
_REAL = Text(en="real numbers", zh="实数")
_LOGARITHM = Text(en="log10 of the slope", zh="斜率的 log10")
