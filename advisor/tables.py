"""A CSV file as X and y."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from advisor.errors import DataError, UnknownNameError, shown


def read_csv(path: str, column: str | None) -> tuple[Any, Any]:
    """Return X, float64 (n, d), and y from a CSV file with a header line, in UTF-8.

    Args:
        path: the file.
        column: name of the target's column; None for the last one.

    Raises:
        DataError: no such file, no rows, a cell that is no number, rows of different length.
        UnknownNameError: no such column.
    """
    import numpy as np

    header, rows = _read(Path(path))
    name = header[-1] if column is None else column
    if name not in header:
        raise UnknownNameError("column", name, header)
    at = header.index(name)
    y = np.array([row[at] for row in rows])
    cells = [row[:at] + row[at + 1 :] for row in rows]
    X = np.array(
        [
            [_number(cell, i, header[j + (j >= at)]) for j, cell in enumerate(row)]
            for i, row in enumerate(cells)
        ],
        dtype=np.float64,
    ).reshape(len(rows), len(header) - 1)
    return X, _targets(y)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows that are not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DataError(
            f"Cannot read {shown(path.name)} as a CSV file in UTF-8: {reason}."
        ) from None
    if len(lines) < 2:  # noqa: PLR2004
        raise DataError(f"{shown(path.name)} has no rows. Expected a header line and data lines.")
    header, *rows = lines
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise DataError(
                f"Line {number} of {shown(path.name)} has {len(row)} cells, the header has "
                f"{len(header)}. Expected the same in each line."
            )
    return header, rows


def _number(cell: str, row: int, column: str) -> float:
    """Read a cell; an empty one is a missing number, refused later with its place."""
    try:
        return float(cell) if cell.strip() else float("nan")
    except ValueError:
        raise DataError(
            f"Column {shown(column)} holds text, first in row {row}. Expected numbers in every "
            "column but the target. Encode or drop it."
        ) from None


def _targets(y: Any) -> Any:
    """Return whole numbers as integers, other numbers as floats, anything else as text."""
    import numpy as np

    try:
        numbers = np.array([float(cell) if cell.strip() else np.nan for cell in y])
    except ValueError:
        return y
    whole = np.isfinite(numbers).all() and (numbers == np.round(numbers)).all()
    return numbers.astype(np.int64) if whole else numbers
