"""The student's side of an assignment: look at a question, take a hint, check, hand in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from advisor.assignments import CORRECT, NOT_ATTEMPTED, NOT_YET, Outcome
from advisor.errors import UnknownNameError
from advisor.grading import handin, handout, kinds, marking, submission
from advisor.grading.handin import HandIn
from advisor.page import Answer, Page
from advisor.text import LANGUAGES, Text

if TYPE_CHECKING:
    from pathlib import Path

    from advisor.grading.handout import Handed
    from advisor.grading.problems import Drawn

_KEPT = 0.75  # of the rows are to train on where a student checks; the others are held back


@dataclass(frozen=True, slots=True, repr=False)
class Workbook(Answer):
    """An assignment as it was handed out: `.check("q1", q1)`, `.hint("q1")`, `.hand_in(q1=q1, …)`.

    Attributes:
        folder: where it lies, and where `hand_in` writes.
        given: its questions.
    """

    folder: Path
    given: handout.Handout
    _hinted: dict[str, int] = field(default_factory=dict)

    def check(self, question: str, answer: Any = ...) -> Outcome:
        """Judge an answer as the teacher will, on rows of your own; `...` means not attempted.

        Raises:
            UnknownNameError: no such question.
        """
        asked = self._question(question)
        if answer is ...:
            return Outcome(question, NOT_ATTEMPTED, _TRY)
        if asked.spec is None or (asked.kind == "score" and asked.band is None):
            return Outcome(question, NOT_ATTEMPTED, _TEACHERS)
        kind, model = kinds.kind(asked.kind), handin.is_model(answer)
        if model and not kind.MODEL:
            return Outcome(question, NOT_YET, _NO_MODEL.format(kind.EXPECTED))
        try:
            values = {} if kind.MODEL else {question: handin.value(answer, question)}
            models = {question: handin.saved(answer, question)} if kind.MODEL else {}
        except handin.UnfitError as error:
            return Outcome(question, NOT_YET, error.why)
        return self._judged(asked, submission.Submission(values, models, {}, (), ""), answer)

    def _judged(self, asked: Handed, handed_in: submission.Submission, answer: Any) -> Outcome:
        mark = marking.mark_one(
            (asked.name, asked.kind, asked.points, asked.spec or {}, asked.band),
            handed_in,
            _open({asked.name: answer}),
            data=lambda: self._drawn(asked),
        )
        full = mark.points == mark.out_of
        message = mark.message
        if not full and mark.points:
            message = _PART.format(f"{mark.points:g}", f"{mark.out_of:g}", message)
        return Outcome(asked.name, CORRECT if full else NOT_YET, message)

    def hint(self, question: str) -> Text:
        """Give the next hint; the last one repeats.

        Raises:
            UnknownNameError: no such question.
        """
        hints = self._question(question).hints
        given = self._hinted.get(question, 0)
        self._hinted[question] = given + 1
        return hints[min(given, len(hints) - 1)] if hints else _NO_HINT

    def data(self, question: str) -> tuple[Any, Any]:
        """Return X and y to train on, shapes (n, features) and (n,).

        Raises:
            UnknownNameError: no such question.
            OptionError: it comes without rows, or they cannot be read.
        """
        self._question(question)
        return handout.rows(self.folder / f"{question}.csv")

    def curve(self, question: str) -> dict[str, tuple[Any, Any]]:
        """Return the curves shown for a question: x and y by label.

        Raises:
            UnknownNameError: no such question.
        """
        import numpy as np

        curves = self._question(question).curves
        return {label: (np.asarray(x), np.asarray(y)) for label, (x, y) in curves.items()}

    def spec(self, question: str) -> dict[str, Any]:
        """Return a question's values, without the answer; empty where the teacher keeps them.

        Raises:
            UnknownNameError: no such question.
        """
        found = dict(self._question(question).spec or {})
        if self.given.reference:
            return found
        found.pop("wanted", None)
        if "why" in found:
            found["why"] = [{key: one[key] for key in LANGUAGES} for one in found["why"]]
        return found

    def hand_in(self, **answers: Any) -> HandIn:
        """Write `answers.json` and a `.keras` file for each model, to be handed in.

        What cannot be handed in is told, and keeps nothing else from being written.

        Raises:
            UnknownNameError: an answer to no question.
            OptionError: a file cannot be written.
        """
        from advisor import writing

        values: dict[str, Any] = {}
        models: dict[str, bytes] = {}
        problems: dict[str, Text] = {}
        asked = {name: self._question(name) for name, one in answers.items() if one is not ...}
        for name, question in asked.items():
            try:
                if kinds.kind(question.kind).MODEL:
                    models[name] = handin.saved(answers[name], name)
                    why = handin.refusal(models[name], name)
                    problems |= {name: why} if why else {}
                else:
                    values[name] = handin.value(answers[name], name)
            except handin.UnfitError as error:
                problems[name] = error.why
        text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
        writing.write(self.folder / handin.ANSWERS, text)
        for name, data in models.items():
            writing.write(self.folder / f"{name}.keras", data)
        left = [name for name in self.given.questions if name not in {*values, *models}]
        earlier = [name for name in left if (self.folder / f"{name}.keras").exists()]
        return HandIn(tuple(values), tuple(models), tuple(left), problems, tuple(earlier))

    def _question(self, name: object) -> Handed:
        if name not in self.given.questions:
            raise UnknownNameError("question", name, self.given.questions)
        return self.given.questions[str(name)]

    def _drawn(self, asked: Handed) -> Drawn:
        """Take the student's own rows, some of them held back, for those that the teacher keeps."""
        from advisor.grading import faults, problems

        spec = asked.spec or {}
        name = faults.find(spec["fault"]).problem if "fault" in spec else spec["problem"]
        problem = problems.find(name)
        X, y = self.data(asked.name)
        cut = int(len(X) * _KEPT) if asked.kind == "score" else len(X)
        rest = slice(cut, None) if cut < len(X) else slice(None)
        classes = int(y.max()) + 1 if problem.task != "regression" else None
        y = y.astype("float64") if classes is None else y
        return problems.Drawn(name, problem.task, classes, X[:cut], y[:cut], X[rest], y[rest])

    def page(self) -> Page:
        """Describe the assignment in the language spoken now."""
        rows = [
            (name, _POINTS.format(f"{one.points:g}"), one.text)
            for name, one in self.given.questions.items()
        ]
        return Page(f"{self.given.title}").rows(*rows).say(_HOW)

    def to_dict(self) -> dict[str, Any]:
        """Return the assignment as plain JSON types."""
        asked = {name: str(one.text) for name, one in self.given.questions.items()}
        return {"name": self.given.name, "title": str(self.given.title), "questions": asked}


