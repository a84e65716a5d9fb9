"""The class report: points by question and the commonest slips, with no student's name in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.grading.marks import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_GRADED,
    NOT_YET,
    PARTLY,
    REFUSED,
    STATUS_WORDS,
)
from advisor.page import Answer
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from advisor.grading.marks import Result
    from advisor.grading.roster import Student
    from advisor.page import Page

BINS = ("0", "≤ ¼", "≤ ½", "≤ ¾", "< 1", "1")  # shares of a question's points
_LOOKED_AT = (CORRECT, PARTLY, NOT_YET)


@dataclass(frozen=True, slots=True)
class Question:
    """How the class did on one question.

    Attributes:
        name: "q1".
        words: what it asks for; empty where that is not known.
        out_of: its points, the mean where students have different ones.
        graded: how many submissions were graded on it; the means are over these.
        attempted: of those, how many had something to look at.
        share: of its points that were earned, 0 to 1; None where nothing was graded.
        correct: share of submissions with all points; None likewise.
        bins: how many submissions earned how much of it, in the order of BINS.
        statuses: how many have which of STATUS_WORDS.
    """

    name: str
    words: Text
    out_of: float
    graded: int
    attempted: int
    share: float | None
    correct: float | None
    bins: tuple[int, ...]
    statuses: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        names = ("name", "out_of", "graded", "attempted", "share", "correct")
        more = {"bins": dict(zip(BINS, self.bins, strict=True)), "statuses": dict(self.statuses)}
        return {**{name: getattr(self, name) for name in names}, "words": str(self.words), **more}


@dataclass(frozen=True, slots=True)
class Slips:
    """One mistake, counted over the class.

    Attributes:
        key, words, lab: as the slip has them.
        students: how many made it.
        of: how many attempted a question in which it was made.
        questions: those questions.
    """

    key: str
    words: Text
    lab: str
    students: int
    of: int
    questions: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of those who attempted it, 0 to 1."""
        return self.students / self.of

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        names = ("key", "lab", "students", "of")
        plain = {name: getattr(self, name) for name in names}
        words, share = str(self.words), round(self.share, 4)
        return {**plain, "words": words, "share": share, "questions": list(self.questions)}


