"""A faculty's submissions, graded on this machine and on a cluster of two workers beside it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import classroom

_OPENED = 10  # one student in so many hands in models that Keras must open


def make(course: Path, students: int) -> None:
    """Begin a course and hand in for so many students."""
    ids = classroom.make(course, students, train_every=64)
    factory = classroom.Factory(for_keras=True)
    for student in ids[1::_OPENED]:
        folder = course / "submitted" / student / classroom.NAME
        for name, data in classroom.hand_in(course, student, "right", factory).items():
            (folder / name).write_bytes(data)


def rows(course: Path) -> list[Any]:
    """Return all that stands in the results file."""
    base = sqlite3.connect(course / "grades.sqlite")
    found = base.execute("SELECT * FROM results ORDER BY student, sha256").fetchall()
    base.close()
    return found


def main(students: int = 2000) -> None:
    """Print both times, and whether the results are the same."""
    import distributed

    place = Path(tempfile.mkdtemp(prefix="advisor-faculty-"))
    try:
        course = place / "course"
        make(course, students)
        found, took = [], []
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as two:
            for more in ((), ("--cluster", two.scheduler_address)):
                (course / "grades.sqlite").unlink(missing_ok=True)
                start = time.perf_counter()
                classroom.advisor("grade", classroom.NAME, *more, course=course)
                took.append(time.perf_counter() - start)
                found.append(rows(course))
        same = "the same" if found[0] == found[1] else "NOT the same"
        print(
            f"grading a faculty: {students} submissions, two at a time here {took[0]:.0f} s, on a "
            f"cluster of two workers {took[1]:.0f} s; {len(found[1])} results, {same} bytes"
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
