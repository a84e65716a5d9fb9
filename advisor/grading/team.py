"""Submissions judged side by side, each in a process of its own; one by one where there is no fork."""

from __future__ import annotations

import contextlib
import gc
import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.grading import confinement, handout, marking, scratch
from advisor.grading.nursery import NoKerasError, Nursery
from advisor.grading.worker import TRIES, Worker, mark, set_aside

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Any

    from advisor.grading.marks import Result
    from advisor.grading.nursery import Frame
    from advisor.grading.source import Source
    from advisor.grading.worker import Job, Means

_NEEDED = """ctypes fractions numpy.ma resource advisor.confirmation advisor.diagnosis advisor.data_facts
advisor.file_facts advisor.file_weights advisor.forward advisor.meanfield advisor.remedies
advisor.rewriting advisor.saved advisor.vetting advisor.grading.looking advisor.grading.sketches
advisor.grading.values advisor.grading.handout"""


@dataclass(slots=True)
class Left:
    """How many submissions wait for a Keras that cannot be started, and why."""

    count: int = 0
    why: str = ""

    def add(self, why: str, count: int = 1) -> None:
        """Count some more."""
        self.count += count
        self.why = why or self.why


def gathered(source: Source, means: Means, workers: int) -> Team | Alone:
    """Return who judges on this machine, so many submissions at the same time."""
    scratch.sweep()
    _import_once(source)
    return Team(source, means, workers) if confinement.FORKS else Alone(source, means)


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


class Team:
    """Workers that judge in processes of their own.

    Attributes:
        left: what waits for Keras.
    """

    def __init__(self, source: Source, means: Means, workers: int) -> None:
        """Begin with nothing to do."""
        self.left = Left()
        self._workers = [Worker(source.limits, means) for _ in range(max(workers, 1))]
        gc.freeze()  # what is here now is not looked through in every child

    def judge(self, jobs: Iterable[Job]) -> Generator[Result]:
        """Judge submissions; give each result as soon as it is there."""
        jobs = iter(jobs)
        while True:
            for worker in self._workers:
                _next(worker, jobs)
            busy = [worker for worker in self._workers if worker.job is not None]
            if not busy:
                return
            for worker in _ready(busy):
                result = worker.go_on()
                if worker.waits_for_keras:
                    self.left.add(worker.waits_for_keras)
                _next(worker, jobs)  # goes on while the result is written
                if result is not None:
                    yield result

    def close(self) -> None:
        """End what is still running."""
        for worker in self._workers:
            worker.close()
        gc.unfreeze()
        scratch.sweep()


def _next(worker: Worker, jobs: Iterator[Job]) -> None:
    if worker.job is None and (job := next(jobs, None)) is not None:
        worker.start(job)


def _ready(busy: list[Worker]) -> list[Worker]:
    """Wait until workers have something to read, or their time is up."""
    first = min(worker.end for worker in busy) - time.monotonic()
    ready, _, _ = select.select(busy, [], [], max(first, 0))
    return [worker for worker in busy if worker in ready or worker.late]


class Alone:
    """This process itself; only Keras gets one of its own.

    Attributes:
        left: what waits for Keras.
    """

    def __init__(self, source: Source, means: Means) -> None:
        """Begin with nothing to do."""
        self.left = Left()
        self._means = means
        self._keras = _Lazy(source, means)

    def judge(self, jobs: Iterable[Job]) -> Generator[Result]:
        """Judge submissions one by one."""
        for job in jobs:
            result, why = None, ""
            for _ in range(TRIES):
                try:
                    result = mark(job, self._means, self._keras)
                    break
                except NoKerasError as error:
                    result, why = None, str(error)
                except Exception as error:  # noqa: BLE001 - a failure of our own
                    result = set_aside(job, self._means, f"{type(error).__name__}: {error}")
                self._keras.close()
            if result is None:
                self.left.add(why)
            else:
                yield result

    def close(self) -> None:
        """End what is still running."""
        self._keras.close()
        scratch.sweep()


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
