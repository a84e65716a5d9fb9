"""Which shape the layers that work on images, films and sequences give; without the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = tuple[int | None, ...]
OPEN = 32  # stands for a length that the config leaves open


def sizes(given: Any, rank: int) -> list[int]:
    """Return one number, or a list of them, as a list."""
    return list(given) if isinstance(given, (list, tuple)) else [given] * rank


def split(config: dict[str, Any], shape: Shape) -> tuple[list[int | None], int | None]:
    """Return the places of an image and its channels."""
    if config.get("data_format") == "channels_first":
        return list(shape[1:]), shape[0]
    return list(shape[:-1]), shape[-1]


def joined(config: dict[str, Any], places: list[int | None], channels: int | None) -> Shape:
    """Return the shape of an image."""
    if config.get("data_format") == "channels_first":
        return (channels, *places)
    return (*places, channels)


def _windows(config: dict[str, Any], given: list[Shape]) -> Shape:
    places, channels = split(config, given[0])
    size = config.get("kernel_size") or config.get("pool_size")
    windows = sizes(size, len(places))
    steps = sizes(config.get("strides") or (size if "pool_size" in config else 1), len(places))
    gaps = sizes(config.get("dilation_rate") or 1, len(places))
    made: list[int | None] = []
    for place, window, step, gap in zip(places, windows, steps, gaps, strict=True):
        if place is None:
            made.append(None)
        elif config.get("padding") in {"same", "causal"}:
            made.append(-(-place // step))
        else:
            made.append(max((place - ((window - 1) * gap + 1)) // step + 1, 0))
    many = config.get("filters")
    if many is None and channels is not None:
        many = channels * (config.get("depth_multiplier") or 1)
    return joined(config, made, many)


def _transposed(config: dict[str, Any], given: list[Shape]) -> Shape:
    places, _ = split(config, given[0])
    windows = sizes(config["kernel_size"], len(places))
    steps = sizes(config.get("strides") or 1, len(places))
    gaps = sizes(config.get("dilation_rate") or 1, len(places))
    more: list[int | None] = list(sizes(config.get("output_padding"), len(places)))
    made: list[int | None] = []
    for place, window, step, gap, extra in zip(places, windows, steps, gaps, more, strict=True):
        wide = (window - 1) * gap + 1
        if place is None:
            made.append(None if step == 1 else OPEN * step)
        elif config.get("padding") == "same":
            made.append(place * step if extra is None else (place - 1) * step + 1 + extra)
        else:
            made.append(place * step + max(wide - step, 0) + (extra or 0))
    return joined(config, made, config["filters"])


def _pooled(config: dict[str, Any], given: list[Shape]) -> Shape:
    places, channels = split(config, given[0])
    return joined(config, [1] * len(places), channels) if config.get("keepdims") else (channels,)


def _adaptive(config: dict[str, Any], given: list[Shape]) -> Shape:
    places, channels = split(config, given[0])
    return joined(config, list(sizes(config["output_size"], len(places))), channels)


def _grown(config: dict[str, Any], given: list[Shape]) -> Shape:
    places, channels = split(config, given[0])
    times = sizes(config["size"], len(places))
    made = [(OPEN if p is None else p) * t for p, t in zip(places, times, strict=True)]
    return joined(config, list(made), channels)


def _framed(config: dict[str, Any], given: list[Shape], sign: int = 1) -> Shape:
    places, channels = split(config, given[0])
    edges = config.get("padding" if sign > 0 else "cropping")
    if len(places) == 1 and isinstance(edges, list) and not isinstance(edges[0], list):
        edges = [edges]
    made: list[int | None] = []
    for place, edge in zip(places, sizes(edges, len(places)), strict=True):
        more = sum(sizes(edge, 2))
        made.append(None if place is None and more < OPEN else (place or OPEN) + sign * more)
    return joined(config, made, channels)


def _cropped(config: dict[str, Any], given: list[Shape]) -> Shape:
    return _framed(config, given, -1)


def _resized(config: dict[str, Any], given: list[Shape]) -> Shape:
    wanted = [config.get("height"), config.get("width")]
    if wanted == [None, None]:
        return given[0]
    if config.get("data_format") == "channels_first":
        return (*given[0][:-2], *wanted)
    return (*given[0][:-3], *wanted, given[0][-1])


def _conv_recurrent(config: dict[str, Any], given: list[Shape]) -> Shape:
    inner = _windows(config, [given[0][1:]])
    return (given[0][0], *inner) if config.get("return_sequences") else inner


IMAGES: dict[str, Callable[[dict[str, Any], list[Shape]], Shape]] = {
    **dict.fromkeys(["Conv", "SeparableConv", "DepthwiseConv"], _windows),
    **{f"Conv{n}DTranspose": _transposed for n in "123"},
    **dict.fromkeys(["MaxPooling", "AveragePooling"], _windows),
    **dict.fromkeys(["GlobalMaxPooling", "GlobalAveragePooling"], _pooled),
    **dict.fromkeys(["AdaptiveMaxPooling", "AdaptiveAveragePooling"], _adaptive),
    "UpSampling": _grown,
    "ZeroPadding": _framed,
    "Cropping": _cropped,
    **dict.fromkeys(["Resizing", "CenterCrop", "RandomCrop"], _resized),
    "ConvLSTM": _conv_recurrent,
}
