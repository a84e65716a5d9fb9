"""What the theory of `meanfield` needs to know of one Keras layer."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from advisor import backend, variances
from advisor.meanfield import Link
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.followers import Follower


def of(layer: Any, follower: Follower) -> tuple[Link | None, Text | None, Text | None]:
    """Return the layer's link, or why it has none, and why the theory ends after it.

    Args:
        layer: of one of the kinds in `weighted`.
        follower: the activation after it.
    """
    if not layer.built:
        return None, _NOT_BUILT, None
    shape = layer.kernel._shape  # noqa: SLF001 - a tuple; `.shape` of a TensorFlow variable is slow
    initializer = initializer_of(layer)
    drawn = variances.of(initializer, shape)
    if drawn is None:
        return None, _NOT_DRAWN.format(type(initializer).__name__), None
    if drawn[0] != 0 or drawn[1] == 0:
        return None, _NOT_CENTRED if drawn[0] != 0 else _ZEROS, None
    taps: tuple[Any, ...] = ()
    inputs = shape[-2]
    if len(shape) > 2:  # noqa: PLR2004 - a convolution
        try:
            taps = _taps(layer, shape[:-2])
        except (AttributeError, ValueError, TypeError, KeyError):
            return None, _NO_SIZE, None
        inputs = 1 if "Depthwise" in type(layer).__name__ else inputs
    link = Link(drawn[1], 0.0, inputs, follower.moments, 1.0, taps)
    ends = None if follower.moments is not None else _NOT_ELEMENTWISE.format(follower.name)
    if layer.use_bias:
        found = variances.of(layer.bias_initializer, (1,))
        if found is None:
            ends = ends or _BIAS.format(type(layer.bias_initializer).__name__)
        else:
            link.bias = found[1]
            if found[0] != 0 and follower.moments is not None:
                link.moments = follower.shifted(found[0])
    return link, None, ends


def initializer_of(layer: Any) -> Any:
    """Return the initializer of a layer's kernel."""
    own: dict[str, Any] = vars(layer)
    return own.get("kernel_initializer") or own["depthwise_initializer"]


@functools.cache
def weighted() -> frozenset[type]:
    """Return the kinds of layers that are looked at."""
    layers = backend.keras().layers
    names = "Dense Conv1D Conv2D Conv3D DepthwiseConv1D DepthwiseConv2D"
    return frozenset(getattr(layers, name) for name in names.split())


def _taps(layer: Any, sizes: tuple[int, ...]) -> tuple[Any, ...]:
    """Return for each axis of the image which inputs each output sees, shape (out, in)."""
    shape = layer._build_shapes_dict["input_shape"]  # noqa: SLF001 - the only place that keeps it
    places = shape[1:-1] if layer.data_format == "channels_last" else shape[2:]
    steps = zip(places, sizes, layer.strides, layer.dilation_rate, strict=True)
    return tuple(_axis(layer.padding, *step) for step in steps)


@functools.lru_cache(maxsize=256)
def _axis(padding: str, places: int, size: int, stride: int, dilation: int) -> Any:
    """Return one axis' taps, (out, in), 1.0 where an output looks at an input."""
    import numpy as np

    reach = (size - 1) * dilation + 1
    before = 0
    count = (places - reach) // stride + 1
    if padding == "same":
        count = -(-places // stride)
        before = max((count - 1) * stride + reach - places, 0) // 2
    elif padding == "causal":
        count, before = (places - 1) // stride + 1, reach - 1
    taps = np.zeros((count, places))
    for out in range(count):
        for tap in range(size):
            at = out * stride + tap * dilation - before
            if 0 <= at < places:
                taps[out, at] = 1.0
    return taps


_NOT_BUILT = Text(
    en="has no weights yet: build the model first, with keras.Input or model.build(X.shape).",
    zh="还没有权重：先建好模型，用 keras.Input 或 model.build(X.shape)。",
)
_NOT_DRAWN = Text(
    en="{} does not draw its weights independently, as the theory assumes.",
    zh="{} 不是独立地抽取权重，而理论假设是独立的。",
)
_NOT_CENTRED = Text(
    en="its weights are not drawn around 0, as the theory assumes.",
    zh="它的权重不是围绕 0 抽取的，而理论这样假设。",
)
_ZEROS = Text(
    en="its kernel starts as zeros: it passes no signal, and no gradient to the layers before it.",
    zh="它的权重从 0 开始：不传信号，也不把梯度传给前面的层。",
)
_NO_SIZE = Text(
    en="the size of its input is not fixed: nothing is foretold from here.",
    zh="它的输入大小没有定下来：从这里起不作预测。",
)
_NOT_ELEMENTWISE = Text(
    en="{} is not elementwise: what comes after it is not foretold.",
    zh="{} 不是逐元素的：它后面的不作预测。",
)
_BIAS = Text(
    en="its biases come from {}: what comes after it is not foretold.",
    zh="它的偏置来自 {}：它后面的不作预测。",
)
