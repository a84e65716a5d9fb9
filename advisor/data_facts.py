"""The facts of X and y: what the targets are, and what arrives at the first weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advisor import arrays
from advisor.errors import DataError
from advisor.facts import Features, Targets
from advisor.tails import TRANSPARENT, WEIGHTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from advisor.facts import Facts, Layer, Output

_DISTINCT = 1000
# layers behind which inputs have a size of their own, whatever comes in
_PREPARES = {
    "BatchNormalization",
    "CategoryEncoding",
    "Discretization",
    "Embedding",
    "GroupNormalization",
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "LayerNormalization",
    "MelSpectrogram",
    "RMSNormalization",
    "StringLookup",
    "TextVectorization",
    "UnitNormalization",
}
_POOLING = {"MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D"}
_IMAGE = 2  # dimensions of a row from which on features are positions


def read(facts: Facts, X: Any, y: Any) -> tuple[Any, Any]:
    """Fill in what X and y tell; return both as arrays, nested as they were.

    Raises:
        DataError, DataTypeError: they cannot be used, or X does not fit the model's inputs.
    """
    arrays.compare_index(X, y)
    given = [n for n, layer in enumerate(facts.layers) if layer.options.get("given")]
    inputs = [X]
    if len(given) > 1:
        inputs = _each(X, [(facts.layers[n].name,) for n in given]) or []
        if not inputs:
            raise DataError(
                f"Expected X for {len(given)} inputs, in a list or in a dict by name. Received: a "
                f"{type(X).__name__}."
            )
    entries: list[Layer | None] = [facts.layers[n] for n in given] or [None]
    inputs = [_numbers(one, entry) for one, entry in zip(inputs, entries, strict=True)]
    X = inputs[0] if len(inputs) == 1 else inputs
    facts.rows = len(inputs[0])
    if facts.rows == 1:
        arrays.warn_of_what_cannot_be_learnt(inputs[0])
    for number, one in zip(given or ([0] if facts.layers else []), inputs, strict=False):
        if one.dtype.kind in "fiub":
            facts.features += list(_features(facts, number, one))
    if y is None:
        return X, None
    if len(facts.outputs) == 1:
        y = arrays.targets(y)
        arrays.same_length(inputs[0], y)
        facts.outputs[0].targets = targets(y, facts.outputs[0])
        return X, y
    parts = _each(y, [(output.name, output.also) for output in facts.outputs])
    if parts is None:
        raise DataError(
            f"Expected y for {len(facts.outputs)} outputs, in a list or in a dict by name. Received: "
            f"a {type(y).__name__}."
        )
    parts = [None if part is None else arrays.targets(part) for part in parts]
    for output, part in zip(facts.outputs, parts, strict=True):
        if part is not None:
            arrays.same_length(inputs[0], part)
            output.targets = targets(part, output)
    return X, parts


def _each(given: Any, names: list[tuple[str, ...]]) -> list[Any] | None:
    """Return one array for each, alone by place or by one of its names; None where one is missing."""
    if isinstance(given, dict):
        found = [next((given[one] for one in own if one in given), None) for own in names]
        return None if any(part is None for part in found) else found
    if isinstance(given, (list, tuple)) and len(given) == len(names):
        return list(given)
    return None


def _numbers(X: Any, entry: Layer | None) -> Any:
    """Return X as an array, refusing what the model's input does not take."""
    import numpy as np

    shape = entry.shape if entry is not None else None
    if entry is not None and entry.options.get("dtype") == "string":
        return np.asarray(X).astype(str)
    X = arrays.features(X, ndim=None if shape is None else len(shape) + 1)
    wrong = shape is not None and any(
        want is not None and want != have for want, have in zip(shape, X.shape[1:], strict=True)
    )
    if wrong:
        raise DataError(
            f"Expected X of shape (n, {', '.join(map(str, shape or ()))}), as the model's input is. "
            f"Received: shape {X.shape}. Pass the columns that the model was built for."
        )
    return X


