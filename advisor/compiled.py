"""What a saved model was compiled with, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.compilation import camel, first_of_schedule, spread
from advisor.facts import Loss, Metric, Optimizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.facts import Facts

_SHORT = {
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
    "kld": "KLDivergence",
}


def read(config: Any, facts: Facts) -> None:
    """Fill in what a config says of the compilation."""
    if not isinstance(config, dict) or not config:
        return
    facts.compiled = True
    keys = [(output.name,) for output in facts.outputs]
    losses = spread(_bare(config.get("loss")), keys)
    metrics = _metrics(_bare(config.get("metrics")), keys)
    for output, loss, given in zip(facts.outputs, losses, metrics, strict=True):
        output.loss = None if loss is None else _loss(loss)
        output.metrics = tuple(_metric(one) for one in given)
    facts.optimizer = _optimizer(config.get("optimizer"))


@dataclass(frozen=True, slots=True)
class _Thing:
    """A class by its name, with its options."""

    kind: str
    options: dict[str, Any]


def _bare(given: Any) -> Any:
    """Turn serialised objects into names and options, nested as they were."""
    if isinstance(given, dict) and "class_name" in given:
        if given["class_name"] == "function":
            return given.get("config")
        return _Thing(str(given["class_name"]), given.get("config") or {})
    if isinstance(given, dict):
        return {str(key): _bare(value) for key, value in given.items()}
    if isinstance(given, list):
        return [_bare(value) for value in given]
    return given


def _metrics(given: Any, keys: Sequence[tuple[str, ...]]) -> list[list[Any]]:
    if not given:
        return [[] for _ in keys]
    nested = isinstance(given, dict) or any(isinstance(one, list) for one in given)
    if len(keys) == 1 and not nested:
        return [list(given)]
    parts = spread(given, keys)
    return [list(p) if isinstance(p, list) else [] if p is None else [p] for p in parts]


def _loss(given: Any) -> Loss:
    if isinstance(given, _Thing):
        kind = given.kind
        options = {k: v for k, v in given.options.items() if k not in {"name", "dtype", "fn"}}
        logits = bool(options.get("from_logits", False))
        reduction = options.get("reduction", "sum_over_batch_size")
        return Loss(kind, from_logits=logits, reduction=reduction, options=options)
    name = str(given)
    return Loss(_SHORT.get(name.lower()) or (camel(name) if name.islower() else name))


def _metric(given: Any) -> Metric:
    if isinstance(given, _Thing):
        return Metric(str(given.options.get("name", given.kind)), given.kind, given.options)
    name = str(given)
    if name.lower() in {"accuracy", "acc"}:
        return Metric(name, "accuracy")
    if name.lower() in {"crossentropy", "ce"}:
        return Metric(name, "crossentropy")
    return Metric(name, _SHORT.get(name.lower()) or (camel(name) if name.islower() else name))


def _optimizer(given: Any) -> Optimizer | None:
    if isinstance(given, str):
        return Optimizer(_CLASSES.get(given.lower(), given), None)
    if not isinstance(given, dict):
        return None
    kind, options = str(given.get("class_name")), given.get("config") or {}
    inner = options.get("inner_optimizer")
    if isinstance(inner, dict):
        return _optimizer(inner)
    rate = options.get("learning_rate")
    if isinstance(rate, dict):
        rate = first_of_schedule(rate.get("config") or {})
    momentum = options.get("momentum")
    return Optimizer(
        kind,
        float(rate) if isinstance(rate, (int, float)) else None,
        float(momentum) if isinstance(momentum, (int, float)) else 0.0,
    )


_CLASSES = {"adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop", "adamw": "AdamW", "nadam": "Nadam"}
