"""Any container of a table or of labels as a NumPy array, or one line that says why not."""

from __future__ import annotations

from typing import Any

from advisor.errors import DataError, DataTypeError, shown
from advisor.words import kind, rows_named, where

MAX_CELLS = 50_000_000  # of a sparse table that is made dense: 400 MB


def to_array(value: Any, name: str, expected: str) -> Any:
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
        raise DataTypeError(f"{name} is {kind(value)}. {expected}. {repair}")
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
                f"{name} has {where(np.ma.getmaskarray(value))} that are masked. Fill them first "
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
                f"X has columns that are not numbers: {', '.join(wrong[:5])}"
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
            f"y is missing in {rows_named(np.flatnonzero(missing))}. Expected a target in each row. "
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


def to_numbers(array: Any, name: str) -> Any:
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


def to_labels(array: Any) -> Any:
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
            f"y is missing in {rows_named(rows)}. Expected a target in each row. "
            "Drop those rows from X and y."
        )
    if all(isinstance(v, (bool, np.bool_)) for v in array.flat):
        return array.astype(bool)
    if _all_numbers(array):
        whole = all(float(v).is_integer() and not isinstance(v, float) for v in array.flat)
        try:
            return array.astype(np.int64 if whole else np.float64)
        except OverflowError:
            raise DataError(
                "y holds whole numbers beyond 64 bits. Turn such labels into text: "
                "[str(label) for label in y]."
            ) from None
    kinds = {type(v).__name__ for v in array.flat}
    if kinds <= {"str", "str_"}:
        return array.astype(str)
    if kinds <= {"bytes", "bytes_"}:
        return np.array([v.decode("utf-8", "replace") for v in array.flat]).reshape(array.shape)
    raise DataTypeError(
        f"y holds {', '.join(sorted(kinds)[:4])}. Expected numbers, or text as class labels: one "
        "kind for all rows. For several labels a row use sklearn.preprocessing.MultiLabelBinarizer."
    )
