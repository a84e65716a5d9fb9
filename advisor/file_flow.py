"""What flows through a saved model: each layer's shapes, and refusals where they grow too large.

A layer may have no weights and still fill the memory: so sizes are counted before Keras is asked.
Shapes that the file tells of itself are used only where no rule of ours gives them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor import file_graph, file_ops, file_shapes
from advisor.archive import refused
from advisor.errors import shown
from advisor.file_sizes import implied, roughly

if TYPE_CHECKING:
    from advisor.file_images import Shape

ROW = 2 * 10**7  # numbers that one layer may give for one row
WEIGHTS = 2 * 10**7
CALLS = 1000
# what they give depends on more than their config
_UNSURE = {"EinsumDense", "GroupQueryAttention", "HashedCrossing", "Hashing", "IntegerLookup"}
_UNSURE |= {"MelSpectrogram", "STFTSpectrogram", "StringLookup", "TextVectorization"}
_TROUBLE = (ValueError, IndexError, TypeError, KeyError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Flow:
    """A tensor.

    Attributes:
        shape: without the batch; None where it is not known.
        sure: it follows from rules, the file's word was not taken.
    """

    shape: Shape | None
    sure: bool = True


@dataclass(slots=True)
class Piece:
    """A layer and what it reads first.

    Attributes:
        node: in the config.
        came: the shapes that it reads.
        sure: they follow from rules.
    """

    node: dict[str, Any]
    came: list[Shape | None]
    sure: bool


@dataclass(slots=True)
class Stream:
    """Follows a model's tensors.

    Attributes:
        file: its name, for messages.
        pieces: what was met, by where the weights lie.
    """

    file: str
    pieces: dict[str, Piece] = field(default_factory=dict)
    calls: int = 0
    weights: int = 0

    def model(self, node: dict[str, Any]) -> list[Flow]:
        """Follow the outermost model; return what it gives."""
        if node["class_name"] == "Sequential":
            return [self._chain(node, Flow(None), "layers")]
        return self._graph(node["config"], None, "layers")

    def _chain(self, node: dict[str, Any], flow: Flow, path: str) -> Flow:
        """Follow a Sequential; one without an input is built for the shapes that the file tells."""
        nodes = node["config"]["layers"]
        if nodes and nodes[0]["class_name"] != "InputLayer":
            told = [node["config"].get("build_input_shape"), *_builds(node)]
            for shape in filter(None, map(_told, told)):
                Stream(self.file, calls=self.calls).run(nodes, Flow(shape, sure=False), path)
                flow = flow if flow.shape is not None else Flow(shape, sure=False)
        return self.run(nodes, flow, path)

    def run(self, nodes: list[dict[str, Any]], flow: Flow, path: str) -> Flow:
        """Follow layers one after another."""
        for node, place in zip(nodes, file_graph.places(nodes), strict=True):
            if node["class_name"] == "InputLayer":
                own = self._input(node)
                flow = Flow(own) if flow.shape is None else flow
                self._piece(node, [], f"{path}/{place}")
                continue
            flow = self._call(node, None, [flow], f"{path}/{place}", {})[0]
        return flow

    def _graph(self, config: dict[str, Any], given: list[Flow] | None, path: str) -> list[Flow]:
        entries = [one[0] for one in file_graph.pins(config["input_layers"])]
        made: dict[tuple[str, int], list[Flow]] = {}
        found = {file_graph.name_of(node): node for node in config["layers"]}
        for at, name in enumerate(entries):
            own = Flow(self._input(found[name]))
            passed = given[at] if given is not None and at < len(given) else own
            made[name, 0] = [passed if passed.shape is not None else own]
        for node, place in zip(config["layers"], file_graph.places(config["layers"]), strict=True):
            if node["class_name"] == "InputLayer":
                self._piece(node, [], f"{path}/{place}")
        try:
            order = file_graph.ordered(config, entries)
        except ValueError:
            why = "its layers read each other in a circle, or a call that is not there"
            raise refused(self.file, why) from None
        told: dict[tuple[str, int], dict[int, Any]] = {}
        for call in order:
            for (name, number, pin), shape in file_graph.tensors(call.inbound):
                told.setdefault((name, number), {})[pin] = shape
        for call in order:
            flows = [_pick(made[name, number], pin) for name, number, pin in call.reads]
            key, place = (call.name, call.number), f"{path}/{call.place}"
            heard = told.get(key, {})
            made[key] = self._call(call.node, call.inbound, flows, place, heard)
        return [_pick(made[name, number], pin) for name, number, pin in file_graph.ends(config)]

    def _call(
        self,
        node: dict[str, Any],
        inbound: Any,
        flows: list[Flow],
        path: str,
        told: dict[int, Any],
    ) -> list[Flow]:
        self.calls += 1
        if self.calls > CALLS:
            raise refused(self.file, f"its layers are called more than {CALLS:,} times")
        kind, config = node["class_name"], node["config"]
        if kind == "Sequential":
            return [self._chain(node, flows[0], f"{path}/layers")]
        if kind == "Functional":
            return self._graph(config, flows, f"{path}/layers")
        if not file_graph.is_layer(node):
            return self._operation(node, inbound, flows, told)
        self._piece(node, flows, path)
        inner = config.get("layer")
        if isinstance(inner, dict) and inner.get("class_name") in file_graph.MODELS:
            return self._distributed(inner, flows[0], path)
        return self._layer(node, flows, told)

    def _distributed(self, inner: dict[str, Any], flow: Flow, path: str) -> list[Flow]:
        """Follow a model that a wrapper applies to each step of a sequence."""
        step = Flow(flow.shape[1:] if flow.shape else None, flow.sure)
        shape = self._call(inner, None, [step], f"{path}/layer", {})[0].shape
        if shape is None or flow.shape is None:
            return [Flow(None)]
        whole = (*flow.shape[:1], *shape)
        self._bound(file_shapes.count(whole), "TimeDistributed")
        return [Flow(whole, flow.sure)]

    def _layer(self, node: dict[str, Any], flows: list[Flow], told: dict[int, Any]) -> list[Flow]:
        kind, config = node["class_name"], node["config"]
        shapes = [(None,) if flow.shape is None else flow.shape for flow in flows]
        known = all(flow.sure and flow.shape is not None for flow in flows)
        sure = known and kind not in _UNSURE
        try:
            shape: Shape | None = file_shapes.after(kind, config, shapes)
        except _TROUBLE:
            shape, sure = self._doubtful(node, flows, told), False
        if shape is not None:
            self._bound(file_shapes.within(kind, config, shapes), kind)
            self._bound(file_shapes.count(shape), kind)
        first = Flow(shape, sure)
        others = range(1, 1 + max(told, default=0))
        return [first, *(Flow(_told(told.get(at)), sure=False) for at in others)]

    def _doubtful(
        self, node: dict[str, Any], flows: list[Flow], told: dict[int, Any]
    ) -> Shape | None:
        """Return what the file says that a layer gives, where no rule tells."""
        if all(flow.shape is not None for flow in flows):
            raise refused(
                self.file, f"{shown(node['class_name'], 30)} does not fit the shape that it reads"
            )
        return _told(told.get(0))

    def _operation(
        self, node: dict[str, Any], inbound: Any, flows: list[Flow], told: dict[int, Any]
    ) -> list[Flow]:
        kind, shapes = node["class_name"], [flow.shape for flow in flows]
        if not flows:
            raise refused(self.file, f"{shown(kind, 30)} reads no layer")
        most = file_ops.most(kind, node["config"], inbound, shapes)
        self._bound(most, kind)
        found = []
        for at in range(1 + max(told, default=0)):
            claim = _told(told.get(at))
            fits = claim is not None and file_shapes.count(claim) <= most
            found.append(Flow(claim if fits else (most,), sure=False))
        return found

    def _input(self, node: dict[str, Any]) -> Shape | None:
        config = node["config"]
        shape = _told(config.get("batch_shape") or config.get("shape"))
        if shape is not None:
            self._bound(file_shapes.count(shape), "InputLayer")
        return shape

    def _piece(self, node: dict[str, Any], flows: list[Flow], path: str) -> None:
        """Note a layer where it is met first, and count its weights."""
        if path in self.pieces:
            return
        shapes = [flow.shape for flow in flows]
        builds = [shape for shape in map(_told, _builds(node)) if shape is not None]
        sure = all(flow.sure and flow.shape is not None for flow in flows)
        if shapes and builds and not sure:
            shapes[0] = builds[0]
        self.pieces[path] = Piece(node, shapes, sure)
        self.weights += max(_weights(node, shapes), *(_weights(node, [one]) for one in builds), 0)
        if self.weights > WEIGHTS:
            raise refused(
                self.file, f"it has {min(self.weights, 10**15):,} weights, {WEIGHTS:,} are the most"
            )

    def _bound(self, numbers: int, kind: str) -> None:
        if numbers > ROW:
            raise refused(
                self.file,
                f"{shown(kind, 30)} gives {min(numbers, 10**15):,} numbers a row, {ROW:,} are the most",
            )


def _weights(node: dict[str, Any], came: list[Shape | None]) -> int:
    kind, config = node["class_name"], node["config"]
    exact = implied(kind, config, came[0] if came else None)
    if exact is None:
        return roughly(kind, config, came)
    return sum(math.prod(one) for many in exact.values() for one in many)


def _builds(node: dict[str, Any]) -> list[Any]:
    """Return the shapes that the file says a layer was built for; Keras builds it for them again."""
    build = node.get("build_config") or {}
    many = build.get("shapes_dict")
    return [build.get("input_shape"), *(many.values() if isinstance(many, dict) else ())]


def _pick(flows: list[Flow], pin: int) -> Flow:
    return flows[pin] if 0 <= pin < len(flows) else Flow(None, sure=False)


def _told(shape: Any) -> Shape | None:
    """Return a shape that the file tells of, without the batch."""
    if not isinstance(shape, list) or not shape:
        return None
    if all(size is None or (isinstance(size, int) and 0 <= size <= ROW) for size in shape):
        return tuple(shape[1:])
    return None
