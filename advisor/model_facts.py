"""The facts of a live Keras model; nothing is run but functions that are in no table."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from advisor import backend, compilation, followers, tails, variances
from advisor.activations import ACTIVATIONS
from advisor.behaviours import Function
from advisor.compilation import names_in
from advisor.facts import Facts, Initializer, Layer, Output

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = [
    "units",
    "filters",
    "rate",
    "axis",
    "negative_slope",
    "max_value",
    "threshold",
    "alpha",
    "scale",
    "offset",
    "invert",
    "return_sequences",
    "input_dim",
    "output_dim",
    "padding",
    "strides",
    "use_bias",
    "data_format",
]
_HALF = {"float16", "bfloat16"}
_WEIGHTED = {"Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D"}
_WEIGHTED |= {"SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D", "Conv1DTranspose"}
_WEIGHTED |= {"Conv2DTranspose", "Conv3DTranspose"}


def read(model: Any) -> Facts:
    """Return what a `keras.Model` is; it is not changed."""
    keras = backend.keras()
    walk = _Walk(keras)
    graph = walk.graph_of(model)
    own_call = graph is None and not isinstance(model, keras.Sequential)
    ends: list[int | None]
    if graph is not None:
        known: dict[int, int] = {}
        entries = [t._keras_history.operation.name for t in graph.inputs]  # noqa: SLF001
        entries = names_in(graph, "_inputs_struct", entries)
        for name, tensor in zip(entries, graph.inputs, strict=True):
            options = {"given": True, "dtype": str(tensor.dtype)}
            layer = Layer(name, "InputLayer", shape=_shape(tensor), options=options)
            known[id(tensor)] = walk.add(layer)
        ends = list(walk.functional(graph, known, ""))
    elif not own_call:
        ends = [walk.chain(model.layers, walk.add(Layer("input", "InputLayer")), "")]
    else:
        walk.own.append((model.name, f"{type(model).__name__}.call"))
        ends = [None]
    own = list(getattr(model, "output_names", None) or [f"output {i}" for i in range(len(ends))])
    names = names_in(model, "_outputs_struct", own)
    facts = Facts(
        name=model.name,
        layers=walk.layers,
        outputs=[Output(number, names[number], str(own[number])) for number in range(len(ends))],
        backend=keras.backend.backend(),
        built=bool(model.built),
        own=walk.own,
        dtype=model.dtype_policy.name,
    )
    facts.link()
    for output, end in zip(facts.outputs, ends, strict=True):
        tails.follow(facts, output, end)
        output.half = end is not None and facts.layers[end].options.get("policy") in _HALF
    compilation.read(model, facts)
    return facts


class _Walk:
    """Lays a model's layers out flat, in the order in which data passes them."""

    def __init__(self, keras: Any) -> None:
        self.keras = keras
        self.layers: list[Layer] = []
        self.own: list[tuple[str, str]] = []

    def add(self, layer: Layer) -> int:
        self.layers.append(layer)
        return len(self.layers) - 1

    def graph_of(self, model: Any) -> Any:
        """Return the functional graph that a model runs; None where it has none, or its own call."""
        if isinstance(model, self.keras.Sequential):
            same = type(model).call is self.keras.Sequential.call
            return getattr(model, "_functional", None) if same else None
        return model if type(model).call is _functional_call() else None

    def functional(self, graph: Any, known: dict[int, int], around: str) -> tuple[int | None, ...]:
        """Add a graph's layers; `known` maps tensors to the numbers of the layers they come from."""
        depths = graph._nodes_by_depth  # noqa: SLF001 - Keras has no public way to its graph
        for depth in sorted(depths, reverse=True):
            for node in depths[depth]:
                if node.is_input:
                    continue
                sources = tuple(
                    known[id(t)] for t in node.arguments.keras_tensors if id(t) in known
                )
                for tensor, number in zip(node.outputs, self._node(node, sources, around)):  # noqa: B905
                    known[id(tensor)] = number
        return tuple(known.get(id(tensor)) for tensor in graph.outputs)

    def chain(self, layers: Any, source: int, around: str) -> int:
        """Add layers that follow each other, of a model whose shapes are not known yet."""
        for layer in layers:
            if isinstance(layer, self.keras.Model):
                graph = self.graph_of(layer)
                if graph is not None:
                    known = {id(graph.inputs[0]): source}
                    source = self.functional(graph, known, f"{around}{layer.name}/")[0] or source
                    continue
                if isinstance(layer, self.keras.Sequential):
                    source = self.chain(layer.layers, source, f"{around}{layer.name}/")
                    continue
            source = self.add(self._layer(layer, (source,), around, None))
        return source

    def _node(self, node: Any, sources: tuple[int, ...], around: str) -> list[int]:
        """Add what one call does; return the numbers that its outputs come from."""
        operation = node.operation
        if isinstance(operation, self.keras.Model):
            graph = self.graph_of(operation)
            if graph is not None and len(graph.inputs) == len(sources):
                inner = {id(t): source for t, source in zip(graph.inputs, sources, strict=True)}
                ends = self.functional(graph, inner, f"{around}{operation.name}/")
                if None not in ends:
                    return [end for end in ends if end is not None]
        number = self.add(self._layer(operation, sources, around, node))
        return [number] * len(node.outputs)

    def _layer(self, layer: Any, sources: tuple[int, ...], around: str, node: Any) -> Layer:
        kind, name = type(layer).__name__, around + layer.name
        ours = type(layer).__module__.startswith("keras.")
        made = Layer(name, kind, sources, options=_options(layer), trainable=_trains(layer))
        made.options["policy"] = getattr(layer, "compute_dtype", None)
        if node is not None:
            made.shape = _shape(node.outputs[0])
            given = node.arguments.keras_tensors
            made.arrives = _shape(given[0]) if given else None
        if kind == "Lambda" or not ours or isinstance(layer, self.keras.Model):
            made.own = True
            self.own.append((name, kind))
            if kind == "Lambda" and made.shape is not None and made.shape == made.arrives:
                made.function = Function(kind, _runner(layer))
            return made
        if kind == "TimeDistributed":
            made.kind, made.options["distributed"] = type(layer.layer).__name__, True
            made.options.update(_options(layer.layer))
            layer = layer.layer
        if kind == "Bidirectional":
            made.function = _function(layer.forward_layer.activation)
        elif made.kind in _WEIGHTED or hasattr(layer, "recurrent_initializer"):
            made.function = _function(layer.activation)
            _kernel(made, layer)
        else:
            made.function = _as_function(layer, node)
        return made


