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
    from advisor.grading.archives import Entry
    from advisor.grading.roster import Roll

_NO_PATTERN = Text(en="its name does not fit {}", zh="它的名字不符合 {}")
_EITHER = Text(en="it could be of several students", zh="可能属于几个学生")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry that belongs to a student: `reading` says which, and what of the path is left."""

    entry: Entry
    reading: Reading


@dataclass(slots=True)
class Matched:
    """What a pattern makes of an archive.

    Attributes:
        pattern: the one used.
        items: for each student's id.
        unmatched: what belongs to nobody, and why.
        refused: what no honest archive holds, and why.
    """

    pattern: Pattern
    items: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    unmatched: dict[str, Text] = field(default_factory=dict)
    refused: dict[str, Text] = field(default_factory=dict)

    @property
    def fit(self) -> tuple[int, int]:
        """How many students and how many entries it finds."""
        return len(self.items), sum(map(len, self.items.values()))


def match(entries: list[Entry], given: str | None, assignment: str, roll: Roll) -> Matched:
    """Sort entries by student; without a pattern, by the built-in one that finds most students.

    A folder around everything is looked through where the class shows that it is one.
    """
    names = BUILT_IN if given is None else [given]
    around = {entry.parts[0] for entry in entries}
    depths = (0, 1) if len(around) == 1 and not roll.open else (0,)
    tried = [
        _by(pattern(name, assignment), entries, assignment, roll, depth)
        for depth in depths
        for name in names
    ]
    return max(tried, key=lambda matched: matched.fit)  # the first of equals


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
            matched.items[student].append(Item(entry, reading))
        elif students:
            matched.unmatched[label] = _EITHER
        elif readings:
            first = readings[0]
            matched.unmatched["/".join(first.folder) or path[0]] = roll.why_not(first.student)
        elif not (others and others.readings(path, zipped)):
            matched.unmatched[label] = _NO_PATTERN.format(chosen.text)
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
