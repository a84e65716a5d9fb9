"""Whose files are these: every entry of an archive to a student, by a pattern."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading import zips
from advisor.grading.patterns import BUILT_IN, Pattern, Reading, pattern
from advisor.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from advisor.grading.archives import Entry
    from advisor.grading.roster import Roll

_NO_PATTERN = Text(en="its name does not fit {}", zh="它的名字不符合 {}")
_EITHER = Text(en="it could be of several students", zh="可能属于几个学生")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry that belongs to a student.

    Attributes:
        entry: the file.
        reading: whose it is, and what of the path is left.
        time: when it was handed in; None where nothing says so.
        late: whether the platform says that it is; None where it says nothing.
    """

    entry: Entry
    reading: Reading
    time: datetime | None
    late: bool | None


@dataclass(slots=True)
class Matched:
    """What a pattern makes of an archive.

    Attributes:
        pattern: the one used.
        items: for each student's id.
        unmatched: what belongs to nobody, and why.
        refused: what no honest archive holds, and why.
        unread: how many entries do not fit the pattern.
    """

    pattern: Pattern
    items: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    unmatched: dict[str, Text] = field(default_factory=dict)
    refused: dict[str, Text] = field(default_factory=dict)
    unread: int = 0

    @property
    def fit(self) -> tuple[int, int, int]:
        """How many students and how many entries it finds, and how few names it cannot read."""
        return len(self.items), sum(map(len, self.items.values())), -self.unread


def match(entries: list[Entry], given: str | None, assignment: str, roll: Roll) -> Matched:
    """Sort entries by student; without a pattern, by the built-in one that finds most students.

    Without a roster everybody is a student, so there it is the one that reads most names. A folder
    around everything is looked through where it is no student's.
    """
    names = BUILT_IN if given is None else [given]

    def best(depth: int) -> Matched:
        tried = [_by(pattern(name, assignment), entries, assignment, roll, depth) for name in names]
        # the first of equals
        return max(tried, key=lambda one: one.fit[2] if roll.open else one.fit)

    found = best(0)
    if found.items or roll.open or len({entry.parts[0] for entry in entries}) > 1:
        return found
    deeper = best(1)
    return deeper if deeper.items else found


def _by(chosen: Pattern, entries: list[Entry], assignment: str, roll: Roll, depth: int) -> Matched:
    matched = Matched(chosen)
    others = _of_other_assignments(chosen, assignment)
    for entry in entries:
        label = "/".join(entry.parts)
        if entry.trouble is zips.OUTSIDE and not entry.zipped:
            matched.refused[label] = entry.trouble
            continue
        path, zipped = entry.parts[depth:], max(0, entry.zipped - depth)
        readings = chosen.readings(path, zipped)
        students = _students(readings, roll)
        if len(students) == 1:
            ((student, reading),) = students.items()
            time = entry.time if chosen.timed else None
            matched.items[student].append(Item(entry, reading, time, chosen.late(path)))
        elif students:
            matched.unmatched[label] = _EITHER
        elif readings:
            first = readings[0]
            matched.unmatched["/".join(first.folder) or path[0]] = roll.why_not(first.student)
        elif not (others and others.readings(path, zipped)):
            matched.unmatched[label] = _NO_PATTERN.format(chosen.text)
        matched.unread += not readings
    return matched


def _students(readings: list[Reading], roll: Roll) -> dict[str, Reading]:
    """Return the students that a path may belong to; without a roster, the likeliest."""
    found: dict[str, Reading] = {}
    for reading in readings[:1] if roll.open else readings:
        student = roll.find(reading.student)
        if student:
            found.setdefault(student, reading)
    return found


def _of_other_assignments(chosen: Pattern, assignment: str) -> Pattern | None:
    """Return the pattern of what lies beside this assignment, which is nobody's fault."""
    if "{assignment}" in chosen.text:
        with contextlib.suppress(OptionError):
            return pattern(chosen.text.replace("{assignment}", "{*}"), assignment)
    return None
