"""Ten layers of sigmoid: about a fifth of the gradient is left at each."""

from __future__ import annotations

from typing import Any

from advisor import backend
from advisor.demonstrations import Number
from advisor.labs._crowd import digits
from advisor.pictures import BLUE, GREEN, GREY, MARKERS, ORANGE, PURPLE
from advisor.signals import signal
from advisor.text import Text

ORDER = 5
LECTURE = ("vanishing",)
TITLE = Text(en="the gradient vanishes through sigmoid layers", zh="sigmoid 层层相乘，梯度消失")
VERDICT = Text(
    en="True for Keras' default start, and 0.2 a layer is a good guess: measured is 0.235.",
    zh="按 Keras 的默认初始化成立，而且“每层 0.2”猜得很准：实测 0.235。",
)
LIMITS = Text(
    en="The factor is √(Var(w) · fan_in · E σ'²): the weights have their part in it. With weights "
    "spread 10.15/√fan_in it stays, with wider ones it explodes.",
    zh="每层的因子是 √(Var(w) · fan_in · E σ'²)，权重也有份。权重的标准差取 10.15/√fan_in 时梯度不变，"
    "再大就爆炸。",
)
CRITERION = Text(
    en="log10 of ‖∂L/∂z‖ at the first hidden layer over the tenth's lies between −6.0 and −5.3, and "
    "the factor a layer between .22 and .25.",
    zh="第一个隐藏层与第十个的 ‖∂L/∂z‖ 之比的 log10 在 −6.0 到 −5.3 之间，每层因子在 .22 到 .25 之间。",
)
QUESTION = Text(
    en="0.2 to the power of 10 is 1e-7. Why are only 10^−5.65 measured with ten layers?",
    zh="0.2 的 10 次方是 1e-7。为什么十层实测是 10^−5.65？",
)
ANSWER = Text(
    en="From the tenth hidden layer to the first there are nine steps, and a step keeps 0.236, not "
    "0.2: 0.236 to the power of 9 is 10^−5.65.",
    zh="从第十个隐藏层到第一个只有九步，而且每步留下 0.236，不是 0.2：0.236 的 9 次方就是 10^−5.65。",
)
SOURCE = "Schoenholz et al. 2017, arXiv 1611.01232; advisor.signal"
PANELS = 1
DEPTH, WIDTH = 10, 256


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Measure ‖∂L/∂z‖ layer by layer on digits, before training."""
    keras = backend.keras()
    X, y, _, _ = digits()
    wide = keras.initializers.RandomNormal
    kinds = {
        "sigmoid, glorot": ("sigmoid", "glorot_uniform"),
        "sigmoid, σ_w = 10.15": ("sigmoid", wide(stddev=10.15 / WIDTH**0.5)),
        "relu, he": ("relu", "he_normal"),
        "tanh, glorot": ("tanh", "glorot_uniform"),
    }
    ratios, flows, foretold = {}, {}, {}
    for name, (hidden, initializer) in kinds.items():
        ways = [_way(hidden, initializer, seed, X, y) for seed in range(seeds)]
        ratios[name] = tuple(way.measured_log10_delta_ratio for way in ways)
        flows[name] = [[one.measured_delta for one in way.layers[:DEPTH]] for way in ways]
        foretold[name] = [one.delta for one in ways[0].layers[:DEPTH]]
    sigmoid = ratios["sigmoid, glorot"]
    numbers = [
        Number(_RATIO.format("sigmoid, glorot"), sigmoid, least=-6.0, most=-5.3),
        Number(_FACTOR, tuple(10 ** (r / (DEPTH - 1)) for r in sigmoid), least=0.22, most=0.25),
        Number(_RATIO.format("sigmoid, σ_w = 10.15"), ratios["sigmoid, σ_w = 10.15"], -1.0, 1.0),
        Number(_RATIO.format("relu, he"), ratios["relu, he"], least=-0.5, most=0.5),
        Number(_RATIO.format("tanh, glorot"), ratios["tanh, glorot"], least=-1.0, most=0.2),
    ]
    return numbers, {"flows": flows, "foretold": foretold}


def _way(hidden: str, initializer: Any, seed: int, X: Any, y: Any) -> Any:
    with backend.seeded_layers(seed):
        keras = backend.keras()
        kind = keras.initializers.get(initializer)
        layers = [
            keras.layers.Dense(
                WIDTH,
                activation=hidden,
                kernel_initializer=type(kind).from_config(
                    {**kind.get_config(), "seed": 100 * seed + place}
                ),
            )
            for place in range(DEPTH)
        ]
        head = keras.layers.Dense(10, activation="softmax")
        model = keras.Sequential([keras.Input((X.shape[1],)), *layers, head])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return signal(model, X, y)


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show the gradient at each layer, measured as marks, foretold as lines."""
    axis = axes[0]
    layers = range(1, DEPTH + 1)
    colours = (ORANGE, PURPLE, BLUE, GREEN)
    for name, colour, marker in zip(data["flows"], colours, MARKERS, strict=False):
        axis.plot(layers, data["foretold"][name], color=colour, label=name)
        for flow in data["flows"][name]:
            axis.plot(layers, flow, marker, color=colour, alpha=0.4, markersize=5)
    axis.axhline(0, color=GREY, linewidth=1)
    axis.set(xlabel=words(_LAYER), ylabel=words(_SIZE), title=words(_TITLE))
    axis.legend(fontsize=10)


_RATIO = Text(
    en="log10 of ‖∂L/∂z‖, first hidden layer over the tenth: {}",
    zh="‖∂L/∂z‖ 的 log10，第一个隐藏层比第十个：{}",
)
_FACTOR = Text(en="sigmoid, glorot: factor a layer", zh="sigmoid, glorot：每层的因子")
_LAYER = Text(en="hidden layer", zh="隐藏层")
_SIZE = Text(en="log10 ‖∂L/∂z‖ over the tenth's", zh="log10 ‖∂L/∂z‖（与第十层之比）")
_TITLE = Text(en="Lines foretold, marks measured", zh="线：预测；点：实测")
