"""What counts for a course's assignment: results, the class, who was late, set aside or waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.errors import OptionError
from advisor.grading.marks import kept_text
from advisor.grading.roster import Student
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from advisor.grading.course import Course
    from advisor.grading.marks import ByHand, Result
    from advisor.grading.source import Source


@dataclass(frozen=True, slots=True)
class Outcome:
    """What feedback, gradebook and report are made from.

    Attributes:
        results: what counts for each student, sorted by id.
        roster: the class; may be empty.
        late: ids of those who handed in late.
        aside: ids of those whose submission could not be graded.
        waiting: ids of those who handed in what is not graded yet, for the first time or anew.
        remarks: what is odd about marks by hand, by student; for the teacher.
    """

    results: list[Result]
    roster: list[Student]
    late: frozenset[str]
    aside: frozenset[str]
    waiting: frozenset[str]
    remarks: Mapping[str, tuple[Text, ...]]

    def student(self, name: str) -> Student:
        """Return a student of the roster, or one of that id alone."""
        return next((one for one in self.roster if one.id == name), Student(name))

    def notes(self, name: str) -> tuple[Text, ...]:
        """Return what a student should know beside the result."""
        late = (_LATE,) if name in self.late else ()
        return (*late, _ANEW) if name in self.waiting else late

    def reminder(self, assignment: str) -> list[str]:
        """Return a line that says how many wait to be graded and what to do, or none."""
        return [str(_WAITING.format(len(self.waiting), assignment))] if self.waiting else []


def of(course: Course, source: Source) -> Outcome:
    """Read what counts.

    Raises:
        OptionError: nothing was graded yet, or a file cannot be read.
    """
    from advisor.grading import storing, submission
    from advisor.grading.collecting import submissions

    results = course.results()
    try:
        counting, hand = results.all(source.name), results.by_hand(source.name)
    finally:
        results.close()
    if not counting:
        raise OptionError(
            f"Nothing of {source.name} is graded yet. Run: advisor assignment grade {source.name}."
        )
    known = {one.student: one.sha256 for one in counting}
    late, waiting = set(), set()
    for name, folder in submissions(course.root, source.name):
        student = kept_text(name)
        receipt = storing.receipt(folder)
        if receipt is not None and receipt.late:
            late.add(student)
        files = submission.load(folder, source.limits.file_mb * 2**20)
        if known.get(student) != files.sha256:
            waiting.add(student)
    return Outcome(
        counting,
        course.roster(),
        frozenset(late),
        frozenset(one.student for one in counting if not one.whole),
        frozenset(waiting),
        remarks(counting, hand),
    )


def remarks(
    results: Sequence[Result], hand: Mapping[tuple[str, str], ByHand]
) -> dict[str, tuple[Text, ...]]:
    """Return, by student, which marks by hand were given when a question was worth something else."""
    found: dict[str, tuple[Text, ...]] = {}
    for one in results:
        for mark in one.marks:
            given = hand.get((one.student, mark.question))
            if given is not None and given.out_of not in {None, mark.out_of}:
                worth = (given.points, given.out_of, mark.out_of, mark.points)
                words = _OUTGROWN.format(mark.question, *(f"{value:g}" for value in worth))
                found[one.student] = (*found.get(one.student, ()), words)
    return found


_LATE = Text(en="Handed in late.", zh="迟交。")
_ANEW = Text(
    en="Handed in anew since; that is not graded yet.", zh="之后又交了一次，新交的还没评分。"
)
_WAITING = Text(
    en="{} handed in, not graded: run advisor assignment grade {}.",
    zh="{} 份已交但还没评分：运行 advisor assignment grade {}。",
)
_OUTGROWN = Text(
    en="{}: {} of {} given by hand; it is worth {} where it counts, so {} counts.",
    zh="{}：人工给了 {} / {} 分；现在这题满分 {}，按 {} 分算。",
)
