"""X and y as the rest needs them, or one line that says what is wrong with them."""

from __future__ import annotations

import itertools
import warnings
from typing import TYPE_CHECKING, Any

from advisor.errors import AdvisorWarning, DataError, DataTypeError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CELLS = 50_000_000  # of a sparse X that is made dense: 400 MB
MAX_BATCHES = 100  # of a stream, which may never end
_TABLE = "Expected a table of numbers, shape (n_rows, n_features)"


def pair(X: Any, y: Any) -> tuple[Any, Any]:
    """Return X as float64 (n, d) and y as a clean array of n rows; warn of what cannot be learnt.

    Args:
        X: a table of numbers (array, data frame, lists, sparse within MAX_CELLS), or a stream of
            (x, y) batches, of which at most MAX_BATCHES are read.
        y: targets of any kind, or None with a stream.

    Raises:
        DataTypeError: X or y is not a table of numbers (y: of labels).
        DataError: missing, infinite or too large values, nothing in it, lengths that differ.
    """
    if y is None and is_stream(X):
        X, y = collect(X)
    elif is_stream(X) or is_stream(y):
        raise DataTypeError(
            f"X is {_kind(X)} and y is {_kind(y)}: a stream must give (x, y) batches by itself. "
            "Pass it as X alone, with y=None."
        )
    _compare_index(X, y)
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

    array = _dense(X, "X", _TABLE)
    array = _numbers(array, "X")
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
    if len(array) == 0:
        raise DataError(f"X has no rows (shape {array.shape}). Expected at least one.")
    if 0 in array.shape[1:]:
        raise DataError(f"X has no features (shape {array.shape}). Expected at least one column.")
    finite = np.isfinite(array)
    if not finite.all():
        raise DataError(
            f"X has {_where(~finite)} that are NaN or infinite. Expected finite numbers. Impute "
            "them first (sklearn.impute.SimpleImputer) or drop those rows."
        )
    large = np.abs(array) > np.finfo(np.float32).max
    if large.any():
        raise DataError(
            f"X has {_where(large)} beyond float32 (3.4e38), in which Keras computes. Scale them "
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
    array = _dense(y, "y", "Expected targets, shape (n_rows,) or (n_rows, n_outputs)")
    if array.ndim == 0:
        raise DataTypeError(f"y is a single value. Expected shape (n_rows,); received {_kind(y)}.")
    if array.ndim == 2 and array.shape[1] == 1:  # noqa: PLR2004
        array = array[:, 0]
    if len(array) == 0 or array.size == 0:
        raise DataError(f"y is empty (shape {array.shape}). Expected one target a row of X.")
    if array.dtype.kind in "OTUS":
        array = _labels(array)
        if array.dtype.kind == "U":
            return array
    array = _numbers(array, "y") if array.dtype.kind not in "iub" else array
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        rows = np.flatnonzero(~np.isfinite(array.reshape(len(array), -1)).all(axis=1))
        raise DataError(
            f"y is missing or infinite in {_rows(rows)}. Expected a target in each row. "
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
            f"({_some('column', constant)}): nothing can be learnt from them. Drop them."
        )


def warn(message: str) -> None:
    """Warn at the line of the user's that called into advisor."""
    import sys

    level = 2
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to find the caller's own line
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] == "advisor":
        frame, level = frame.f_back, level + 1
    warnings.warn(message, AdvisorWarning, stacklevel=level)


def is_stream(X: Any) -> bool:
    """Say whether X gives batches (tf.data, a generator, a PyDataset, a loader)."""
    if X is None or hasattr(X, "__array__") or isinstance(X, (list, tuple, str, bytes, dict, set)):
        return False
    names = {base.__name__ for base in type(X).__mro__}
    return bool(names & {"PyDataset", "DatasetV2", "DataLoader"}) or (
        hasattr(X, "__next__") and hasattr(X, "__iter__")
    )


