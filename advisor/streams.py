"""Data that comes in batches and may never end."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from advisor.errors import DataError, warn
from advisor.words import kind

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BATCHES = 100  # of a stream, which may never end


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
        raise DataError(f"The stream gave {kind(batches[0])}. Expected (x, y) batches.")
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