def open_folder(folder: Path) -> Workbook:
    """Open a handed-out folder.

    Raises:
        OptionError: there is none, or it is damaged.
    """
    folder = folder.resolve()  # whatever the working directory becomes
    return Workbook(folder, handout.read(folder))


def _open(models: dict[str, Any]) -> marking.Opener:
    """Run the student's own model where the file alone does not tell; it is theirs already."""

    def run(what: str, data: bytes, X: Any) -> Any:
        del data
        from advisor import backend
        from advisor.grading import running

        (model,), keras = models.values(), backend.keras()
        with backend.seeded_layers(0):  # the random state stays as it was
            if what == "gradient" or not model.built:  # which compiles it, which builds it
                model = keras.models.clone_model(model)
            return running.run(what, model, X, keras)

    return run


_TRY = Text(en="Put your answer in the place of `...`.", zh="把 `...` 换成你的答案再运行。")
_TEACHERS = Text(
    en="Your teacher judges this one; hand it in.", zh="这道题由老师评；做好交上去就行。"
)
_NO_MODEL = Text(en="Received a model. Expected {}.", zh="收到的是模型。需要{}。")
_PART = Text(en="{} of {} points so far. {}", zh="目前得 {} / {} 分。{}")
_NO_HINT = Text(en="There is no hint for this one.", zh="这道题没有提示。")
_POINTS = Text(en="{} p.", zh="{} 分")
_HOW = Text(
    en='work.check("q1", q1) judges an answer, work.hint("q1") helps, work.hand_in(q1=q1, …) writes '
    "what is to be handed in.",
    zh='work.check("q1", q1) 检查答案，work.hint("q1") 给提示，work.hand_in(q1=q1, …) 写出要交的文件。',
)
