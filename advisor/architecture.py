"""What makes two models the same program: layers and settings, not names, weights or seeds."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import warnings
from typing import Any

from advisor import backend

_STEPS = ("train_step", "test_step", "call", "compute_loss", "compute_metrics")


def key(model: Any, *, named: bool) -> str | None:
    """Return a key that models with the same compiled step share; None where that is not sure.

    It is sure where the model and all it is compiled with are Keras' own objects: those are their
    configuration and their variables, and nothing else. A layer that holds constants which are no
    variables (Normalization's mean) has them in the key.

    Args:
        model: a compiled, built Keras model.
        named: inputs or targets are found by the names of layers, so names matter.
    """
    if any(name in vars(model) for name in _STEPS):
        return None
    try:
        keras = backend.keras()
        first = "tensorflow" not in sys.modules  # then, on JAX, Keras imports it to look at types
        with warnings.catch_warnings(), backend.silence() if first else contextlib.nullcontext():
            warnings.simplefilter("ignore")  # of a lambda, which is not Keras' own
            config = keras.saving.serialize_keras_object(model)
            compiled = model.get_compile_config()
        names: dict[str, str] | None = None if named else {}
        parts = [_plain(config, names), _plain(compiled, names), settings()]
        digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    except (_NotStockError, TypeError, ValueError, NotImplementedError):
        return None
    for constant in _constants(model):
        digest.update(constant)
    return digest.hexdigest()


def variables(model: Any) -> list[Any]:
    """Return every variable that a step reads or writes, in an order that models share."""
    found = [*model.variables, *model.metrics_variables]
    if model.optimizer is not None:
        found += model.optimizer.variables
    return list({id(variable): variable for variable in found}.values())


class _NotStockError(Exception):
    """Something that is not Keras' own."""


def _plain(node: Any, names: dict[str, str] | None, parent: str = "") -> Any:
    """Copy a configuration without what does not change the program.

    Raises:
        _NotStockError: an object of somebody else's.
    """
    if isinstance(node, dict):
        if "class_name" in node and "module" in node and not _is_stock(node):
            raise _NotStockError
        policy = str(node.get("class_name", "")).endswith("Policy")
        return {
            name: _plain(value, None if policy else names, name)
            for name, value in node.items()
            if not _is_state(name, value)
        }
    if isinstance(node, (list, tuple)):
        return [_plain(value, names, parent) for value in node]
    if isinstance(node, str) and names is not None and parent in _NAMES:
        return names.setdefault(node, f"#{len(names)}")
    return node


_NAMES = {"name", "keras_history", "input_layers", "output_layers"}  # where layers are named


def _is_stock(node: dict[str, Any]) -> bool:
    module = str(node["module"]).split(".")[0]
    return module == "keras" and node["class_name"] not in {"function", "__lambda__"}


def _is_state(name: str, value: Any) -> bool:
    """Say whether a setting only starts a variable, which moves with the model."""
    if name == "learning_rate":
        return not isinstance(value, dict)  # a schedule is part of the program
    return name in {"seed", "build_config", "build_input_shape"} or name.endswith("_initializer")


def settings() -> list[Any]:
    """List the global settings that a compiled step holds."""
    config = backend.keras().config
    dtypes = config.floatx(), config.dtype_policy().name
    return [*dtypes, config.epsilon(), config.image_data_format(), config.backend()]


def _constants(model: Any) -> Any:
    """Give the bytes of every array that a layer holds beside its variables."""
    import numpy as np

    for layer in model._flatten_layers():  # noqa: SLF001 - the only way into wrapped layers
        for name, value in sorted(vars(layer).items()):
            if hasattr(value, "__array__") and hasattr(value, "dtype") and not _is_open(value):
                yield name.encode()
                yield np.asarray(value).tobytes()


def _is_open(value: Any) -> bool:
    """Say whether a value is no constant: a variable, or a placeholder."""
    return hasattr(value, "assign") or type(value).__name__ == "KerasTensor"
