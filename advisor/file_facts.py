"""The facts of a saved model, from its config alone; Keras is not imported."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from advisor import compiled, tails, variances
from advisor.activations import ACTIVATIONS
from advisor.behaviours import Function
from advisor.errors import ModelFileError, shown
from advisor.facts import Awake, Facts, Initializer, Journey, Layer, Output

if TYPE_CHECKING:
    from advisor.saved import SavedModel

_OPTIONS = (
    "units filters rate axis negative_slope max_value threshold alpha scale offset invert "
    "return_sequences input_dim output_dim padding strides use_bias data_format kernel_size "
    "pool_size dilation_rate target_shape mean variance epsilon center size groups depth_multiplier"
).split()
_MODELS = {"Sequential", "Functional"}
_ACTIVATED = tails.DENSE | tails.CONVOLUTIONS | {"LSTM", "GRU", "SimpleRNN"}
_SAME_SHAPE = tails.TRANSPARENT | {"BatchNormalization", "LayerNormalization", "Rescaling"}
_SAME_SHAPE |= {"Normalization", "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"}
_SAME_SHAPE -= {"Flatten", "Reshape", "Permute", "Squeeze", "ExpandDims"}

Shape = tuple[int | None, ...] | None


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
        names = [one[0] for one in pins(config["output_layers"])]
    dtype = config.get("dtype")
    facts = Facts(
        name=str(config.get("name", file.name)),
        layers=walk.layers,
        outputs=[Output(number, str(name)) for number, name in enumerate(names)],
        built=any(layer.shape is not None for layer in walk.layers),
        dtype=_policy(dtype),
    )
    given = [n for n, layer in enumerate(facts.layers) if layer.options.get("given")]
    if not given and facts.layers:
        facts.layers[0].options["given"] = True
    facts.link()
    for output, end in zip(facts.outputs, ends, strict=True):
        tails.follow(facts, output, end)
        last = output.tail[-1] if output.tail else output.layer
        output.half = last is not None and _half(facts.layers[last].options.get("policy"))
    compiled.read(file.config.get("compile_config"), facts)
    _foretell(facts)
    return facts


class Walk:
    """Lays a config's layers out flat, in the order in which data passes them.

    Attributes:
        layers: as facts; `options["path"]` is where their weights lie in the file.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []

    def add(self, layer: Layer) -> int:
        self.layers.append(layer)
        return len(self.layers) - 1

    def chain(self, nodes: list[dict[str, Any]], source: int, around: str, path: str) -> int:
        """Add the layers of a Sequential."""
        places = _places(nodes)
        for node, place in zip(nodes, places, strict=True):
            if node["class_name"] == "InputLayer":
                self.layers[source].shape = self.layers[source].shape or _input_shape(node)
                continue
            inner = f"{path}/{place}"
            if node["class_name"] in _MODELS:
                source = self._inner(node, [source], around, inner)[0]
            else:
                source = self.add(_layer(node, (source,), self.layers[source].shape, around, inner))
        return source

    def graph(
        self, config: dict[str, Any], sources: list[int] | None, around: str, path: str
    ) -> list[int]:
        """Add the layers of a functional model; return the numbers of its outputs."""
        nodes, places = config["layers"], _places(config["layers"])
        made: dict[tuple[str, int], list[int]] = {}
        entries = [one[0] for one in pins(config["input_layers"])]
        for number, name in enumerate(entries):
            node = next(n for n in nodes if n.get("name", n["config"].get("name")) == name)
            if sources is None:
                shape = _input_shape(node)
                made[name, 0] = [self.add(Layer(name, "InputLayer", shape=shape, options={"given": True}))]
            else:
                made[name, 0] = [sources[number]]
        waiting = [
            (node, place, call, one)
            for node, place in zip(nodes, places, strict=True)
            for call, one in enumerate(node.get("inbound_nodes") or [])
        ]
        while waiting:
            left = []
            for node, place, call, one in waiting:
                reads = _histories(one)
                if all((name, index) in made for name, index, _ in reads):
                    own = node.get("name", node["config"].get("name"))
                    inputs = [_pick(made[name, index], pin) for name, index, pin in reads]
                    made[own, call] = self._call(node, call, one, inputs, around, f"{path}/{place}")
                else:
                    left.append((node, place, call, one))
            if len(left) == len(waiting):
                raise ValueError("the layers read each other in a circle")
            waiting = left
        return [_pick(made[name, index], pin) for name, index, pin in pins(config["output_layers"])]

    def _call(
        self, node: dict[str, Any], call: int, one: Any, inputs: list[int], around: str, path: str
    ) -> list[int]:
        if node["class_name"] in _MODELS:
            return self._inner(node, inputs, around, path)
        arrives = _first_shape(one)
        arrives = arrives if arrives is not None else (self.layers[inputs[0]].shape if inputs else None)
        layer = _layer(node, tuple(inputs), arrives, around, path)
        layer.options["arguments"] = one
        layer.uses = len(node.get("inbound_nodes") or [one])
        return [self.add(layer)]

    def _inner(self, node: dict[str, Any], inputs: list[int], around: str, path: str) -> list[int]:
        """Add a nested model."""
        config, name = node["config"], node["config"].get("name", node["class_name"])
        if node["class_name"] == "Sequential":
            layers = config["layers"]
            return [self.chain(layers, inputs[0], f"{around}{name}/", f"{path}/layers")]
        return self.graph(config, inputs, f"{around}{name}/", f"{path}/layers")


