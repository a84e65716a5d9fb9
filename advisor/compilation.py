"""What a live model was compiled with: losses, metrics and the optimizer, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.facts import Loss, Metric, Optimizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.facts import Facts


def read(model: Any, facts: Facts) -> None:
    """Fill in what the model was compiled with."""
    facts.compiled = bool(getattr(model, "compiled", False))
    facts.own_step = _own_step(model)
    if not facts.compiled:
        return
    keys = [(output.name, output.also) for output in facts.outputs]
    losses = spread(getattr(model, "loss", None), keys)
    metrics = spread_metrics(model, keys)
    for output, loss, given in zip(facts.outputs, losses, metrics, strict=True):
        output.loss = None if loss is None else _loss(loss)
        output.metrics = tuple(_metric(one) for one in given)
        if output.loss is not None and output.loss.own:
            facts.own.append((facts.place("loss", output), output.loss.kind))
    facts.optimizer = _optimizer(getattr(model, "optimizer", None))


def _own_step(model: Any) -> bool:
    """Say whether the model's class trains, or computes its loss, in a way of its own."""
    base = backend.keras().Model
    return any(
        getattr(type(model), name, None) is not getattr(base, name, None)
        for name in ("train_step", "compute_loss")
    )


def names_in(model: Any, structure: str, names: Sequence[str]) -> list[str]:
    """Return the keys of a model's inputs or outputs where they are a dict, else their names."""
    given = getattr(model, structure, None)
    if isinstance(given, dict) and len(given) == len(names):
        keys = {key: str(key) for key in given}
        return list(backend.keras().tree.flatten(keys))  # in the order in which Keras has them
    return [str(name) for name in names]


def output_keys(model: Any) -> list[tuple[str, ...]]:
    """Return by which names each output may be called in a dict of losses."""
    names = list(getattr(model, "output_names", None) or ["output"])
    return list(zip(names_in(model, "_outputs_struct", names), names, strict=True))


def spread(given: Any, keys: Sequence[tuple[str, ...]]) -> list[Any]:
    """Return one of what was given for each output: alone, in a list or in a dict by name."""
    if isinstance(given, dict):
        return [next((given[k] for k in key if k in given), None) for key in keys]
    if isinstance(given, (list, tuple)):
        return (list(given) + [None] * len(keys))[: len(keys)]
    return [given] * len(keys)


def spread_metrics(model: Any, keys: Sequence[tuple[str, ...]]) -> list[list[Any]]:
    """Return the metrics of each output, as they were given."""
    compiled = getattr(model, "_compile_metrics", None)
    found: list[list[Any]] = [[] for _ in keys]
    for name in ("_user_metrics", "_user_weighted_metrics"):
        given = getattr(compiled, name, None)
        if not given:
            continue
        nested = isinstance(given, dict) or any(isinstance(g, (list, tuple)) for g in given)
        if len(keys) == 1 and not nested:
            found[0] += list(given)
            continue
        for mine, one in zip(found, spread(given, keys), strict=True):
            mine.extend(one if isinstance(one, (list, tuple)) else [] if one is None else [one])
    return found


def camel(name: str) -> str:
    """Write a function's name as Keras names its class: mean_squared_error."""
    return "".join(_CAPITALS.get(part, part.capitalize()) for part in name.split("_"))


_CAPITALS = {"kl": "KL", "crossentropy": "Crossentropy", "ctc": "CTC", "iou": "IoU"}


def _ours(thing: Any) -> bool:
    """Say whether a class or function is Keras' own."""
    kind = thing if hasattr(thing, "__name__") else type(thing)
    return str(getattr(kind, "__module__", "")).startswith("keras.")


def _loss(given: Any) -> Loss:
    keras = backend.keras()
    try:
        loss = keras.losses.get(given)
    except (ValueError, TypeError):
        return Loss(str(given)[:40], own=True)
    if isinstance(loss, keras.losses.Loss):
        name, own = type(loss).__name__, not _ours(type(loss))
        wrapped = getattr(loss, "fn", None)
        if name == "LossFunctionWrapper" and wrapped is not None:
            name, own = camel(wrapped.__name__), not _ours(wrapped)
        try:
            options = loss.get_config()
        except Exception:  # noqa: BLE001 - an own loss may not tell
            options = {}
        options = {k: v for k, v in options.items() if k not in {"name", "dtype", "fn"}}
        logits = bool(options.get("from_logits", False))
        return Loss(name, own, logits, options.get("reduction", loss.reduction), options)
    name = getattr(loss, "__name__", type(loss).__name__)
    own = not _ours(loss)
    return Loss(name if own else camel(name), own)


def _metric(given: Any) -> Metric:
    keras = backend.keras()
    if isinstance(given, str) and given.lower() in {"accuracy", "acc"}:
        return Metric(given, "accuracy")
    if isinstance(given, str) and given.lower() in {"crossentropy", "ce"}:
        return Metric(given, "crossentropy")
    try:
        metric = keras.metrics.get(given)
    except (ValueError, TypeError):
        return Metric(str(given)[:40], str(given)[:40], own=True)
    if isinstance(metric, keras.metrics.Metric):
        try:
            options = metric.get_config()
        except Exception:  # noqa: BLE001 - an own metric may not tell
            options = {}
        kind = type(metric)
        return Metric(
            str(getattr(metric, "name", kind.__name__)), kind.__name__, options, not _ours(kind)
        )
    name = getattr(metric, "__name__", type(metric).__name__)
    own = not _ours(metric)
    return Metric(name, name if own else camel(name), own=own)


def _optimizer(given: Any) -> Optimizer | None:
    if given is None:
        return None
    given = getattr(given, "inner_optimizer", given)
    rate = _rate(given)
    momentum = getattr(given, "momentum", 0.0)
    kind = type(given)
    name = kind.__name__ if _ours(kind) else f"{kind.__name__} (own)"
    return Optimizer(name, rate, float(momentum) if isinstance(momentum, (int, float)) else 0.0)


def _rate(optimizer: Any) -> float | None:
    """Return the learning rate, the first one of a schedule."""
    given: Any = getattr(optimizer, "_learning_rate", None)
    if hasattr(given, "get_config") and not hasattr(given, "assign"):
        try:
            return first_of_schedule(given.get_config())
        except NotImplementedError:
            return None
    try:
        return float(backend.keras().ops.convert_to_numpy(given))
    except (TypeError, ValueError, AttributeError):
        return None


def first_of_schedule(config: dict[str, Any]) -> float | None:
    """Return the largest learning rate that a schedule starts from or warms up to."""
    numbers = [config.get(k) for k in ("initial_learning_rate", "warmup_target")]
    numbers += list(config.get("values") or [])[:1]
    found = [float(n) for n in numbers if isinstance(n, (int, float))]
    return max(found) if found else None
