"""A Dask cluster for the command line; in Python, `joblib.parallel_config` says it without us."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from advisor.errors import OptionError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT = 10  # seconds for the scheduler to answer


@contextlib.contextmanager
def joined(address: str | None) -> Iterator[None]:
    """Let what goes through joblib inside go to a cluster.

    Args:
        address: of its scheduler, such as "tcp://10.0.0.5:8786"; None to stay here.

    Raises:
        OptionError: Dask is not installed, nothing answers there, or it has no worker.
    """
    if address is None:
        yield
        return
    try:
        from distributed import Client
    except ImportError:
        raise OptionError(
            'A cluster needs Dask. Install it: pip install "keras-advisor[cluster]".'
        ) from None
    import joblib

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
        with joblib.parallel_config(backend="dask"):
            yield
