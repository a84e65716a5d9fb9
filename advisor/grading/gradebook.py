"""The gradebook: a row for every student, as CSV and as a workbook that spreadsheets open right."""

from __future__ import annotations

import io
import re
from csv import writer
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from advisor.errors import OptionError, shown
from advisor.grading.marks import NOT_GRADED
from advisor.grading.paper import number, one_line, spoken
from advisor.grading.roster import Student
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from advisor.grading.marks import Mark, Result

GRADED, LATE, ASIDE, MISSING = "graded", "late", "set aside", "missing"
PARTIAL, WAITING = "not all graded", "not graded yet"
STATUSES = {
    GRADED: Text(en=GRADED, zh="已评分"),
    LATE: Text(en=LATE, zh="迟交"),
    PARTIAL: Text(en=PARTIAL, zh="未全部评分"),
    WAITING: Text(en=WAITING, zh="还没评分"),
    ASIDE: Text(en=ASIDE, zh="搁置"),
    MISSING: Text(en=MISSING, zh="未交"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One student's line.

    Attributes:
        student: who.
        points: by question; None where nothing was graded.
        total: of what was graded; None where nothing was.
        out_of: the most there is for this student.
        status: one of STATUSES.
        notes: what was seen of the submission, and what is odd about the line.
    """

    student: Student
    points: Mapping[str, float | None]
    total: float | None
    out_of: float
    status: str
    notes: tuple[Text, ...] = ()

    @property
    def percent(self) -> float | None:
        """The total of all there is, 0 to 100, to one digit."""
        if self.total is None or self.out_of <= 0:
            return None
        return round(100 * self.total / self.out_of, 1)


@dataclass(frozen=True, slots=True)
class Gradebook:
    """A table of grades.

    Attributes:
        worth: the points of each question, in the assignment's order; None where students have
            different ones.
        rows: in the roster's order; then, by id, who is not on it.
    """

    worth: Mapping[str, float | None]
    rows: tuple[Row, ...]


def rows(
    results: Sequence[Result],
    roster: Sequence[Student],
    *,
    late: Collection[str] = (),
    aside: Collection[str] = (),
    waiting: Collection[str] = (),
    remarks: Mapping[str, Sequence[Text]] | None = None,
    out_of: float | None = None,
) -> Gradebook:
    """Return the table: a line for each student of the roster, and for each result.

    Args:
        results: of one assignment, one for each student who handed in.
        roster: the class; may be empty.
        late: the ids of those who handed in late.
        aside: the ids of those whose submission was set aside; a result of which nothing is graded
            counts so too.
        waiting: the ids of those who handed in what is not graded yet; points that are there are of
            an earlier submission.
        remarks: what else is to be noted of a student.
        out_of: the most there is for those without a result; None where only results say it.

    Raises:
        OptionError: two results of one student, or results of two assignments.
    """
    known = _by_student(results)
    worth = _worth(results)
    most = sum(points or 0.0 for points in worth.values()) if out_of is None else out_of
    here = {student.id for student in roster}
    beyond = [Student(one) for one in sorted({*known, *aside, *waiting} - here)]
    lines = []
    for student in [*roster, *beyond]:
        one, result = student.id, known.get(student.id)
        line = _line(student, result, most, late=one in late, aside=one in aside)
        notes = [*line.notes, *(remarks or {}).get(one, ())]
        if one in waiting:
            line = replace(line, status=WAITING)
            notes += [_EARLIER] if result else []
        if one in late:
            notes.append(_LATE)
        if roster and one not in here:
            notes.append(_NOT_LISTED)
        lines.append(replace(line, notes=tuple(notes)))
    return Gradebook(worth, tuple(lines))


def csv(book: Gradebook, language: str = "en", *, plain: bool = False) -> bytes:
    """Return the table as CSV: UTF-8 with a mark that spreadsheets look for, lines end in CR LF.

    An id that a spreadsheet would change (007, 1e5, 2024-01-02, more than 11 digits) is written as
    ="007", which Excel and LibreOffice show as the text 007 and `roster.read` takes back; other ids
    stand as they are. Text that a spreadsheet would take for a formula begins with an apostrophe.

    Args:
        book: the table.
        language: of the headers and words, "en" or "zh".
        plain: ids as they are, for a program or a learning platform to read; not to be opened in a
            spreadsheet and saved.
    """
    head, *lines = _cells(book, spoken(language))
    out = io.StringIO()
    into = writer(out, lineterminator="\r\n")
    into.writerow([_formless(cell) for cell in head])
    for first, *rest in lines:
        kept = one_line(first) if plain else guarded(first)
        into.writerow([kept, *(_csv_cell(cell) for cell in rest)])
    return out.getvalue().encode("utf-8-sig", "replace")


def xlsx(book: Gradebook, language: str = "en") -> bytes:
    """Return the table as a workbook: ids and words are text, points numbers, no cell a formula."""
    from advisor.grading.spreadsheet import built

    code = spoken(language)
    return built(_cells(book, code, worth=True), getattr(_SHEET, code))


def guarded(text: str) -> str:
    """Return an id as a CSV cell that a spreadsheet shows unchanged.

    Example:
        >>> guarded("007"), guarded("s001"), guarded("20261125"), guarded("=1+1")
        ('="007"', 's001', '20261125', "'=1+1")
    """
    line = one_line(text)
    if _FORMULA.match(line):
        return _formless(line)
    if _KEPT.fullmatch(line) and not _CHANGED.match(line):
        return line
    return '="{}"'.format(line.replace('"', '""')) if len(line) <= _LITERAL else f"'{line}"


def _by_student(results: Sequence[Result]) -> dict[str, Result]:
    """Return the results by student; refuse what would count twice or mix."""
    known: dict[str, Result] = {}
    for one in results:
        if one.student in known:
            raise OptionError(
                f"Expected one result a student. Received two of {shown(one.student)}."
            )
        if one.assignment != results[0].assignment:
            raise OptionError(
                "Expected results of one assignment. Received "
                f"{shown(results[0].assignment)} and {shown(one.assignment)}."
            )
        known[one.student] = one
    return known


def _worth(results: Sequence[Result]) -> dict[str, float | None]:
    """Return what each question is worth, in the order in which they come."""
    worth: dict[str, float | None] = {}
    for mark in (mark for one in results for mark in one.marks):
        same = worth.setdefault(mark.question, mark.out_of) == mark.out_of
        worth[mark.question] = mark.out_of if same else None
    return worth


def _line(student: Student, result: Result | None, most: float, *, late: bool, aside: bool) -> Row:
    """Return a student's line."""
    if result is None:
        status = ASIDE if aside else MISSING
        return Row(student, {}, None, round(most, 2), status)
    points = {mark.question: _graded(mark) for mark in result.marks}
    earned = [one for one in points.values() if one is not None]
    status = LATE if late else GRADED
    if len(earned) < len(points):
        status = PARTIAL
    if aside or not earned:
        status = ASIDE
    total = round(sum(earned), 2) if earned else None
    by_hand = [_BY_HAND.format(mark.question, mark.by) for mark in result.marks if mark.by]
    return Row(student, points, total, result.out_of, status, (*result.notes, *by_hand))


def _graded(mark: Mark) -> float | None:
    return None if mark.status == NOT_GRADED else mark.points


def _cells(book: Gradebook, code: str, *, worth: bool = False) -> list[list[Any]]:
    """Return the header and the lines: texts, numbers and None."""
    questions = [
        f"{name} ({number(points)})" if worth and points is not None else name
        for name, points in book.worth.items()
    ]
    head: list[Any] = [getattr(words, code) for words in _BEFORE]
    head += [*questions, *(getattr(words, code) for words in _AFTER)]
    lines = [head]
    for row in book.rows:
        notes = _BETWEEN[code].join(one_line(getattr(note, code)) for note in row.notes)
        lines.append(
            [
                one_line(row.student.id),
                one_line(row.student.name),
                *(row.points.get(name) for name in book.worth),
                row.total,
                row.out_of,
                row.percent,
                getattr(STATUSES[row.status], code),
                notes,
            ]
        )
    return lines


def _csv_cell(cell: Any) -> str:
    if cell is None:
        return ""
    return _formless(cell) if isinstance(cell, str) else number(cell)


def _formless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return _INNER.sub(r"\1'", f"'{text}" if _FORMULA.match(text) else text)


_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_INNER = re.compile(r"(;\s*)(?=[=+\-@＝＋－＠])")  # where a semicolon parts cells
# an id that stays as it is: a number short enough to be shown in full, or a word
_KEPT = re.compile(r"(0|[1-9][0-9]{0,10})|[^\W\d_][\w.@-]*")
_CHANGED = re.compile(  # words that a spreadsheet takes for truth values or dates
    r"(true|false|wahr|falsch|vrai|faux)$|"
    r"(jan|feb|fév|mar|mär|mrz|apr|avr|may|mai|jun|jui|jul|aug|aoû|sep|oct|okt|nov|dec|dez|déc)"
    r"[a-zäéû]*[ .\-]?\d|[一二三四五六七八九十]+[月日]",
    re.IGNORECASE,
)
_LITERAL = 255  # characters that a text inside a formula may have
_BEFORE = (Text(en="id", zh="学号"), Text(en="name", zh="姓名"))
_AFTER = (
    Text(en="total", zh="总分"),
    Text(en="out of", zh="满分"),
    Text(en="percent", zh="百分比"),
    Text(en="status", zh="状态"),
    Text(en="notes", zh="备注"),
)
_SHEET = Text(en="grades", zh="成绩")
_BETWEEN = {"en": "; ", "zh": "；"}
_LATE = Text(en="Handed in late.", zh="迟交。")
_EARLIER = Text(
    en="Handed in anew since; the points are of the earlier submission.",
    zh="之后又交了一次；这里的分数是之前那份的。",
)
_NOT_LISTED = Text(en="Not on the roster.", zh="不在名单上。")
_BY_HAND = Text(en="{} marked by hand by {}.", zh="{} 由 {} 人工评分。")
