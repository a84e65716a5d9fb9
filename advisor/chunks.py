"""Independent pieces of a study, trained here or wherever joblib's configuration sends them.

`joblib.parallel_config(backend="dask")` spreads them over a cluster, `backend="loky"` over processes
of this machine. How a study is cut does not depend on it, so neither do its numbers.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import os
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any

from advisor import architecture, backend, cluster, keeping, progress
from advisor.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

alone = threading.RLock()  # held by what a process does once at a time
_left_over = False  # models of finished pieces
_PACKAGES = ("numpy", "sklearn", "keras", "advisor")


def each(
    work: Callable[..., Any],
    rows: Sequence[tuple[Any, ...]],
    title: str,
    *,
    keys: Any = None,
    at_once: int | None = None,
    shared: tuple[Any, ...] = (),
) -> list[Any]:
    """Return work(*shared, *row) for each row; what is kept from an earlier run is not done again.

    Args:
        work: a function that cloudpickle can send. What it gives must be plain, as `keeping.save`
            has it.
        rows: its arguments.
        title: of the progress bar.
        keys: what the numbers of each row depend on, as plain values; the rows themselves if None.
        at_once: how many may run side by side in this process, where joblib sends them nowhere; None
            for work that no process may do twice at a time.
        shared: its first arguments, the same for all rows; `keys` tell of them as well.

    Raises:
        OptionError: a worker was lost, or is not like this process.
    """
    from joblib import delayed

    like = _like()
    named = [[work.__module__, work.__qualname__, like, key] for key in keys or rows]
    found = [keeping.load(key) for key in named]
    missing = [i for i, one in enumerate(found) if one is keeping.NOTHING]
    there = delayed(functools.partial(_there, only=at_once is None, several=len(rows) > 1))
    calls = [there(work, i, tuple(rows[i]), like) for i in missing]
    results = contextlib.closing(_run(calls, shared, at_once or 1))
    with progress.counted(len(rows), title) as count, results as coming:
        count(len(rows) - len(missing))
        for i, result in coming:
            keeping.save(named[i], result)
            found[i] = result
            count(1)
    return found


def named(
    work: Callable[..., Any], rows: Mapping[str, tuple[Any, ...]], title: str = "lab"
) -> dict[str, Any]:
    """Return work(*row) for each row by its name, as `each` does."""
    return dict(zip(rows, each(work, list(rows.values()), title), strict=True))


def _run(calls: list[Any], shared: Any, at_once: int) -> Generator[tuple[int, Any]]:
    """Give results as they come; turn what joblib and Dask raise of their own into one line."""
    from joblib import Parallel, cpu_count, effective_n_jobs
    from joblib.parallel import get_active_backend

    at_once = min(at_once, len(calls), cpu_count())
    how: dict[str, Any] = {"return_as": "generator_unordered", "batch_size": 1}
    chosen, asked = get_active_backend()
    with cluster.explained("what was finished is there if it was kept in a folder (keep=)"):
        if hasattr(chosen, "client"):  # joblib would wait for ever where Dask gives a piece up
            yield from cluster.results(chosen.client, calls, shared)
            return
        if at_once > 1 and asked is None and effective_n_jobs(None) == 1:  # nobody asked for more
            how |= {"n_jobs": at_once, "backend": "threading"}
        results = Parallel(**how)((do, (shared, *row), more) for do, row, more in calls)
        try:
            for one in results:  # noqa: UP028 - `yield from` would close them with a warning
                yield one
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what was interrupted
                results.close()


def _there(
    shared: tuple[Any, ...],
    work: Callable[..., Any],
    place: int,
    row: tuple[Any, ...],
    like: list[Any],
    *,
    only: bool,
    several: bool,
) -> tuple[int, Any]:
    """Do one piece of work, in whatever process.

    Args:
        shared: first arguments.
        work: a function.
        place: of the row.
        row: the other arguments.
        like: what this process must be like.
        only: nothing else may run in this process.
        several: other pieces come before or after it.
    """
    global _left_over  # noqa: PLW0603 - it is the process that holds memory
    with alone:
        _adopt(like)  # one at a time: a module that another thread is importing is only half there
        if _left_over and several:
            gc.collect()  # Keras' models hold themselves: their memory is not free before
        _left_over = False
    with alone if only else contextlib.nullcontext():
        try:
            return place, work(*shared, *row)
        finally:
            _left_over = several


@functools.cache
def _versions() -> list[list[str]]:
    """Return the packages that numbers depend on."""
    name = backend.keras().backend.backend()
    packages = [*_PACKAGES, name, *(["jaxlib"] if name == "jax" else [])]
    python = ["python", "{}.{}".format(*sys.version_info)]  # functions go from one to the other
    return [python, *([one, importlib.import_module(one).__version__] for one in packages)]


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