def collect(stream: Iterable[Any]) -> tuple[Any, Any]:
    """Read at most MAX_BATCHES of a stream of (x, y) into arrays; warn where there was more.

    Raises:
        DataError: the stream is empty or does not give (x, y).
    """
    import numpy as np

    batches = list(itertools.islice(_batches(stream), MAX_BATCHES + 1))
    if not batches:
        raise DataError("The stream gave no batch. Expected (x, y) batches.")
    if not all(isinstance(batch, (tuple, list)) and len(batch) in (2, 3) for batch in batches):
        raise DataError(f"The stream gave {_kind(batches[0])}. Expected (x, y) batches.")
    if len(batches) > MAX_BATCHES:
        warn(f"Only the first {MAX_BATCHES} batches of the stream were read.")
    xs, ys = ([np.asarray(batch[i]) for batch in batches[:MAX_BATCHES]] for i in (0, 1))
    if ys[0].ndim == 0:  # an unbatched stream gives single rows
        return np.stack(xs), np.stack(ys)
    return np.concatenate(xs), np.concatenate(ys)


def _batches(stream: Any) -> Any:
    """Iterate a PyDataset by its index (its own iteration may not end), others as they are."""
    if any(base.__name__ == "PyDataset" for base in type(stream).__mro__):
        return (stream[i] for i in range(min(len(stream), MAX_BATCHES + 1)))
    return stream


def _dense(value: Any, name: str, expected: str) -> Any:
    """Turn a value into an array of whatever dtype; refuse what is no array."""
    import numpy as np

    if value is None or isinstance(value, (str, bytes, dict, set, frozenset)) or callable(value):
        path = isinstance(value, (str, bytes))
        repair = (
            "Read the file first, for example with pandas.read_csv."
            if path
            else (
                "Put its columns side by side: np.column_stack(list(d.values()))."
                if isinstance(value, dict)
                else "Pass an array, a data frame or a list of rows."
            )
        )
        raise DataTypeError(f"{name} is {_kind(value)}. {expected}. {repair}")
    if hasattr(value, "__fspath__"):
        raise DataTypeError(f"{name} is a path. {expected}. Read the file first.")
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        cells = int(np.prod(value.shape))
        if cells > MAX_CELLS:
            raise DataError(
                f"{name} is sparse with {cells:,} cells; dense, at most {MAX_CELLS:,} are taken. "
                "Reduce its columns first, for example with sklearn.decomposition.TruncatedSVD."
            )
        return value.toarray()
    if isinstance(value, np.ma.MaskedArray):
        if np.ma.getmaskarray(value).any():
            raise DataError(
                f"{name} has {_where(np.ma.getmaskarray(value))} that are masked. Fill them first "
                f"({name}.filled(…)) or drop those rows."
            )
        return np.asarray(value.data)
    if hasattr(value, "dtypes") and hasattr(value, "columns"):
        return _frame(value, name)
    if hasattr(value, "dtype") and hasattr(value, "to_numpy") and hasattr(value, "isna"):
        return _series(value, name)
    try:
        return np.asarray(value)
    except (ValueError, TypeError) as error:
        raise DataTypeError(
            f"{name} is ragged or mixed: its rows differ in length or kind. {expected}."
        ) from error


def _frame(frame: Any, name: str) -> Any:
    """Turn a data frame into an array, column by column, so that each fault names its column."""
    import numpy as np

    if frame.shape[1] == 0:
        return np.empty(frame.shape)
    columns = [_series(frame.iloc[:, i], name) for i in range(frame.shape[1])]
    if name == "X":
        wrong = [
            f"{shown(str(frame.columns[i]))} ({frame.dtypes.iloc[i]})"
            for i, column in enumerate(columns)
            if column.dtype.kind not in "fiub" and not _all_numbers(column)
        ]
        if wrong:
            raise DataTypeError(
                f"X has {len(wrong)} columns that are not numbers: {', '.join(wrong[:5])}"
                f"{' …' if len(wrong) > 5 else ''}. "  # noqa: PLR2004
                "Encode them first, for example with sklearn.preprocessing.OneHotEncoder."
            )
    return np.column_stack(columns)


def _series(series: Any, name: str) -> Any:
    """Turn a column into an array; a missing value of any kind becomes NaN, then is refused."""
    import numpy as np

    missing = np.asarray(series.isna(), dtype=bool)
    if missing.any() and name == "y":
        raise DataError(
            f"y is missing in {_rows(np.flatnonzero(missing))}. Expected a target in each row. "
            "Drop those rows from X and y."
        )
    kind = str(series.dtype)
    if kind == "category":
        return np.asarray(series.astype(object))
    if missing.any() and kind[:1] in "IUFB":  # the nullable dtypes: Int64, UInt8, Float32, boolean
        return series.to_numpy(dtype=float, na_value=np.nan)
    if kind == "boolean" or kind[:1] in "IUF":
        return series.to_numpy(dtype=kind.lower().replace("boolean", "bool"))
    array = series.to_numpy()
    return np.asarray(array, dtype=object) if array.dtype.kind not in "fiubcmMO" else array