@functools.cache
def _functional_call() -> Any:
    keras = backend.keras()
    probe = keras.Input((1,))
    return type(keras.Model(probe, probe)).call


def _shape(tensor: Any) -> tuple[int | None, ...] | None:
    shape = getattr(tensor, "shape", None)
    return None if shape is None else tuple(shape[1:])


def _trains(layer: Any) -> bool:
    return bool(getattr(layer, "trainable", True))


def _options(layer: Any) -> dict[str, Any]:
    own = vars(layer)
    found = {name: own[name] for name in _OPTIONS if name in own}
    if type(layer).__name__ == "Normalization":
        mean, variance = getattr(layer, "mean", None), getattr(layer, "variance", None)
        if mean is not None and variance is not None:
            found["mean"], found["variance"] = _numpy(mean), _numpy(variance)
    return found


def _kernel(made: Layer, layer: Any) -> None:
    """Fill in how a layer's kernel is drawn."""
    own = vars(layer)
    initializer = own.get("kernel_initializer") or own.get("depthwise_initializer")
    if initializer is None:
        return
    made.kernel = Initializer(type(initializer).__name__, _plain(initializer))
    kernel = own.get("_kernel", own.get("kernel")) if layer.built else None
    if kernel is None or hasattr(layer, "recurrent_initializer"):
        return
    shape = tuple(kernel._shape)  # noqa: SLF001 - a tuple; `.shape` of a TensorFlow variable is slow
    made.drawn = variances.of(initializer, shape)
    made.fan_in = 1
    for size in shape[:-2] if "Depthwise" in made.kind else shape[:-1]:
        made.fan_in *= size
    made.weights = functools.partial(_numpy, kernel)


def _plain(initializer: Any) -> dict[str, Any]:
    return {k: v for k, v in vars(initializer).items() if isinstance(v, (int, float, str))}


def _function(function: Any) -> Function:
    """Return a layer's `activation` as the rules see it."""
    name = followers.of_function(function).name
    return Function(name) if name in ACTIVATIONS else Function(name, _runner(function))


def _as_function(layer: Any, node: Any) -> Function | None:
    """Return what an activation layer, or an operation on one tensor, does; None for others."""
    kind = type(layer).__name__
    if kind == "Softmax" and layer.axis not in (-1, len(node.outputs[0].shape) - 1 if node else -1):
        return Function("softmax over another axis")
    follower = followers.of_layer(layer)
    if follower is not None:
        listed = follower.name in ACTIVATIONS
        return Function(follower.name) if listed else Function(follower.name, _runner(layer))
    if kind == "Rescaling":
        scale, offset = layer.scale, layer.offset
        return Function("Rescaling", lambda z: z * scale + offset)
    if type(layer).__module__.startswith("keras.src.ops.") and node is not None:
        arguments = node.arguments
        if (
            len(arguments.keras_tensors) == 1
            and node.outputs[0].shape == node.input_tensors[0].shape
        ):
            return Function(kind.lower(), _operation(layer, arguments))
    return None


def _runner(function: Any) -> Callable[[Any], Any]:
    """Return a Keras function, or a layer without weights, on arrays."""

    def run(z: Any) -> Any:
        tensor = backend.keras().ops.convert_to_tensor(z.astype("float32"))
        return _numpy(function(tensor))

    return run


def _operation(operation: Any, arguments: Any) -> Callable[[Any], Any]:
    """Return an operation with the constants it was given, on arrays."""

    def run(z: Any) -> Any:
        keras = backend.keras()
        tensor = keras.ops.convert_to_tensor(z.astype("float32"))
        args, options = keras.tree.map_structure(
            lambda given: tensor if isinstance(given, keras.KerasTensor) else given,
            (list(arguments.args), dict(arguments.kwargs)),
        )
        return _numpy(operation.call(*args, **options))

    return run


def _numpy(tensor: Any) -> Any:
    return backend.keras().ops.convert_to_numpy(tensor)
