"""A model repaired: the changes that rules name, made on a copy."""

from __future__ import annotations

import difflib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend, listing
from advisor.changes import Insert, MapLabels, Remove, SetLoss, SetMetric, SetOptions, SetStep
from advisor.compilation import output_keys, spread, spread_metrics
from advisor.diagnosis import Report, check
from advisor.errors import OptionError
from advisor.expressions import evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from advisor.changes import Change

_ROUNDS = 12  # a repair may bring to light what was hidden behind it


@dataclass(frozen=True, slots=True)
class Mended:
    """A repaired model.

    Attributes:
        model: compiled.
        report: of `check` on it.
        applied: the changes, in order.
        maps: for each output, the line that maps its labels.
        diff: the change as plain Keras code.
    """

    model: Any
    report: Report
    applied: tuple[Change, ...]
    maps: dict[int, str]
    diff: str

    def labels(self, y: Any) -> Any:
        """Return y as the repaired model takes it."""
        if not self.maps:
            return y
        if len(self.report.facts.outputs) == 1:
            return _mapped(y, self.maps[0])
        if isinstance(y, dict):
            outputs = self.report.facts.outputs
            lines = {n: self.maps.get(o.number) for o in outputs for n in (o.name, o.also)}
            return {name: _mapped(part, lines.get(name)) for name, part in y.items()}
        return [_mapped(one, self.maps.get(number)) for number, one in enumerate(y)]


def _mapped(y: Any, line: str | None) -> Any:
    import numpy as np

    if line is None:
        return y
    return evaluate(line.removeprefix("y = "), y=np.asarray(y))


def mend(report: Report) -> Mended:
    """Repair root causes one by one, looking anew after each.

    Raises:
        OptionError: no finding names a change.
    """
    model = opened(report.subject)
    X, y = report.data
    rules = sorted({*report.passed, *(f.code for f in report.findings), *_blind(report)})
    applied: list[Change] = []
    maps: dict[int, str] = {}
    tried: set[tuple[str, str]] = set()
    now = report
    for _ in range(_ROUNDS):
        cause = next(
            (f for f in now.findings if f.changes and (f.code, repr(f.changes)) not in tried), None
        )
        if cause is None or (now.ok and cause.severity == "hint" and applied):
            break
        tried.add((cause.code, repr(cause.changes)))
        model = apply(model, cause.changes)
        applied += cause.changes
        for change in cause.changes:
            if isinstance(change, MapLabels):
                maps[change.output] = change.line
                y = Mended(model, now, (), maps, "").labels(report.data[1])
        now = check(model, X, y, report.task, select=rules, ignore=[])
    if not applied:
        raise OptionError(
            "There is nothing to repair."
            if not report.findings
            else "No finding names a change of the model: see what each says of its repair."
        )
    return Mended(model, now, tuple(applied), maps, _diff(report, model, maps))


def _blind(report: Report) -> list[str]:
    return [code for code, _, _ in report.not_applicable]


def opened(subject: Any) -> Any:
    """Return the model; of a file, let Keras open what was vetted."""
    if not isinstance(subject, (str, bytes)) and not hasattr(subject, "__fspath__"):
        return subject
    keras = backend.keras()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of an optimizer that has not begun
            return keras.models.load_model(subject)
    except (ValueError, OSError, TypeError, KeyError) as error:
        raise OptionError(
            f"Keras cannot open the model: {str(error).splitlines()[0][:120]}"
        ) from None


def _diff(report: Report, model: Any, maps: dict[int, str]) -> str:
    before = listing.code(opened(report.subject)).splitlines()
    after = [*maps.values(), *listing.code(model).splitlines()]
    return "\n".join(difflib.unified_diff(before, after, "before", "after", lineterm="", n=1))


def apply(model: Any, changes: Sequence[Change]) -> Any:
    """Return a compiled copy of a model with changes made; weights are kept where they still fit.

    Args:
        model: functional or Sequential; it is not changed.
        changes: as rules name them.

    Raises:
        OptionError: it is neither functional nor Sequential, or a change cannot be made.
    """
    keras = backend.keras()
    structural = [c for c in changes if isinstance(c, (SetOptions, Insert, Remove))]
    copy = _rebuilt(keras, model, structural) if structural else _same(keras, model)
    _keep_weights(model, copy, structural)
    _compile(keras, model, copy, changes)
    return copy


def _same(keras: Any, model: Any) -> Any:
    """Return a copy of the same layers."""
    try:
        copy = keras.models.clone_model(model)
    except (ValueError, TypeError, NotImplementedError) as error:
        raise OptionError(
            f"This model cannot be copied: {str(error).splitlines()[0][:100]}"
        ) from None
    if not copy.built and model.built and getattr(model, "input_shape", None):
        copy.build(model.input_shape)
    return copy


def _rebuilt(keras: Any, model: Any, changes: Sequence[Change]) -> Any:
    """Return a copy with other layers."""
    plain = isinstance(model, keras.Sequential)
    if not plain and not hasattr(model, "_nodes_by_depth"):
        raise OptionError("Only Sequential and functional models can be changed layer by layer.")
    return (_sequential if plain else _functional)(keras, model, changes, "")


def _sequential(keras: Any, model: Any, changes: Sequence[Change], around: str) -> Any:
    layers = []
    if model.built and getattr(model, "inputs", None):
        given = model.inputs[0]
        layers.append(keras.Input(batch_shape=given.shape, dtype=given.dtype))
    for layer in model.layers:
        layers += _changed(keras, layer, changes, around)
    return keras.Sequential(layers, name=model.name)


