"""Collect what students handed in: from a folder, a zip, or a platform's zip, never overwriting.

    submitted/<student>/<assignment>/answers.json, q2.keras, …   as handed in
    submitted/<student>/<assignment>/.collected.json             when, late or not, and each sha256

A run that was killed, or that met a full disk, is run again: what is there stays as it is.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading import archives, storing
from advisor.grading.collected import Collected
from advisor.grading.matching import match
from advisor.grading.parts import choose, shorten
from advisor.grading.roster import Roll, safe_id
from advisor.grading.storing import Receipt
from advisor.grading.zips import EntryError
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from advisor.grading.matching import Item
    from advisor.grading.roster import Student

_ZIP_TIMES = 4  # as many bytes as one file may have, in a student's zip
_DIFFERENT = Text(
    en="it differs from what is in {0}, which stays; to take it, move {0} away and collect again",
    zh="与 {0} 里已有的不同，已有的保留；要用这一份，请先移走 {0} 再收一次",
)
_OLDER = Text(en="one is taken; left alone: {}", zh="取了其中一份；未动：{}")
_OVERLOOKED = Text(
    en="named like no question: {}; rename it in submitted/, or ask",
    zh="文件名对不上任何一题：{}；请改名放进 submitted/，或者问学生",
)
_NO_FOLDER = Text(
    en="its place in submitted/ is a link or a file; move it away",
    zh="submitted/ 里它的位置是链接或文件；请先移走",
)


@dataclass(slots=True)
class _Tally:
    """What is known so far."""

    new: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    duplicate: dict[str, Text] = field(default_factory=dict)
    refused: dict[str, Text] = field(default_factory=dict)
    overlooked: dict[str, Text] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)


def collect(
    course: Path,
    assignment: str,
    source: Path,
    *,
    wanted: set[str] | None = None,
    pattern: str | None = None,
    due: datetime | None = None,
    roster: list[Student] | None = None,
    file_limit: int = 2**26,
) -> Collected:
    """Copy what students handed in to the course's `submitted` folder.

    Args:
        course: the folder of the course.
        assignment: the assignment's name.
        source: a folder or a zip; zips in it are looked into, one level deep.
        wanted: file names of the models that are asked for, "q3.keras"; None takes every model.
            `answers.json`, notebooks and scripts are always taken.
        pattern: where the student's id stands: "moodle", "canvas" and so on (`patterns.BUILT_IN`),
            or text such as "{student}_{*}/{file}"; None takes the built-in one that finds most.
        due: later files are late; without a zone it is a time of this computer's. Moodle's downloads
            do not say when files were handed in, Canvas' say who was late.
        roster: the class; None accepts every id that may name a folder.
        file_limit: the most bytes of a file.

    Raises:
        OptionError: the source is no folder or zip, the pattern is wrong, or nothing can be
            written; what was collected before that stays valid, and a new run goes on.
    """
    safe_id(assignment)
    submitted = course / "submitted"
    _vet_places(submitted, source)
    _writing(lambda: submitted.mkdir(parents=True, exist_ok=True), 0)
    roll, tally = Roll(roster), _Tally()
    with (
        storing.alone(submitted),
        archives.entries(source, _ZIP_TIMES * file_limit) as entries,
    ):
        matched = match(entries, pattern, assignment, roll)
        tally.refused.update(matched.refused)
        for student, items in sorted(matched.items.items()):
            place = submitted / student / assignment
            _collect_one(place, items, tally, wanted=wanted, due=_zoned(due), limit=file_limit)
    handed_in = {student for student, _ in submissions(course, assignment)}
    students = [student.id for student in roster or ()]
    return Collected(
        assignment,
        matched.pattern.name,
        tuple(tally.new),
        tuple(tally.there),
        tuple(tally.late),
        tuple(sorted(one for one in students if one not in handed_in | set(tally.refused))),
        dict(sorted(tally.duplicate.items())),
        dict(sorted(tally.refused.items())),
        dict(sorted(matched.unmatched.items())),
        dict(sorted(tally.overlooked.items())),
        dict(sorted(tally.ignored.items())),
        {student.id: student.name for student in roster or ()},
        timeless=bool(due and tally.new and matched.pattern.name.startswith("moodle")),
    )


def submissions(course: Path, assignment: str) -> list[tuple[str, Path]]:
    """Return (student's id, folder) of every submission of an assignment, sorted by id."""
    try:
        names = sorted(os.listdir(course / "submitted"))  # noqa: PTH208 - names, not paths
    except OSError:
        return []
    places = [(name, course / "submitted" / name / assignment) for name in names if name[0] != "."]
    return [
        (name, place)
        for name, place in places
        if place.is_dir() and not place.is_symlink() and not place.parent.is_symlink()
    ]


def _collect_one(
    place: Path,
    items: list[Item],
    tally: _Tally,
    *,
    wanted: set[str] | None,
    due: datetime | None,
    limit: int,
) -> None:
    """Take one student's newest attempt, or say why not."""
    student = place.parent.name
    if any(
        one.is_symlink() or (one.exists() and not one.is_dir()) for one in (place.parent, place)
    ):
        tally.refused[student] = _NO_FOLDER
        return
    try:
        part = choose(items, wanted, limit)
    except EntryError as error:
        tally.refused[student] = error.why
        return
    tally.ignored.update(shorten(name) for name in part.ignored)
    if part.overlooked:
        tally.overlooked[student] = _OVERLOOKED.format(", ".join(map(shorten, part.overlooked)))
    if part.others:
        tally.duplicate[student] = _OLDER.format(", ".join(part.others))
    done = len(tally.new)
    there = storing.kept(place, limit)
    if there is None:
        late = bool(due and part.time and part.time > due) if part.late is None else part.late
        given = Receipt(part.time, late, storing.digests(part.files))
        _writing(lambda: storing.store(place, part.files, given), done)
        tally.new.append(student)
    elif there == storing.digests(part.files):
        late = _still_late(place, due, done)
        tally.there.append(student)
    else:
        tally.duplicate[student] = _DIFFERENT.format(f"submitted/{student}/{place.name}")
        return
    if late:
        tally.late.append(student)


def _still_late(place: Path, due: datetime | None, done: int) -> bool:
    """Say whether a submission that is there is late, and remember it if the due time moved."""
    known = storing.receipt(place)
    if known is None:
        return False
    late = known.late if due is None or known.time is None else known.time > due
    if late != known.late:
        _writing(lambda: storing.remember(place, Receipt(known.time, late, known.files)), done)
    return late


def _zoned(due: datetime | None) -> datetime | None:
    return due and due.astimezone(UTC)


def _vet_places(submitted: Path, source: Path) -> None:
    """Refuse to collect from what was collected."""
    here, there = submitted.resolve(), source.resolve()
    if here == there or here in there.parents or (there in here.parents and source.is_dir()):
        raise OptionError(
            "The source holds the folder submitted/, or lies in it. "
            "Name the folder or the zip that students' files came in."
        )


def _writing(action: Callable[[], None], done: int) -> None:
    """Do what writes; an error says what is safe."""
    try:
        action()
    except OSError as error:
        why = _REASONS.get(error.errno or 0, os.strerror(error.errno or errno.EIO))
        raise OptionError(
            f"Cannot write to submitted/: {why}. "
            f"{done} new submissions are stored and stay; repair that and collect again."
        ) from None


_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EROFS: "it is read-only",
    errno.EACCES: "you may not write there",
}
