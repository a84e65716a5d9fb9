"""Rows in memory: what an epoch loops over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor import backend
from advisor.errors import DataError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in memory: nested arrays of one length.

    Attributes:
        parts: (x,), (x, y) or (x, y, weights), each an array or arrays nested in lists or dicts.
        n: how many rows an epoch has.
        columns: () for one order of rows; (k,) for k orders side by side, which members follow.
        whose: for each member which of the k orders it follows, so that a batch is members × rows;
            None where there is one order.
    """

    parts: tuple[Any, ...]
    n: int
    columns: tuple[int, ...] = ()
    whose: Any = None

    def flat(self) -> list[Any]:
        """Return the arrays one after another; None where a part is missing."""
        return list(backend.keras().tree.flatten(self.parts))

    def arrays(self) -> list[Any]:
        """Return what a compiled function takes: the arrays, and whose order each member follows."""
        found = [a for a in self.flat() if a is not None]
        return found if self.whose is None else [*found, self.whose]

    def batch(self, arrays: list[Any], chosen: Any, take: Callable[[Any, Any], Any]) -> Any:
        """Return some rows of `arrays`, nested as the parts are.

        Args:
            arrays: as `arrays` gives them, or tensors of the same.
            chosen: places of rows, shape (rows,) or (k, rows).
            take: the backend's way to index.
        """
        given = iter(arrays)
        flat = [None if a is None else next(given) for a in self.flat()]
        if self.whose is not None:
            chosen = take(chosen, next(given))
        return self.pack([None if a is None else take(a, chosen) for a in flat])

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
        members = None if self.whose is None else len(self.whose)
        return (_nesting(self.parts), self.columns, members, *arrays)


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
