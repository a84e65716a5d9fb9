"""How the layers of a saved model hang together: who reads whom, and where their weights lie."""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass
from typing import Any

MODELS = {"Sequential", "Functional"}
# classes that are called otherwise inside Keras
_NO_WORD, _WORD, _HUMP = map(re.compile, (r"\W+", "(.)([A-Z][a-z]+)", "([a-z])([A-Z])"))
_ALSO = {"GroupQueryAttention": "GroupedQueryAttention"}
Pin = tuple[str, int, int]  # layer, which call of it, which of its outputs


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer in a functional model.

    Attributes:
        node: of the layer in the config.
        place: the layer's place in the file of weights.
        number: which call of the layer it is.
        inbound: what the config says of the call.
        reads: whose outputs it reads.
    """

    node: dict[str, Any]
    place: str
    number: int
    inbound: Any
    reads: list[Pin]

    @property
    def name(self) -> str:
        """The layer's name."""
        return name_of(self.node)


def name_of(node: dict[str, Any]) -> str:
    """Return a layer's name in its model."""
    return str(node.get("name", node["config"].get("name")))


def ordered(config: dict[str, Any], entries: list[str]) -> list[Call]:
    """Return the calls of a functional model, each after those that it reads.

    Args:
        config: of the model.
        entries: names of its inputs.

    Raises:
        ValueError: they read each other in a circle, or one that is not there.
    """
    nodes = config["layers"]
    calls = [
        Call(node, place, number, one, reads(one))
        for node, place in zip(nodes, places(nodes), strict=True)
        for number, one in enumerate(node.get("inbound_nodes") or [])
    ]
    made = {(name, 0) for name in entries}
    waits: dict[tuple[str, int], list[int]] = {}
    missing = []
    for at, call in enumerate(calls):
        needs = {(name, number) for name, number, _ in call.reads} - made
        missing.append(len(needs))
        for need in needs:
            waits.setdefault(need, []).append(at)
    ready = [at for at, count in enumerate(missing) if count == 0]
    order = []
    while ready:
        at = heapq.heappop(ready)
        order.append(calls[at])
        for other in waits.pop((calls[at].name, calls[at].number), ()):
            missing[other] -= 1
            if missing[other] == 0:
                heapq.heappush(ready, other)
    if len(order) < len(calls):
        raise ValueError("the layers read each other in a circle")
    return order


def ends(config: dict[str, Any]) -> list[Pin]:
    """Return what a functional model gives; calls of a model inside it are counted from 1 there."""
    inner = {name_of(n) for n in config["layers"] if n["class_name"] == "Functional"}
    return [
        (name, number - 1 if name in inner and number else number, pin)
        for name, number, pin in pins(config["output_layers"])
    ]


def pins(given: Any) -> list[Pin]:
    """Return the (layer, call, output) triples in a nest of lists and dicts."""
    if isinstance(given, dict):
        return [pin for one in given.values() for pin in pins(one)]
    if given and isinstance(given[0], str):
        return [(given[0], int(given[1]), int(given[2]))]
    return [pin for one in given for pin in pins(one)]


def reads(one: Any) -> list[Pin]:
    """Return what a call reads, in order."""
    return [pin for pin, _ in tensors(one)]


def tensors(one: Any) -> list[tuple[Pin, Any]]:
    """Return what a call reads, in order, with the shape that the file says it has."""
    if isinstance(one, dict):
        history = one.get("keras_history")
        if isinstance(history, list):
            return [((str(history[0]), int(history[1]), int(history[2])), one.get("shape"))]
        return [found for value in one.values() for found in tensors(value)]
    if isinstance(one, list):
        return [found for value in one for found in tensors(value)]
    return []


def places(nodes: list[dict[str, Any]]) -> list[str]:
    """Return where each layer's weights lie: by its class, numbered."""
    used: dict[str, int] = {}
    found = []
    for node in nodes:
        name = _NO_WORD.sub("", _ALSO.get(node["class_name"], node["class_name"]))
        name = _HUMP.sub(r"\1_\2", _WORD.sub(r"\1_\2", name)).lower()
        count = used.get(name, 0)
        if is_layer(node):
            used[name] = count + 1  # an operation is no layer, so it takes no place
        found.append(name if count == 0 else f"{name}_{count}")
    return found


def is_layer(node: dict[str, Any]) -> bool:
    """Say whether a node is a layer or a model, not a bare operation."""
    module = node.get("module")
    return module in {None, "keras.layers", "keras"} or "models" in str(module)
