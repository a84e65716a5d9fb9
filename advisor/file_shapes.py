"""Which shape each layer of Keras gives, from its config; shapes are without the batch.

It is the reader's guard against layers that have few weights but give more numbers than memory
holds, so every layer that can give more than it gets is listed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.file_images import IMAGES, OPEN, Shape, sizes

if TYPE_CHECKING:
    from collections.abc import Callable


def count(shape: Shape) -> int:
    """Return how many numbers of one row a shape holds."""
    return math.prod(OPEN if size is None else size for size in shape)


def after(kind: str, config: dict[str, Any], given: list[Shape]) -> Shape:
    """Return the shape of what a layer gives.

    Args:
        kind: the layer's class.
        config: of the layer.
        given: the shapes of what it reads.

    Raises:
        ValueError, IndexError, TypeError, KeyError: it cannot read these shapes.
    """
    name = kind.rstrip("D").rstrip("123")
    rule = _RULES.get(kind) or _RULES.get(name)
    return rule(config, given) if rule is not None else given[0]


def within(kind: str, config: dict[str, Any], given: list[Shape]) -> int:
    """Return how many numbers a layer makes on its way to what it gives; 0 where that is no more."""
    if kind in {"Attention", "AdditiveAttention"} and len(given) > 1:
        pairs = _length(given[0]) * _length(given[1])
        return pairs * ((given[0][-1] or OPEN) if kind == "AdditiveAttention" else 1)
    if kind in {"MultiHeadAttention", "GroupQueryAttention"}:
        heads = config.get("num_heads") or config.get("num_query_heads") or 1
        wide = max(
            config.get("key_dim") or config.get("head_dim") or 1, config.get("value_dim") or 1
        )
        rows = _length(given[0])
        return int(heads) * max(rows * _length(given[-1]), rows * int(wide))
    if kind.startswith("Separable"):
        return count(given[0]) * int(config.get("depth_multiplier") or 1)
    if kind in {"LSTM", "GRU", "SimpleRNN"}:
        return 4 * (config.get("units") or 0)
    if kind == "TextVectorization":
        return int(config.get("output_sequence_length") or 0)
    return 0


def _length(shape: Shape) -> int:
    return count(shape[:-1])


def _dense(config: dict[str, Any], given: list[Shape]) -> Shape:
    return (*given[0][:-1], config["units"])


def _einsum_dense(config: dict[str, Any], given: list[Shape]) -> Shape:
    made = sizes(config["output_shape"], 1)
    lead = given[0][: max(len(given[0]) - len(made), 0)]
    came = [*lead, *made] if "..." in config["equation"] else made
    return tuple(
        given[0][n] if size is None and n < len(given[0]) else size for n, size in enumerate(came)
    )


def _embedding(config: dict[str, Any], given: list[Shape]) -> Shape:
    return (*given[0], config["output_dim"])


def _flat(_config: dict[str, Any], given: list[Shape]) -> Shape:
    return (math.prod(s or 0 for s in given[0]),) if None not in given[0] else (None,)


def _reshaped(config: dict[str, Any], given: list[Shape]) -> Shape:
    target = list(config["target_shape"])
    if -1 not in target:
        return tuple(target)
    left = math.prod(one for one in target if one != -1)
    if None in given[0] or left == 0:
        return tuple(None if one == -1 else one for one in target)
    return tuple(count(given[0]) // left if one == -1 else one for one in target)


def _permuted(config: dict[str, Any], given: list[Shape]) -> Shape:
    return tuple(given[0][at - 1] for at in config["dims"])


def _repeated(config: dict[str, Any], given: list[Shape]) -> Shape:
    return (config["n"], *given[0])


def _recurrent(config: dict[str, Any], given: list[Shape]) -> Shape:
    lead = given[0][:1] if config.get("return_sequences") else ()
    return (*lead, config["units"])


def _cell(config: dict[str, Any], given: list[Shape]) -> Shape:
    return (*given[0][:-1], config["units"])


def _cells(config: dict[str, Any], given: list[Shape]) -> Shape:
    return (*given[0][:-1], config["cells"][-1]["config"]["units"])


def _both_ways(config: dict[str, Any], given: list[Shape]) -> Shape:
    inner = config["layer"]
    shape = after(inner["class_name"], inner["config"], given)
    if config.get("merge_mode", "concat") == "concat":
        return (*shape[:-1], 2 * (shape[-1] or OPEN))
    return shape


def _distributed(config: dict[str, Any], given: list[Shape]) -> Shape:
    inner = config["layer"]
    if inner["class_name"] in {"Sequential", "Functional"}:
        raise ValueError("a model inside a wrapper")  # what it gives is told by who reads it
    return (given[0][0], *after(inner["class_name"], inner["config"], [given[0][1:]]))


def _wrapped(config: dict[str, Any], given: list[Shape]) -> Shape:
    return after(config["layer"]["class_name"], config["layer"]["config"], given)


def _attended(_config: dict[str, Any], given: list[Shape]) -> Shape:
    return (*given[0][:-1], given[1][-1])


def _heads(config: dict[str, Any], given: list[Shape]) -> Shape:
    made = config.get("output_shape")
    last = sizes(made, 1) if made is not None else [given[0][-1]]
    return (*given[0][:-1], *last)


def broadcast(given: list[Shape]) -> Shape:
    """Return the shape of arrays that are combined number by number."""
    made: list[int | None] = []
    for at in range(1, max(len(shape) for shape in given) + 1):
        column = [shape[-at] for shape in given if len(shape) >= at]
        if all(size in {1, None} for size in column):
            made.append(None if None in column else 1)
        else:
            made.append(max(size for size in column if size is not None))
    return tuple(reversed(made))


def _merged(_config: dict[str, Any], given: list[Shape]) -> Shape:
    return broadcast(given)


def _joined(config: dict[str, Any], given: list[Shape]) -> Shape:
    axis = config.get("axis", -1)
    axis = axis - 1 if axis > 0 else len(given[0]) + axis
    long = [shape[axis] for shape in given]
    whole = None if None in long else sum(size or 0 for size in long)
    return (*given[0][:axis], whole, *given[0][axis + 1 :])


def _dotted(config: dict[str, Any], given: list[Shape]) -> Shape:
    left, right = list(given[0]), list(given[1])
    axes = sizes(config["axes"], 2)
    del left[axes[0] - 1 if axes[0] > 0 else axes[0]]
    del right[axes[1] - 1 if axes[1] > 0 else axes[1]]
    return (*left, *right) or (1,)


def _encoded(config: dict[str, Any], given: list[Shape]) -> Shape:
    """Categories: whole numbers as they came, or a number for each category."""
    mode = config.get("output_mode", "int")
    many = config.get("num_tokens") or config.get("max_tokens") or config.get("num_bins")
    words = config.get("vocabulary")
    if not many and isinstance(words, list):
        many = len(words) + 2 + (config.get("num_oov_indices") or 0)
    if not many and isinstance(config.get("bin_boundaries"), list):
        many = len(config["bin_boundaries"]) + 1
    if mode == "int":
        return given[0]
    if mode == "one_hot":
        return (*(given[0][:-1] if given[0][-1:] == (1,) else given[0]), many or OPEN)
    return (*given[0][:-1], many or OPEN)


def _texts(config: dict[str, Any], given: list[Shape]) -> Shape:
    if config.get("output_mode", "int") == "int":
        return (config.get("output_sequence_length") or None,)
    return _encoded(config, given)


def _crossed(config: dict[str, Any], given: list[Shape]) -> Shape:
    return _encoded(config, given[:1])


def _spectrum(config: dict[str, Any], given: list[Shape]) -> Shape:
    bins = (config.get("fft_length") or 2 * OPEN) // 2 + 1
    step = config.get("frame_step") or 1
    samples = given[0][0]
    frames = None if samples is None else -(-(samples + (config.get("fft_length") or 0)) // step)
    return (frames, bins, *(given[0][1:]), 2)  # at most: real and imaginary


def _mel(config: dict[str, Any], given: list[Shape]) -> Shape:
    step, samples = config.get("sequence_stride") or 1, given[0][-1]
    frames = None if samples is None else -(-(samples + config.get("fft_length", 0)) // step)
    return (*given[0][:-1], config["num_mel_bins"], frames)


def _vocabulary(config: dict[str, Any], given: list[Shape]) -> Shape:
    return (*given[0], config["output_dim"])


_RULES: dict[str, Callable[[dict[str, Any], list[Shape]], Shape]] = {
    **IMAGES,
    "Dense": _dense,
    "EinsumDense": _einsum_dense,
    "Embedding": _embedding,
    "ReversibleEmbedding": _vocabulary,
    "Flatten": _flat,
    "Reshape": _reshaped,
    "Permute": _permuted,
    "RepeatVector": _repeated,
    **dict.fromkeys(["LSTM", "GRU", "SimpleRNN"], _recurrent),
    **dict.fromkeys(["LSTMCell", "GRUCell", "SimpleRNNCell"], _cell),
    "StackedRNNCells": _cells,
    "Bidirectional": _both_ways,
    "TimeDistributed": _distributed,
    "SpectralNormalization": _wrapped,
    **dict.fromkeys(["Attention", "AdditiveAttention"], _attended),
    **dict.fromkeys(["MultiHeadAttention", "GroupQueryAttention"], _heads),
    **dict.fromkeys(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"], _merged),
    "Concatenate": _joined,
    "Dot": _dotted,
    **dict.fromkeys(["CategoryEncoding", "Discretization", "Hashing"], _encoded),
    **dict.fromkeys(["StringLookup", "IntegerLookup"], _encoded),
    "TextVectorization": _texts,
    "HashedCrossing": _crossed,
    "STFTSpectrogram": _spectrum,
    "MelSpectrogram": _mel,
}