def _functional(keras: Any, model: Any, changes: Sequence[Change], around: str) -> Any:
    """Copy a functional model; what is put in, is put in where the layer is called."""
    chains: dict[str, list[Any]] = {}

    def clone(layer: Any) -> Any:
        new = _changed(keras, layer, changes, around)
        own = next((one for one in new if one.name == layer.name), None)
        own = keras.layers.Identity(name=layer.name) if own is None else own
        chains[layer.name] = new if own in new else [*new, own]
        return own

    def call(layer: Any, *args: Any, **options: Any) -> Any:
        steps = chains.get(layer.name, [layer])
        at = steps.index(layer) if layer in steps else 0
        if not args or len(steps) == 1:
            return layer(*args, **options)
        first, *others = args
        for step in steps[:at]:
            first = step(first)
        first = layer(first, *others, **options)
        for step in steps[at + 1 :]:
            first = step(first)
        return first

    return keras.models.clone_model(model, clone_function=clone, call_function=call)


def _changed(keras: Any, layer: Any, changes: Sequence[Change], around: str) -> list[Any]:
    """Return what stands in the place of a layer: a copy, with what was put before or behind it."""
    name = around + layer.name
    inside = [c for c in changes if getattr(c, "layer", "").startswith(f"{name}/")]
    if isinstance(layer, keras.Sequential):
        new = _sequential(keras, layer, inside, f"{name}/") if inside else _same(keras, layer)
    elif isinstance(layer, keras.Model):
        new = _functional(keras, layer, inside, f"{name}/") if inside else _same(keras, layer)
    else:
        config = layer.get_config()
        for change in changes:
            if isinstance(change, SetOptions) and change.layer == name:
                _set(config, change.options)
        new = type(layer).from_config(config)
    found = [] if Remove(name) in changes else [new]
    for change in changes:
        if isinstance(change, Insert) and change.layer == name:
            put = getattr(keras.layers, change.kind)(**change.options)
            found = [*found, put] if change.after else [put, *found]
    return found


def _set(config: dict[str, Any], options: dict[str, Any]) -> None:
    """Set options of a layer, or of the layer that it wraps."""
    wrapped = (
        config.get("layer", {}).get("config") if isinstance(config.get("layer"), dict) else None
    )
    for key, value in options.items():
        inner = wrapped is not None and key not in config and key in wrapped
        (wrapped if inner else config)[key] = value  # type: ignore[index]


def _keep_weights(model: Any, copy: Any, changes: Sequence[Change]) -> None:
    """Give the copy the weights of the layers that are still the same."""
    fresh = {
        c.layer for c in changes if isinstance(c, SetOptions) and "kernel_initializer" in c.options
    }
    old = dict(named_layers(model))
    for name, layer in named_layers(copy):
        mine = old.get(name)
        if mine is None or name in fresh:
            continue
        shapes = [tuple(v.shape) for v in mine.weights]
        if shapes and shapes == [tuple(v.shape) for v in layer.weights]:
            layer.set_weights(mine.get_weights())


def named_layers(model: Any, around: str = "") -> list[tuple[str, Any]]:
    """List a model's layers with their names, nested models followed."""
    keras = backend.keras()
    found: list[tuple[str, Any]] = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += named_layers(layer, f"{around}{layer.name}/")
        else:
            found.append((around + layer.name, layer))
    return found


def _compile(keras: Any, model: Any, copy: Any, changes: Sequence[Change]) -> None:
    """Compile the copy as the model was, with what is changed."""
    if not getattr(model, "compiled", False):
        return
    names = list(getattr(model, "output_names", None) or ["output"])
    new = [key for key, _ in output_keys(copy)]
    keys = output_keys(model)
    losses = spread(model.loss, keys)
    metrics = [[_again(keras, one) for one in given] for given in spread_metrics(model, keys)]
    optimizer = model.optimizer
    optimizer = type(optimizer).from_config(optimizer.get_config())
    for change in changes:
        if isinstance(change, SetLoss):
            losses[change.output] = _named_loss(keras, change)
        elif isinstance(change, SetStep):
            rate = change.learning_rate
            if rate is None:
                rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate)) * change.factor
            config = optimizer.get_config()
            config["learning_rate"] = rate
            optimizer = type(optimizer).from_config(config)
    for change in sorted(
        (c for c in changes if isinstance(c, SetMetric)), key=lambda c: -c.position
    ):
        put = [getattr(keras.metrics, kind)(**options) for kind, options in change.kinds]
        metrics[change.output][change.position : change.position + 1] = put
    compiled = getattr(model, "_compile_loss", None)
    weights = getattr(compiled, "_user_loss_weights", None)
    one = len(names) == 1
    if weights is not None and not one:
        weights = dict(zip(new, spread(weights, keys), strict=True))
    copy.compile(
        optimizer=optimizer,
        loss=losses[0] if one else dict(zip(new, losses, strict=True)),
        loss_weights=weights,
        metrics=(metrics[0] or None) if one else dict(zip(new, metrics, strict=True)),
        jit_compile=model.jit_compile,
        run_eagerly=model.run_eagerly,
    )


def _named_loss(keras: Any, change: SetLoss) -> Any:
    return getattr(keras.losses, change.kind)(**change.options)


def _again(keras: Any, metric: Any) -> Any:
    """Return a metric of its own for the copy."""
    if isinstance(metric, keras.metrics.Metric):
        try:
            return type(metric).from_config(metric.get_config())
        except Exception:  # noqa: BLE001 - an own metric may not tell how it was made
            return metric
    return metric
