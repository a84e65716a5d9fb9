"""How many, where and what: the parts that errors about data are made of."""

from __future__ import annotations

from typing import Any


def where(mask: Any) -> str:
    """Count the marked cells and say in which columns and from which row on."""
    import numpy as np

    cells = int(mask.sum())
    flat = mask.reshape(len(mask), -1)
    columns = np.flatnonzero(flat.any(axis=0))
    first = int(np.flatnonzero(flat.any(axis=1))[0])
    return f"{cells} value{'s' * (cells > 1)} ({some('column', columns)}; first in row {first})"


def rows_named(rows: Any) -> str:
    """Count rows and name the first few."""
    return f"{len(rows)} row{'s' * (len(rows) > 1)} ({some('row', rows)})"


def some(word: str, numbers: Any, most: int = 5) -> str:
    """List the first few of many numbers.

    Example:
        >>> some("row", [3, 4])
        'rows 3, 4'
    """
    listed = ", ".join(str(int(n)) for n in numbers[:most])
    return f"{word}{'s' * (len(numbers) > 1)} {listed}{' …' * (len(numbers) > most)}"


def kind(value: object) -> str:
    """Name a value's type with its article.

    Example:
        >>> kind({}), kind(3), kind(None)
        ('a dict', 'an int', 'None')
    """
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
