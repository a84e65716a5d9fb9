"""Grading a course: one process a submission, owned by us, and nothing lost whatever happens.

The grader itself only hashes bytes. A child of its own looks into each submission and computes the
verdict; where NumPy cannot predict a model, that child asks the worker's nursery, which opens the
model with Keras in yet another process, without labels. A child that dies costs nobody a mark: it is
tried again once, then the submission is set aside and said so.
"""

from __future__ import annotations

import contextlib
import gc
import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading import confinement, handout, marking, scratch, submission
from advisor.grading.jail import ladder
from advisor.grading.marks import kept_text
from advisor.grading.nursery import NoKerasError, Nursery
from advisor.grading.worker import TRIES, Job, Means, Worker, mark, set_aside

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from advisor.grading.marks import Result
    from advisor.grading.nursery import Frame
    from advisor.grading.results import Results
    from advisor.grading.source import Source

_NEEDED = """ctypes fractions numpy.ma resource advisor.confirmation advisor.diagnosis advisor.data_facts
advisor.file_facts advisor.file_weights advisor.forward advisor.meanfield advisor.remedies
advisor.rewriting advisor.saved advisor.vetting advisor.grading.looking advisor.grading.sketches
advisor.grading.values advisor.grading.handout"""


def jobs_of(
    source: Source, folders: Iterable[tuple[str, Path]], results: Results, *, again: bool = False
) -> Iterator[Job]:
    """Give the submissions of which no result of this version counts or waits, or all `again`."""
    for name, folder in folders:
        files = submission.load(folder, source.limits.file_mb * 2**20)
        job = Job(marking.sheet(source, kept_text(name)), files, source)
        results.count_last(job.key)
        if not results.waits(job.key) and (again or not results.counts(job.key)):
            yield job


def grade(
    jobs: Iterable[Job],
    source: Source,
    results: Results,
    *,
    workers: int = 2,
    again: bool = False,
    means: Means | None = None,
) -> int:
    """Grade submissions and keep each result as soon as it is there; return how many.

    Args:
        jobs: the submissions.
        source: their assignment.
        results: where they are kept.
        workers: how many are graded at the same time.
        again: what counts already is graded anew, and waits.
        means: what they are judged with; None for what this machine has.

    Raises:
        OptionError: some need Keras, which cannot be started; they wait.
    """
    means = means or means_of(source)
    count, cause = 0, _Cause()
    way = _side_by_side if confinement.FORKS else _one_by_one
    scratch.sweep()
    _import_once(source)
    gc.freeze()  # what is here now is not looked through in every child
    try:
        with contextlib.closing(way(iter(jobs), source, means, workers, cause)) as found:
            for result in found:
                results.keep(result, again=again)
                count += 1
    except (BlockingIOError, MemoryError) as error:
        raise OptionError(
            f"No more processes can be started ({error}). Close other programs, then run the same "
            "command again; what was graded is kept."
        ) from None
    finally:
        gc.unfreeze()
        scratch.sweep()
    if cause.waiting:
        raise OptionError(
            f"Keras cannot be started ({cause.why[:80]}); {cause.waiting} submissions need it and wait, "
            f"{count} are graded. Repair that, then run the same command again."
        )
    return count


def means_of(source: Source, *, most: str = "A", unprotected: bool = False) -> Means:
    """Return what this machine judges with.

    Args:
        source: the assignment, in its course.
        most: the rung that is tried first.
        unprotected: run students' code even where nothing confines it.
    """
    private = str(source.folder.resolve().parents[1])
    rung = ladder.probe(private, most)
    return Means(rung, private, rung.jails or unprotected)


@dataclass(slots=True)
class _Cause:
    """Why submissions were left for later, and how many."""

    waiting: int = 0
    why: str = ""

    def add(self, why: str) -> None:
        self.waiting += 1
        self.why = why


def _import_once(source: Source) -> None:
    """Import what every child needs before the first is forked; it takes most of a second."""
    import importlib

    from advisor import allowlist, moments, rulebook
    from advisor.grading import kinds

    for name in _NEEDED.split():
        with contextlib.suppress(ImportError):  # not on every system
            importlib.import_module(name)
    allowlist.allowed()
    rulebook.rulebook()
    moments.known()
    confinement.libc()
    for _, kind, _, spec, _ in marking.sheet(source, "").questions:
        kinds.kind(kind)
        if handout.has_rows(kind, spec):
            marking.rows(spec)


def _side_by_side(
    jobs: Iterator[Job], source: Source, means: Means, workers: int, cause: _Cause
) -> Generator[Result]:
    """Grade in processes of their own, so many at a time."""
    team = [Worker(source.limits, means) for _ in range(max(workers, 1))]
    try:
        while True:
            for worker in team:
                _next(worker, jobs)
            busy = [worker for worker in team if worker.job is not None]
            if not busy:
                return
            for worker in _ready(busy):
                result = worker.go_on()
                if worker.waits_for_keras:
                    cause.add(worker.waits_for_keras)
                _next(worker, jobs)  # goes on while the result is written
                if result is not None:
                    yield result
    finally:
        for worker in team:
            worker.close()


def _next(worker: Worker, jobs: Iterator[Job]) -> None:
    if worker.job is None and (job := next(jobs, None)) is not None:
        worker.start(job)


def _ready(busy: list[Worker]) -> list[Worker]:
    """Wait until workers have something to read, or their time is up."""
    first = min(worker.end for worker in busy) - time.monotonic()
    ready, _, _ = select.select(busy, [], [], max(first, 0))
    return [worker for worker in busy if worker in ready or worker.late]


def _one_by_one(
    jobs: Iterator[Job], source: Source, means: Means, workers: int, cause: _Cause
) -> Generator[Result]:
    """Grade in this process, where the system has no fork; only Keras gets one of its own."""
    del workers
    keras = _Lazy(source, means)
    try:
        for job in jobs:
            result, why = None, ""
            for _ in range(TRIES):
                try:
                    result = mark(job, means, keras)
                    break
                except NoKerasError as error:
                    result, why = None, str(error)
                except Exception as error:  # noqa: BLE001 - a failure of our own
                    result = set_aside(job, means, f"{type(error).__name__}: {error}")
                keras.close()
            if result is None:
                cause.add(why)
            else:
                yield result
    finally:
        keras.close()


class _Lazy:
    """A nursery that is started when it is asked and is not there."""

    def __init__(self, source: Source, means: Means) -> None:
        self._source = source
        self._means = means
        self._nursery: Nursery | None = None

    def ask(self, what: str, data: bytes, X: Any) -> Any:
        """Let Keras open a model, as `Nursery.ask` does."""
        return self._started().ask(what, data, X)

    def run(self, payload: bytes) -> tuple[str, list[Frame]]:
        """Run a student's code, as `Nursery.run` does; what it leaves behind is for nobody else."""
        try:
            return self._started().run(payload)
        finally:
            self.close()

    def _started(self) -> Nursery:
        if self._nursery is not None and not self._nursery.alive:
            self.close()
        if self._nursery is None:
            self._nursery = Nursery(self._source.limits, self._means.rung, self._means.private)
        return self._nursery

    def close(self) -> None:
        """End it."""
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None
