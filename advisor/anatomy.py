"""A Keras model taken apart: its weighted layers, what follows each, and what the theory needs.

Nothing is run, nothing is changed. What the theory of `meanfield` does not cover is named, and
nothing is said beyond it.
"""

from __future__ import annotations

import collections
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor import backend, followers, links
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.followers import Follower
    from advisor.meanfield import Link


@dataclass(slots=True)
class Part:
    """A weighted layer of a model.

    Attributes:
        layer: the Keras layer.
        name: its name, with those of the models around it.
        follower: the activation after its weighted sum.
        link: what the theory needs; None where it does not cover this layer.
        ends: why the theory cannot go on beyond it; None where it can.
        site: the activation layer, where the activation is a layer of its own.
    """

    layer: Any
    name: str
    follower: Follower
    link: Link | None
    ends: Text | None = None
    site: Any = None


@dataclass(frozen=True, slots=True)
class Barrier:
    """What the theory cannot look through.

    Attributes:
        before: the number of the part that it stands before.
        where: name of the layer.
        why: what is the matter with it.
        inputs: it only prepares the inputs, which can be measured behind it.
    """

    before: int
    where: str
    why: Text
    inputs: bool = False


@dataclass(slots=True)
class Anatomy:
    """A model's weighted layers in order, the output layers last, and what the theory cannot see.

    Attributes:
        parts: the weighted layers.
        barriers: what stands between them.
        outputs: how many of the parts, the last ones, are output layers.
    """

    parts: list[Part] = field(default_factory=list)
    barriers: list[Barrier] = field(default_factory=list)
    outputs: int = 1

    def barrier(self, where: str, why: Text, *, inputs: bool = False) -> None:
        """Name what stands before the next part."""
        self.barriers.append(Barrier(len(self.parts), where, why, inputs))

    def behind_inputs(self) -> None:
        """Forget what only prepares the inputs: they were measured behind it."""
        self.barriers = [barrier for barrier in self.barriers if not barrier.inputs]

    def reached(self) -> int:
        """Return how many parts signals reach without a barrier."""
        return min([len(self.parts), *(barrier.before for barrier in self.barriers)])

    def chain(self) -> list[Link]:
        """Return what the theory needs of the parts that signals reach."""
        return [part.link for part in self.parts[: self.reached()] if part.link is not None]


def read(model: Any) -> Anatomy:
    """Take a model apart; nested models are followed."""
    found = Anatomy(outputs=len(getattr(model, "outputs", None) or [None]))
    _read_model(found, model, "")
    return found


def _read_model(found: Anatomy, model: Any, around: str) -> None:
    """Read a model's layers in the order in which data passes them."""
    call, (sequential, functional) = type(model).call, _calls()
    if call is sequential:
        for layer in model.layers:
            _read_layer(found, layer, around)
    elif call is functional:
        for operation, why in _in_order(model):
            if why is not None:
                found.barrier(around + operation.name, why)
            if why is not _SHARED:
                _read_layer(found, operation, around)
    else:
        _read_closed(found, model, around, _OWN_CALL)


def _read_layer(found: Anatomy, layer: Any, around: str) -> None:
    kind = type(layer)
    name = kind.__name__
    if kind in links.weighted():
        _read_weighted(found, layer, around)
    elif hasattr(kind, "compute_loss"):  # a model inside
        _read_model(found, layer, f"{around}{layer.name}/")
    elif not kind.__module__.startswith("keras."):
        _read_closed(found, layer, around, _CUSTOM.format(name))
    elif name in _TRANSPARENT or (not found.parts and name in _BEFORE_ALL):
        return
    elif name in _DROPOUT and found.parts:
        last = found.parts[-1]
        if last.link is not None:
            last.link.keep *= 1 - layer.rate
        if layer.rate >= 1:
            last.ends = _ALL_DROPPED
    else:
        _read_other(found, layer, around)


def _read_weighted(found: Anatomy, layer: Any, around: str) -> None:
    """Add a layer with a kernel."""
    if found.parts and found.parts[-1].ends is not None:
        found.barrier(found.parts[-1].name, found.parts[-1].ends)
    name = around + layer.name
    follower = followers.of_function(layer.activation)
    link, why, ends = links.of(layer, follower)
    if why is not None:
        found.barrier(name, why)
    found.parts.append(Part(layer, name, follower, link, ends))


