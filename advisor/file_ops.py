"""How many numbers a bare operation of Keras can give; most give no more than they read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor.file_images import OPEN
from advisor.file_shapes import broadcast, count

if TYPE_CHECKING:
    from advisor.file_images import Shape

# as many numbers as their own settings say, whatever they read
_MAKES = {"Arange", "Array", "BroadcastTo", "Full", "Geomspace", "Linspace", "Logspace"}
_MAKES |= {"ConvertToTensor", "Scatter", "SegmentMax", "SegmentMin", "SegmentProd", "SegmentSum"}
# each number that they read becomes as many as their settings say
_TIMES = {"Bincount", "ExtractPatches", "FFT", "Fold", "Histogram", "IRFFT", "ISTFT", "MultiHot"}
_TIMES |= {"OneHot", "RFFT", "Repeat", "STFT", "Tile", "Unfold", "Vander", "ExtractSequences"}
_IMAGES = {"PadImages", "Resize", "ScaleAndTranslate"}
# each number of one meets each of another
_PAIRS = {"CDist", "Conv", "ConvTranspose", "Correlate", "DepthwiseConv", "Dot", "Inner", "Kron"}
_PAIRS |= {"Meshgrid", "Outer", "SeparableConv", "Tensordot", "Vdot", "IsIn", "MapCoordinates"}
_SQUARES = {"Diag", "Diagflat", "Corrcoef"}
_SUMS = {"Append", "Concatenate", "Dstack", "Hstack", "Stack", "Vstack", "Select"}


def most(kind: str, config: dict[str, Any], inbound: Any, given: list[Shape | None]) -> int:
    """Return the most numbers of one row that an operation can give.

    Args:
        kind: the operation's class.
        config: of the operation.
        inbound: with what it is called.
        given: the shapes of what it reads; None where one is not known.
    """
    known = [shape for shape in given if shape is not None]
    sizes = [count(shape) for shape in known] or [1]
    told = [abs(one) for one in _numbers([config, inbound]) if one]
    if kind in _MAKES:
        return max(_product(told), *sizes)
    if kind in _TIMES:
        return max(sizes) * _product(told)
    if kind in _IMAGES:
        return _product(told) * max((max(s[-1] or OPEN, s[0] or 1) for s in known if s), default=4)
    if kind == "Pad":
        return _padded(known, told)
    if kind in _PAIRS:
        return math.prod(sizes) * len(sizes)
    if kind in _SQUARES:
        return max(sizes) ** 2
    if kind in _SUMS:
        return sum(sizes)
    if kind == "Matmul" and len(known) == 2:  # noqa: PLR2004
        return _multiplied(*known)
    if kind == "Einsum":
        return _summed(str(config.get("subscripts")), known, sizes)
    return count(broadcast(known)) if known else max(sizes)


def _product(numbers: list[int]) -> int:
    found = 1
    for number in numbers:
        found = min(found * number, 2**62)
    return found


def _numbers(given: Any) -> list[int]:
    """Return the whole numbers in what an operation is told, but for those that tell of tensors."""
    if isinstance(given, dict):
        if "keras_history" in given:
            return []
        keep = [value for key, value in given.items() if key not in {"axis", "name", "seed"}]
        return [one for value in keep for one in _numbers(value)]
    if isinstance(given, list):
        return [one for value in given for one in _numbers(value)]
    whole = isinstance(given, (int, float)) and not isinstance(given, bool)
    return [math.ceil(given)] if whole else []


def _padded(known: list[Shape], told: list[int]) -> int:
    if not known or len(known[0]) == 0:
        return max(told, default=1) ** 2
    return math.prod((OPEN if s is None else s) + 2 * max(told, default=0) for s in known[0])


def _multiplied(left: Shape, right: Shape) -> int:
    rows = count(left[:-1])
    return rows * (right[-1] or OPEN) if right else rows


def _summed(text: str, known: list[Shape], sizes: list[int]) -> int:
    """Return what Einstein's sum gives; its letters stand for lengths."""
    came, _, gives = text.replace(" ", "").partition("->")
    lengths: dict[str, int] = {}
    for letters, shape in zip(came.split(","), known, strict=False):
        for letter, size in zip(reversed(letters), reversed(shape), strict=False):
            lengths[letter] = max(lengths.get(letter, 1), OPEN if size is None else size)
    if not gives or "." in text or any(letter not in lengths for letter in gives[1:]):
        return math.prod(sizes)
    return math.prod(lengths.get(letter, 1) for letter in gives)
