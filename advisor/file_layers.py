"""One call of a layer in a saved config, as facts."""

from __future__ import annotations

import math
from typing import Any

from advisor import tails, variances
from advisor.activations import ACTIVATIONS
from advisor.behaviours import Function
from advisor.facts import Initializer, Layer

_OPTIONS = [
    "units",
    "filters",
    "rate",
    "axis",
    "negative_slope",
    "max_value",
    "threshold",
    "alpha",
    "scale",
    "offset",
    "invert",
    "return_sequences",
    "input_dim",
    "output_dim",
    "padding",
    "strides",
    "use_bias",
    "data_format",
    "kernel_size",
    "pool_size",
    "dilation_rate",
    "target_shape",
    "mean",
    "variance",
    "epsilon",
    "center",
    "size",
    "groups",
    "depth_multiplier",
    "renorm",
    "rms_scaling",
    "lora_rank",
    "quantization_config",
]
_ACTIVATED = tails.DENSE | tails.CONVOLUTIONS | {"LSTM", "GRU", "SimpleRNN"}
_SAME_SHAPE = tails.TRANSPARENT | {"BatchNormalization", "LayerNormalization", "Rescaling"}
_SAME_SHAPE |= {"Normalization", "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"}
_SAME_SHAPE -= {"Flatten", "Reshape", "Permute", "Squeeze", "ExpandDims"}

Shape = tuple[int | None, ...] | None


def layer_of(
    node: dict[str, Any], inputs: tuple[int, ...], arrives: Shape, around: str, path: str
) -> Layer:
    """Return one call of a layer as facts."""
    config, kind = node["config"], node["class_name"]
    name = around + str(config.get("name", node.get("name", kind)))
    build = (node.get("build_config") or {}).get("input_shape")
    if arrives is None and isinstance(build, list) and all(not isinstance(s, list) for s in build):
        arrives = tuple(build[1:])
    options = {key: config[key] for key in _OPTIONS if key in config}
    options |= {"path": path, "policy": config.get("dtype"), "module": node.get("module")}
    layer = Layer(name, kind, inputs, arrives=arrives, options=options)
    layer.trainable = config.get("trainable", True) is not False
    inner = config
    if kind == "TimeDistributed":
        layer.kind, inner = config["layer"]["class_name"], config["layer"]["config"]
        layer.options |= {key: inner[key] for key in _OPTIONS if key in inner} | {
            "distributed": True
        }
    if kind == "Bidirectional":
        inner = config["layer"]["config"]
        layer.options |= {key: inner[key] for key in _OPTIONS if key in inner}
        layer.function = _named(inner.get("activation"))
    elif layer.kind in _ACTIVATED:
        layer.function = _named(inner.get("activation"))
        _kernel(layer, inner)
    else:
        layer.function = _function(layer, inner)
    layer.shape = _shape(layer)
    return layer


def _named(given: Any) -> Function:
    """Return an activation by the word, or the object, that the config names it by."""
    if given is None:
        return Function("linear")
    if isinstance(given, dict):
        if given.get("class_name") != "function":
            options = given.get("config")
            return _by_kind(
                str(given.get("class_name")), options if isinstance(options, dict) else {}
            )
        given = given.get("config")
    name = {"swish": "silu", "hard_swish": "hard_silu"}.get(str(given), str(given))
    return Function(name if name in ACTIVATIONS else str(given))


def _function(layer: Layer, config: dict[str, Any]) -> Function | None:
    """Return what an activation layer, or an operation of Keras, does; None for other layers."""
    if layer.kind == "Activation":
        return _named(config.get("activation"))
    if str(layer.options.get("module")).startswith("keras.src.ops."):
        name = _snake(layer.kind)
        plain = name in ACTIVATIONS and ACTIVATIONS[name].elementwise
        return (
            Function(name)
            if plain or name in {"softmax", "log_softmax"}
            else Function(f"ops.{name}")
        )
    return _by_kind(layer.kind, config, layer) if layer.kind in BENDS else None


def _snake(name: str) -> str:
    import re

    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


BENDS = {"ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax", "Rescaling"}


def _by_kind(kind: str, config: dict[str, Any], layer: Layer | None = None) -> Function:
    """Return an activation layer with its options as a function of arrays."""
    import numpy as np

    if kind == "ReLU":
        return _relu(config)
    if kind == "LeakyReLU":
        slope = config.get("negative_slope", config.get("alpha", 0.3))
        return Function("leaky_relu", lambda z: np.where(z > 0, z, slope * z))
    if kind == "ELU":
        alpha = config.get("alpha", 1.0)
        return Function("elu", lambda z: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))))
    if kind == "Softmax":
        axis = config.get("axis", -1)
        axis = axis[0] if isinstance(axis, list) and len(axis) == 1 else axis
        if isinstance(axis, list):
            return Function("softmax over another axis")
        rank = len(layer.arrives) if layer is not None and layer.arrives is not None else None
        return Function("softmax" if axis in {-1, rank} else "softmax over another axis")
    if kind == "Rescaling":
        scale = np.asarray(config.get("scale", 1.0), float)
        offset = np.asarray(config.get("offset", 0.0), float)
        return Function("Rescaling", lambda z: z * scale + offset)
    return Function("relu" if kind == "PReLU" and layer is not None else kind)


