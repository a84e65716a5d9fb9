"""Which weights a layer's config implies: their shapes where Keras' rules are plain, else how many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.file_images import sizes, split
from advisor.file_shapes import count

if TYPE_CHECKING:
    from advisor.file_images import Shape

Shapes = dict[str, list[tuple[int, ...]]]  # by the group they lie in, below the layer's own
_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}
_NONE = {"Activation", "ELU", "Flatten", "LeakyReLU", "Masking", "Permute", "ReLU", "RepeatVector"}
_NONE |= {"Rescaling", "Reshape", "Softmax", "UnitNormalization", "InputLayer", "Identity"}
_NONE |= {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
_ALTERED = ("lora_rank", "quantization_config")


def implied(kind: str, config: dict[str, Any], came: Shape | None) -> Shapes | None:
    """Return the shapes of a layer's weights; None where no rule here tells them.

    Args:
        kind: the layer's class.
        config: of the layer.
        came: the shape of what it reads, without the batch.
    """
    try:
        found = _implied(kind, config, came)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return None
    whole = found is None or all(
        isinstance(size, int) for many in found.values() for one in many for size in one
    )
    return found if whole else None


def _implied(kind: str, config: dict[str, Any], came: Shape | None) -> Shapes | None:
    if kind in _NONE or "Pooling" in kind or kind.startswith(("Cropping", "ZeroPad", "UpSamp")):
        return {}
    if any(config.get(key) for key in _ALTERED):
        return None
    if kind == "Embedding":
        return {"vars": [(config["input_dim"], config["output_dim"])]}
    if came is None or not came:
        return None
    if kind == "Dense":
        return {"vars": _biased(config, [(_int(came[-1]), config["units"])], config["units"])}
    if kind in {"Conv1D", "Conv2D", "Conv3D"} or "Transpose" in kind or kind[-2:] == "1D":
        return _convolution(kind, config, came)
    if kind in {"DepthwiseConv2D", "SeparableConv2D"}:
        return _convolution(kind, config, came)
    if kind in {"BatchNormalization", "LayerNormalization", "GroupNormalization"}:
        return _normalisation(kind, config, came)
    if kind == "PReLU":
        shared = config.get("shared_axes") or []
        return {"vars": [tuple(1 if n + 1 in shared else _int(s) for n, s in enumerate(came))]}
    if kind in _GATES:
        return {"cell/vars": _recurrent(kind, config, _int(came[-1]))}
    if kind == "Bidirectional":
        inner = config["layer"]
        one = implied(inner["class_name"], inner["config"], came)
        ways = ("forward_layer", "backward_layer")
        return one and {f"{way}/{place}": many for way in ways for place, many in one.items()}
    if kind == "TimeDistributed" and config["layer"]["class_name"] not in {
        "Sequential",
        "Functional",
    }:
        inner = config["layer"]
        one = implied(inner["class_name"], inner["config"], came[1:])
        return one and {f"layer/{place}": many for place, many in one.items()}
    return None


def _int(size: int | None) -> int:
    if size is None:
        raise ValueError("a length that is not known")
    return size


def _biased(config: dict[str, Any], found: list[Any], many: int) -> list[Any]:
    return [*found, (many,)] if config.get("use_bias", True) else found


def _convolution(kind: str, config: dict[str, Any], came: Shape) -> Shapes | None:
    places, last = split(config, came)
    channels, windows = _int(last), tuple(sizes(config["kernel_size"], len(places)))
    if kind.startswith("Depthwise"):
        many = config["depth_multiplier"]
        return {"vars": _biased(config, [(*windows, channels, many)], channels * many)}
    filters = config["filters"]
    if kind.startswith("Separable"):
        many = config["depth_multiplier"]
        point = (*(1 for _ in windows), channels * many, filters)
        return {"vars": _biased(config, [(*windows, channels, many), point], filters)}
    if "Transpose" in kind:
        return {"vars": _biased(config, [(*windows, filters, channels)], filters)}
    if not kind.startswith("Conv") or "LSTM" in kind:
        return None
    kernel = (*windows, channels // (config.get("groups") or 1), filters)
    return {"vars": _biased(config, [kernel], filters)}


def _normalisation(kind: str, config: dict[str, Any], came: Shape) -> Shapes | None:
    if config.get("renorm") or config.get("rms_scaling"):
        return None
    axes = sizes(config.get("axis", -1), 1)
    whole = (None, *came)
    shape = tuple(_int(whole[axis]) for axis in axes)
    affine = [shape] * sum(bool(config.get(key, True)) for key in ("scale", "center"))
    moving = [shape] * 2 if kind == "BatchNormalization" else []
    return {"vars": [*affine, *moving]}


def _recurrent(kind: str, config: dict[str, Any], last: int) -> list[tuple[int, ...]]:
    units, gates = config["units"], _GATES[kind]
    found: list[tuple[int, ...]] = [(last, gates * units), (units, gates * units)]
    if config.get("use_bias", True):
        double = kind == "GRU" and config.get("reset_after", True)
        found.append((2, gates * units) if double else (gates * units,))
    return found


def roughly(kind: str, config: dict[str, Any], came: list[Shape | None]) -> int:
    """Return at least how many weights a layer has that `implied` does not know."""
    shape = came[0] if came else None
    last = (shape[-1] if shape else None) or 1
    if kind in {"Bidirectional", "TimeDistributed", "SpectralNormalization"}:
        inner = config["layer"]
        return roughly(inner["class_name"], inner["config"], came)
    if kind == "StackedRNNCells":
        return sum(roughly(one["class_name"], one["config"], came) for one in config["cells"])
    if kind in {"MultiHeadAttention", "GroupQueryAttention"}:
        heads = config.get("num_heads") or config.get("num_query_heads") or 1
        wide = config.get("key_dim") or config.get("head_dim") or 1
        return 2 * last * heads * max(wide, config.get("value_dim") or 0)
    if kind == "ReversibleEmbedding":
        return int(config.get("input_dim") or 1) * int(config.get("output_dim") or 1)
    if kind == "EinsumDense":
        return _einsum(config, shape)
    if kind == "PReLU":
        return count(shape or (1,))
    if kind in {"MelSpectrogram", "STFTSpectrogram"}:  # tables that they are built with
        return int(config.get("fft_length") or 1) * int(config.get("num_mel_bins") or 1)
    units = config.get("units", config.get("filters"))
    if not isinstance(units, int):
        return last
    name = kind.removesuffix("Cell")
    if name in _GATES:
        return _GATES[name] * units * (last + units + 1)
    windows = config.get("kernel_size")
    window = math.prod(sizes(windows, 1)) if windows else 1
    return window * units * (last + (units if "LSTM" in kind else 0)) + units


def _einsum(config: dict[str, Any], shape: Shape | None) -> int:
    """Count the kernel of an EinsumDense: its letters stand for lengths."""
    came, _, gives = str(config.get("equation")).replace(" ", "").partition("->")
    first, _, kernel = came.partition(",")
    lengths = dict(zip(reversed(first), reversed(shape or ()), strict=False))
    lengths |= dict(zip(reversed(gives), reversed(sizes(config["output_shape"], 1)), strict=False))
    return math.prod(lengths.get(letter) or 1 for letter in kernel)
