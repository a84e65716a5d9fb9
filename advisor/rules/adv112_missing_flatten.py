"""Checks that images and series are flattened or pooled before one answer is given for a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.changes import Change, Insert, SetOptions
from advisor.data_facts import positions
from advisor.facts import NEEDS_BUILT, PROBABILITY_LOSSES
from advisor.findings import ERROR, WARNING, NotApplicable, Seen
from advisor.tails import CONVOLUTIONS, RECURRENT, TRANSPARENT
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Output

TITLE = Text(en="no Flatten before the last layers", zh="输出层前没有 Flatten")
WHY = Text(
    en="A Dense layer works on the last axis only. On an image or a series it gives an answer at "
    "every position, so the output has axes that the labels do not have.",
    zh="Dense 只作用在最后一个轴上。输入是图像或序列时，它在每个位置都给出一个答案，输出就比标签多出几个轴。",
)
REPAIR = Text(
    en="Flatten or global pooling before the first Dense layer; return_sequences=False in the last "
    "recurrent layer.",
    zh="在第一个 Dense 之前加 Flatten 或全局池化；最后一个循环层用 return_sequences=False。",
)
FALSE_POSITIVES = Text(
    en="Without y: labels at the positions that are left after pooling.",
    zh="没给 y 时：标签本来就对应池化后剩下的各个位置。",
)
SOURCE = "keras.io/api/layers/core_layers/dense"
EXAMPLE = """\
model = keras.Sequential([
    keras.Input((32, 1)),
    layers.Conv1D(16, 3, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model
"""
INSTEAD = EXAMPLE.replace("    layers.Dense(3", "    layers.Flatten(),\n    layers.Dense(3")


def check(facts: Facts) -> Iterator[Seen]:
    """Yield the outputs with axes that labels do not have."""
    facts.need_loss_or_targets()
    if all(output.shape is None for output in facts.outputs):
        raise NotApplicable(NEEDS_BUILT)
    for output in facts.outputs:
        if output.shape is None or len(output.shape) == 1 or output.layer is None:
            continue
        certain = output.targets is not None
        seen = _by_targets(output) if certain else _by_shape(facts, output)
        if seen:
            shape = ", ".join("…" if size is None else str(size) for size in output.shape)
            yield Seen(
                ERROR if certain else WARNING,
                facts.layers[output.layer].name,
                _SEEN.format(shape),
                REPAIR,
                _changes(facts, output),
                explains=(
                    "output-units-mismatch",
                    "label-encoding-mismatch",
                    "loss-task-mismatch",
                    "output-activation-mismatch",
                    "metric-task-mismatch",
                ),
            )


def _by_targets(output: Output) -> bool:
    """Say whether the output has more axes than a row of y, sparse labels counted."""
    assert output.targets is not None  # noqa: S101 - asked by the caller
    assert output.shape is not None  # noqa: S101 - asked by the caller
    row, shape = output.targets.shape, output.shape
    return len(row) < len(shape) and not positions(row, shape)


def _by_shape(facts: Facts, output: Output) -> bool:
    """Say whether one answer a row is likely: Dense layers alone, or on what has been shrunk."""
    loss = output.loss
    if loss is None or loss.kind not in PROBABILITY_LOSSES or output.layer is None:
        return False
    at, last = output.layer, facts.layers[output.layer]
    dense = True
    if last.kind != "Dense" or last.options.get("distributed"):
        return False
    while len(facts.layers[at].inputs) == 1:
        at = facts.layers[at].inputs[0]
        layer = facts.layers[at]
        if layer.kind in RECURRENT or "UpSampling" in layer.kind or "Transpose" in layer.kind:
            return False
        if layer.kind == "InputLayer":
            given, left = layer.shape, output.shape
            if dense and given is not None and None not in given:
                return True  # the same small network at every position of an image
            same_rank = given is not None and left is not None and len(given) == len(left)
            return bool(same_rank and given and left and given[:-1] != left[:-1])
        if layer.options.get("distributed"):
            return False
        dense &= layer.kind == "Dense" or layer.kind in TRANSPARENT or layer.function is not None
    return False


def _changes(facts: Facts, output: Output) -> tuple[Change, ...]:
    """Flatten before the first Dense layer on positions, or end the series earlier."""
    assert output.layer is not None  # noqa: S101 - asked by the caller
    at = first = output.layer
    while len(facts.layers[at].inputs) == 1:
        layer = facts.layers[at]
        if layer.kind in RECURRENT:
            return (SetOptions(layer.name, {"return_sequences": False}),)
        if layer.kind in CONVOLUTIONS or "Pooling" in layer.kind:
            break
        if layer.kind == "Dense":
            first = at
        elif layer.kind not in TRANSPARENT and layer.function is None:
            break
        at = layer.inputs[0]
    last = facts.layers[output.layer]
    made: list[Change] = []
    if last.kind in CONVOLUTIONS:
        made.append(Insert(last.name, "Flatten", after=True))
    else:
        made.append(Insert(facts.layers[first].name, "Flatten"))
    return tuple(made)


_SEEN = Text(
    en="The output of a row has the shape ({}): an answer at every position, where one a row is "
    "wanted.",
    zh="每个样本的输出形状是（{}）：每个位置都有一个答案，而要的是每个样本一个。",
)