@dataclass(frozen=True, slots=True, repr=False)
class ClassReport(Answer):
    """What a class earned on an assignment and where it slipped; made to be shown in class.

    Attributes:
        title: the assignment's.
        students: on the roster; 0 where there is none.
        submissions: there are, of anybody.
        beyond: of these, by students who are not on the roster; 0 where there is none.
        waiting: of these, not graded yet or handed in anew since.
        graded: with every question graded.
        missing: students of the roster without a submission.
        refused: submissions with a file that was refused.
        late: submissions after the due time.
        out_of: points there are; the mean where students have different ones.
        mean: points; None where nothing was graded.
        totals: the graded submissions' points as shares of all there are, sorted.
        questions: the hardest first.
        slips: the commonest first.
    """

    title: Text
    students: int
    submissions: int
    beyond: int
    waiting: int
    graded: int
    missing: int
    refused: int
    late: int
    out_of: float
    mean: float | None
    totals: tuple[float, ...]
    questions: tuple[Question, ...]
    slips: tuple[Slips, ...]

    def page(self) -> Page:
        """Describe the report in the language spoken now."""
        from advisor.grading.classpage import described

        return described(self)

    def html(self, language: str) -> str:
        """Return the report as one self-contained web page, in "en" or "zh"."""
        from advisor.grading.classpage import page

        return page(self, language)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types, words in the language spoken now."""
        names = ("students", "submissions", "beyond", "waiting", "graded", "missing", "refused")
        return {
            "title": str(self.title),
            **{name: getattr(self, name) for name in (*names, "late", "out_of", "mean")},
            "totals": list(self.totals),
            "questions": [one.to_dict() for one in self.questions],
            "slips": [one.to_dict() for one in self.slips],
        }


def summarise(
    results: Sequence[Result],
    roster: Sequence[Student],
    *,
    title: Text,
    questions: Mapping[str, Text],
    late: Collection[str] = (),
    waiting: Collection[str] = (),
) -> ClassReport:
    """Return the report on a class.

    Args:
        results: of one assignment, one a student.
        roster: the class; may be empty.
        title: of the assignment.
        questions: what each asks for; what differs between students is best left open.
        late: the ids of those who handed in late.
        waiting: the ids of those who handed in what is not graded yet.
    """
    whole = [one for one in results if one.whole]
    shares = sorted(round(one.points / one.out_of, 4) for one in whole if one.out_of > 0)
    names = dict.fromkeys(mark.question for one in results for mark in one.marks)
    rows = [_question(name, results, questions) for name in names]
    rows.sort(key=lambda one: 2.0 if one.share is None else one.share)
    here = {one.student for one in results} | set(waiting)
    listed = {student.id for student in roster}
    return ClassReport(
        title=title,
        students=len(roster),
        submissions=len(here),
        beyond=len(here - listed) if roster else 0,
        waiting=len(set(waiting)),
        graded=len(whole),
        missing=len(listed - here),
        refused=sum(any(m.status == REFUSED for m in one.marks) for one in results),
        late=len(here & set(late)),
        out_of=_mean([one.out_of for one in whole or results]) or 0.0,
        mean=_mean([one.points for one in whole]),
        totals=tuple(shares),
        questions=tuple(rows),
        slips=_slips(results),
    )


def _question(name: str, results: Sequence[Result], words: Mapping[str, Text]) -> Question:
    """Sum one question up."""
    marks = [mark for one in results for mark in one.marks if mark.question == name]
    graded = [mark for mark in marks if mark.status != NOT_GRADED]
    shares = [mark.points / mark.out_of for mark in graded if mark.out_of > 0]
    bins = Counter(_bin(share) for share in shares)
    counted = Counter(mark.status for mark in marks)
    return Question(
        name=name,
        words=words.get(name, Text(en="", zh="")),
        out_of=round(_mean([mark.out_of for mark in marks]) or 0.0, 2),
        graded=len(graded),
        attempted=sum(mark.status != NOT_ATTEMPTED for mark in graded),
        share=_mean(shares, 4),
        correct=_mean([float(mark.status == CORRECT) for mark in graded], 4),
        bins=tuple(bins[i] for i in range(len(BINS))),
        statuses={status: counted[status] for status in STATUS_WORDS if counted[status]},
    )


def _bin(share: float) -> int:
    """Return the place of a share among BINS."""
    if share <= 0 or share >= 1:
        return 0 if share <= 0 else len(BINS) - 1
    return next(i for i, end in enumerate((0.25, 0.5, 0.75, 1.0), 1) if share <= end)


def _slips(results: Sequence[Result]) -> tuple[Slips, ...]:
    """Count each slip once a student, over those who attempted a question in which it was made."""
    made: dict[str, set[str]] = {}  # slip -> students
    where: dict[str, dict[str, None]] = {}  # slip -> questions, in the assignment's order
    told: dict[str, tuple[Text, str]] = {}
    tried: dict[str, set[str]] = {}  # question -> students
    for one in sorted(results, key=lambda result: result.student):
        for mark in one.marks:
            if mark.status in _LOOKED_AT or mark.slips:
                tried.setdefault(mark.question, set()).add(one.student)
            for slip in mark.slips:
                made.setdefault(slip.key, set()).add(one.student)
                where.setdefault(slip.key, {})[mark.question] = None
                told.setdefault(slip.key, (slip.words, slip.lab))
    found = [
        Slips(key, *told[key], len(who), len(_who(tried, where[key])), tuple(sorted(where[key])))
        for key, who in made.items()
    ]
    return tuple(sorted(found, key=lambda slip: (-slip.students, -slip.share, slip.key)))


def _who(tried: Mapping[str, set[str]], questions: Collection[str]) -> set[str]:
    return set().union(*(tried[question] for question in questions))


def _mean(values: Sequence[float], digits: int = 2) -> float | None:
    return round(sum(values) / len(values), digits) if values else None
