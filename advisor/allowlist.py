"""What a saved model may name: classes and functions of Keras that do nothing but compute.

The list lies beside this file, so that reading a file needs no Keras; `python -m advisor.allowlist`
makes it anew, and a test compares it with the Keras that is installed.
"""

from __future__ import annotations

import functools
import inspect
import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("allowlist.json")

# layers that run code, read files or wrap other frameworks, and operations that take functions
_REFUSED = {
    "Lambda",
    "TFSMLayer",
    "JaxLayer",
    "FlaxLayer",
    "TorchModuleWrapper",
    "Wrapper",
    "Pipeline",
    "Layer",
    "RNN",
    "Map",
    "Scan",
    "AssociativeScan",
    "Switch",
    "WhileLoop",
    "ForiLoop",
    "Fori",
    "While",
    "VectorizedMap",
    "CustomGradient",
    "Cond",
    "StatelessScope",
    "Vectorize",
    "ApplyAlongAxis",
    "Function",
    "JVP",
    "LossFunctionWrapper",
    "MeanMetricWrapper",
    # what the others are made of
    "Constraint",
    "Initializer",
    "LearningRateSchedule",
    "Loss",
    "Metric",
    "Operation",
    "Optimizer",
    "Regularizer",
    "SegmentReduction",
}
_OPERATIONS = ["nn", "numpy", "core", "math", "image", "linalg", "einops"]


@functools.cache
def allowed() -> dict[str, frozenset[str]]:
    """Return which classes of which module, and which functions, a file may name."""
    table = json.loads(FILE.read_text(encoding="utf-8"))
    return {module: frozenset(names) for module, names in table.items()}


def make() -> dict[str, list[str]]:
    """Return the list for the Keras that is installed."""
    from advisor import backend

    keras = backend.keras()
    found: dict[str, list[str]] = {
        "keras": ["DTypePolicy", "Functional", "Sequential"],
        "keras.src.models.functional": ["Functional"],
        "keras.src.models.sequential": ["Sequential"],
    }
    kinds = {
        "keras.layers": (keras.layers, keras.layers.Layer),
        "keras.initializers": (keras.initializers, keras.initializers.Initializer),
        "keras.regularizers": (keras.regularizers, keras.regularizers.Regularizer),
        "keras.constraints": (keras.constraints, keras.constraints.Constraint),
        "keras.optimizers": (keras.optimizers, keras.optimizers.Optimizer),
        "keras.losses": (keras.losses, keras.losses.Loss),
        "keras.metrics": (keras.metrics, keras.metrics.Metric),
        "keras.optimizers.schedules": (
            keras.optimizers.schedules,
            keras.optimizers.schedules.LearningRateSchedule,
        ),
    }
    for name, (module, base) in kinds.items():
        listed = (f"{name}.{one}" for one in _classes(module, base))
        found[name] = [full.rpartition(".")[2] for full in listed if _saved_as(keras, full)]
    for name in _OPERATIONS:
        module = getattr(keras.src.ops, name, None)
        if inspect.ismodule(module):
            found[f"keras.src.ops.{name}"] = _classes(module, keras.src.ops.operation.Operation)
    found["functions"] = sorted(
        {
            name
            for kind in ("activations", "losses", "metrics")
            for name, one in _by_name(keras, kind).items()
            if inspect.isfunction(one)
        }
    )
    taken = set().union(*found.values())
    found["words"] = sorted(
        {
            name
            for kind in (
                "losses",
                "metrics",
                "initializers",
                "regularizers",
                "constraints",
                "optimizers",
            )
            for name, one in _by_name(keras, kind).items()
            if getattr(one, "__name__", "") in taken
        }
    )
    return found


def _saved_as(keras: Any, full: str) -> bool:
    """Say whether a file calls a class so; other names of it are for people."""
    export = keras.src.api_export
    return bool(export.get_name_from_symbol(export.get_symbol_from_name(full)) == full)


def _by_name(keras: Any, kind: str) -> dict[str, Any]:
    """Return by which names Keras finds things of a kind."""
    module = getattr(keras.src, kind)
    return {str(k): v for k, v in module.ALL_OBJECTS_DICT.items() if k is not None}


def _classes(module: Any, base: type) -> list[str]:
    return sorted(
        name
        for name, one in vars(module).items()
        if inspect.isclass(one)
        and issubclass(one, base)
        and name not in _REFUSED
        and name[0] != "_"
    )


def main() -> None:
    """Write the list."""
    FILE.write_text(json.dumps(make(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