def _relu(config: dict[str, Any]) -> Function:
    """Return a ReLU with its options, bend by bend as Keras computes it."""
    import numpy as np

    slope, top = config.get("negative_slope") or 0.0, config.get("max_value")
    floor = config.get("threshold") or 0.0
    if slope == floor == 0 and top in {None, 6}:
        return Function("relu" if top is None else "relu6")

    def run(z: Any) -> Any:
        bent = np.where(z > floor, z, 0.0) if floor else np.maximum(z, 0.0)
        bent = bent if top is None else np.clip(bent, 0.0, top)
        return bent - slope * np.maximum(floor - z, 0.0)

    return Function("ReLU", run)


def _kernel(layer: Layer, config: dict[str, Any]) -> None:
    """Fill in how a layer's kernel is drawn."""
    given = config.get("kernel_initializer") or config.get("depthwise_initializer")
    if isinstance(given, str):
        given = {"class_name": "".join(p.capitalize() for p in given.split("_")), "config": {}}
    if not isinstance(given, dict):
        return
    options = given.get("config") or {}
    layer.kernel = Initializer(str(given.get("class_name")), options)
    units, arrives = layer.units, layer.arrives
    if units is None or arrives is None or arrives[-1] is None or layer.kind in tails.RECURRENT:
        return
    places = config.get("kernel_size") if layer.kind in tails.CONVOLUTIONS else []
    places = [places] if isinstance(places, int) else list(places or [])
    shape = (*places, arrives[-1], units)
    if not all(isinstance(size, int) and size > 0 for size in shape):
        return
    drawn = variances.drawn(layer.kernel.name, options, shape)
    if drawn is not None and drawn[1] >= 0:
        layer.drawn = drawn
    layer.fan_in = math.prod(shape[:-1])


def _shape(layer: Layer) -> Shape:
    """Return the shape of what a layer gives; None where that is not known here."""
    came, kind, options = layer.arrives, layer.kind, layer.options
    if kind == "Dense" and came is not None:
        return (*came[:-1], options.get("units"))
    if kind == "Embedding":
        return (*(came or ()), options.get("output_dim"))
    if kind in {"LSTM", "GRU", "SimpleRNN", "Bidirectional"}:
        units = options.get("units")
        units = 2 * units if kind == "Bidirectional" and units is not None else units
        steps = came[:1] if came else (None,)
        return (*steps, units) if options.get("return_sequences") else (units,)
    if came is None:
        return None
    if kind == "Flatten":
        return (math.prod(s or 1 for s in came) if None not in came else None,)
    if kind == "Reshape":
        target = options.get("target_shape")
        return tuple(s if s != -1 else None for s in target) if target else None
    if kind.startswith("Global"):
        return (came[-1],)
    if kind in tails.CONVOLUTIONS or "Pooling" in kind:
        if options.get("distributed"):  # over the steps of a sequence
            inner = _windowed(layer, came[1:])
            return None if inner is None else (came[0], *inner)
        return _windowed(layer, came)
    if kind in _SAME_SHAPE or layer.function is not None:
        return came
    return None


def _windowed(layer: Layer, came: tuple[int | None, ...]) -> Shape:
    """Return the shape that a convolution or a pooling gives."""
    options, channels = layer.options, layer.options.get("filters", came[-1])
    if (
        "Transpose" in layer.kind
        or "Depthwise" in layer.kind
        or options.get("data_format") == "channels_first"
    ):
        return None
    size = options.get("kernel_size") or options.get("pool_size")
    if size is None:
        return None
    strides = options.get("strides") or (size if "Pooling" in layer.kind else 1)
    n = len(came) - 1
    sizes, steps = (
        list(one) if isinstance(one, (list, tuple)) else [one] * n for one in (size, strides)
    )
    wide = options.get("dilation_rate", 1)
    wides = list(wide) if isinstance(wide, (list, tuple)) else [wide] * n
    places: list[int | None] = []
    for place, window, step, gap in zip(came[:-1], sizes, steps, wides, strict=True):
        if place is None:
            places.append(None)
        elif options.get("padding") in {"same", "causal"}:
            places.append(-(-place // step))
        else:
            places.append((place - ((window - 1) * gap + 1)) // step + 1)
    return (*places, channels)


def policy(given: Any) -> str:
    """Return the name of a policy of numbers, however it is written."""
    if isinstance(given, dict):
        given = (given.get("config") or {}).get("name")
    return str(given or "float32")


def half(given: Any) -> bool:
    """Say whether a policy computes in half precision."""
    return policy(given) in {"float16", "bfloat16", "mixed_float16", "mixed_bfloat16"}