def pins(given: Any) -> list[tuple[str, int, int]]:
    """Return the (layer, call, output) triples in a nest of lists and dicts."""
    if isinstance(given, dict):
        return [pin for one in given.values() for pin in pins(one)]
    if given and isinstance(given[0], str):
        return [(given[0], int(given[1]), int(given[2]))]
    return [pin for one in given for pin in pins(one)]


def _pick(numbers: list[int], pin: int) -> int:
    return numbers[pin] if pin < len(numbers) else numbers[0]


def _places(nodes: list[dict[str, Any]]) -> list[str]:
    """Return where each layer's weights lie: by its class, numbered."""
    import re

    used: dict[str, int] = {}
    found = []
    for node in nodes:
        name = re.sub(r"\W+", "", node["class_name"])
        name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
        name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
        count = used.get(name, 0)
        if node.get("module") in {None, "keras.layers", "keras"} or "models" in node["module"]:
            used[name] = count + 1  # an operation is no layer, so it takes no place
        found.append(name if count == 0 else f"{name}_{count}")
    return found


def _histories(one: Any) -> list[tuple[str, int, int]]:
    """Return what a call reads, in order."""
    if isinstance(one, dict):
        history = one.get("keras_history")
        if isinstance(history, list):
            return [(str(history[0]), int(history[1]), int(history[2]))]
        return [found for value in one.values() for found in _histories(value)]
    if isinstance(one, list):
        return [found for value in one for found in _histories(value)]
    return []


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


def _layer(
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
        layer.options |= {key: inner[key] for key in _OPTIONS if key in inner} | {"distributed": True}
    if kind == "Bidirectional":
        inner = config["layer"]["config"]
        layer.options |= {key: inner[key] for key in _OPTIONS if key in inner}
        layer.function = _named(inner.get("activation"))
    elif layer.kind in _ACTIVATED:
        layer.function = _named(inner.get("activation"))
        _kernel(layer, inner)
    else:
        layer.function = _function(layer, inner)
    layer.shape = _shape(layer, inner)
    return layer


def _named(given: Any) -> Function:
    """Return an activation by the word, or the object, that the config names it by."""
    if given is None:
        return Function("linear")
    if isinstance(given, dict):
        if given.get("class_name") != "function":
            options = given.get("config")
            return _by_kind(str(given.get("class_name")), options if isinstance(options, dict) else {})
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
        return Function(name) if plain or name in {"softmax", "log_softmax"} else Function(f"ops.{name}")
    return _by_kind(layer.kind, config, layer) if layer.kind in _BENDS else None


def _snake(name: str) -> str:
    import re

    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


_BENDS = {"ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax", "Rescaling"}


def _by_kind(kind: str, config: dict[str, Any], layer: Layer | None = None) -> Function:
    """Return an activation layer with its options as a function of arrays."""
    import numpy as np

    if kind == "ReLU":
        slope, top = config.get("negative_slope") or 0.0, config.get("max_value")
        floor = config.get("threshold") or 0.0
        if slope == floor == 0 and top in {None, 6, 6.0}:
            return Function("relu" if top is None else "relu6")

        def run(z: Any) -> Any:
            bent = np.where(z >= floor, z, slope * (z - floor))
            return bent if top is None else np.minimum(bent, top)

        return Function("ReLU", run)
    if kind == "LeakyReLU":
        slope = config.get("negative_slope", config.get("alpha", 0.3))
        return Function("leaky_relu", lambda z: np.where(z > 0, z, slope * z))
    if kind == "ELU":
        alpha = config.get("alpha", 1.0)
        return Function("elu", lambda z: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))))
    if kind == "Softmax":
        axis = config.get("axis", -1)
        rank = len(layer.arrives) if layer is not None and layer.arrives is not None else None
        return Function("softmax" if axis in {-1, rank} else "softmax over another axis")
    if kind == "Rescaling":
        scale = np.asarray(config.get("scale", 1.0), float)
        offset = np.asarray(config.get("offset", 0.0), float)
        return Function("Rescaling", lambda z: z * scale + offset)
    return Function("relu" if kind == "PReLU" else kind)


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
    layer.drawn = variances.drawn(layer.kernel.name, options, shape)
    layer.fan_in = math.prod(shape[:-1])


