"""What grading gives: a mark for each question, with its parts, what was wrong, and what was seen.

A result is plain data that says everything in both languages, so that it can be kept for years and
shown to anybody; the same submission always gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from advisor.text import Text

CORRECT, PARTLY, NOT_YET = "correct", "partly", "not yet"
NOT_ATTEMPTED, REFUSED, NOT_GRADED = "not attempted", "refused", "not graded"

STATUS_WORDS = {
    CORRECT: Text(en="correct", zh="正确"),
    PARTLY: Text(en="partly right", zh="部分正确"),
    NOT_YET: Text(en="not yet", zh="还不对"),
    NOT_ATTEMPTED: Text(en="not attempted", zh="还没做"),
    REFUSED: Text(en="file refused", zh="文件被拒收"),
    NOT_GRADED: Text(en="not graded yet", zh="还没评分"),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake that many may make, counted over the class.

    Attributes:
        key: what is counted: "sigmoid on 3 classes", "ADV203".
        words: the same for people, as the end of "41 % …": "used sigmoid on 3 classes".
        lab: the name of the experiment that answers it; "" for none.
    """

    key: str
    words: Text
    lab: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a question asks for.

    Attributes:
        title: what it is: "last layer", "loss".
        share: of the question's points, 0 to 1; a question's shares add up to 1.
        earned: of this part, 0 to 1.
        message: what was seen and why it counts so; may be empty where it is right.
    """

    title: Text
    share: float
    earned: float
    message: Text


@dataclass(frozen=True, slots=True)
class Mark:
    """What a question earned.

    Attributes:
        question: its name, "q1".
        points: earned, rounded to hundredths.
        out_of: the most there is.
        status: one of STATUS_WORDS.
        message: one sentence or two for the student.
        parts: what the question asked for; empty where nothing was looked at.
        slips: mistakes to be counted over the class.
        picture: what the model's outputs do, as plain data (see `pictures`); None for none.
        right: a right answer, shown only where feedback reveals everything; may be empty.
        by: who gave the mark by hand; "" for the grader's own.
        reason: why, likewise.
    """

    question: str
    points: float
    out_of: float
    status: str
    message: Text
    parts: tuple[Part, ...] = ()
    slips: tuple[Slip, ...] = ()
    picture: dict[str, Any] | None = None
    right: Text = field(default_factory=lambda: Text(en="", zh=""))
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A graded submission.

    Attributes:
        assignment: its name.
        version: of the assignment, as its folder has it.
        student: the student's id.
        sha256: of the submission's bytes.
        marks: a mark for each question, in the assignment's order.
        notes: what else was seen of the submission: late, files that belong to no question.
        rung: what the models were opened behind.
        cause: why it could not be graded, for the teacher alone; empty where it was.
    """

    assignment: str
    version: str
    student: str
    sha256: str
    marks: tuple[Mark, ...]
    notes: tuple[Text, ...] = ()
    rung: str = ""
    cause: Text = field(default_factory=lambda: Text(en="", zh=""))

    @property
    def whole(self) -> bool:
        """Whether every question is graded."""
        return all(mark.status != NOT_GRADED for mark in self.marks)

    @property
    def points(self) -> float:
        """All points earned."""
        return round(sum(mark.points for mark in self.marks), 2)

    @property
    def out_of(self) -> float:
        """All points there are."""
        return round(sum(mark.out_of for mark in self.marks), 2)

    def dumps(self) -> str:
        """Return the result as JSON, the same bytes for the same result."""
        plain = _plain(self)
        if not self.cause.en:
            del plain["cause"]
        return json.dumps(
            plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )


@dataclass(frozen=True, slots=True)
class ByHand:
    """A mark that a person gave.

    Attributes:
        student, question: whose mark, and for what.
        points: given; None takes an earlier mark back.
        author, reason: who gave it, and why.
        out_of: what the question was worth then; None where that was not kept.
    """

    student: str
    question: str
    points: float | None
    author: str
    reason: str
    out_of: float | None = None


def loads(text: str) -> Result:
    """Return the result that `Result.dumps` wrote."""
    given = json.loads(text)
    marks = []
    for one in given["marks"]:
        parts = tuple(
            Part(_text(p["title"]), p["share"], p["earned"], _text(p["message"]))
            for p in one["parts"]
        )
        slips = tuple(Slip(s["key"], _text(s["words"]), s["lab"]) for s in one["slips"])
        rest = {k: v for k, v in one.items() if k not in {"message", "right", "parts", "slips"}}
        words = _text(one["message"]), _text(one["right"])
        marks.append(Mark(**rest, message=words[0], right=words[1], parts=parts, slips=slips))
    names = ("assignment", "version", "student", "sha256", "rung")
    notes = tuple(_text(note) for note in given["notes"])
    cause = _text(given.get("cause", {"en": "", "zh": ""}))
    return Result(**{n: given[n] for n in names}, marks=tuple(marks), notes=notes, cause=cause)


def with_hand(result: Result, hand: dict[tuple[str, str], ByHand]) -> Result:
    """Put marks by hand in their places; what grading itself said of them gives way."""
    marks: dict[str, Mark] = {}
    for mark in result.marks:
        given = hand.get((result.student, mark.question))
        if given is not None and given.points is not None:
            points = min(given.points, mark.out_of)
            status = CORRECT if points >= mark.out_of else NOT_YET if points <= 0 else PARTLY
            marks[mark.question] = replace(
                mark,
                points=points,
                status=status,
                message=Text(en="", zh=""),
                parts=(),
                by=given.author,
                reason=given.reason,
            )
    done = replace(result, marks=tuple(marks.get(mark.question, mark) for mark in result.marks))
    if done.whole and not result.whole:
        aside = {mark.message for mark in result.marks if mark.status == NOT_GRADED}
        done = replace(done, notes=tuple(note for note in done.notes if note not in aside))
    return done


def kept_text(given: str) -> str:
    r"""Return text that any file can keep: bytes that are no UTF-8 are written out.

    Example:
        >>> kept_text("王s\udcff")
        '王s\\udcff'
    """
    return given.encode("utf-8", "backslashreplace").decode()


def _text(given: dict[str, str]) -> Text:
    return Text(en=given["en"], zh=given["zh"])


def _plain(value: Any) -> Any:
    """Return dataclasses, texts and tuples as JSON types."""
    from dataclasses import fields, is_dataclass

    if isinstance(value, Text):
        return {"en": value.en, "zh": value.zh}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return value
