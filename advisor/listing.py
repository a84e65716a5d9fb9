"""A Keras model as the lines of plain Keras that make it."""

from __future__ import annotations

import inspect
from typing import Any

from advisor import backend
from advisor.compilation import output_keys, spread, spread_metrics

_SKIPPED = {"name", "dtype", "trainable", "quantization_config"}
_FEW = 6  # numbers of a list that are written out


def code(model: Any) -> str:
    """Return the model as code; what is not Keras' own is named and left out."""
    keras = backend.keras()
    if isinstance(model, keras.Sequential):
        lines = ["model = keras.Sequential([", *_given(model)]
        lines += [f"    {_layer(layer)}," for layer in model.layers] + ["])"]
    elif hasattr(model, "_nodes_by_depth"):
        lines = _functional(model)
    else:
        lines = [f"model = {type(model).__name__}()"]
    return "\n".join([*lines, *_compiled(keras, model)])


def _given(model: Any) -> list[str]:
    if not getattr(model, "inputs", None):
        return []
    return [f"    keras.Input({tuple(model.inputs[0].shape[1:])}),"]


def _functional(model: Any) -> list[str]:
    """Write a graph, one line a call."""
    keras = backend.keras()
    called: dict[int, str] = {}
    lines = []
    for number, tensor in enumerate(model.inputs):
        called[id(tensor)] = f"input_{number}"
        lines.append(f"input_{number} = keras.Input({tuple(tensor.shape[1:])})")
    depths = model._nodes_by_depth  # noqa: SLF001 - Keras has no public way to its graph
    for depth in sorted(depths, reverse=True):
        for node in depths[depth]:
            if node.is_input:
                continue
            reads = [called.get(id(t), "?") for t in node.arguments.keras_tensors]
            given = reads[0] if len(reads) == 1 else f"[{', '.join(reads)}]"
            name = node.operation.name.replace("-", "_")
            layer = node.operation
            made = (
                _layer(layer)
                if isinstance(layer, keras.layers.Layer)
                else f"keras.ops.{layer.name}"
            )
            for tensor in node.outputs:
                called[id(tensor)] = name
            lines.append(f"{name} = {made}({given})")
    ends = ", ".join(called.get(id(tensor), "?") for tensor in model.outputs)
    ends = ends if len(model.outputs) == 1 else f"[{ends}]"
    start = ", ".join(called[id(tensor)] for tensor in model.inputs)
    start = start if len(model.inputs) == 1 else f"[{start}]"
    return [*lines, f"model = keras.Model({start}, {ends})"]


def _layer(layer: Any) -> str:
    keras = backend.keras()
    if isinstance(layer, keras.Model):
        inner = ", ".join(_layer(one) for one in layer.layers)
        return f"keras.Sequential([{inner}])" if isinstance(layer, keras.Sequential) else layer.name
    if not type(layer).__module__.startswith("keras."):
        return f"{type(layer).__name__}()"
    return _call(f"keras.layers.{type(layer).__name__}", type(layer), layer.get_config())


def _call(name: str, kind: Any, config: dict[str, Any]) -> str:
    """Write a call with the options that are not the defaults."""
    parts: list[str] = []
    for key, parameter in inspect.signature(kind.__init__).parameters.items():
        if key in _SKIPPED or key not in config:
            continue
        value = config[key]
        if parameter.default is not inspect.Parameter.empty and _same(value, parameter.default):
            continue
        shown = _value(value)
        required = parameter.default is inspect.Parameter.empty
        parts.append(shown if required and not any("=" in p for p in parts) else f"{key}={shown}")
    policy = config.get("dtype")
    policy = (policy.get("config") or {}).get("name") if isinstance(policy, dict) else policy
    if policy and policy != backend.keras().config.dtype_policy().name:
        parts.append(f"dtype={policy!r}")
    return f"{name}({', '.join(parts)})"


def _same(value: Any, default: Any) -> bool:
    """Say whether an option is the default, whatever way it is written."""
    if value == default or (default is None and value in ("linear", [], "auto")):
        return True
    if isinstance(value, (list, tuple)):
        if isinstance(default, int) and all(one == default for one in value):
            return True
        return isinstance(default, (list, tuple)) and list(value) == list(default)
    if isinstance(value, dict) and isinstance(default, str):
        plain = not any(
            v is not None for k, v in (value.get("config") or {}).items() if k != "seed"
        )
        return plain and _snake(str(value.get("class_name"))) == default
    if isinstance(value, float) and isinstance(default, float):
        return abs(value - default) < 1e-6 * max(abs(default), 1e-9)
    return False


def _snake(name: str) -> str:
    import re

    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _value(value: Any) -> str:
    if isinstance(value, dict) and "class_name" in value:
        options = {
            k: v for k, v in (value.get("config") or {}).items() if v is not None and k != "seed"
        }
        inner = ", ".join(f"{k}={_value(v)}" for k, v in options.items() if k != "name")
        module = str(value.get("module") or "keras")
        if not inner and module == "keras.initializers":
            return repr(_snake(value["class_name"]))
        return f"{module}.{value['class_name']}({inner})"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        few = [_value(one) for one in value[:_FEW]]
        more = ["..."] if len(value) > _FEW else []
        return f"[{', '.join(few + more)}]"
    return repr(value)


def _compiled(keras: Any, model: Any) -> list[str]:
    """Write the compilation."""
    if not getattr(model, "compiled", False):
        return []
    optimizer = model.optimizer
    keys = output_keys(model)
    losses = [_thing(keras, "losses", one) for one in spread(model.loss, keys)]
    metrics = [
        [_thing(keras, "metrics", m) for m in given] for given in spread_metrics(model, keys)
    ]
    kind = f"keras.optimizers.{type(optimizer).__name__}"
    lines = [
        "model.compile(",
        f"    optimizer={_call(kind, type(optimizer), optimizer.get_config())},",
    ]
    lines.append(f"    loss={losses[0] if len(losses) == 1 else '[' + ', '.join(losses) + ']'},")
    if any(metrics):
        written = [f"[{', '.join(given)}]" for given in metrics]
        lines.append(
            f"    metrics={written[0] if len(written) == 1 else '[' + ', '.join(written) + ']'},"
        )
    return [*lines, ")"]


def _thing(keras: Any, shelf: str, given: Any) -> str:
    """Write a loss or a metric."""
    if given is None or isinstance(given, str):
        return repr(given)
    base = keras.losses.Loss if shelf == "losses" else keras.metrics.Metric
    if isinstance(given, base) and type(given).__module__.startswith("keras."):
        return _call(f"keras.{shelf}.{type(given).__name__}", type(given), given.get_config())
    return str(getattr(given, "__name__", type(given).__name__))
