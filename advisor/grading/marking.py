"""From a submission to its marks: each question is judged by its kind, and scored.

Which file decides is never asked twice: what is judged are the bytes that were hashed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.errors import ModelFileError
from advisor.grading import kinds, refusals, variants
from advisor.grading.judgement import (
    NOTHING,
    Asked,
    CannotRunError,
    Judgement,
    NeedsKerasError,
    UnreadableError,
)
from advisor.grading.marks import (
    CORRECT,
    NOT_ATTEMPTED,
    NOT_GRADED,
    NOT_YET,
    PARTLY,
    REFUSED,
    Mark,
    Result,
)
from advisor.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from advisor.grading.problems import Drawn
    from advisor.grading.source import Source
    from advisor.grading.submission import Submission
    from advisor.saved import SavedModel

    Opener = Callable[[str, bytes, Any], Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A student's questions, as they are to be judged.

    Attributes:
        name, version: of the assignment.
        student: the id.
        questions: (name, kind, points, spec with the student's values, band).
    """

    name: str
    version: str
    student: str
    questions: tuple[tuple[str, str, float, dict[str, Any], dict[str, float] | None], ...] = field(
        repr=False
    )


def sheet(source: Source, student: str) -> Sheet:
    """Return a student's questions with the student's own values."""
    own = variants.values(source, student)
    found = []
    for name, question in source.questions.items():
        spec = variants.shuffled(source, question, student, variants.spec_of(question, own))
        found.append((name, question.kind, question.points, spec, source.bands.get(name)))
    return Sheet(source.name, source.version, student, tuple(found))


def mark(
    asked: Sheet, handed_in: Submission, opener: Opener | None = None, rung: str = ""
) -> Result:
    """Judge a submission.

    Args:
        asked: the student's questions.
        handed_in: what was read of the folder.
        opener: `opener("outputs" or "gradient", bytes, X)` lets Keras open a model and gives an
            array; None where there is no Keras.
        rung: what models are opened behind, for the result.

    Raises:
        NeedsKerasError: a model has to be opened, and there is no opener.
    """
    marks = tuple(
        Mark(one[0], 0.0, one[2], *handed_in.settled[one[0]])
        if one[0] in handed_in.settled
        else mark_one(one, handed_in, opener)
        for one in asked.questions
    )
    return Result(
        asked.name,
        asked.version,
        asked.student,
        handed_in.sha256,
        marks,
        handed_in.notes,
        rung,
    )


def mark_one(
    one: tuple[str, str, float, dict[str, Any], dict[str, float] | None],
    handed_in: Submission,
    opener: Opener | None,
    data: Callable[[], Drawn] | None = None,
) -> Mark:
    """Judge one question, on `data` or on the rows that its spec draws.

    Raises:
        NeedsKerasError: a model has to be opened, and there is no opener.
    """
    name, kind, points, spec, band = one
    entry = kinds.kind(kind)
    if name in handed_in.refused:
        return _refused(name, points, _FILE.format(name, handed_in.refused[name]))
    file = handed_in.models.get(name)
    answer = handed_in.answers.get(name)
    if file is None if entry.MODEL else name not in handed_in.answers:
        return Mark(name, 0.0, points, NOT_ATTEMPTED, _HOW.format(name, entry.EXPECTED))
    try:
        model = None if file is None or not entry.MODEL else _vetted(file, name)
        run = runner(model, file, opener)
        drawn = data or (lambda: rows(spec))
        asked = Asked(name, spec, answer, model, run, drawn, band, hidden=data is None)
        return _scored(name, points, entry.judge(asked))
    except ModelFileError as error:
        return _refused(name, points, refusals.told(name, error))
    except UnreadableError as error:
        message = _UNREADABLE.format(error.why, entry.EXPECTED)
        return Mark(name, 0.0, points, NOT_YET, message)
    except CannotRunError as error:
        return Mark(name, 0.0, points, NOT_YET, error.why)


def rows(spec: dict[str, Any]) -> Drawn:
    """Draw the rows that a question is about, those to train on and the hidden ones."""
    from advisor.grading import faults, problems

    if "fault" in spec:
        fault = faults.find(spec["fault"])
        return problems.draw(fault.problem, spec["seed"], fault.classes)
    return problems.draw(spec["problem"], spec["seed"], spec.get("classes"))


def not_graded(asked: Sheet, sha256: str, why: Text, rung: str = "") -> Result:
    """Return the result of a submission that grading itself failed on: no mark is lost by it."""
    marks = tuple(
        Mark(name, 0.0, points, NOT_GRADED, why) for name, _, points, *_ in asked.questions
    )
    return Result(asked.name, asked.version, asked.student, sha256, marks, (why,), rung)


def _vetted(data: bytes, name: str) -> SavedModel:
    from advisor import saved

    return saved.vetted(data, f"{name}.keras")


def runner(
    model: SavedModel | None, data: bytes | None, opener: Opener | None
) -> Callable[[str, Any], Any]:
    """Return how a model is run: by NumPy where it can, by Keras in a process of its own else.

    The function raises NeedsKerasError where there is no opener.
    """

    def run(what: str, X: Any) -> Any:
        from advisor import file_facts, forward, rewriting

        assert model is not None  # noqa: S101 - kinds run only what they were given
        assert data is not None  # noqa: S101
        if what == "outputs":
            found = forward.predict(model, file_facts.read(model), X)
            if found is not None:
                return found[0]
        if opener is None:
            raise NeedsKerasError
        return opener(what, rewriting.rewrite(model), X)  # never the student's own bytes

    return run


def _scored(name: str, points: float, judged: Judgement) -> Mark:
    """Turn shares into points, in hundredths."""
    earned = sum(part.share * part.earned for part in judged.parts)
    got = math.floor(points * earned * 100 + 1e-6) / 100
    right = all(part.earned == 1 for part in judged.parts)
    status = CORRECT if right else PARTLY if got > 0 else NOT_YET
    return Mark(
        name,
        points if right else got,
        points,
        status,
        _WELL_DONE if right and not judged.message.en else judged.message,
        judged.parts,
        judged.slips,
        judged.picture,
        judged.right,
    )


def _refused(name: str, points: float, why: Text) -> Mark:
    return Mark(name, 0.0, points, REFUSED, why, right=NOTHING)


_FILE = Text(en="{}.keras is refused: {}.", zh="{}.keras 被拒收：{}。")
_HOW = Text(en="Nothing was handed in for {}. Expected {}.", zh="{} 没有交。需要{}。")
_UNREADABLE = Text(en="Received {}. Expected {}.", zh="收到的是 {}。需要{}。")
_WELL_DONE = Text(en="Well done.", zh="做得好。")
