"""Independent pieces of a study, trained here or wherever joblib's configuration sends them.

`joblib.parallel_config(backend="dask")` spreads them over a cluster, `backend="loky"` over processes
of this machine. How a study is cut does not depend on it, so neither do its numbers.
"""

from __future__ import annotations

import functools
import gc
import importlib.metadata
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from advisor import architecture, backend, keeping, progress
from advisor.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_one_at_a_time = threading.RLock()  # a backend takes all cores by itself
_PACKAGES = ("numpy", "scikit-learn", "keras", "keras-advisor")


def each(
    work: Callable[..., Any], rows: Sequence[tuple[Any, ...]], title: str, keys: Any = None
) -> list[Any]:
    """Return work(*row) for each row; what is kept from an earlier run is not done again.

    Args:
        work: a function that cloudpickle can send. What it gives must be plain, as `keeping.save`
            has it.
        rows: its arguments.
        title: of the progress bar.
        keys: what the numbers of each row depend on, as plain values; the rows themselves if None.

    Raises:
        OptionError: a worker was lost, or is not like this process.
    """
    from joblib import Parallel, delayed

    like = _like()
    named = [[work.__module__, work.__qualname__, like, key] for key in keys or rows]
    found = [keeping.load(key) for key in named]
    missing = [i for i, one in enumerate(found) if one is keeping.NOTHING]
    # tuples: what can be referred to weakly joblib leaves on one worker, and it is lost with it
    jobs = (delayed(_there)(work, i, tuple(rows[i]), like) for i in missing)
    pool = Parallel(return_as="generator_unordered", batch_size=1)
    with progress.counted(len(rows), title) as count:
        count(len(rows) - len(missing))
        for i, result in _told(pool(jobs)):
            keeping.save(named[i], result)
            found[i] = result
            count(1)
    return found


def named(
    work: Callable[..., Any], rows: Mapping[str, tuple[Any, ...]], title: str = "lab"
) -> dict[str, Any]:
    """Return work(*row) for each row by its name, as `each` does."""
    return dict(zip(rows, each(work, list(rows.values()), title), strict=True))


def _there(
    work: Callable[..., Any], place: int, row: tuple[Any, ...], like: list[Any]
) -> tuple[int, Any]:
    """Do one piece of work, in whatever process."""
    with _one_at_a_time:
        _adopt(like)
        gc.collect()  # Keras' models hold themselves: the last piece's memory is not free before
        return place, work(*row)


def _told(results: Iterator[Any]) -> Iterator[Any]:
    """Give results; turn what joblib and Dask raise of their own into one line."""
    try:
        yield from results
    except Exception as error:
        kind = type(error)
        if kind.__module__.partition(".")[0] not in {"joblib", "distributed", "tornado"}:
            raise
        raise OptionError(
            f"The workers were lost ({kind.__name__}: {str(error)[:120]}). Start them again, then run "
            "the same again: what was finished is there if it was kept in a folder (keep=)."
        ) from error


@functools.cache
def _versions() -> list[list[str]]:
    """Return the packages that numbers depend on."""
    name = backend.keras().backend.backend()
    return [[one, importlib.metadata.version(one)] for one in (*_PACKAGES, name)]


def _like() -> list[Any]:
    """Return what a process must be like to give the same numbers."""
    return [*architecture.settings(), _versions()]


def _adopt(like: list[Any]) -> None:
    """Make this process like the one that asked.

    Raises:
        OptionError: it is on another backend, or has other versions.
    """
    floatx, policy, epsilon, image_format, name, versions = like
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = name
    config = backend.keras().config
    if config.backend() != name:
        raise OptionError(
            f"A worker runs Keras on {config.backend()}, this process on {name}. Start the workers "
            f"with KERAS_BACKEND={name}."
        )
    for (one, wanted), (_, has) in zip(versions, _versions(), strict=True):
        if wanted != has:
            raise OptionError(
                f"A worker has {one} {has}, this process {wanted}: the numbers would differ. Install "
                "the same versions everywhere."
            )
    if like != _like():
        config.set_floatx(floatx)
        config.set_epsilon(epsilon)
        config.set_image_data_format(image_format)
        config.set_dtype_policy(policy)
