"""Training, with the meaning of `model.fit`."""

from __future__ import annotations

from typing import Any

from advisor import arrays, backend, streams
from advisor.errors import DataError, DataTypeError, LabelError, warn, whole_number
from advisor.target import mapping_line

EPOCHS, BATCH_SIZE = 50, 32  # what `confirm`, the templates and the command line train with


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
    """Train as `model.fit` does, after checking that X and y are what the model takes.

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
    """
    keras = backend.keras()
    if not isinstance(model, keras.Model):
        raise DataTypeError(
            f"Expected a keras.Model. Received: a {type(model).__name__}. Use advisor.build(…)."
        )
    if not model.compiled:
        raise DataError("The model is not compiled. Call model.compile(optimizer=…, loss=…) first.")
    whole_number("epochs", epochs, 0)
    if batch_size is not None:
        whole_number("batch_size", batch_size, 1)
    if seed is not None:
        whole_number("seed", seed, 0)
    options.setdefault("verbose", "auto" if _on_terminal() else 0)
    if streams.is_stream(X):
        _refuse_endless(X, options)
        if not hasattr(X, "__getitem__"):  # no way to shuffle it: Keras warns of being asked to
            options.setdefault("shuffle", False)
        return model.fit(X, y, epochs=epochs, batch_size=batch_size, **options)
    X, y = check(model, X, y)
    kept = options.get("validation_data")
    if isinstance(kept, (tuple, list)) and len(kept) > 1:
        options["validation_data"] = (*check(model, *kept[:2]), *kept[2:])
    if seed is None:
        return model.fit(X, y, epochs=epochs, batch_size=batch_size, **options)
    options |= {"epochs": epochs, "batch_size": batch_size or BATCH_SIZE}
    return _fit_in_order(model, X, y, seed, options)


def run(model: Any, X: Any, y: Any, *, seed: int | None) -> Any:
    """Train quietly on clean data, as `confirm`, the templates and the command line do."""
    order = backend.fresh_seed() if seed is None else seed
    options = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "verbose": 0}
    return _fit_in_order(model, X, y, order, options)


def check(model: Any, X: Any, y: Any) -> tuple[Any, Any]:
    """Return X and y as the model takes them.

    Models with several inputs or outputs, and inputs that are text, are Keras' own business: their
    X and y are passed on as they are.

    Raises:
        DataError, DataTypeError, LabelError: they cannot be used.
    """
    import numpy as np

    inputs = getattr(model, "inputs", None)
    one = inputs is None or (len(inputs) == 1 and len(model.outputs) == 1)
    if not one or (inputs and str(inputs[0].dtype) == "string"):
        return X, y
    arrays.compare_index(X, y)
    X = arrays.features(X, ndim=None if inputs is None else len(inputs[0].shape))
    if inputs is not None:
        _same_shape(X, inputs[0].shape)
        X = X.astype(np.dtype(str(inputs[0].dtype))) if str(inputs[0].dtype) != "bfloat16" else X
    y = arrays.targets(y)
    arrays.same_length(X, y)
    arrays.warn_of_what_cannot_be_learnt(X)
    _labels_fit(model, y)
    if y.ndim == 1 and len(y) > 1 and (y == y[0]).all():
        warn("y holds one value only: there is nothing to learn, and it cannot be split.")
    return X, y


def loss_name(model: Any) -> str:
    """Return the class name of the model's loss: "BinaryCrossentropy"; "" where it has none."""
    keras = backend.keras()
    loss = getattr(model, "loss", None)
    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        loss = loss[0]
    if loss is None or isinstance(loss, (list, tuple, dict)):
        return ""
    try:
        loss = keras.losses.get(loss)
    except (ValueError, TypeError):
        return ""
    if isinstance(loss, keras.losses.Loss):
        return type(loss).__name__
    name = getattr(loss, "__name__", "")
    return "".join(part.capitalize() for part in name.split("_"))


def _same_shape(X: Any, shape: tuple[int | None, ...]) -> None:
    """Refuse rows of another shape than the model's input."""
    wrong = any(
        want is not None and want != have for want, have in zip(shape[1:], X.shape[1:], strict=True)
    )
    if wrong:
        raise DataError(
            f"Expected X of shape (n, {', '.join(str(s) for s in shape[1:])}), as the model's input "
            f"is. Received: shape {X.shape}. Pass the columns that the model was built for."
        )


def _labels_fit(model: Any, y: Any) -> None:
    """Refuse targets that the model's loss cannot take, or would take silently and wrongly."""
    import numpy as np

    name, outputs = loss_name(model), _columns(model, y)
    if y.dtype.kind == "U":
        raise LabelError(f"y holds text, the model takes numbers. Map: {_map(y)}")
    if name == "SparseCategoricalCrossentropy":
        whole = np.array_equal(y, np.round(y))
        if not whole or y.min() < 0 or y.max() >= outputs:
            raise LabelError(
                f"Expected integers 0..{outputs - 1}, as the model has {outputs} outputs. Received: "
                f"{f'{y.min():g}..{y.max():g}' if whole else 'fractions'}. Map: {_map(y)}"
            )
    elif name in {"BinaryCrossentropy", "BinaryFocalCrossentropy"} and (y.min() < 0 or y.max() > 1):
        raise LabelError(
            f"Expected y in [0, 1], as {name} needs. Received: {y.min():g}..{y.max():g}. "
            f"Map: {_map(y)}"
        )
    elif name.startswith("Categorical") and (y.ndim == 1 or y.shape[-1] != outputs):
        raise LabelError(
            f"Expected one-hot y of shape (n, {outputs}), as {name} needs. Received: shape "
            f"{y.shape}. Use keras.utils.to_categorical(y), or SparseCategoricalCrossentropy."
        )
    elif name == "Poisson" and y.min() < 0:
        raise LabelError("Expected counts from 0 up, as Poisson needs. Received: negative numbers.")


def _columns(model: Any, y: Any) -> int:
    """Return how many outputs the model has; where it does not tell, as many as y asks for."""
    shape = getattr(model, "output_shape", None)
    if shape is not None:
        return int(shape[-1])
    return int(y.shape[-1]) if y.ndim > 1 else int(y.max()) + 1


def _map(y: Any) -> str:
    """Give the line that maps labels."""
    import numpy as np

    return mapping_line(np.unique(y))


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

    weights = options.pop("sample_weight", None)
    share = options.pop("validation_split", 0)
    if share:
        kept = int(len(X) * (1 - share))
        options["validation_data"] = tuple(
            part[kept:] for part in (X, y, weights) if part is not None
        )
        X, y = X[:kept], y[:kept]
        weights = None if weights is None else weights[:kept]
    parts = (X, y) if weights is None else (X, y, weights)
    rows = tf.data.Dataset.from_tensor_slices(parts)
    if options.pop("shuffle", True):
        rows = rows.shuffle(len(X), seed=int(seed))
    batches = rows.batch(options.pop("batch_size"))
    return model.fit(batches, shuffle=False, **options)


def _on_terminal() -> bool:
    """Say whether somebody watches: a progress bar is for a terminal only."""
    import sys

    return sys.stdout is not None and sys.stdout.isatty()
