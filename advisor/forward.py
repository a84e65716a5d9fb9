"""What a saved model of Dense layers predicts, computed by NumPy from the file's weights."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from advisor.activations import ACTIVATIONS
from advisor.errors import ModelFileError, shown
from advisor.expressions import evaluate
from advisor.tails import TRANSPARENT

if TYPE_CHECKING:
    from advisor.facts import Facts, Layer
    from advisor.saved import SavedModel

_WEIGHTS = 2 * 10**7
_DROPS = {name for name in TRANSPARENT if "Drop" in name or "Noise" in name}
_PASSES = _DROPS | {"Identity", "ActivityRegularization", "InputLayer"}
_MERGES = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}


def weights(file: SavedModel) -> dict[str, list[Any]]:
    """Return each layer's weights, by where they lie in the file.

    Raises:
        ModelFileError: they are missing, damaged, too many, linked to elsewhere or not finite.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(file.weights), "r") as opened:
            return _collect(opened, file.name)
    except ModelFileError:
        raise
    except Exception as error:  # noqa: BLE001 - h5py raises whatever it meets in damaged bytes
        raise ModelFileError(
            f"{shown(file.name, 50)} is refused: its weights are damaged ({type(error).__name__})."
        ) from None


def _collect(opened: Any, name: str) -> dict[str, list[Any]]:
    """Walk the groups, following no link."""
    import h5py
    import numpy as np

    found: dict[str, list[Any]] = {}
    waiting, total = [("", opened)], 0
    while waiting:
        path, group = waiting.pop()
        for key in group:
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ModelFileError(f"{shown(name, 50)} is refused: its weights hold a link.")
            item = group[key]
            place = f"{path}/{key}" if path else key
            if isinstance(item, h5py.Group):
                if not path and key == "optimizer":
                    continue
                if place.count("/") > 40 or len(waiting) > 4000:  # noqa: PLR2004
                    raise ModelFileError(
                        f"{shown(name, 50)} is refused: its weights nest too deep."
                    )
                waiting.append((place, item))
                continue
            if item.is_virtual or item.external or item.dtype.kind not in "fiu":
                raise ModelFileError(
                    f"{shown(name, 50)} is refused: its weights are no plain numbers."
                )
            total += int(item.size)
            if total > _WEIGHTS:
                raise ModelFileError(
                    f"{shown(name, 50)} is refused: it has more than {_WEIGHTS:,} weights."
                )
            values = np.asarray(item[()], "float64")
            if not np.isfinite(values).all():
                raise ModelFileError(f"{shown(name, 50)} is refused: a weight is NaN or infinite.")
            found.setdefault(path, []).append((int(key) if key.isdigit() else 0, values))
    return {p: [v for _, v in sorted(vs, key=lambda one: one[0])] for p, vs in found.items()}


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
    """Return what every layer gives; None where NumPy does not compute one of them."""
    import numpy as np

    if not file.weights or facts.dtype not in {"float32", "float64"}:
        return None
    if not all(_computes(layer) for layer in facts.layers):
        return None
    stored = weights(file)
    inputs = iter(X if isinstance(X, list) else [X])
    seen: list[Any] = []
    try:
        with np.errstate(all="ignore"):
            for layer in facts.layers:
                if layer.options.get("given"):
                    seen.append(np.asarray(next(inputs), "float64"))
                    continue
                given = [seen[n] for n in layer.inputs]
                path = layer.options.get("path", "")
                seen.append(_compute(layer, given, stored.get(f"{path}/vars", [])))
    except (ValueError, IndexError, KeyError, TypeError, StopIteration) as error:
        raise ModelFileError(
            f"{shown(file.name, 50)} is refused: its weights do not fit its layers "
            f"({type(error).__name__})."
        ) from None
    return seen


def _computes(layer: Layer) -> bool:
    kind, function = layer.kind, layer.function
    if kind in {"Dense", "Activation"}:
        return function is not None and (function.run is not None or function.name in ACTIVATIONS)
    if kind in {"Softmax", "ReLU", "LeakyReLU", "ELU", "Rescaling"}:
        return function is not None and (function.run is not None or function.name in ACTIVATIONS)
    if kind in {"BatchNormalization", "LayerNormalization", "Normalization"}:
        axis = layer.options.get("axis", -1)
        last = len(layer.arrives) if layer.arrives is not None else -1
        return axis in (-1, last, [-1], [last])
    return kind in _PASSES | _MERGES | {"Flatten", "Reshape", "PReLU"}


def _compute(layer: Layer, given: list[Any], stored: list[Any]) -> Any:
    import numpy as np

    kind, options = layer.kind, layer.options
    x = given[0]
    if kind in _PASSES:
        return x
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
    import functools

    import numpy as np

    if kind == "Concatenate":
        return np.concatenate(given, axis=options.get("axis", -1))
    if kind == "Average":
        return sum(given) / len(given)
    how = {"Add": np.add, "Subtract": np.subtract, "Multiply": np.multiply}
    how |= {"Maximum": np.maximum, "Minimum": np.minimum}
    return functools.reduce(how[kind], given)