def _shape(layer: Layer, config: dict[str, Any]) -> Shape:
    """Return the shape of what a layer gives; None where that is not known here."""
    came, kind, options = layer.arrives, layer.kind, layer.options
    if kind == "Dense" and came is not None:
        return (*came[:-1], options.get("units"))
    if kind == "Embedding":
        return (*(came or ()), options.get("output_dim"))
    if kind in {"LSTM", "GRU", "SimpleRNN", "Bidirectional"}:
        units = options.get("units")
        joined = config is not None and kind == "Bidirectional" and units is not None
        units = 2 * units if joined else units  # type: ignore[operator]
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
        return _windowed(layer, came)
    if kind in _SAME_SHAPE or layer.function is not None:
        return came
    return None


def _windowed(layer: Layer, came: tuple[int | None, ...]) -> Shape:
    """Return the shape that a convolution or a pooling gives."""
    options, channels = layer.options, layer.options.get("filters", came[-1])
    if "Transpose" in layer.kind or "Depthwise" in layer.kind or options.get("data_format") == "channels_first":
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
    places = []
    for place, window, step, gap in zip(came[:-1], sizes, steps, wides, strict=True):
        if place is None:
            places.append(None)
        elif options.get("padding") in {"same", "causal"}:
            places.append(-(-place // step))
        else:
            places.append((place - ((window - 1) * gap + 1)) // step + 1)
    return (*places, channels)


def _policy(given: Any) -> str:
    if isinstance(given, dict):
        given = (given.get("config") or {}).get("name")
    return str(given or "float32")


def _half(given: Any) -> bool:
    return _policy(given) in {"float16", "bfloat16", "mixed_float16", "mixed_bfloat16"}


def _foretell(facts: Facts) -> None:
    """Foretell how the gradient travels through a plain stack of Dense layers."""
    from advisor import meanfield, moments, remedies

    chain = []
    ends = {output.layer for output in facts.outputs}
    for number, layer in enumerate(facts.layers):
        if layer.kind != "Dense" or number in ends:
            continue
        name = _followed(facts, number)
        known = moments.known().get(name)
        if layer.drawn is None or known is None or layer.drawn[0] != 0 or not layer.drawn[1]:
            return
        chain.append((layer, name, meanfield.Link(layer.drawn[1], 0.0, layer.fan_in or 1, known)))
    straight = all(len(readers) <= 1 for readers in facts.readers)
    plain = tails.TRANSPARENT | _BENDS | {"Dense", "InputLayer", "Activation", "Normalization"}
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
        size=None,
        uncertain=any(step.grows > 3 for step in steps),  # noqa: PLR2004 - as in `signals`
        depth=len(chain),
        functions=tuple(name for _, name, _ in chain),
        remedy=None if remedy is None else (remedy.activation, remedy.initializer),
    )


def _followed(facts: Facts, number: int) -> str:
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
    from advisor.expressions import evaluate

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
        name = _followed(facts, number)
        if layer.kind != "Dense" or number in ends or name not in ACTIVATIONS or name == "linear":
            continue
        before = layer.function
        assert before is not None  # noqa: S101 - Dense layers have one
        z = seen[number] if before.name == "linear" else None
        if z is None:  # ReLU gives 0 exactly where it is off
            dead = (seen[number].reshape(-1, seen[number].shape[-1]) == 0).all(axis=0)
        else:
            slopes = np.abs(evaluate(ACTIVATIONS[name].df, x=z)) if ACTIVATIONS[name].df else None
            if slopes is None:
                continue
            dead = slopes.reshape(-1, slopes.shape[-1]).max(axis=0) < 1e-7  # noqa: PLR2004
        if len(rows) >= 32:  # noqa: PLR2004 - as in `gradients`
            facts.awake.append(Awake(layer.name, float(dead.mean()), None, name))
