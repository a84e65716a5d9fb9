"""What counts for a course's assignment: results, who is in the class, who was late or set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading.marks import NOT_GRADED
from advisor.grading.roster import Student
from advisor.text import Text

if TYPE_CHECKING:
    from advisor.grading.course import Course
    from advisor.grading.marks import Result
    from advisor.grading.source import Source


@dataclass(frozen=True, slots=True)
class Outcome:
    """What feedback, gradebook and report are made from.

    Attributes:
        results: what counts for each student, sorted by id.
        roster: the class; may be empty.
        late: ids of those who handed in late.
        aside: ids of those whose submission could not be graded.
    """

    results: list[Result]
    roster: list[Student]
    late: frozenset[str]
    aside: frozenset[str]

    def student(self, name: str) -> Student:
        """Return a student of the roster, or one of that id alone."""
        return next((one for one in self.roster if one.id == name), Student(name))

    def notes(self, name: str) -> tuple[Text, ...]:
        """Return what a student should know beside the result."""
        return (_LATE,) if name in self.late else ()


def of(course: Course, source: Source) -> Outcome:
    """Read what counts.

    Raises:
        OptionError: nothing was graded yet, or a file cannot be read.
    """
    from advisor.grading import storing
    from advisor.grading.collecting import submissions

    results = course.results()
    try:
        counting = results.all(source.name)
    finally:
        results.close()
    if not counting:
        raise OptionError(
            f"Nothing of {source.name} is graded yet. Run: advisor assignment grade {source.name}."
        )
    receipts = {
        student: storing.receipt(folder)
        for student, folder in submissions(course.root, source.name)
    }
    late = frozenset(student for student, one in receipts.items() if one is not None and one.late)
    return Outcome(counting, course.roster(), late, aside(counting))


def aside(results: list[Result]) -> frozenset[str]:
    """Return whose submissions could not be graded."""
    return frozenset(
        one.student for one in results if any(mark.status == NOT_GRADED for mark in one.marks)
    )


_LATE = Text(en="Handed in late.", zh="迟交。")
