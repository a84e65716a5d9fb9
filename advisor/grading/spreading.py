"""Submissions judged on a Dask cluster: sent a few at a time, while this machine keeps the results."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advisor import cluster
from advisor.errors import OptionError
from advisor.grading import station
from advisor.grading.frames import BROKEN, read_frame, write_frame
from advisor.grading.marks import loads
from advisor.grading.team import Left

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from advisor.grading.marks import Result
    from advisor.grading.source import Source
    from advisor.grading.worker import Job, Means

_FEW = 4  # submissions sent at a time
_AHEAD = 2  # of those for each thread of the cluster: while one is judged, the next is on its way
_PATIENCE = 30.0  # seconds until somebody looks whether there is a worker at all
_TRIES = 2


class Stations:
    """The processes of a cluster that judge: one for each thread of its workers.

    Attributes:
        left: what waits for Keras.
    """

    def __init__(self, client: Any, source: Source, means: Means) -> None:
        """Take a `distributed.Client`, the assignment, and what they judge with, as this machine would."""
        self.left = Left()
        self._client = client
        self._asked = {
            "assignment": [source.name, source.version],  # with its limits
            "like": station.like(means),
            "private": means.private,
            "runs_code": means.runs_code,
        }

    def judge(self, jobs: Iterable[Job]) -> Generator[Result]:
        """Judge submissions; give each result as soon as it is there.

        Raises:
            OptionError: the workers are lost, or not like this machine.
        """
        import dask
        from distributed import wait

        jobs = iter(jobs)
        few = iter(lambda: list(itertools.islice(jobs, _FEW)), [])
        sent: set[Any] = set()
        quiet = dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})
        with quiet, cluster.explained("what was graded is kept"):
            try:
                while True:
                    ahead = _AHEAD * max(sum(self._client.ncores().values()), 1)
                    for some in itertools.islice(few, max(ahead - len(sent), 0)):
                        sent.add(self._sent(some))
                    if not sent:
                        return
                    try:
                        done = wait(sent, _PATIENCE, return_when="FIRST_COMPLETED").done
                    except TimeoutError:
                        self._look()
                        continue
                    sent -= done
                    for one in done:
                        yield from self._results(*one.result())
            finally:
                self._client.cancel(list(sent))

    def _sent(self, jobs: list[Job]) -> Any:
        return self._client.submit(_there, self._asked, pickle.dumps(jobs), pure=False)

    def _results(self, told: dict[str, Any], payload: bytes) -> Generator[Result]:
        if "unlike" in told:
            what, has, wanted = told["unlike"]
            raise OptionError(
                f"A worker has {what} {has}, this machine {wanted}: the results would differ. Make "
                "them alike, then run the same command again; what was graded is kept."
            )
        if "left" not in told:
            raise OptionError(
                f"A process that grades ended {_TRIES} times on a worker; its log tells why. Repair "
                "that, then run the same command again; what was graded is kept."
            )
        if told["left"]:
            self.left.add(told["why"], told["left"])
        yield from map(loads, json.loads(payload))

    def _look(self) -> None:
        if not self._client.ncores():
            raise OptionError(
                "The cluster has no worker any more. Start one, then run the same command again; "
                "what was graded is kept."
            )

    def close(self) -> None:
        """Nothing is left: a station without work ends by itself."""


_own = threading.local()  # each thread of a worker has its station


def _there(asked: dict[str, Any], jobs: bytes) -> tuple[dict[str, Any], bytes]:
    """Let the station of this thread judge; an empty answer where it ends each time."""
    for _ in range(_TRIES):
        process: Any = getattr(_own, "station", None)
        if process is None or process.poll() is not None:
            process = _own.station = _started()
        try:
            write_frame(process.stdin, asked, jobs)
            reply = read_frame(process.stdout, station.MOST)
        except OSError:
            reply = None
        if reply is not None and reply is not BROKEN:
            return reply
        process.kill()
        process.wait()
    return BROKEN


def _started() -> subprocess.Popen[bytes]:
    """Start a station; it ends with this thread."""
    paths = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "advisor.grading.station", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "OPENBLAS_NUM_THREADS": "1"},
        bufsize=0,
        start_new_session=True,  # Ctrl-C is for the worker
    )
