"""The process in which a worker of a cluster judges submissions, as the grader does on its own machine.

A worker has threads, and from among threads nothing is forked; so each of its threads starts one of
these and speaks with it over its standard input and output: `python -m advisor.grading.station PARENT`.
What is asked comes from the teacher's own grader, through the cluster, and is a pickle.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import pickle
import select
import sys
from typing import TYPE_CHECKING, Any

import advisor
from advisor.grading import confinement, team
from advisor.grading.frames import read_frame, write_frame
from advisor.grading.jail import ladder
from advisor.grading.worker import Means

if TYPE_CHECKING:
    from typing import BinaryIO

    from advisor.grading.worker import Job

MOST = 2**40  # bytes of a message, which is our own
_IDLE = 60.0  # seconds without work, after which it goes
_PACKAGES = ("keras", "tensorflow", "numpy")


def like(means: Means) -> dict[str, str]:
    """Return what two machines have in common that give the same bytes."""
    told = {"Python": ".".join(map(str, sys.version_info[:2])), "advisor": advisor.__version__}
    for name in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            told[name] = importlib.metadata.version(name)
    return told | {"rung": means.rung.letter}


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Judge what is asked until the worker goes away, or asks nothing for a while."""
    judges, known = None, None
    with contextlib.ExitStack() as ending:
        while _comes(source) and (asked := read_frame(source, MOST)) is not None:
            header, payload = asked
            if judges is None or header != known:
                ending.close()
                judges, known = None, header
                means = _means(header)
                if unlike := _unlike(like(means), header["like"]):
                    write_frame(sink, {"unlike": unlike}, b"")
                    continue
                judges = team.gathered(_jobs(payload)[0].source, means, workers=1)
                ending.callback(judges.close)
            before = judges.left.count
            results = [one.dumps() for one in judges.judge(_jobs(payload))]
            told = {"left": judges.left.count - before, "why": judges.left.why}
            write_frame(sink, told, json.dumps(results).encode())


def _means(header: dict[str, Any]) -> Means:
    """Return what is judged with: the teacher's rung where this machine has it, never a higher one."""
    rung = ladder.probe(header["private"], header["like"]["rung"])
    return Means(rung, header["private"], header["runs_code"])


def _jobs(payload: bytes) -> list[Job]:
    jobs: list[Job] = pickle.loads(payload)  # noqa: S301 - from the teacher's own grader
    return jobs


def _comes(source: BinaryIO) -> bool:
    """Wait for work; say whether there is some, or the end."""
    return not confinement.FORKS or bool(select.select([source], [], [], _IDLE)[0])


def _unlike(own: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """Return the first thing that differs, what it is here and what it is there, if there is one."""
    for name in {**wanted, **own}:
        pair = [own.get(name, "none"), wanted.get(name, "none")]
        if pair[0] != pair[1]:
            return [name, *pair]
    return []


def _main() -> None:
    confinement.end_with(int(sys.argv[1]))
    stream, out = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)  # what libraries print goes nowhere
    with os.fdopen(stream, "rb", buffering=0) as source, os.fdopen(out, "wb", buffering=0) as sink:
        serve(source, sink)


if __name__ == "__main__":
    _main()
