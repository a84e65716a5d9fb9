"""Grading a course: one process a submission, owned by us, and nothing lost whatever happens.

The grader itself only hashes bytes. A child of its own looks into each submission and computes the
verdict; where NumPy cannot predict a model, that child asks the worker's nursery, which opens the
model with Keras in yet another process, without labels. A child that dies costs nobody a mark: it is
tried again once, then the submission is set aside and said so.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading import marking, spreading, submission, team
from advisor.grading.jail import ladder
from advisor.grading.marks import kept_text
from advisor.grading.worker import Job, Means

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from advisor.grading.results import Results
    from advisor.grading.source import Source


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
    cluster: Any = None,
) -> int:
    """Grade submissions and keep each result as soon as it is there; return how many.

    Args:
        jobs: the submissions.
        source: their assignment.
        results: where they are kept.
        workers: how many are graded at the same time on this machine.
        again: what counts already is graded anew, and waits.
        means: what they are judged with; None for what this machine has.
        cluster: a `distributed.Client`, to grade on its workers and not here.

    Raises:
        OptionError: some need Keras, which cannot be started; they wait. Or a cluster's workers are
            lost, or differ from this machine.
    """
    means = means or means_of(source)
    count = 0
    try:
        judges = (
            team.gathered(source, means, workers)
            if cluster is None
            else spreading.Stations(cluster, source, means)
        )
        with contextlib.closing(judges), contextlib.closing(judges.judge(jobs)) as found:
            for result in found:
                results.keep(result, again=again)
                count += 1
    except (BlockingIOError, MemoryError) as error:
        raise OptionError(
            f"No more processes can be started ({error}). Close other programs, then run the same "
            "command again; what was graded is kept."
        ) from None
    if judges.left.count:
        raise OptionError(
            f"Keras cannot be started ({judges.left.why[:80]}); {judges.left.count} submissions need it "
            f"and wait, {count} are graded. Repair that, then run the same command again."
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
