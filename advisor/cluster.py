"""A Dask cluster for the command line; in Python, `joblib.parallel_config` says it without us."""

from __future__ import annotations

import contextlib
import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT = 10  # seconds for the scheduler to answer


@contextlib.contextmanager
def joined(address: str | None) -> Iterator[Any]:
    """Let what goes through joblib inside go to a cluster; give the `distributed.Client`, if any.

    Args:
        address: of its scheduler, such as "tcp://10.0.0.5:8786"; None to stay here.

    Raises:
        OptionError: Dask is not installed, nothing answers there, it has no worker, or one without us.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise OptionError(
            'A cluster needs Dask. Install it: pip install "keras-advisor[cluster]".'
        ) from None
    import joblib

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost we tell ourselves
    try:
        client = Client(address, timeout=_WAIT)
    except (OSError, ValueError, TypeError) as error:
        raise OptionError(
            f"No Dask scheduler answers at {shown(address)} ({type(error).__name__}). Expected an "
            "address such as tcp://10.0.0.5:8786, which `dask scheduler` prints."
        ) from None
    with client:
        if not client.ncores():
            raise OptionError(
                f"The cluster at {shown(address)} has no worker. Start one: dask worker {address}."
            )
        lacking = [one for one, has in client.run(find_spec, "advisor").items() if has is None]
        if lacking:  # a worker ends where it cannot import what it is asked for
            raise OptionError(
                f"The worker at {lacking[0]} has no advisor. Install the same version there: "
                'pip install "keras-advisor[cluster]".'
            )
        with joblib.parallel_config(backend="dask"):
            yield client


@contextlib.contextmanager
def explained(kept: str) -> Iterator[None]:
    """Turn what joblib and Dask raise of their own into one line.

    Args:
        kept: what is not lost.

    Raises:
        OptionError: workers were lost.
    """
    try:
        yield
    except Exception as error:
        kind = type(error)
        if kind.__module__.partition(".")[0] not in _THEIRS and kind is not TimeoutError:
            raise
        words = " ".join(str(error).split())[:120]
        raise OptionError(
            f"The workers were lost ({kind.__name__}: {words}). Start them again, then run "
            f"the same again: {kept}."
        ) from error


_THEIRS = {"joblib", "distributed", "tornado"}
