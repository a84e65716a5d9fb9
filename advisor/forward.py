"""What a saved model of Dense layers predicts, computed by NumPy from the file's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor.activations import ACTIVATIONS
from advisor.archive import refused
from advisor.expressions import evaluate
from advisor.file_layers import policy
from advisor.tails import TRANSPARENT

if TYPE_CHECKING:
    from advisor.facts import Facts, Layer
    from advisor.saved import SavedModel

_DROPS = {name for name in TRANSPARENT if "Drop" in name or "Noise" in name}
_PASSES = _DROPS | {"Identity", "ActivityRegularization", "InputLayer"}
_FLOATS = {"float32", "float64"}
# operations whose result does not depend on how they are called
_OPERATIONS = {"Relu", "Relu6", "Sigmoid", "Silu", "Softplus", "Softsign", "Selu", "Tanh"}
# Keras sums more than the support where it is wide (3.15.1), so its rows do not add up to 1
_OTHERWISE = {"sparsemax"}
_WORK = 10**10  # multiplications, some seconds of them; Keras has limits of its own for more
_NUMBER = 100  # of them for each number that a layer reads, which has its place in memory as well
_ALTERED = ("renorm", "rms_scaling", "lora_rank", "quantization_config")
_MERGES = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}


def weights(file: SavedModel) -> dict[str, list[Any]]:
    """Return each layer's weights, by where they lie in the file.

    Raises:
        ModelFileError: they are missing, damaged, too many, linked to elsewhere or not finite.
    """
    import numpy as np

    from advisor import file_weights

    found = file.tree
    arrays: dict[str, dict[int, Any]] = {}
    for path, one in found.datasets.items():
        group, _, number = path.rpartition("/")
        if path.startswith("optimizer/") or not number.isdigit():
            continue
        if not file_weights.finite(one, file.weights):
            raise refused(file.name, "a weight is NaN or infinite")
        arrays.setdefault(group, {})[int(number)] = np.asarray(one.array(file.weights), "float64")
    return {group: [many[n] for n in sorted(many)] for group, many in arrays.items()}


def predict(file: SavedModel, facts: Facts, X: Any) -> list[Any] | None:
    """Return each output's prediction; None where a layer is none that NumPy computes here.

    Args:
        file: with its weights.
        facts: of the file.
        X: an array, or one for each input.

    Raises:
        ModelFileError: the weights do not fit the config.
    """
    seen = values(file, facts, X)
    if seen is None:
        return None
    return [seen[output.end] for output in facts.outputs if output.end is not None]


def values(file: SavedModel, facts: Facts, X: Any) -> list[Any] | None:
    """Return what every layer gives; None where NumPy does not compute it, or not in some seconds."""
    import numpy as np

    if not file.weights or not facts.built or facts.dtype not in _FLOATS:
        return None
    if not all(_computes(layer) for layer in facts.layers):
        return None
    stored = weights(file)
    inputs = iter(X if isinstance(X, list) else [X])
    seen: list[Any] = []
    left = _WORK
    try:
        with np.errstate(all="ignore"):
            for layer in facts.layers:
                if layer.options.get("given"):
                    seen.append(np.asarray(np.asarray(next(inputs), "float32"), "float64"))
                    continue
                given = [seen[n] for n in layer.inputs]
                each = max(_NUMBER, layer.options.get("units", 0) if layer.kind == "Dense" else 0)
                left -= each * sum(one.size for one in given)
                if left < 0:
                    return None
                path = layer.options.get("path", "")
                path += "/layer" if layer.options.get("distributed") else ""
                seen.append(_compute(layer, given, stored.get(f"{path}/vars", [])))
                if seen[-1] is None:
                    return None
    except MemoryError:
        return None
    except (ValueError, IndexError, KeyError, TypeError, StopIteration) as error:
        why = f"its weights do not fit its layers ({type(error).__name__})"
        raise refused(file.name, why) from None
    return seen


def sums(file: SavedModel, layer: Layer, x: Any) -> Any:
    """Return the weighted sums of a Dense layer, before any activation."""
    import numpy as np

    own = (file.tree.datasets.get(f"{layer.options['path']}/vars/{n}") for n in (0, 1))
    kernel, *bias = (np.asarray(one.array(file.weights), "float64") for one in own if one)
    return x @ kernel + (bias[0] if bias else 0.0)


def _computes(layer: Layer) -> bool:
    kind, options = layer.kind, layer.options
    if kind == "InputLayer":
        return policy(options.get("dtype")) in _FLOATS
    if policy(options.get("policy")) not in _FLOATS or any(options.get(key) for key in _ALTERED):
        return False
    if str(options.get("module")).startswith("keras.src.ops."):
        return kind in _OPERATIONS and len(layer.inputs) == 1
    if options.get("distributed") and kind != "Dense":
        return False
    if kind in {"Dense", "Activation", "Softmax", "ReLU", "LeakyReLU", "ELU", "Rescaling"}:
        function = layer.function
        if function is None or function.name in _OTHERWISE:
            return False
        return function.run is not None or function.name in ACTIVATIONS
    if kind in {"BatchNormalization", "LayerNormalization", "Normalization"}:
        axis = options.get("axis", -1)
        last = len(layer.arrives) if layer.arrives is not None else -1
        return axis in (-1, last, [-1], [last])
    if kind == "Flatten":
        return options.get("data_format") != "channels_first"
    return kind in _PASSES | _MERGES | {"Reshape", "PReLU"}


def _compute(layer: Layer, given: list[Any], stored: list[Any]) -> Any:
    import numpy as np

    kind, options = layer.kind, layer.options
    x = given[0]
    if kind in _PASSES:
        return x
    if str(options.get("module")).startswith("keras.src.ops."):
        return _apply(layer, x)
    if kind == "Dense":
        kernel = stored[0]
        if kernel.ndim != 2 or kernel.shape[1] != options.get("units"):  # noqa: PLR2004
            raise ValueError("a kernel of another shape")
        z = x @ kernel
        return _apply(layer, z + stored[1] if options.get("use_bias", True) else z)
    if kind == "Flatten":
        return x.reshape(len(x), -1)
    if kind == "Reshape":
        return x.reshape(len(x), *options["target_shape"])
    if kind == "PReLU":
        return np.where(x > 0, x, stored[0] * x)
    if kind == "BatchNormalization":
        return _normalised(layer, x, stored)
    if kind == "LayerNormalization":
        return _by_layer(layer, x, stored)
    if kind == "Normalization":
        return _standardised(layer, x, stored)
    if kind in _MERGES:
        return _merge(kind, options, given)
    return _apply(layer, x)


def _apply(layer: Layer, z: Any) -> Any:
    function = layer.function
    assert function is not None  # noqa: S101 - `_computes` saw to it
    if function.run is not None:
        return function.run(z)
    return z if function.name == "linear" else evaluate(ACTIVATIONS[function.name].f, x=z)


def _normalised(layer: Layer, x: Any, stored: list[Any]) -> Any:
    """Batch normalisation as in prediction: with the moving mean and variance."""
    import numpy as np

    options, left = layer.options, list(stored)
    gamma = left.pop(0) if options.get("scale", True) else 1.0
    beta = left.pop(0) if options.get("center", True) else 0.0
    mean, variance = left
    return (x - mean) / np.sqrt(variance + options.get("epsilon", 1e-3)) * gamma + beta


def _by_layer(layer: Layer, x: Any, stored: list[Any]) -> Any:
    import numpy as np

    options, left = layer.options, list(stored)
    gamma = left.pop(0) if options.get("scale", True) else 1.0
    beta = left.pop(0) if options.get("center", True) else 0.0
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + options.get("epsilon", 1e-3)) * gamma + beta


def _standardised(layer: Layer, x: Any, stored: list[Any]) -> Any:
    import numpy as np

    mean, variance = layer.options.get("mean"), layer.options.get("variance")
    if mean is None or variance is None:
        mean, variance = stored[0], stored[1]
    mean, deviation = np.asarray(mean), np.maximum(np.sqrt(variance), 1e-7)
    return x * deviation + mean if layer.options.get("invert") else (x - mean) / deviation


def _merge(kind: str, options: dict[str, Any], given: list[Any]) -> Any:
    """Merge arrays; None where Keras would line up ranks in its own way."""
    import functools

    import numpy as np

    if len({one.ndim for one in given}) > 1:
        return None
    if kind == "Concatenate":
        return np.concatenate(given, axis=options.get("axis", -1))
    if kind == "Average":
        return sum(given) / len(given)
    how = {"Add": np.add, "Subtract": np.subtract, "Multiply": np.multiply}
    how |= {"Maximum": np.maximum, "Minimum": np.minimum}
    return functools.reduce(how[kind], given)
