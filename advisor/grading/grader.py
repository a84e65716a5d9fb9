"""Grading a course: one process a submission, owned by us, and nothing lost whatever happens.

The grader itself only hashes bytes. A child of its own looks into each submission and computes the
verdict; where NumPy cannot predict a model, that child asks the worker's nursery, which opens the
model with Keras in yet another process, without labels. A child that dies costs nobody a mark: it is
tried again once, then the submission is set aside and said so.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.grading import handout, marking, submission
from advisor.grading.frames import BROKEN, MOST, read_frame, write_frame
from advisor.grading.judgement import NeedsKerasError
from advisor.grading.marks import loads
from advisor.grading.nursery import Nursery
from advisor.grading.opening import die_with_parent
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from advisor.grading.marks import Result
    from advisor.grading.results import Results
    from advisor.grading.source import Source

RUNG = "C"  # of the ladder: allow-list, then a process with limits of time, memory and files
TRIES = 2
_NEEDED = """h5py numpy.ma advisor.confirmation advisor.diagnosis advisor.data_facts advisor.file_facts
advisor.file_weights advisor.forward advisor.meanfield advisor.remedies advisor.saved advisor.vetting
advisor.grading.looking advisor.grading.sketches advisor.grading.values"""
_STATIC = 60.0  # seconds for all that needs no Keras
_START_UP = 180.0  # seconds for Keras to be imported on a slow machine


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to be graded."""

    sheet: marking.Sheet
    files: submission.Files

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What its result is kept under."""
        return (self.sheet.name, self.sheet.version, self.sheet.student, self.files.sha256)


def jobs_of(
    source: Source, folders: Iterable[tuple[str, Path]], results: Results, *, again: bool = False
) -> Iterator[Job]:
    """Give the submissions that have no final result yet, or all `again`."""
    for student, folder in folders:
        files = submission.load(folder, source.limits.file_mb * 2**20)
        job = Job(marking.sheet(source, student), files)
        table = "proposals" if again else "results"
        if results.has(job.key, table) or (not again and results.has(job.key, "proposals")):
            continue
        yield job


def grade(
    jobs: Iterable[Job],
    source: Source,
    results: Results,
    *,
    workers: int = 2,
    again: bool = False,
) -> int:
    """Grade submissions and keep each result as soon as it is there; return how many."""
    waiting, count = iter(jobs), 0
    team = [_Worker(source) for _ in range(max(workers, 1))]
    _import_once(source)
    try:
        while True:
            for worker in team:
                if worker.job is None and (job := _next(waiting, results)) is not None:
                    if isinstance(job, Job):
                        worker.start(job)
                    else:
                        count += _kept(results, job, again=again)
            if not any(worker.job for worker in team):
                return count
            for worker in _ready(team):
                found = worker.finish(results)
                if found is not None:
                    count += _kept(results, found, again=again)
    finally:
        for worker in team:
            worker.close()


def _import_once(source: Source) -> None:
    """Import what every child needs before the first is forked; it takes most of a second."""
    import importlib

    from advisor import moments, rulebook
    from advisor.grading import kinds

    for name in _NEEDED.split():
        importlib.import_module(name)
    rulebook.rulebook()
    moments.known()
    for _, kind, _, spec, _ in marking.sheet(source, "").questions:
        kinds.kind(kind)
        if handout.has_rows(kind, spec):
            marking.rows(spec)


def _next(waiting: Iterator[Job], results: Results) -> Job | Result | None:
    """Return the next job; of one that failed too often, its result."""
    job = next(waiting, None)
    if job is not None and results.failures(job.key) >= TRIES:
        return _set_aside(job, "an earlier run")
    return job


def _set_aside(job: Job, why: str) -> Result:
    return marking.not_graded(job.sheet, job.files.sha256, _SET_ASIDE.format(why), RUNG)


def _kept(results: Results, result: Result, *, again: bool) -> int:
    results.keep(result, again=again)
    return 1


class _Worker:
    """Grades one submission after the other, each in a process of its own."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._nursery: Nursery | None = None
        self.job: Job | None = None
        self._child = 0
        self.reading = -1
        self._parts: list[bytes] = []
        self.end = 0.0

    def start(self, job: Job) -> None:
        """Begin to grade a submission."""
        self.job, self._parts = job, []
        models = len(job.sheet.questions)
        self.end = time.monotonic() + _STATIC
        if self._nursery is not None:
            self.end += _START_UP + models * (self._source.limits.seconds + 5)
        self.reading, writing = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                os.close(self.reading)
                die_with_parent()
                _mark(job, self._nursery, writing)
            finally:
                os._exit(0)
        os.close(writing)

    def read(self) -> bool:
        """Take what the child wrote; return whether it is through."""
        part = os.read(self.reading, 2**16)
        self._parts.append(part)
        return not part

    def finish(self, results: Results) -> Result | None:
        """Return the result; None where the job was begun again."""
        job = self.job
        assert job is not None  # noqa: S101 - only a worker at work is ready
        answer, payload = self._answer()
        self._end_child()
        self.job = None
        status = answer.get("status")
        if status == "done":
            return loads(payload.decode())
        if status == "needs keras" and self._nursery is None:
            self._nursery = Nursery(self._source.limits)
            self.start(job)
            return None
        self._close_nursery()  # whatever it was in the middle of
        if results.failed(job.key) >= TRIES:
            return _set_aside(job, str(answer.get("why", "its process ended or took too long"))[:200])
        self.start(job)
        return None

    def _answer(self) -> tuple[dict[str, Any], bytes]:
        import io

        frame = read_frame(io.BytesIO(b"".join(self._parts)), MOST)
        return BROKEN if frame is None else frame

    def _end_child(self) -> None:
        os.close(self.reading)
        with contextlib.suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self._child, 0)

    def _close_nursery(self) -> None:
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def close(self) -> None:
        """End what is still running."""
        if self.job is not None:
            self._end_child()
            self.job = None
        self._close_nursery()


def _ready(team: list[_Worker]) -> list[_Worker]:
    """Wait until workers are through, or their time is up."""
    through: list[_Worker] = []
    while not through:
        busy = {worker.reading: worker for worker in team if worker.job is not None}
        first = min(worker.end for worker in busy.values())
        ready, _, _ = select.select(list(busy), [], [], max(first - time.monotonic(), 0))
        through = [busy[pipe] for pipe in ready if busy[pipe].read()]
        now = time.monotonic()
        through += [w for w in busy.values() if w.end <= now and w not in through]
    return through


def _mark(job: Job, nursery: Nursery | None, writing: int) -> None:
    """Judge one submission, in the child."""
    names = [question[0] for question in job.sheet.questions]
    header: dict[str, Any] = {"status": "done"}
    payload = b""
    try:
        handed_in = submission.parse(job.files, names)
        opener = None if nursery is None else nursery.ask
        payload = marking.mark(job.sheet, handed_in, opener, RUNG).dumps().encode()
    except NeedsKerasError:
        header = {"status": "needs keras"}
    except BaseException as error:  # noqa: BLE001 - a failure of our own, told to the grader
        header = {"status": "failed", "why": f"{type(error).__name__}: {error}"[:200]}
    with os.fdopen(writing, "wb", buffering=0) as sink:
        write_frame(sink, header, payload)


_SET_ASIDE = Text(
    en="Set aside: grading this submission failed twice ({}). No mark is lost by it; the teacher will "
    "look at it, and give marks by hand or grade it again.",
    zh="先放在一边：这份作业评了两次都没评成（{}）。不会因此扣分；老师会来看，手动给分或者重评。",
)
