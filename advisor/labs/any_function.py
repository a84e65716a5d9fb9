"""One hidden layer fits a curve; a line, or a parabola for an activation, does not."""

from __future__ import annotations

from typing import Any

from advisor import backend, chunks
from advisor.demonstrations import Number
from advisor.labs._crowd import Crowd
from advisor.pictures import BLUE, GREEN, GREY, ORANGE, PURPLE
from advisor.text import Text

ORDER = 3
LECTURE = ("any-curve",)
TITLE = Text(en="a network fits any curve", zh="网络可以拟合任意曲线")
VERDICT = Text(
    en="True with conditions: a continuous function, on a bounded set, with enough units, and an "
    "activation that is no polynomial.",
    zh="有条件地成立：连续函数、有界区域、足够多的单元，而且激活函数不是多项式。",
)
LIMITS = Text(
    en="That a good network exists does not say that training finds it: 64 ReLU units fit the same "
    "curve worse, in kinks. And x² is non-linear, yet one layer of it is only a parabola.",
    zh="“存在”好的网络，不等于训练找得到：64 个 ReLU 拟合同一条曲线就差一些，而且带折角。x² 也是非线性，"
    "可一层 x² 只能得到抛物线。",
)
CRITERION = Text(
    en="R² on sin(3x), one hidden layer of 64: tanh at least .99, linear and x² at most .17, which is "
    "what the best line, and the best parabola, reach.",
    zh="sin(3x) 上的 R²，一个隐藏层 64 个单元：tanh 至少 .99，线性和 x² 至多 .17，也就是最佳直线、"
    "最佳抛物线能达到的。",
)
QUESTION = Text(
    en="Which non-linear activations cannot approximate every continuous function, at any width?",
    zh="哪些非线性激活函数，不管多宽都不能逼近所有连续函数？",
)
ANSWER = Text(
    en="Polynomials: a layer of them is again a polynomial of the same degree.",
    zh="多项式：一层多项式加起来仍是同样次数的多项式。",
)
SOURCE = "Cybenko 1989; Hornik 1991; Leshno et al. 1993"
PANELS = 2


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Fit sin(3x) with several activations."""
    import numpy as np

    keras = backend.keras()
    x = np.linspace(-2, 2, 400).astype("float32")[:, None]
    y = np.sin(3 * x)

    def square(z: Any) -> Any:
        return z * z

    def train(name: str, seeds: int) -> tuple[tuple[float, ...], Any]:
        hidden = square if name == "x²" else name
        crowd = Crowd([1, 64, 1], hidden, seeds, bias=0.0, initializer=_spread())
        crowd.train(x, y, keras.optimizers.Adam(_decay(keras, len(x))), _EPOCHS, batch_size=100)
        return tuple(crowd.r2(x, y)), crowd.outputs(x)[0, :, 0]

    bounds: dict[str, dict[str, float]] = {
        "tanh": {"least": 0.99},
        "relu": {},
        "linear": {"most": 0.17},
        "x²": {"most": 0.17},
    }
    found = chunks.named(train, {name: (name, seeds) for name in bounds})
    scores, curves = ({name: one[i] for name, one in found.items()} for i in (0, 1))
    numbers = [Number(_R2.format(name), scores[name], **bound) for name, bound in bounds.items()]
    return numbers, {"x": x[:, 0], "y": y[:, 0], "curves": curves, "scores": scores}


_EPOCHS = 1200


def _spread() -> Any:
    """Return an initializer that is wide enough for a curve of this many turns."""
    return backend.keras().initializers.RandomNormal(stddev=1.5)


def _decay(keras: Any, rows: int) -> Any:
    return keras.optimizers.schedules.CosineDecay(0.02, _EPOCHS * rows // 100)


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the curves that one network of each kind learnt, and all scores."""
    axes[0].plot(data["x"], data["y"], color=GREY, linewidth=5, alpha=0.4, label="sin(3x)")
    for (name, curve), colour in zip(
        data["curves"].items(), (BLUE, GREEN, ORANGE, PURPLE), strict=True
    ):
        axes[0].plot(data["x"], curve, color=colour, label=name, linewidth=1.6)
    axes[0].set(xlabel="x", ylim=(-1.6, 1.9), title=words(_LEARNT))
    axes[0].legend(ncols=3, fontsize=9, loc="upper center")
    names = list(data["scores"])
    for place, (name, colour) in enumerate(zip(names, (BLUE, GREEN, ORANGE, PURPLE), strict=True)):
        found = data["scores"][name]
        axes[1].plot(found, [len(names) - place] * len(found), "o", color=colour, alpha=0.7)
    axes[1].set_yticks(range(len(names), 0, -1), names)
    axes[1].set(xlim=(0, 1.03), title="R²")


_R2 = Text(en="R² on sin(3x), hidden activation {}", zh="sin(3x) 上的 R²，隐藏层 {}")
_LEARNT = Text(en="One network of each, 64 units", zh="每种一个网络，64 个单元")
