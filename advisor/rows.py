"""Rows in memory: what an epoch loops over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from advisor import backend
from advisor.errors import DataError, OptionError


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in memory: nested arrays of one length.

    Attributes:
        parts: (x,), (x, y) or (x, y, weights), each an array or arrays nested in lists or dicts.
        n: how many rows an epoch has.
        columns: () for one order of rows; (k,) where each of k members has its own, so that a
            batch is k × rows.
    """

    parts: tuple[Any, ...]
    n: int
    columns: tuple[int, ...] = ()

    def flat(self) -> list[Any]:
        """Return the arrays one after another; None where a part is missing."""
        return list(backend.keras().tree.flatten(self.parts))

    def pack(self, flat: list[Any]) -> tuple[Any, ...]:
        """Nest arrays as the parts are."""
        return tuple(backend.keras().tree.pack_sequence_as(self.parts, flat))

    def first(self, count: int) -> tuple[Any, ...]:
        """Return the first rows."""
        return self.pack([None if a is None else a[:count] for a in self.flat()])

    def named(self) -> bool:
        """Say whether arrays are found by name."""
        return any(isinstance(part, dict) for part in self.parts)

    def kind(self) -> tuple[Any, ...]:
        """Return what a compiled function depends on: nesting, and each array's row."""
        arrays = [None if a is None else (str(a.dtype), a.shape[1:]) for a in self.flat()]
        return (_nesting(self.parts), self.columns, *arrays)


def rows_of(parts: Any) -> Rows:
    """Return (x, y, weights) as rows in memory, floats in Keras' own width."""
    import numpy as np

    keras = backend.keras()

    def array(part: Any) -> Any:
        part = np.asarray(part)
        return part.astype(keras.config.floatx()) if part.dtype.kind == "f" else part

    given = tuple(part for part in parts if part is not None)
    given = keras.tree.map_structure(array, given)
    lengths = {len(part) for part in keras.tree.flatten(given)}
    if len(lengths) > 1:
        raise DataError(
            f"Expected arrays of one length. Received: {', '.join(map(str, sorted(lengths)))} rows."
        )
    return Rows(given, lengths.pop())


def split(parts: Any, share: float) -> tuple[Any, Any]:
    """Keep the last rows for validation, as `model.fit` does."""
    tree = backend.keras().tree
    n = len(tree.flatten(parts)[0])
    kept = int(n * (1 - share)) if 0 < share < 1 else 0
    if not 0 < kept < n:
        raise OptionError(
            f"Expected validation_split between 0 and 1 that leaves rows on both sides. Received: "
            f"{share}, with {n} rows."
        )

    def take(rows: slice) -> Any:
        return tree.map_structure(lambda part: None if part is None else part[rows], parts)

    return take(slice(kept)), take(slice(kept, None))


def _nesting(node: Any) -> Any:
    if isinstance(node, dict):
        return tuple((name, _nesting(value)) for name, value in node.items())
    if isinstance(node, (list, tuple)):
        return tuple(_nesting(value) for value in node)
    return node is None
