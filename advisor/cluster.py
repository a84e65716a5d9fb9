"""A Dask cluster for the command line; in Python, `joblib.parallel_config` says it without us."""

from __future__ import annotations

import contextlib
import itertools
import logging
import pickle
import textwrap
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, shown

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

_WAIT = 10  # seconds for the scheduler to answer
_AHEAD = 2  # calls sent for each thread: while one is done, the next is on its way
_PATIENCE = 30.0  # seconds until somebody looks whether there is a worker at all


@contextlib.contextmanager
def joined(address: str | None) -> Iterator[Any]:
    """Let what goes through joblib inside go to a cluster; give the `distributed.Client`, if any.

    Args:
        address: of its scheduler, such as "tcp://10.0.0.5:8786"; None to stay here.

    Raises:
        OptionError: Dask is not installed, nothing answers there, or it has no worker.
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

    with _quiet(), _client(Client, address) as client:
        if not client.ncores():
            raise OptionError(
                f"The cluster at {shown(address)} has no worker. Start one: dask worker {address}."
            )
        with joblib.parallel_config(backend="dask"):
            yield client


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from logging what is lost: we tell it ourselves."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def _client(kind: Any, address: str) -> Any:
    try:
        return kind(address, timeout=_WAIT)
    except (OSError, ValueError, TypeError) as error:
        raise OptionError(
            f"No Dask scheduler answers at {shown(address)} ({type(error).__name__}). Expected an "
            "address such as tcp://10.0.0.5:8786, which `dask scheduler` prints."
        ) from None


def results(client: Any, calls: Iterable[tuple[Any, Any, Any]], first: Any) -> Generator[Any]:
    """Give what calls give, as they come; while some are done, the next are on their way.

    Args:
        client: a `distributed.Client`.
        calls: function, arguments, arguments by name; asked for one after the other, when there is room.
        first: an argument before the others of each call, plain. It is sent once, not with each.

    Raises:
        OptionError: there is no worker any more, or one without us, or without what a call imports.
    """
    import cloudpickle
    import dask
    from distributed import wait

    _same_there(client)
    calls = iter(calls)
    sent: set[Any] = set()
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
            # not scattered: that would be lost with a worker
            there = client.submit(_itself, first, pure=False)
            while True:
                ahead = _AHEAD * max(_threads(client), 1)
                for call in itertools.islice(calls, max(ahead - len(sent), 0)):
                    sent.add(client.submit(_called, there, cloudpickle.dumps(call), pure=False))
                if not sent:
                    return
                try:
                    done = wait(sent, _PATIENCE, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    done = set()
                    if not _threads(client):
                        raise OptionError(
                            "The cluster has no worker any more. Start one, then run the same again: "
                            "what was finished is kept where that was asked for."
                        ) from None
                sent -= done
                for one in done:
                    yield one.result()
    finally:
        # where the scheduler is gone, nothing is left to cancel
        with contextlib.suppress(Exception):
            client.cancel(list(sent))


def _same_there(client: Any) -> None:
    """Refuse workers, or a scheduler, that end because they cannot import what they are asked for."""
    lacking = [one for one, has in client.run(find_spec, "advisor").items() if has is None]
    if client.run_on_scheduler(find_spec, "advisor") is None:
        lacking.append(client.scheduler.address)
    if lacking:
        raise OptionError(
            f"There is no advisor at {shown(lacking[0])}. Install the same version there: "
            'pip install "keras-advisor[cluster]".'
        )


def _itself(value: Any) -> Any:
    return value


def _called(first: Any, call: bytes) -> Any:
    """Call what was sent; were it not sent as bytes, a worker that cannot import it would end."""
    try:
        function, row, more = pickle.loads(call)  # noqa: S301 - from the client, as Dask does it
    except (ImportError, AttributeError) as error:
        raise OptionError(
            f"A worker cannot read what it is sent ({type(error).__name__}: {error}). Install there "
            "what your own functions import, the same versions as here."
        ) from None
    return function(first, *row, **more)


def _threads(client: Any) -> int:
    try:
        return sum(client.ncores().values())
    except OSError as error:
        raise OptionError(
            f"The scheduler does not answer any more ({type(error).__name__}). Start it again, then run "
            "the same again: what was finished is kept where that was asked for."
        ) from None


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
        if kind.__module__.partition(".")[0] not in _THEIRS:
            raise
        words = textwrap.shorten(str(error), 120, placeholder=" …")
        raise OptionError(
            f"The workers were lost ({kind.__name__}: {words}). Start them again, then run "
            f"the same again: {kept}."
        ) from error


_THEIRS = {"joblib", "distributed", "tornado"}
