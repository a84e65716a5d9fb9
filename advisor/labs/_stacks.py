"""Plain deep stacks on digits: the gradient at each layer before training, and its picture."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.labs._crowd import digits
from advisor.pictures import COLOURS, GREY, MARKERS
from advisor.signals import signal
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.signals import Signal


def signals(hidden: str, initializer: Any, *, depth: int, width: int, seeds: int) -> list[Signal]:
    """Return foretold and measured gradients of stacks that differ by their seed."""
    keras = backend.keras()
    X, y, _, _ = digits()
    kind = keras.initializers.get(initializer)
    found = []
    for seed in range(seeds):
        layers = [
            keras.layers.Dense(
                width,
                activation=hidden,
                kernel_initializer=type(kind).from_config(
                    {**kind.get_config(), "seed": 100 * seed + place}
                ),
            )
            for place in range(depth)
        ]
        head = keras.layers.Dense(
            10,
            kernel_initializer=keras.initializers.GlorotUniform(seed=100 * seed + depth),
        )
        model = keras.Sequential([keras.Input((X.shape[1],)), *layers, head])
        # raw scores, as outside TensorFlow a saturated softmax would pass no gradient at all
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pixels that never vary
            found.append(signal(model, X, y))
    return found


def ratios(ways: Sequence[Signal]) -> tuple[float, ...]:
    """Return the measured log10 of ‖∂L/∂z‖ at the first hidden layer over the last one's."""
    return tuple(way.measured_log10_delta_ratio or math.nan for way in ways)


def draw(axis: Any, ways: Mapping[str, Sequence[Signal]], words: Any) -> None:
    """Show the gradient at each hidden layer, measured as marks, foretold as lines."""
    for place, (name, some) in enumerate(ways.items()):
        look = {"color": COLOURS[place % len(COLOURS)]}
        hidden = [layer for layer in some[0].layers if layer.hidden]
        layers = range(1, len(hidden) + 1)
        axis.plot(layers, [layer.delta for layer in hidden], **look, label=name)
        for way in some:
            seen = [layer.measured_delta for layer in way.layers if layer.hidden]
            axis.plot(layers, seen, MARKERS[place % len(MARKERS)], **look, alpha=0.4, markersize=5)
    axis.axhline(0, color=GREY, linewidth=1)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(xlabel=words(_LAYER), ylabel=words(_SIZE), title=words(_LINES))
    axis.legend(fontsize=10)


_LAYER = Text(en="hidden layer", zh="隐藏层")
_SIZE = Text(en="log10 ‖∂L/∂z‖ over the last one's", zh="log10 ‖∂L/∂z‖（与最后一个隐藏层之比）")
_LINES = Text(en="Lines foretold, marks measured", zh="线：预测；点：实测")
