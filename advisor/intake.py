"""What a model takes: X, y and weights as its inputs and its loss need them, or one clear line."""

from __future__ import annotations

from typing import Any

from advisor import arrays, backend
from advisor.errors import DataError, LabelError, OptionError, warn
from advisor.target import mapping_line


def check(model: Any, X: Any, y: Any) -> tuple[Any, Any]:
    """Return X and y as the model takes them.

    Models with several inputs or outputs, and inputs that are text, are Keras' own business: their
    X and y are passed on as they are.

    Raises:
        DataError, DataTypeError, LabelError: they cannot be used.
    """
    if _own_business(model):
        return X, y
    arrays.compare_index(X, y)
    X = features(model, X)
    y = arrays.targets(y)
    arrays.same_length(X, y)
    arrays.warn_of_what_cannot_be_learnt(X)
    _labels_fit(model, y)
    if y.ndim == 1 and len(y) > 1 and (y == y[0]).all():
        warn("y holds one value only: there is nothing to learn, and it cannot be split.")
    return X, y


def features(model: Any, X: Any) -> Any:
    """Return X as the model takes it.

    Raises:
        DataError, DataTypeError: it cannot be used.
    """
    import numpy as np

    if _own_business(model):
        return X
    inputs = getattr(model, "inputs", None)
    X = arrays.features(X, ndim=None if inputs is None else len(inputs[0].shape))
    if inputs is None:
        return X
    _same_shape(X, inputs[0].shape)
    return X.astype(np.dtype(str(inputs[0].dtype))) if str(inputs[0].dtype) != "bfloat16" else X


def _own_business(model: Any) -> bool:
    """Say whether X and y are passed on as they are: several inputs or outputs, or text."""
    inputs = getattr(model, "inputs", None)
    one = inputs is None or (len(inputs) == 1 and len(model.outputs) == 1)
    return not one or bool(inputs and str(inputs[0].dtype) == "string")


def weights(X: Any, y: Any, options: dict[str, Any]) -> Any:
    """Return a weight a row from sample_weight or class_weight; None where neither is given.

    Raises:
        OptionError: both are given, or class_weight is no {class: weight} of one output.
        DataError: weights that are not one finite number a row.
    """
    import numpy as np

    by_row, by_class = options.get("sample_weight"), options.get("class_weight")
    if by_row is not None and by_class is not None:
        raise OptionError("Expected class_weight or sample_weight. Received: both. Leave one out.")
    if by_class is not None:
        if not isinstance(by_class, dict) or not hasattr(y, "dtype"):
            raise OptionError(
                "Expected class_weight={0: 1.0, 1: 2.0, …} for a model with one output. Received: "
                f"{type(by_class).__name__}. Use sample_weight instead."
            )
        labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y))
        return np.array([by_class.get(round(label), 1.0) for label in labels.tolist()])
    if by_row is None or (isinstance(by_row, (list, tuple, dict)) and not hasattr(y, "dtype")):
        return by_row
    by_row = np.asarray(by_row)
    if by_row.dtype.kind not in "fiub" or not np.isfinite(by_row).all():
        raise DataError("sample_weight must hold finite numbers, one a row. Received: others.")
    if by_row.ndim == 0 or len(by_row) != len(backend.keras().tree.flatten(X)[0]):
        raise DataError(
            f"Expected one sample_weight a row. Received: shape {by_row.shape}. Pass the weights "
            "that belong to this X."
        )
    if not hasattr(y, "dtype"):  # several outputs share the weights
        return backend.keras().tree.map_structure(lambda _: by_row, y)
    return by_row


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
