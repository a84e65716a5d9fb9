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
    """

    assignment: str
    version: str
    student: str
    sha256: str
    marks: tuple[Mark, ...]
    notes: tuple[Text, ...] = ()
    rung: str = ""

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
        return json.dumps(
            _plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )

    def by_hand(self, marks: dict[str, Mark]) -> Result:
        """Return the result with marks given by hand in the place of the grader's own."""
        return replace(self, marks=tuple(marks.get(mark.question, mark) for mark in self.marks))


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
    return Result(**{n: given[n] for n in names}, marks=tuple(marks), notes=notes)


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
