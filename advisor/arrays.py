"""X and y as the rest needs them, or one line that says what is wrong with them."""

from __future__ import annotations

from typing import Any

from advisor.conversion import to_array, to_labels, to_numbers
from advisor.errors import DataError, DataTypeError, warn
from advisor.streams import collect, is_stream
from advisor.words import kind, rows_named, some, where

_TABLE = "Expected a table of numbers, shape (n_rows, n_features)"


def pair(X: Any, y: Any) -> tuple[Any, Any]:
    """Return X as float64 (n, d) and y as a clean array of n rows; warn of what cannot be learnt.

    Args:
        X: a table of numbers (array, data frame, lists, sparse), or a stream of (x, y) batches,
            of which a bounded number is read.
        y: targets of any kind, or None with a stream.

    Raises:
        DataTypeError: X or y is not a table of numbers (y: of labels).
        DataError: missing, infinite or too large values, nothing in it, lengths that differ.
    """
    if y is None and is_stream(X):
        X, y = collect(X)
    elif is_stream(X) or is_stream(y):
        raise DataTypeError(
            f"X is {kind(X)} and y is {kind(y)}: a stream must give (x, y) batches by itself. "
            "Pass it as X alone, with y=None."
        )
    compare_index(X, y)
    X, y = features(X), targets(y)
    same_length(X, y)
    warn_of_what_cannot_be_learnt(X)
    return X, y


def features(X: Any, *, ndim: int | None = 2) -> Any:
    """Return X as a finite float64 array.

    Args:
        X: anything that holds a table of numbers.
        ndim: dimensions wanted; None for any from 2 up.

    Raises:
        DataTypeError: not numbers.
        DataError: wrong shape, empty, missing, infinite or beyond float32.
    """
    import numpy as np

    array = to_array(X, "X", _TABLE)
    array = to_numbers(array, "X")
    if array.ndim and len(array) == 0:
        raise DataError(f"X has no rows (shape {array.shape}). Expected at least one.")
    if array.ndim == 1 and ndim == 2:  # noqa: PLR2004
        raise DataError(
            f"Expected X of shape (n_rows, n_features). Received: shape {array.shape}. "
            "Use X.reshape(-1, 1) for one feature, X.reshape(1, -1) for one row."
        )
    if array.ndim == 0 or (ndim is not None and array.ndim != ndim):
        raise DataError(
            f"Expected X of shape (n_rows, n_features). Received: {array.ndim} dimensions, shape "
            f"{array.shape}. Flatten each row first: X.reshape(len(X), -1)."
        )
    if 0 in array.shape[1:]:
        raise DataError(f"X has no features (shape {array.shape}). Expected at least one column.")
    finite = np.isfinite(array)
    if not finite.all():
        raise DataError(
            f"X has {where(~finite)} that are NaN or infinite. Expected finite numbers. Impute "
            "them first (sklearn.impute.SimpleImputer) or drop those rows."
        )
    large = np.abs(array) > np.finfo(np.float32).max
    if large.any():
        raise DataError(
            f"X has {where(large)} beyond float32 (3.4e38), in which Keras computes. Scale them "
            "first, for example by their logarithm."
        )
    return array


def targets(y: Any) -> Any:
    """Return y as a clean array: text stays text, numbers are finite, (n, 1) becomes (n,).

    Raises:
        DataTypeError: y is of no usable kind.
        DataError: empty, missing or infinite values.
    """
    import numpy as np

    if y is None:
        raise DataTypeError("y is missing (None). Expected one target a row of X, shape (n_rows,).")
    array = to_array(y, "y", "Expected targets, shape (n_rows,) or (n_rows, n_outputs)")
    if array.ndim == 0:
        raise DataTypeError(f"y is a single value. Expected shape (n_rows,); received {kind(y)}.")
    if array.ndim == 2 and array.shape[1] == 1:  # noqa: PLR2004
        array = array[:, 0]
    if len(array) == 0 or array.size == 0:
        raise DataError(f"y is empty (shape {array.shape}). Expected one target a row of X.")
    if array.dtype.kind in "OTUS":
        array = to_labels(array)
        if array.dtype.kind == "U":
            return array
    array = to_numbers(array, "y") if array.dtype.kind not in "iub" else array
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        rows = np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))
        raise DataError(
            f"y is missing or infinite in {rows_named(rows)}. Expected a target in each row. "
            "Drop those rows from X and y."
        )
    return array


def same_length(X: Any, y: Any) -> None:
    """Refuse X and y of different length."""
    if len(X) != len(y):
        raise DataError(
            f"X has {len(X)} rows, y has {len(y)}. Expected one target a row: pass the y that "
            "belongs to this X."
        )


def warn_of_what_cannot_be_learnt(X: Any) -> None:
    """Warn where X has one row only, or columns that never vary."""
    import numpy as np

    if len(X) == 1:
        warn("X has one row only: nothing can be learnt from it, and it cannot be split.")
        return
    flat = X.reshape(len(X), -1)
    constant = np.flatnonzero(flat.min(axis=0) == flat.max(axis=0))
    if len(constant) and X.ndim == 2:  # noqa: PLR2004 - a dark corner in all images is ordinary
        warn(
            f"{len(constant)} of {flat.shape[1]} columns of X never vary "
            f"({some('column', constant)}): nothing can be learnt from them. Drop them."
        )


def compare_index(X: Any, y: Any) -> None:
    """Warn where X and y are pandas objects whose rows carry different labels."""
    if not all(hasattr(getattr(thing, "index", None), "equals") for thing in (X, y)):
        return
    left, right = X.index, y.index
    if len(left) == len(right) and not left.equals(right):
        warn(
            "The pandas index of y is not that of X: rows are paired by position, not by index. "
            "If one was shuffled, use y = y.loc[X.index]."
        )
