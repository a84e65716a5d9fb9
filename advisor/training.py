"""Training, with the meaning of `model.fit`."""

from __future__ import annotations

from typing import Any

from advisor import backend, handover, intake, runs, streams
from advisor.errors import DataError, DataTypeError, UnknownNameError, warn, whole_number
from advisor.rows import rows_of, split

EPOCHS, BATCH_SIZE = 50, 32  # what `confirm`, the templates and the command line train with
_SAID = "{}: model.fit trains it, at its own speed."


def fit(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    seed: int | None = None,
    **options: Any,
) -> Any:
    """Train as `model.fit` does, many times faster, after checking that the model can take X and y.

    Each epoch is one compiled call around Keras' own `train_step`, and what was compiled is kept
    for the next model of the same architecture. What that cannot do is trained by `model.fit`,
    with a warning that says why: streams, callbacks that watch batches, the torch backend.

    Args:
        model: a compiled Keras model.
        X: features as the model takes them, shape (n, …); or a stream of (x, y) batches with
            y=None, which Keras then reads as `model.fit` would.
        y: targets as the model's loss takes them; other labels are refused, with the line that
            maps them.
        epochs: passes over the rows.
        batch_size: rows a step, 32 where None.
        seed: order of the batches; None for another order each time. The process's random state
            is never touched.
        options: what else `model.fit` takes: validation_data, callbacks, verbose, …

    Returns:
        keras.callbacks.History: losses and metrics an epoch.

    Raises:
        DataError, DataTypeError: X or y that cannot be used.
        LabelError: y that the model's loss cannot take.
        OptionError: epochs, batch_size or seed out of range.
        UnknownNameError: an option that `model.fit` does not have.

    Example:
        >>> from advisor import build, load
        >>> data, model = load("iris"), build("multiclass", seed=0)
        >>> history = fit(model, data.X_train, data.y_train, epochs=50, seed=0)
        >>> len(history.history["loss"]), round(history.history["loss"][-1], 1)
        (50, 0.0)
    """
    keras = backend.keras()
    if not isinstance(model, keras.Model):
        raise DataTypeError(
            f"Expected a keras.Model. Received: a {type(model).__name__}. Use advisor.build(…)."
        )
    if not model.compiled:
        raise DataError("The model is not compiled. Call model.compile(optimizer=…, loss=…) first.")
    if seed is not None:
        whole_number("seed", seed, 0)
    options |= {"epochs": epochs, "batch_size": batch_size}
    _check(options)
    if streams.is_stream(X):
        _refuse_endless(X, options)
        warn(_SAID.format("X is a stream"))
        return _by_keras(model, X, y, None, options)
    X, y = intake.check(model, X, y)
    kept = options.get("validation_data")
    if isinstance(kept, (tuple, list)) and len(kept) > 1:
        options["validation_data"] = (*intake.check(model, *kept[:2]), *kept[2:])
    reason = handover.reason(model, (X, y, intake.weights(X, y, options)), options)
    if reason is not None:
        warn(_SAID.format(reason))
        return _by_keras(model, X, y, seed, options)
    return _in_memory(model, X, y, seed, options)


def _check(options: dict[str, Any]) -> None:
    """Refuse options that `model.fit` does not have, and numbers out of range."""
    import inspect
    import numbers

    known = set(inspect.signature(backend.keras().Model.fit).parameters) - {"self", "x", "y"}
    for name in options:
        if name not in known:
            raise UnknownNameError("option of fit", name, sorted({*known, "seed"}))
    least = {"epochs": 0, "initial_epoch": 0, "batch_size": 1, "validation_batch_size": 1}
    if isinstance(options.get("validation_freq"), numbers.Number):
        least["validation_freq"] = 1
    for name, smallest in least.items():
        if options.get(name) is not None:
            whole_number(name, options[name], smallest)


def run(model: Any, X: Any, y: Any, *, seed: int | None, epochs: int = EPOCHS) -> Any:
    """Train quietly on clean data, as `confirm`, the templates and the command line do."""
    options = {"epochs": epochs, "batch_size": BATCH_SIZE, "verbose": 0}
    if handover.reason(model, (X, y), options) is not None:
        return _by_keras(model, X, y, seed, options)
    return _in_memory(model, X, y, seed, options)


def _in_memory(model: Any, X: Any, y: Any, seed: int | None, options: dict[str, Any]) -> Any:
    """Train in compiled epochs."""
    parts, kept = _parts(X, y, options)
    size = options["batch_size"] or BATCH_SIZE
    verbose = options.get("verbose", "auto")
    plan = runs.Plan(
        epochs=options["epochs"],
        initial_epoch=options.get("initial_epoch", 0),
        batch_size=size,
        validation_batch_size=options.get("validation_batch_size") or size,
        seed=backend.fresh_seed() if seed is None else int(seed),
        shuffle=bool(options.get("shuffle", True)),
        validation=None if kept is None else rows_of(kept),
        validation_freq=options.get("validation_freq", 1),
        callbacks=options.get("callbacks"),
        verbose=("bar" if _on_terminal() else 0) if verbose == "auto" else verbose,
    )
    return runs.train(model, rows_of(parts), plan)


def _parts(X: Any, y: Any, options: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
    """Return (X, y, weights) to train on, and what to validate on; None for nothing."""
    parts, kept = (X, y, intake.weights(X, y, options)), options.get("validation_data")
    if kept is None and options.get("validation_split"):
        parts, kept = split(parts, options["validation_split"])
        if options.get("class_weight") is not None:  # those are for training only
            kept = kept[:2]
        kept = tuple(part for part in kept if part is not None)
    return parts, kept


def _by_keras(model: Any, X: Any, y: Any, seed: int | None, options: dict[str, Any]) -> Any:
    """Hand over to `model.fit`."""
    options = {name: value for name, value in options.items() if value is not None}
    if options.get("verbose", "auto") == "auto":
        options["verbose"] = "auto" if _on_terminal() else 0
    if streams.is_stream(X) and not hasattr(X, "__getitem__"):
        options.setdefault("shuffle", False)  # there is no way to: Keras warns of being asked
    if seed is None or not hasattr(X, "dtype"):
        return model.fit(X, y, **options)
    return _fit_in_order(model, X, y, seed, options)


def _refuse_endless(stream: Any, options: dict[str, Any]) -> None:
    """Refuse a stream that may never end where the steps of an epoch are not given."""
    if options.get("steps_per_epoch") is not None:
        return
    size = getattr(stream, "cardinality", None)
    endless = hasattr(stream, "__next__") if size is None else int(size()) == -1
    if endless:
        raise DataError(
            "The stream may never end. Expected to know how many batches an epoch has: pass "
            "steps_per_epoch=…."
        )


def _fit_in_order(model: Any, X: Any, y: Any, seed: int, options: dict[str, Any]) -> Any:
    """Run `model.fit` on batches drawn from a seed: tf.data shuffles by it, on any backend."""
    import tensorflow as tf

    parts, kept = _parts(X, y, options)
    for name in ("sample_weight", "class_weight", "validation_split"):
        options.pop(name, None)
    if kept is not None:
        options["validation_data"] = kept
    given = tuple(part for part in parts if part is not None)
    rows = tf.data.Dataset.from_tensor_slices(given)
    if options.pop("shuffle", True):
        rows = rows.shuffle(len(X), seed=int(seed))
    batches = rows.batch(options.pop("batch_size", BATCH_SIZE))
    return model.fit(batches, shuffle=False, **options)


def _on_terminal() -> bool:
    """Say whether somebody watches: a progress bar is for a terminal only."""
    import sys

    return sys.stdout is not None and sys.stdout.isatty()
