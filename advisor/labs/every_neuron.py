"""A neuron and its chain rule, worked by hand on two inputs, two hidden and two output units."""

from __future__ import annotations

from typing import Any

from advisor import backend
from advisor.demonstrations import Number
from advisor.pictures import BLUE, GREY
from advisor.text import Text

ORDER = 1
LECTURE = ("every-neuron", "some-are-linear")
TITLE = Text(en="a neuron, and its gradient by hand", zh="一个神经元，和手算的梯度")
VERDICT = Text(
    en="True by convention: a layer without an activation has the identity, f(x) = x.",
    zh="按约定成立：没有写激活函数的层，用的就是恒等函数 f(x) = x。",
)
LIMITS = Text(
    en="Identity counts as an activation only in this way of speaking; it bends nothing.",
    zh="只有按这种说法，恒等函数才算激活函数；它并不产生任何弯曲。",
)
CRITERION = Text(
    en="∂L/∂w5 = (out_o1 − t1) · f'(net_o1) · out_h1, and ∂L/∂w1 = Σ_o (out_o − t_o) f'(net_o) w_ho · "
    "f'(net_h1) · i1, computed by hand, are Keras' gradients.",
    zh="手算 ∂L/∂w5 = (out_o1 − t1) · f'(net_o1) · out_h1，∂L/∂w1 = Σ_o (out_o − t_o) f'(net_o) w_ho · "
    "f'(net_h1) · i1，和 Keras 的梯度一致。",
)
QUESTION = Text(
    en="w1 feeds h1 alone. Why has its gradient one product for each output?",
    zh="w1 只连到 h1。为什么它的梯度里每个输出各有一项？",
)
ANSWER = Text(
    en="h1 feeds every output, so the loss depends on w1 along each of these ways; the ways are "
    "added. Each way holds one f' a layer: that is what vanishes when layers are many.",
    zh="h1 连到每个输出，损失沿每一条路都依赖 w1，各条路要相加。每条路上每层有一个 f'：层数一多，"
    "消失的正是这个乘积。",
)
SOURCE = "backpropagation, the chain rule; keras.layers.Dense"
PANELS = 1


def measure(seeds: int) -> tuple[list[Number], dict[str, Any]]:
    """Compare all gradients of 2-2-2 sigmoid networks by hand with Keras'."""
    import numpy as np

    rng = np.random.default_rng(0)
    networks = [_network(rng) for _ in range(seeds)]
    pairs = [(_by_hand(one), _by_keras(one)) for one in networks]
    w5 = tuple(float(abs(hand[1][0, 0] - theirs[1][0, 0])) for hand, theirs in pairs)
    w1 = tuple(float(abs(hand[0][0, 0] - theirs[0][0, 0])) for hand, theirs in pairs)
    keras = backend.keras()
    same = float(keras.layers.Dense(1).activation is keras.activations.linear)
    numbers = [
        Number(_W5, w5, most=1e-6),
        Number(_W1, w1, most=1e-6),
        Number(_IDENTITY, (same,), least=1, most=1),
    ]
    hand = np.concatenate([g.ravel() for one, _ in pairs for g in one])
    theirs = np.concatenate([g.ravel() for _, one in pairs for g in one])
    return numbers, {"hand": hand, "keras": theirs}


def _network(rng: Any) -> tuple[Any, ...]:
    """Draw inputs, targets, kernels and biases."""
    x, t = rng.uniform(0, 1, (1, 2)), rng.uniform(0, 1, (1, 2))
    return (
        x,
        t,
        rng.normal(size=(2, 2)),
        rng.normal(size=2),
        rng.normal(size=(2, 2)),
        rng.normal(size=2),
    )


def _by_hand(network: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return ∂L/∂w and ∂L/∂v of L = ½ Σ (out − t)², factor by factor."""
    import numpy as np

    x, t, w, b, v, c = network

    def f(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    h = f(x @ w + b)
    out = f(h @ v + c)
    at_output = (out - t) * out * (1 - out)  # ∂L/∂net_o; f' = f (1 − f)
    at_hidden = (at_output @ v.T) * h * (1 - h)
    return x.T @ at_hidden, h.T @ at_output


def _by_keras(network: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the same gradients as Keras' backend computes them."""
    import numpy as np

    keras = backend.keras()
    x, t, w, b, v, c = network
    x, t, b, c = (keras.ops.convert_to_tensor(a, "float32") for a in (x, t, b, c))

    def loss(kernels: list[Any]) -> Any:
        h = keras.activations.sigmoid(keras.ops.matmul(x, kernels[0]) + b)
        out = keras.activations.sigmoid(keras.ops.matmul(h, kernels[1]) + c)
        return keras.ops.sum((out - t) ** 2) / 2

    kernels = [keras.ops.convert_to_tensor(a, "float32") for a in (w, v)]
    first, second = (np.asarray(g, "float64") for g in backend.gradients(loss, kernels))
    return first, second


def paint(axes: list[Any], data: dict[str, Any], words: Any) -> None:
    """Show every gradient by hand beside Keras'."""
    axis = axes[0]
    ends = [min(data["hand"]), max(data["hand"])]
    axis.plot(ends, ends, color=GREY, linewidth=1)
    axis.plot(data["hand"], data["keras"], "o", color=BLUE, alpha=0.7)
    axis.set(xlabel=words(_BY_HAND), ylabel="Keras", title=words(_EVERY))


_W5 = Text(en="∂L/∂w5: |by hand − Keras|", zh="∂L/∂w5：|手算 − Keras|")
_W1 = Text(en="∂L/∂w1: |by hand − Keras|", zh="∂L/∂w1：|手算 − Keras|")
_IDENTITY = Text(
    en="Dense(1) without an activation has keras.activations.linear (1: yes)",
    zh="没写激活函数的 Dense(1) 用的是 keras.activations.linear（1：是）",
)
_BY_HAND = Text(en="by hand", zh="手算")
_EVERY = Text(en="The gradient of every weight", zh="每个权重的梯度")