def _read_other(found: Anatomy, layer: Any, around: str) -> None:
    """Read an activation layer, or name what the theory does not cover."""
    follower = followers.of_layer(layer)
    if follower is None or not found.parts:
        _read_closed(found, layer, around, _NOT_COVERED.format(type(layer).__name__))
        return
    last = found.parts[-1]
    if follower.name == "linear":
        return
    if last.follower.name != "linear":
        found.barrier(around + layer.name, _TWO.format(last.follower.name, follower.name))
        return
    last.follower, last.site = follower, layer
    if last.link is not None:
        keep = last.link.keep
        last.link, _, last.ends = links.of(last.layer, follower)
        if last.link is not None:
            last.link.keep = keep


def _read_closed(found: Anatomy, layer: Any, around: str, why: Text) -> None:
    """Name what cannot be looked through, and list the weighted layers inside."""
    every = getattr(layer, "_flatten_layers", None)
    parts: Any = ()
    if every is not None and type(layer).__name__ not in _NOT_LISTENED:
        parts = every(include_self=False, recursive=True)
    inside = [part for part in parts if type(part) in links.weighted()]
    first = not found.parts and not inside and why is not _OWN_CALL
    found.barrier(around + layer.name, why, inputs=first)
    for part in inside:
        follower = followers.of_function(part.activation)
        found.parts.append(Part(part, f"{around}{layer.name}/{part.name}", follower, None))


def _in_order(model: Any) -> Iterator[tuple[Any, Text | None]]:
    """Give a functional model's operations, input first, and why one is no link of a chain."""
    seen: set[int] = set()
    leaving = {id(tensor._keras_history.operation) for tensor in model.outputs}  # noqa: SLF001
    depths = model._nodes_by_depth  # noqa: SLF001 - Keras has no public way to its graph
    readers = collections.Counter(
        id(tensor) for nodes in depths.values() for node in nodes for tensor in node.input_tensors
    )
    early = False
    for depth in sorted(depths, reverse=True):
        nodes = [node for node in depths[depth] if not node.is_input]
        for node in nodes:
            operation = node.operation
            why = None
            given = node.input_tensors
            if len(nodes) > 1 or len(given) != 1 or readers[id(given[0])] > 1:
                why = _SEVERAL
            elif id(operation) in seen:
                why = _SHARED
            elif early:
                why = _LEAVES
            early = id(operation) in leaving
            seen.add(id(operation))
            yield operation, why


@functools.cache
def _calls() -> tuple[Any, Any]:
    """Return the `call` of Sequential and of functional models; others are the user's own."""
    keras = backend.keras()
    probe = keras.Input((1,))
    return keras.Sequential.call, type(keras.Model(probe, probe)).call


_TRANSPARENT = {"InputLayer", "Identity", "ActivityRegularization", "Flatten"}
_BEFORE_ALL = {
    "BatchNormalization",
    "Dropout",
    "LayerNormalization",
    "Normalization",
    "Permute",
    "Rescaling",
    "Reshape",
}  # they prepare the inputs, which are taken as they come out
_DROPOUT = {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"}
_NOT_LISTENED = {
    "RNN",
    "LSTM",
    "GRU",
    "SimpleRNN",
    "Bidirectional",
    "TimeDistributed",
    "ConvLSTM2D",
}

_OWN_CALL = Text(
    en="has a call of its own: the way through it is not known.",
    zh="有自己写的 call：不知道数据怎么走。",
)
_CUSTOM = Text(
    en="{} is no layer of Keras: what it does is not known.",
    zh="{} 不是 Keras 的层：不知道它做什么。",
)
_NOT_COVERED = Text(
    en="{} is not covered by the theory: what comes after it is not foretold.",
    zh="{} 不在理论的范围里：它后面的不作预测。",
)
_TWO = Text(
    en="a second activation after {}: {} of it is not foretold.",
    zh="在 {} 之后又一个激活函数：再经过 {} 会怎样不作预测。",
)
_SEVERAL = Text(
    en="several ways meet or part here: what comes after it is not foretold.",
    zh="几条路在这里汇合或分开：它后面的不作预测。",
)
_SHARED = Text(
    en="is used more than once: its weights are not drawn anew, which the theory assumes.",
    zh="被用了不止一次：权重不是重新抽的，而理论假设是重新抽的。",
)
_LEAVES = Text(
    en="comes after an output: the gradient enters at several places.",
    zh="排在一个输出之后：梯度从好几处进来。",
)
_ALL_DROPPED = Text(en="everything behind it is dropped.", zh="它后面的全部被丢弃。")