def targets(y: Any, output: Output) -> Targets:
    """Describe the targets of one output."""
    import numpy as np

    shape = tuple(y.shape[1:])
    table = y.reshape(-1, 1) if y.ndim == 1 else y.reshape(-1, y.shape[-1])
    if shape and output.shape is not None and positions(shape, output.shape):
        table = y.reshape(-1, 1)  # a label each position
    text = y.dtype.kind == "U"
    distinct = np.unique(table[:1_000_000] if table.size > 10_000_000 else table)  # noqa: PLR2004
    values = tuple(distinct.tolist()) if len(distinct) <= _DISTINCT else None
    if text:
        return Targets(
            shape=shape,
            columns=table.shape[1],
            text=True,
            whole=False,
            low=0,
            high=0,
            mean=0,
            std=0,
            values=values,
            onehot=False,
            sums=False,
            rows=len(y),
        )
    table = table.astype("float64")
    sums = bool(np.allclose(table.sum(axis=1), 1, atol=1e-4)) and table.shape[1] > 1
    flags = bool(np.isin(distinct, (0, 1)).all())
    low, high = float(table.min()), float(table.max())
    return Targets(
        shape=shape,
        columns=table.shape[1],
        text=False,
        whole=bool((distinct == np.round(distinct.astype("float64"))).all()),
        low=low,
        high=high,
        mean=float(table.mean()),
        std=float(table.std(axis=0).max()),
        values=values,
        onehot=flags and sums,
        sums=sums and low >= 0,
        rows=len(y),
    )


def positions(row: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
    """Say whether a row of y has one label for each position of an output."""
    places = shape[:-1]
    return len(row) == len(places) and all(
        have is None or have == want for want, have in zip(row, places, strict=True)
    )


def _features(facts: Facts, number: int, X: Any) -> Iterator[Features]:
    """Follow an input to the first weights, as far as what lies between can be computed."""
    for reader in facts.readers[number]:
        arrived = X
        at = reader
        while facts.layers[at].kind not in WEIGHTED:
            layer = facts.layers[at]
            arrived = _through(layer, arrived)
            if arrived is None or len(facts.readers[at]) != 1 or len(layer.inputs) != 1:
                break
            at = facts.readers[at][0]
        else:
            if len(facts.layers[at].inputs) == 1:
                yield _describe(facts.layers[at].name, arrived)


def _through(layer: Layer, X: Any) -> Any:
    """Return what a layer before all weights makes of X; None where nobody need, or can, know."""
    import numpy as np

    options = layer.options
    if layer.kind == "Rescaling":
        return X * np.asarray(options.get("scale", 1.0)) + np.asarray(options.get("offset", 0.0))
    if layer.kind == "Normalization":
        if "mean" not in options or options.get("invert"):
            return None
        return (X - np.asarray(options["mean"])) / np.maximum(np.sqrt(options["variance"]), 1e-7)
    if layer.kind == "Reshape" and layer.shape is not None and None not in layer.shape:
        return X.reshape(len(X), *layer.shape)
    if layer.kind == "Flatten":
        return X.reshape(len(X), -1)
    if layer.kind in TRANSPARENT or layer.kind in _POOLING or layer.kind == "InputLayer":
        return X
    if layer.function is not None and layer.kind not in _PREPARES:
        run = layer.function.run
        try:
            return None if run is None else np.asarray(run(X), "float64")
        except Exception:  # noqa: BLE001 - a function of the user's own may raise anything
            return None
    return None


def _describe(where: str, X: Any) -> Features:
    import numpy as np

    image = X.ndim > _IMAGE
    flat = X.reshape(-1, X.shape[-1]) if image else X.reshape(len(X), -1)
    size = np.sqrt((flat**2).mean(axis=0))
    spread = flat.std(axis=0)
    moving = spread > 0
    return Features(
        where=where,
        largest=float(size.max()),
        image=image,
        low=float(X.min()),
        high=float(X.max()),
        mean=flat.mean(axis=0).tolist(),
        variance=np.where(moving, spread**2, 1.0).tolist(),
    )
