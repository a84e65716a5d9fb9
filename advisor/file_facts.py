"""The facts of a saved model, from its config alone; Keras is not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import compiled, file_graph, tails
from advisor.activations import ACTIVATIONS
from advisor.errors import ModelFileError, shown
from advisor.facts import Awake, Facts, Journey, Layer, Output
from advisor.file_graph import MODELS
from advisor.file_layers import BENDS, half, layer_of, policy

if TYPE_CHECKING:
    from advisor.file_layers import Shape
    from advisor.saved import SavedModel


def read(file: SavedModel) -> Facts:
    """Return what a saved model is.

    Raises:
        ModelFileError: its config does not hold together.
    """
    try:
        return _read(file)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{shown(file.name, 50)} is refused: its config does not hold together "
            f"({type(error).__name__})."
        ) from None


def _read(file: SavedModel) -> Facts:
    walk = Walk()
    config = file.config["config"]
    if file.config["class_name"] == "Sequential":
        start = walk.add(Layer("input", "InputLayer", shape=_input_shape(config)))
        ends = [walk.chain(config["layers"], start, "", "layers")]
        names = [config["layers"][-1]["config"]["name"]] if config["layers"] else ["output"]
    else:
        ends = walk.graph(config, None, "", "layers")
        names = [one[0] for one in file_graph.pins(config["output_layers"])]
    dtype = config.get("dtype")
    facts = Facts(
        name=str(config.get("name", file.name)),
        layers=walk.layers,
        outputs=[Output(number, str(name)) for number, name in enumerate(names)],
        built=any(layer.shape is not None for layer in walk.layers),
        dtype=policy(dtype),
    )
    given = [n for n, layer in enumerate(facts.layers) if layer.options.get("given")]
    if not given and facts.layers:
        facts.layers[0].options["given"] = True
    facts.link()
    for output, end in zip(facts.outputs, ends, strict=True):
        tails.follow(facts, output, end)
        last = output.tail[-1] if output.tail else output.layer
        output.half = last is not None and half(facts.layers[last].options.get("policy"))
    compiled.read(file.config.get("compile_config"), facts)
    _foretell(facts)
    return facts


class Walk:
    """Lays a config's layers out flat, in the order in which data passes them.

    Attributes:
        layers: as facts; `options["path"]` is where their weights lie in the file.
    """

    def __init__(self) -> None:
        """Begin without layers."""
        self.layers: list[Layer] = []

    def add(self, layer: Layer) -> int:
        """Add a layer; return its number."""
        self.layers.append(layer)
        return len(self.layers) - 1

    def chain(self, nodes: list[dict[str, Any]], source: int, around: str, path: str) -> int:
        """Add the layers of a Sequential."""
        places = file_graph.places(nodes)
        for node, place in zip(nodes, places, strict=True):
            if node["class_name"] == "InputLayer":
                self.layers[source].shape = self.layers[source].shape or _input_shape(node)
                self.layers[source].options.setdefault("dtype", node["config"].get("dtype"))
                continue
            inner = f"{path}/{place}"
            if node["class_name"] in MODELS:
                source = self._inner(node, [source], around, inner)[0]
            else:
                source = self.add(
                    layer_of(node, (source,), self.layers[source].shape, around, inner)
                )
        return source

    def graph(
        self, config: dict[str, Any], sources: list[int] | None, around: str, path: str
    ) -> list[int]:
        """Add the layers of a functional model; return the numbers of its outputs."""
        nodes = config["layers"]
        made: dict[tuple[str, int], list[int]] = {}
        entries = [one[0] for one in file_graph.pins(config["input_layers"])]
        found = {file_graph.name_of(node): node for node in nodes}
        for number, name in enumerate(entries):
            node = found[name]
            if sources is None:
                shape = _input_shape(node)
                made[name, 0] = [
                    self.add(
                        Layer(
                            name,
                            "InputLayer",
                            shape=shape,
                            options={"given": True, "dtype": node["config"].get("dtype")},
                        )
                    )
                ]
            else:
                made[name, 0] = [sources[number]]
        for call in file_graph.ordered(config, entries):
            inputs = [_pick(made[name, number], pin) for name, number, pin in call.reads]
            place = (around, f"{path}/{call.place}")
            made[call.name, call.number] = self._call(call.node, call.inbound, inputs, place)
        return [_pick(made[name, number], pin) for name, number, pin in file_graph.ends(config)]

    def _call(
        self, node: dict[str, Any], one: Any, inputs: list[int], place: tuple[str, str]
    ) -> list[int]:
        around, path = place
        if node["class_name"] in MODELS:
            return self._inner(node, inputs, around, path)
        arrives = _first_shape(one)
        arrives = (
            arrives if arrives is not None else (self.layers[inputs[0]].shape if inputs else None)
        )
        layer = layer_of(node, tuple(inputs), arrives, around, path)
        return [self.add(layer)]

    def _inner(self, node: dict[str, Any], inputs: list[int], around: str, path: str) -> list[int]:
        """Add a nested model."""
        config, name = node["config"], node["config"].get("name", node["class_name"])
        if node["class_name"] == "Sequential":
            layers = config["layers"]
            return [self.chain(layers, inputs[0], f"{around}{name}/", f"{path}/layers")]
        return self.graph(config, inputs, f"{around}{name}/", f"{path}/layers")


def _pick(numbers: list[int], pin: int) -> int:
    return numbers[pin] if pin < len(numbers) else numbers[0]


def _first_shape(one: Any) -> Shape:
    """Return the shape of the first tensor that a call reads."""
    if isinstance(one, dict):
        if "keras_history" in one and isinstance(one.get("shape"), list):
            return tuple(one["shape"][1:])
        found = (_first_shape(value) for value in one.values())
        return next((shape for shape in found if shape is not None), None)
    if isinstance(one, list):
        return next((s for value in one if (s := _first_shape(value)) is not None), None)
    return None


def _input_shape(node: dict[str, Any]) -> Shape:
    config = node.get("config", node)
    shape = config.get("batch_shape") or config.get("build_input_shape")
    return tuple(shape[1:]) if isinstance(shape, list) else None


def _foretell(facts: Facts) -> None:
    """Foretell how the gradient travels through a plain stack of Dense layers."""
    from advisor import meanfield, moments, remedies

    chain = []
    ends = {output.layer for output in facts.outputs}
    for number, layer in enumerate(facts.layers):
        if layer.kind != "Dense" or number in ends:
            continue
        name = followed(facts, number)
        known = moments.known().get(name)
        if layer.drawn is None or known is None or layer.drawn[0] != 0 or not layer.drawn[1]:
            return
        chain.append((layer, name, meanfield.Link(layer.drawn[1], 0.0, layer.fan_in or 1, known)))
    straight = all(len(readers) <= 1 for readers in facts.readers)
    plain = tails.TRANSPARENT | BENDS | {"Dense", "InputLayer", "Activation", "Normalization"}
    if len(chain) < 2 or not straight or any(one.kind not in plain for one in facts.layers):  # noqa: PLR2004
        return
    steps = meanfield.travel([link for _, _, link in chain])
    ratio = steps[0].delta - steps[-1].delta
    widths = [layer.units or 1 for layer, _, _ in chain]
    remedy = None
    if abs(ratio) > remedies.REACH:
        remedy = remedies.find([link for _, _, link in chain], widths, chain[0][1])
    facts.journey = Journey(
        ratio=ratio,
        measured=None,
        uncertain=any(step.grows > 3 for step in steps),  # noqa: PLR2004 - as in `signals`
        depth=len(chain),
        functions=tuple(name for _, name, _ in chain),
        remedy=None if remedy is None else (remedy.activation, remedy.initializer),
        deltas=tuple(step.delta - steps[-1].delta for step in steps),
    )


def followed(facts: Facts, number: int) -> str:
    """Return the activation that a Dense layer ends in."""
    function = facts.layers[number].function
    name = function.name if function is not None else "linear"
    while name == "linear" and len(facts.readers[number]) == 1:
        number = facts.readers[number][0]
        layer = facts.layers[number]
        if layer.kind in tails.WEIGHTED:
            break
        if layer.function is not None:
            name = layer.function.name
    return name


def look(file: SavedModel, facts: Facts, X: Any) -> None:
    """Fill in which units sleep, where NumPy computes the model."""
    import numpy as np

    from advisor import forward

    for layer in facts.layers:
        if layer.kind == "Normalization" and layer.options.get("mean") is None:
            layer.options.pop("mean", None)
    given = X if isinstance(X, list) else [X]
    rows = np.linspace(0, len(given[0]) - 1, min(len(given[0]), 512)).astype(int)
    seen = forward.values(file, facts, [one[rows] for one in given])
    if seen is None:
        return
    ends = {output.layer for output in facts.outputs}
    for number, layer in enumerate(facts.layers):
        name = followed(facts, number)
        if layer.kind != "Dense" or number in ends or name not in ACTIVATIONS or name == "linear":
            continue
        dead = _dead(file, layer, name, seen[layer.inputs[0]], seen[number])
        if dead is not None and len(rows) >= 32:  # noqa: PLR2004 - as in `gradients`
            facts.awake.append(Awake(layer.name, float(dead.mean())))


def _dead(file: SavedModel, layer: Layer, name: str, x: Any, out: Any) -> Any:
    """Return which units of a Dense layer pass no gradient on any row; None where nobody can tell."""
    import numpy as np

    from advisor import forward
    from advisor.expressions import evaluate

    before = layer.function
    assert before is not None  # noqa: S101 - Dense layers have one
    if before.name == "relu":  # gives 0 exactly where it is off
        return (out.reshape(-1, out.shape[-1]) == 0).all(axis=0)
    if ACTIVATIONS[name].df is None or layer.options.get("distributed"):
        return None
    z = out if before.name == "linear" else forward.sums(file, layer, x)
    slopes = np.abs(evaluate(ACTIVATIONS[name].df, x=z))
    return slopes.reshape(-1, slopes.shape[-1]).max(axis=0) < 1e-7  # noqa: PLR2004