def _numbers(array: Any, name: str) -> Any:
    """Return a numeric array as float64; refuse the kinds that are no numbers."""
    import numpy as np

    kind = array.dtype.kind
    if kind == "O" and _all_numbers(array):
        return np.where(array == None, np.nan, array).astype(np.float64)  # noqa: E711 - elementwise
    names = {
        "c": "complex numbers",
        "m": "durations",
        "M": "dates",
        "U": "text",
        "T": "text",
        "S": "bytes",
        "V": "records",
        "O": "objects of several kinds",
    }
    if kind in names:
        raise DataTypeError(
            f"{name} holds {names[kind]}{_first_odd(array) if kind == 'O' else ''}. Expected "
            "numbers. Encode it as numbers first."
        )
    return array.astype(np.float64)


def _all_numbers(array: Any) -> bool:
    """Say whether an array of objects holds numbers (or None, a missing number) only."""
    import numbers

    return all(value is None or isinstance(value, numbers.Real) for value in array.flat)


def _first_odd(array: Any) -> str:
    """Name the type of the first object that is no number."""
    import numbers

    for value in array.flat:
        if not isinstance(value, numbers.Real):
            return f" (a {type(value).__name__} among them)"
    return ""


def _labels(array: Any) -> Any:
    """Return labels held as objects, text or bytes as text (or as numbers, where they all are)."""
    import numpy as np

    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8", "replace")
    if array.dtype.kind in "UT":
        return array.astype(str)
    missing = np.array([v is None or v != v for v in array.flat])  # noqa: PLR0124 - NaN is not itself
    if missing.any():
        rows = np.unique(np.flatnonzero(missing) // (array.size // len(array)))
        raise DataError(
            f"y is missing in {_rows(rows)}. Expected a target in each row. "
            "Drop those rows from X and y."
        )
    if all(isinstance(v, (bool, np.bool_)) for v in array.flat):
        return array.astype(bool)
    if _all_numbers(array):
        whole = all(float(v).is_integer() and not isinstance(v, float) for v in array.flat)
        return array.astype(np.int64 if whole else np.float64)
    kinds = {type(v).__name__ for v in array.flat}
    if kinds <= {"str", "str_"}:
        return array.astype(str)
    if kinds <= {"bytes", "bytes_"}:
        return np.array([v.decode("utf-8", "replace") for v in array.flat]).reshape(array.shape)
    raise DataTypeError(
        f"y holds {', '.join(sorted(kinds)[:4])}. Expected numbers, or text as class labels: one "
        "kind for all rows. For several labels a row use sklearn.preprocessing.MultiLabelBinarizer."
    )


def _compare_index(X: Any, y: Any) -> None:
    """Warn where X and y are pandas objects whose rows carry different labels."""
    if not all(hasattr(getattr(thing, "index", None), "equals") for thing in (X, y)):
        return
    left, right = X.index, y.index
    if len(left) == len(right) and not left.equals(right):
        warn(
            "The pandas index of y is not that of X: rows are paired by position, not by index. "
            "If one was shuffled, use y = y.loc[X.index]."
        )


def _where(mask: Any) -> str:
    """Count the marked cells and say in which columns and from which row on."""
    import numpy as np

    cells = int(mask.sum())
    flat = mask.reshape(len(mask), -1)
    columns = np.flatnonzero(flat.any(axis=0))
    first = int(np.flatnonzero(flat.any(axis=1))[0])
    return f"{cells} value{'s' * (cells > 1)} ({_some('column', columns)}; first in row {first})"


def _rows(rows: Any) -> str:
    return f"{len(rows)} row{'s' * (len(rows) > 1)} ({_some('row', rows)})"


def _some(word: str, numbers: Any, most: int = 5) -> str:
    """List the first few of many numbers.

    Example:
        >>> _some("row", [3, 4])
        'rows 3, 4'
    """
    listed = ", ".join(str(int(n)) for n in numbers[:most])
    return f"{word}{'s' * (len(numbers) > 1)} {listed}{' …' * (len(numbers) > most)}"


def _kind(value: object) -> str:
    """Name a value's type with its article.

    Example:
        >>> _kind({}), _kind(3), _kind(None)
        ('a dict', 'an int', 'None')
    """
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
