"""Submissions judged on a Dask cluster: sent a few at a time, while this machine keeps the results."""

from __future__ import annotations

import contextlib
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
        jobs = iter(jobs)
        few = iter(lambda: list(itertools.islice(jobs, _FEW)), [])
        calls: Any = ((_there, (pickle.dumps(some),), {}) for some in few)
        found = contextlib.closing(cluster.results(self._client, calls, self._asked))
        with cluster.explained("what was graded is kept"), found as answers:
            for answer in answers:
                yield from self._results(*answer)

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
