"""A model's last layer taken apart: what goes in, the weighted sum, the activation after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend

if TYPE_CHECKING:
    from collections.abc import Callable

_BATCH = 4096  # rows computed at once


@dataclass(frozen=True, slots=True)
class Head:
    """The last Dense layer of a model and the activations that follow it.

    Attributes:
        features: its inputs for the rows looked at, shape (n, width).
        kernel, bias: its weights, shapes (width, outputs) and (outputs,); bias may be None.
        activate: from the weighted sum z, shape (n, outputs), to the model's output.
    """

    features: Any
    kernel: Any
    bias: Any
    activate: Callable[[Any], Any]

    @property
    def z(self) -> Any:
        """The weighted sum before any activation, computed as Keras does, in its precision."""
        ops = backend.keras().ops
        bias = 0 if self.bias is None else ops.convert_to_tensor(self.bias)
        kernel = ops.convert_to_tensor(self.kernel)
        return _run(lambda rows: ops.matmul(rows, kernel) + bias, self.features)


def outputs_of(model: Any, X: Any) -> Any:
    """Return what the model predicts, float64, without tracing or changing it."""
    return _run(lambda rows: model(rows, training=False), X)


def take_apart(model: Any, X: Any) -> Head | None:
    """Return the model's head on these rows; None where it does not end in a Dense layer.

    Activation, Softmax, ReLU and the like after the Dense layer, and nested models, are followed;
    the model is not changed.
    """
    keras = backend.keras()
    try:
        found = _find(model, keras, lambda rows: rows)
    except (AttributeError, ValueError, IndexError):  # a subclassed model shows no graph
        return None
    if found is None:
        return None
    before, dense, after = found
    kernel = _numpy(keras.ops.cast(dense.kernel, dense.compute_dtype))
    bias = _numpy(keras.ops.cast(dense.bias, dense.compute_dtype)) if dense.use_bias else None

    def activate(z: Any) -> Any:
        def tail(rows: Any) -> Any:
            rows = rows if dense.activation is None else dense.activation(rows)
            for layer in after:
                rows = layer(rows, training=False)
            return rows

        return _run(tail, z.astype(kernel.dtype))

    features = _run(before, X).astype(kernel.dtype)
    return Head(features, kernel, bias, activate)


def _run(function: Callable[[Any], Any], rows: Any) -> Any:
    """Call a Keras function on rows in bounded batches; give float64."""
    import numpy as np

    keras = backend.keras()
    parts = [
        _numpy(function(keras.ops.convert_to_tensor(rows[i : i + _BATCH])))
        for i in range(0, len(rows), _BATCH)
    ]
    return np.concatenate(parts).astype(np.float64)


def _numpy(tensor: Any) -> Any:
    return backend.keras().ops.convert_to_numpy(tensor)


def _find(model: Any, keras: Any, before: Callable[[Any], Any]) -> Any:
    """Walk back from the output to the last Dense layer: (what comes before it, it, the rest)."""
    after: list[Any] = []
    for layer, inner in _backwards(model, keras, before):
        if isinstance(layer, keras.layers.Dense):
            return inner, layer, after
        if isinstance(layer, keras.Model):
            found = _find(layer, keras, inner)
            return None if found is None else (found[0], found[1], [*found[2], *after])
        if not isinstance(layer, _followed(keras)):
            return None
        after.insert(0, layer)
    return None


def _followed(keras: Any) -> tuple[type, ...]:
    """List the layers that act on each output by itself, or on the row of outputs."""
    names = "Activation Softmax ReLU LeakyReLU ELU PReLU Dropout ActivityRegularization Identity"
    return tuple(getattr(keras.layers, name) for name in names.split())


def _backwards(model: Any, keras: Any, before: Callable[[Any], Any]) -> Any:
    """Give each layer from the last one back, with the function from X to that layer's input."""
    if isinstance(model, keras.Sequential):
        for last in range(len(model.layers) - 1, -1, -1):
            yield model.layers[last], _through(model.layers[:last], before)
        return
    tensor = model.outputs[0]
    while True:
        layer, node, _ = tensor._keras_history  # noqa: SLF001 - Keras has no public way back
        if isinstance(layer, keras.layers.InputLayer):
            return
        tensor = layer._inbound_nodes[node].input_tensors[0]  # noqa: SLF001
        yield layer, _up_to(model, tensor, keras, before)


def _through(layers: list[Any], before: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(rows: Any) -> Any:
        rows = before(rows)
        for layer in layers:
            rows = layer(rows, training=False)
        return rows

    return run


def _up_to(
    model: Any, tensor: Any, keras: Any, before: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """Compute a functional model up to one tensor, with its own layers and no new ones."""

    def run(rows: Any) -> Any:
        if any(tensor is given for given in model.inputs):
            return before(rows)
        return keras.Model(model.inputs, tensor)(before(rows), training=False)

    return run
